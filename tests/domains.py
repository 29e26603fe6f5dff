"""Small scenarios for the tests of the engine, built without files, and random ones for hypothesis.

A scenario is described in the words of the files, in short: issues as lists of options, a position as a
mapping with defaults for what a test does not care about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sim.engine import draws
from sim.engine.acceptability import Judgement, judge
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import Case, compile_case
from sim.results.result import Result
from sim.scenario import schema
from sim.simulation.runner import run_cases
from sim.simulation.summary import summarise
from sim.simulation.tally import Tally
from tests import twins

DAY = "2022-03-01"
BEFORE = "2022-01-01"
SOURCE = {"title": "t", "publisher": "p", "date": "2022-01-01", "date_basis": "printed"}

Json = dict[str, Any]


def position(
    ranking: Any = "unknown", importance: str | None = "unknown", basis: Any = "inferred", **more: Any
) -> Json:
    """One entry of a position; a ranking may be a string of one-letter options.

    ``values`` or ``weight`` among ``more`` replace ranking or importance.
    """
    entry: Json = {"from": BEFORE, "basis": basis}
    if "values" not in more:
        entry["ranking"] = list(ranking) if isinstance(ranking, str) and ranking != "unknown" else ranking
    if "weight" not in more:
        entry["importance"] = importance
    return entry | more


def line(option: str, basis: str = "stated", **more: Any) -> Json:
    return {"option": option, "basis": basis} | more


def refusal(name: str, when: Mapping[str, Sequence[str]], basis: str = "stated", **more: Any) -> Json:
    return {"id": name, "if": when, "from": BEFORE, "basis": basis, "why": "test"} | more


def effect(
    name: str, when: Mapping[str, Sequence[str]], then: Mapping[str, str], basis: str = "stated", **more: Any
) -> Json:
    return {"id": name, "if": when, "then": then, "basis": basis, "why": "test"} | more


def constraint(
    name: str, when: Mapping[str, Sequence[str]], then: Mapping[str, Sequence[str]], severity: str = "hard"
) -> Json:
    return {"id": name, "if": when, "then": then, "severity": severity, "why": "test"}


def party(positions: Mapping[str, Any] | None = None, **more: Any) -> Json:
    """A party; each position is one entry or a list of them. ``beliefs`` are ranges, inferred unless said."""
    entry: Json = {"name": "N", "role": "principal", "consent": "always"}
    entry["positions"] = {i: p if isinstance(p, list) else [p] for i, p in (positions or {}).items()}
    beliefs, basis = more.pop("beliefs", None), more.pop("beliefs_basis", "inferred")
    cost = more.pop("cost", None)
    no_deal: Json = {}
    if beliefs is not None:
        no_deal["beliefs"] = {"l": {"ranges": beliefs, "basis": basis}}
    if cost is not None:
        no_deal["cost"] = cost
    if no_deal:
        entry["no_deal"] = no_deal
    return entry | more


def scenario(
    issues: Mapping[str, Sequence[str]],
    parties: Mapping[str, Json],
    terms: Mapping[str, Any],
    outcomes: Mapping[str, Mapping[str, str]] | None = None,
    *,
    constraints: Sequence[Json] = (),
    effects: Sequence[Json] = (),
    turning: str | None = None,
    evidence: Sequence[Json] = (),
    sources: Mapping[str, Json] | None = None,
    **more: Any,
) -> schema.Scenario:
    """A scenario. A term is an option, None for an open issue, or a mapping; its basis is stated unless said.

    ``outcomes`` are those of the one lottery, ``l``; None for no lottery.
    """
    no_deal: Json = {"turning_issue": turning, "lotteries": {}}
    if outcomes is not None:
        no_deal["lotteries"] = {"l": {"from": BEFORE, "outcomes": outcomes, "basis": "inferred"}}
    full: Json = {
        "id": "test",
        "title": "Test",
        "proposal": {"date": DAY, "summary": "s", "terms": {i: _term(t) for i, t in terms.items()}},
        "domain": {
            "issues": {
                "title": "d",
                "issues": {i: {"question": "q", "options": dict.fromkeys(o, "x")} for i, o in issues.items()},
                "constraints": list(constraints),
                "effects": list(effects),
                "no_deal": no_deal,
            },
            "sources": {
                "sources": sources or {"S": SOURCE | {"origin": "article"}},
                "actors": {p: {"name": "N"} for p in parties},
            },
            "evidence": list(evidence),
            "positions": {p: {"id": p} | dict(entry) for p, entry in parties.items()},
        },
    }
    return schema.Scenario.model_validate(_tuples(full | more))


def _tuples(value: Any) -> Any:
    """Lists as tuples, which the strict models ask for."""
    if isinstance(value, dict):
        return {k: _tuples(v) for k, v in value.items()}
    return tuple(_tuples(v) for v in value) if isinstance(value, (list, tuple)) else value


def _term(term: Any) -> Any:
    if term is None:
        return {"open": True, "basis": "stated"}
    return {"option": term, "basis": "stated"} if isinstance(term, str) else term


def case(*args: Any, **more: Any) -> Case:
    """:func:`scenario`, compiled."""
    return compile_case(scenario(*args, **more))


def changed(base: schema.Scenario, **proposal: Any) -> schema.Scenario:
    """The same scenario with some terms of its proposal changed."""
    terms = dict(base.proposal.terms)
    for issue, term in proposal.items():
        terms[issue] = schema.Term.model_validate(_term(term))
    return base.model_copy(update={"proposal": base.proposal.model_copy(update={"terms": terms})})


def preferences(on: Case, who: str = "p", block: int = 0) -> Preferences:
    return Preferences(on.profile(who), on.space.sizes, Memo(on.scenario.seed, block))


def draw_of(own: Preferences, on: Case, r: int, end: Literal["low", "drawn", "high"] = "drawn") -> twins.Draw:
    """One draw of a party as plain numbers by name, for the scalar twins; ``end`` is of the ranges of its lines."""
    issues, profile = on.space.issues, own.profile
    at = {
        cell.issue: own.memo.cell(profile.id, cell, n)[0] for cell, n in zip(profile.cells, on.space.sizes, strict=True)
    }
    ranged = any(c.weight is not None and not c.weight.fixed for c in profile.cells)
    return twins.Draw(
        raw={i: float(at[i][r]) for i in issues},
        values={
            i: {o: float(own.values[j][k, r]) for k, o in enumerate(on.space.options[j])} for j, i in enumerate(issues)
        },
        beliefs={} if own.beliefs is None else {k: float(b[r]) for k, b in zip(on.outcomes, own.beliefs, strict=True)},
        cost=_number(own.cost, r),
        reservation=None if own.reservation is None else _number(own.reservation, r),
        binds={
            (li.kind, li.id if li.kind == "refusal" else f"{li.issue}:{li.id}"): bool(mask[r])
            for li in profile.lines
            if (mask := own.binds(li, end)) is not None
        },
        weights={i: float(own.weights[j, r]) for j, i in enumerate(issues)} if ranged else None,
    )


def _number(value: Any, r: int) -> float:
    return float(value[r]) if isinstance(value, np.ndarray) else float(value)


def judged(on: Case, who: str = "p", block: int = 0) -> Judgement:
    name = on.scenario.domain.issues.no_deal.turning_issue
    return judge(preferences(on, who, block), on.space, on.text, None if name is None else on.space.issue(name))


def scored(on: Case) -> tuple[Tally, Result]:
    tally = run_cases([on])[0]
    return tally, summarise(on, tally, "0", [])


def within(found: Any, exact: Any, sd: Any, n: int, errors: float = 4.0) -> bool:
    """Whether means of ``n`` draws lie within some standard errors of their exact values."""
    return bool(np.all(np.abs(np.asarray(found) - np.asarray(exact)) <= errors * np.asarray(sd) / np.sqrt(n)))


def share_within(found: float, exact: float, n: int) -> bool:
    return within(found, exact, np.sqrt(exact * (1 - exact)), n)


def blocks(name: str, count: int) -> list[np.random.Generator]:
    """Streams of successive blocks, for checks of one sampler on more than one block of draws."""
    return [draws.stream(1, "test", name, k) for k in range(count)]


def quick(examples: int) -> settings:
    """Settings of the property tests: the same examples every time, no clock."""
    return settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )


# --- random scenarios ---------------------------------------------------------------------

OPTIONS = "abcd"
CLASSES = ("critical", "major", "moderate", "minor", "none", "unknown")
BASES = ("stated", "inferred", "assumed")


@st.composite
def rankings(draw: st.DrawFn, options: Sequence[str]) -> Any:
    """Any ranking of these options: partial, tied, with or without ``rest``, or unknown."""
    order = draw(st.permutations(options))[: draw(st.integers(0, len(options)))]
    if not order:
        return "unknown"
    levels: list[Any] = []
    for option in order:
        if levels and draw(st.integers(0, 3)) == 0:
            levels[-1] = [*levels[-1], option]
        else:
            levels.append([option])
    if len(order) < len(options) and draw(st.booleans()):
        levels.insert(draw(st.integers(0, len(levels))), "rest")
    return levels


@st.composite
def terms_of(draw: st.DrawFn, issues: Mapping[str, Sequence[str]], least: int = 1, most: int = 2) -> Json:
    """A condition on one or two issues."""
    names = draw(st.lists(st.sampled_from(sorted(issues)), min_size=least, max_size=most, unique=True))
    return {i: draw(st.lists(st.sampled_from(list(issues[i])), min_size=1, max_size=2, unique=True)) for i in names}


@st.composite
def parties(
    draw: st.DrawFn,
    issues: Mapping[str, Sequence[str]],
    outcomes: Sequence[str],
    bases: Sequence[str] = BASES,
    importance_bases: Sequence[str] = BASES,
    lines: bool = True,
    cardinal: bool = True,
) -> Json:
    basis = st.sampled_from(bases)
    entries: Json = {}
    for issue, options in issues.items():
        if draw(st.integers(0, 9)) == 0:
            continue  # no position in force: wholly unknown
        more: Json = {}
        if cardinal and draw(st.integers(0, 5)) == 0:
            tenths = st.integers(0, 10)
            more["values"] = {o: sorted([draw(tenths) / 10, draw(tenths) / 10]) for o in options}
        importance = draw(st.sampled_from(CLASSES))
        if cardinal and draw(st.integers(0, 6)) == 0:
            importance, more["weight"] = None, 0.15
        # weights that are all numbers have to sum to 1, which those of 0.15 never do: one issue always takes the rest
        numbered = all("weight" in e or e["importance"] == "none" for e in entries.values())
        weighed = "weight" in more or any("weight" in e for e in entries.values())
        if len(entries) == len(issues) - 1 and weighed and numbered and importance in (None, "none"):
            more.pop("weight", None)
            importance = "major"
        if lines and importance != "none" and draw(st.integers(0, 2)) == 0:
            holds = {} if draw(st.integers(0, 3)) else {"holds": [0.25, 0.75]}
            more["red_lines"] = [line(draw(st.sampled_from(list(options))), draw(basis), **holds)]
        entries[issue] = position(
            draw(rankings(options)),
            importance,
            {"ranking": draw(basis), "importance": draw(st.sampled_from(importance_bases))},
            **more,
        )
    _sum_to_one(entries, issues, draw(st.sampled_from([0.0, 0.0, 0.004, -0.004])))
    extra: Json = {}
    if lines and draw(st.booleans()):
        extra["refuses"] = [refusal("r", draw(terms_of(issues)), draw(basis))]
    if draw(st.integers(0, 4)) == 0:
        extra["reservation"] = [0.4, 0.6]
    elif draw(st.booleans()):
        low = 0.5 / len(outcomes)
        extra["beliefs"] = {k: [low, 1] for k in outcomes}
        extra["beliefs_basis"] = draw(basis)
    if draw(st.integers(0, 3)) == 0:
        extra["cost"] = draw(st.sampled_from([-0.1, 0.05, [0.0, 0.2]]))
    return party(entries, **extra)


def _sum_to_one(entries: Json, issues: Mapping[str, Sequence[str]], rounding: float) -> None:
    """Where nothing but numbers weighs, the last one takes what is left, as files must have it but for a rounding."""
    numbers = [e for e in entries.values() if "weight" in e]
    if numbers and all(i in entries and ("weight" in entries[i] or entries[i]["importance"] == "none") for i in issues):
        last = 1 - sum(e["weight"] for e in numbers[:-1]) + rounding
        numbers[-1]["weight"] = min(1.0, last)


@st.composite
def scenarios(
    draw: st.DrawFn,
    *,
    most_issues: int = 4,
    most_parties: int = 2,
    open_issues: bool = False,
    effects: bool = True,
    constrained: bool = False,
    **of_parties: Any,
) -> schema.Scenario:
    """A random small scenario with one lottery. Constraints, where wanted, are all hard or legal."""
    issues = {f"i{j}": OPTIONS[: draw(st.integers(2, 4))] for j in range(draw(st.integers(2, most_issues)))}
    option = {i: st.sampled_from(o) for i, o in issues.items()}
    outcomes: dict[str, dict[str, str]] = {}
    for k in range(draw(st.integers(1, 3))):
        silent = draw(st.sampled_from([None, None, *issues]))
        outcomes[f"k{k}"] = {i: draw(option[i]) for i in issues if i != silent}
    people = {
        f"p{k}": draw(parties(issues, list(outcomes), **of_parties)) for k in range(draw(st.integers(1, most_parties)))
    }
    terms: Json = {}
    for i in issues:
        choice = draw(st.integers(0, 3)) if open_issues else 3
        terms[i] = None if choice == 0 else {"option": draw(option[i]), "basis": draw(st.sampled_from(BASES))}
    made = []
    for k in range(draw(st.integers(0, 2)) if effects else 0):
        target = draw(st.sampled_from(sorted(issues)))
        made.append(
            effect(f"e{k}", draw(terms_of(issues)), {target: draw(option[target])}, draw(st.sampled_from(BASES)))
        )
    rules = []
    for k in range(draw(st.integers(1, 3)) if constrained else 0):
        first, second = draw(st.permutations(sorted(issues)))[:2]
        rules.append(
            constraint(
                f"c{k}",
                {first: [draw(option[first])]},
                {second: [draw(option[second])]},
                draw(st.sampled_from(["hard", "legal"])),
            )
        )
    return scenario(issues, people, terms, outcomes, effects=made, constraints=rules, turning="i0", draws=draws.BLOCK)
