"""Laws of the whole engine on random small scenarios, draw by draw where the law is exact."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.acceptability import accepts_each, judge
from sim.engine.preferences import Preferences
from sim.engine.profiles import Case, compile_case
from sim.scenario import schema
from tests import twins
from tests.domains import case, changed, judged, line, party, position, preferences, quick, scenario, scenarios, scored

#: Two independent shares of 20,000 draws differ by less than this but once in 30,000 times.
APART = 4 * (2 * 0.25 / 20_000) ** 0.5


def turning(on: Case) -> int | None:
    name = on.scenario.domain.issues.no_deal.turning_issue
    return None if name is None else on.space.issue(name)


@quick(80)
@given(scenarios(open_issues=True))
def test_layers_are_nested_and_necessary_is_within_possible(it: schema.Scenario) -> None:
    on = compile_case(it)
    for who in it.domain.positions:
        found = judged(on, who)
        stated, inferred, assumed = found.by_layer
        assert np.all(assumed <= inferred)
        assert np.all(inferred <= stated)
        assert np.all(found.bounds.necessary <= found.bounds.possible)
        assert np.array_equal(found.accepts, assumed)


@quick(80)
@given(scenarios(open_issues=True))
def test_a_package_that_crosses_a_line_is_never_accepted_where_it_binds(it: schema.Scenario) -> None:
    on = compile_case(it)
    text = twins.written(it)
    for who in it.domain.positions:
        own = preferences(on, who)
        found = judge(own, on.space, on.text, turning(on))
        sight = twins.seen(it, text, who)
        for mine in own.profile.lines:
            where = text if mine.kind == "red_line" else sight
            if not twins.holds(dict(mine.terms), where):
                continue
            binds = own.binds(mine)
            for layer in range(mine.layer, 3):
                assert not np.any(found.by_layer[layer] & binds)
            for mask in found.strip or ():
                assert not np.any(mask & binds)
            assert not np.any(found.bounds.necessary & own.binds(mine, "high"))
            if mine.layer == 0:
                assert not np.any(found.bounds.possible & own.binds(mine, "low"))


@quick(120)
@given(scenarios(open_issues=True))
def test_the_score_lies_within_what_the_evidence_allows(it: schema.Scenario) -> None:
    """In every draw, in every layer, whatever is assumed: what is modelled is one of the things that may be."""
    on = compile_case(it)
    for who in it.domain.positions:
        found = judged(on, who)
        assert np.all(found.bounds.necessary <= found.by_layer[2])
        assert np.all(found.by_layer[2] <= found.by_layer[1])
        assert np.all(found.by_layer[1] <= found.by_layer[0])
        assert np.all(found.by_layer[0] <= found.bounds.possible)


@quick(60)
@given(scenarios(cardinal=False), st.data())
def test_a_dominated_package_never_beats_its_dominator(it: schema.Scenario, data: st.DataObject) -> None:
    """Worse or equal on every issue by the values of a draw: no greater gain in that draw; equal, the same gain."""
    on = compile_case(it)
    rows = np.array([[data.draw(st.integers(0, n - 1)) for n in on.space.sizes] for _ in range(2)], np.int16)
    for who in it.domain.positions:
        own = preferences(on, who)
        first, second = (own.gain(row) for row in rows)
        level = [own.values[j][rows[:, j]] for j in range(len(on.space.sizes))]
        above = np.all([v[0] >= v[1] for v in level], axis=0)
        equal = np.all([v[0] == v[1] for v in level], axis=0)
        assert np.all(first[above] >= second[above] - 1e-12)
        if own.reservation is not None or len(on.outcomes) == 1:
            assert np.all(first[above] >= second[above]), "one outcome or a reservation: monotone to the last bit"
            assert np.array_equal(first[equal], second[equal])


@quick(40)
@given(scenarios(lines=False, effects=False))
def test_what_no_deal_gives_anyway_is_accepted(it: schema.Scenario) -> None:
    """Every outcome is the text itself, and nothing else is at stake: a gain of exactly zero, accepted."""
    issues = it.domain.issues
    lottery = issues.no_deal.lotteries["l"]
    text = twins.written(it)
    outcomes = dict.fromkeys(lottery.outcomes, text)
    no_deal = issues.no_deal.model_copy(update={"lotteries": {"l": lottery.model_copy(update={"outcomes": outcomes})}})
    plain = {
        who: p.model_copy(update={"reservation": None, "no_deal": p.no_deal.model_copy(update={"cost": None})})
        for who, p in it.domain.positions.items()
    }
    domain = it.domain.model_copy(update={"issues": issues.model_copy(update={"no_deal": no_deal}), "positions": plain})
    on = compile_case(it.model_copy(update={"domain": domain}))
    for who in plain:
        found = judged(on, who)
        assert np.all(found.gain == 0)
        assert found.accepts.all()
        assert found.bounds.necessary.all()


# --- what must not matter --------------------------------------------------------------------------

ISSUES = {"a": "wxyz", "b": "xyz", "c": "xy"}
PEOPLE = {
    "p": {
        "a": (["w", "x", ["y", "z"]], "major"),
        "b": (["z", "rest"], "critical"),
        "c": (["x", "y"], "minor"),
    },
    "q": {"a": (["z", "w"], "unknown"), "b": (["x", "y", "z"], "major"), "c": ("unknown", "unknown")},
}
TERMS = {"a": "x", "b": "y", "c": "y"}
OUTCOMES = {"k": {"a": "y", "b": "z", "c": "y"}, "m": {"a": "w", "b": "x", "c": "x"}}


def renamed(
    issue=lambda i: i, option=lambda i, o: o, order=None, options=lambda o: o, people=PEOPLE
) -> schema.Scenario:
    """The scenario above under other names and in another order."""

    def level(i, one):
        if one == "rest":
            return one
        return [option(i, o) for o in one] if isinstance(one, list) else option(i, one)

    def ranking(i, levels):
        return levels if levels == "unknown" else [level(i, x) for x in levels]

    return scenario(
        {issue(i): [option(i, o) for o in options(ISSUES[i])] for i in order or ISSUES},
        {
            who: party(
                {
                    issue(i): position(
                        ranking(i, levels), c, "stated", red_lines=[line(option(i, "z"))] if i == "b" else []
                    )
                    for i, (levels, c) in cells.items()
                },
                beliefs={"k": [0.3, 0.8]},
            )
            for who, cells in people.items()
        },
        {issue(i): option(i, TERMS[i]) for i in order or ISSUES},
        {k: {issue(i): option(i, o) for i, o in v.items()} for k, v in OUTCOMES.items()},
        draws=20_000,
    )


def headline(it: schema.Scenario) -> dict[str, tuple[float, float, float]]:
    result = scored(compile_case(it))[1]
    rows = {p.id: (p.acceptability.estimate, p.on_evidence.necessary, p.on_evidence.possible) for p in result.parties}
    return rows | {"joint": (result.joint_acceptability.estimate,) * 3}


def close(one: dict, other: dict, apart: float) -> bool:
    return one.keys() == other.keys() and all(np.allclose(one[k], other[k], atol=apart, rtol=0) for k in one)


def test_the_base_scenario_is_worth_testing() -> None:
    found = headline(renamed())
    assert all(0.1 < found[who][0] < 0.9 for who in ("p", "q", "joint"))


@pytest.mark.parametrize(
    "other",
    [
        {"issue": lambda i: f"{i}_again"},
        {"option": lambda i, o: f"{o}{i}"},
        {"option": lambda i, o: "zyxw"["wxyz".index(o)]},
        {"order": ["c", "a", "b"]},
        {"options": lambda o: o[::-1]},
        {"order": ["b", "c", "a"], "options": lambda o: o[::-1], "issue": lambda i: f"the_{i}"},
    ],
    ids=["issues renamed", "options renamed", "options swap names", "issues reordered", "options reordered", "all"],
)
def test_names_and_order_change_nothing_beyond_sampling_error(other: dict) -> None:
    assert close(headline(renamed()), headline(renamed(**other)), APART)


def test_the_order_of_parties_changes_nothing_at_all() -> None:
    assert headline(renamed()) == headline(renamed(people=dict(reversed(PEOPLE.items()))))


def test_an_issue_that_no_deal_settles_alike_hardly_matters() -> None:
    """The package equals every outcome there, its importance is unknown: less than 0.03 for anyone."""
    base = renamed()
    before = headline(base)
    domain = base.domain
    spare = schema.Issue.model_validate({"question": "q", "options": {"o": "x", "e": "x"}})
    lottery = domain.issues.no_deal.lotteries["l"]
    outcomes = {k: {**v, "spare": "o"} for k, v in lottery.outcomes.items()}
    no_deal = domain.issues.no_deal.model_copy(
        update={"lotteries": {"l": lottery.model_copy(update={"outcomes": outcomes})}}
    )
    issues = domain.issues.model_copy(update={"issues": {**domain.issues.issues, "spare": spare}, "no_deal": no_deal})
    for known in (None, ("o", "e"), ("e", "o")):
        positions = {}
        for who, person in domain.positions.items():
            entry = (
                {}
                if known is None
                else {
                    "spare": (
                        schema.Position.model_validate(
                            {"from": "2022-01-01", "ranking": known, "importance": "unknown", "basis": "stated"}
                        ),
                    )
                }
            )
            positions[who] = person.model_copy(update={"positions": {**person.positions, **entry}})
        wider = base.model_copy(update={"domain": domain.model_copy(update={"issues": issues, "positions": positions})})
        after = headline(changed(wider, spare="o"))
        assert close(before, after, 0.03)
        # stronger: the other weights only shrink together, so no draw changes its mind
        assert close(before, after, 1e-3)


def test_splitting_an_option_in_two_moves_no_headline() -> None:
    """An option ranked by all becomes two that everyone holds tied; the text names either."""
    people = {"p": {"a": "wxyz", "b": "zyx"}, "q": {"a": "zyxw", "b": "xyz"}}
    issues = {"a": "wxyz", "b": "xyz"}
    outcomes = {"k": {"a": "y", "b": "z"}, "m": {"a": "w", "b": "x"}}

    def score(split: bool, proposed: str) -> dict:
        options = ["w", "x", "x2", "y", "z"] if split else list("wxyz")

        def cell(i: str, order: str):
            levels = [["x", "x2"] if split and i == "a" and o == "x" else o for o in order]
            return position(levels, "major" if i == "a" else "unknown")

        return headline(
            scenario(
                issues | {"a": options},
                {who: party({i: cell(i, o) for i, o in cells.items()}) for who, cells in people.items()},
                {"a": proposed, "b": "y"},
                outcomes,
            )
        )

    base = score(False, "x")
    assert 0 < base["p"][0] < 1
    assert score(True, "x") == base
    assert score(True, "x2") == base


# --- what the preferences are --------------------------------------------------------------------------


@quick(60)
@given(scenarios())
def test_draws_agree_with_the_files(it: schema.Scenario) -> None:
    """Values in [0, 1] that respect every level, ties equal; weights that respect every class and sum to one."""
    on = compile_case(it)
    for who in it.domain.positions:
        own = preferences(on, who)
        for j, issue in enumerate(on.space.issues):
            values = dict(zip(on.space.options[j], own.values[j], strict=True))
            assert np.all((own.values[j] >= 0) & (own.values[j] <= 1))
            entry = twins.in_force(it, who, issue)
            levels = [] if entry is None or entry.ranking is None else list(entry.ranking)
            named = {o for level in levels for o in level}
            whole = [
                tuple(o for o in values if o not in named) if level == (schema.REST,) else level for level in levels
            ]
            for better, worse in itertools.pairwise(whole):
                for o in better:
                    assert all(np.all(values[o] > values[w]) for w in worse)
            for level in levels:
                assert all(np.array_equal(values[level[0]], values[o]) for o in level if level != (schema.REST,))
        _weights_respect(own, twins.classes(it, who))


def _weights_respect(own: Preferences, plan: dict) -> None:
    rows = dict(zip(plan, own.weights, strict=True))
    assert np.all(own.weights >= 0)
    for issue, share in plan.items():
        if share == "none":
            assert np.all(rows[issue] == 0)
        if isinstance(share, schema.Span):
            assert np.all(rows[issue] == share.low)
        for other, below in plan.items():
            if isinstance(share, int) and isinstance(below, int) and share < below:
                assert np.all(rows[issue] >= rows[other])
    if any(s is None or isinstance(s, int) for s in plan.values()):
        assert np.allclose(own.weights.sum(axis=0), 1)


@quick(30)
@given(scenarios(open_issues=True), st.integers(1, 5))
def test_later_blocks_obey_the_same_laws(it: schema.Scenario, block: int) -> None:
    on = compile_case(it)
    for who in it.domain.positions:
        found = judged(on, who, block)
        assert np.all(found.by_layer[2] <= found.by_layer[1])
        assert np.all(found.bounds.necessary <= found.bounds.possible)
        assert np.array_equal(accepts_each(preferences(on, who, block), on.space, on.text[None])[0], found.accepts)


def test_improving_one_term_for_a_party_never_loses_it() -> None:
    """Up its own ranking, option by option, in every draw."""
    issues = {"a": "wxyz", "b": "xy"}
    cells = {"a": position("wxyz", "moderate"), "b": position("yx", "major")}
    before = None
    for option in "zyxw":
        on = case(
            issues, {"p": party(cells)}, {"a": option, "b": "x"}, {"k": {"a": "y", "b": "y"}, "m": {"a": "z", "b": "x"}}
        )
        mask = judged(on).accepts
        if before is not None:
            assert np.all(before <= mask)
        before = mask
