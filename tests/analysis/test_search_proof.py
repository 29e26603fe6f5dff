"""The branch and bound agrees with scoring every package, and its bounds hold however early it stops."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.search import bounds as search_bounds
from sim.analysis.search.best import ScoredPackages, find_best
from sim.analysis.search.bounds import Bounds
from sim.analysis.search.poll import Alike, Poll
from sim.analysis.search.proof import reach
from sim.analysis.search.scope import Scope, split
from sim.analysis.shared.counting import paired_change
from sim.analysis.shared.expected import expected
from sim.engine.acceptability import accepts_each
from sim.engine.consent import asked_each
from sim.engine.histogram import Counts
from sim.engine.packages import OPEN, Mask, Packages
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import Case
from tests import domains
from tests.spaces import every_package, no_agreement, random_case

SEEDS = range(40)


def votes(case: Case, packages: Packages, draws: int) -> Mask:
    """Joint acceptance, party by party, of every package; a plain twin. Shape ``(packages, draws)``."""
    together = np.ones((len(packages), draws), bool)
    memo = Memo(case.scenario.seed, 0)
    for profile, asked in zip(case.profiles, asked_each(case, packages), strict=True):
        accepts = accepts_each(Preferences(profile, case.space.sizes, memo), case.space, packages)[:, :draws]
        together &= accepts | ~asked[:, None]
    return together


def admitted(scope: Scope, packages: Packages) -> Mask:
    """Which packages are in question, by the words of the files; a plain twin."""
    case = scope.case
    result = []
    for row in packages:
        terms = {i: o for i, o in case.space.terms(row).items() if o is not None}
        need = case.need(row)
        asked = {i for i, p in enumerate(case.profiles) if need[p.id].needed and not p.silent}
        near = scope.near is None or scope.changes is None or (row != scope.near).sum() <= scope.changes
        broken = any(rule.constraint.broken_by(terms) for rule in scope.rules)
        fewer = not scope.not_all or not scope.not_all <= asked
        result.append(bool(asked) and scope.required <= asked and fewer and near and not broken)
    return np.array(result, bool) & ~no_agreement(case, packages)


def asked_for(seed: int) -> Scope:
    """A random question: constraints, parties required or not all asked, terms kept (one open), changes allowed."""
    rng = np.random.default_rng(seed)
    case = random_case(rng, issues=4, parties=3, integers=bool(seed % 2), several=seed % 4 == 2)
    rules = tuple(r for r in case.space.rules if r.constraint.severity != "political")
    whole = [tuple(range(n)) for n in case.space.sizes]
    if seed % 3 == 0:
        kept = int(rng.integers(0, 4))
        whole[kept] = (OPEN,) if seed % 2 else (int(rng.integers(0, case.space.sizes[kept])),)
    required = frozenset([int(rng.integers(0, 3))] if seed % 4 == 0 else [])
    not_all = frozenset(rng.permutation(3)[: rng.integers(1, 4)].tolist()) if seed % 4 == 1 else frozenset[int]()
    scope = Scope(case, tuple(whole), rules, required, not_all=not_all)
    if seed % 5 == 0:
        near = case.text.copy()
        if seed % 10 == 0:
            near[3] = OPEN
            whole[3] = (OPEN, *whole[3]) if OPEN not in whole[3] else whole[3]
        scope = replace(scope, whole=tuple(whole), near=near, changes=2)
    return scope


def every(scope: Scope) -> Packages:
    rows = np.array(list(itertools.product(*scope.whole)), np.int16)
    return rows[admitted(scope, rows)]


def searched(scope: Scope, effort: int, top: int = 3, beyond: int = 0) -> ScoredPackages:
    poll = Poll(scope.case, scope.case.scenario.draws)
    terms, texts = expected(scope.case), [scope.case.text]
    return find_best(scope, Bounds(poll), terms, texts, Alike(poll), top, effort, beyond=beyond)


def smallest_gains(case: Case, packages: Packages) -> list[float]:
    """The smallest expected gain among those asked about each package; a plain twin, to nine decimals."""
    gains = np.stack([t.gain(case.space, packages) for t in expected(case)])
    asked = asked_each(case, packages)
    return [
        round(min(g for g, yes in zip(*pair, strict=True) if yes), 9) for pair in zip(gains.T, asked.T, strict=True)
    ]


def truth(scope: Scope) -> tuple[Packages, Counts]:
    rows = every(scope)
    return rows, votes(scope.case, rows, scope.case.scenario.draws).sum(axis=1)


@pytest.mark.parametrize("seed", SEEDS)
def test_best_packages_are_those_of_enumeration(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes of at most five packages, tails of at most three: all of the machinery works on small spaces too."""
    monkeypatch.setattr(search_bounds, "TAILS", 3)
    monkeypatch.setattr("sim.analysis.search.proof.SMALL", 5)
    scope = asked_for(seed)
    rows, counts = truth(scope)
    found = searched(scope, 10_000)
    best = int(counts.max(initial=0))
    assert found.best == best
    assert found.at_most == best
    if not best:
        assert not len(found.rows)
        return
    text = scope.case.text
    least = smallest_gains(scope.case, rows)
    order = sorted(
        range(len(rows)), key=lambda k: (-counts[k], -least[k], int((rows[k] != text).sum()), rows[k].tolist())
    )
    ties = [k for k in order if counts[k] == best]
    assert found.rows[: len(ties)].tolist() == rows[ties].tolist()
    draws = scope.case.scenario.draws
    near = {rows[k].tobytes() for k in order if counts[k] >= max(1, best - reach(best, draws))}
    assert near <= {row.tobytes() for row in found.rows}
    assert found.peers_complete
    first = votes(scope.case, found.rows[:1], draws)[0]
    told = [
        row.tobytes()
        for row, mine in zip(rows, votes(scope.case, rows, draws), strict=True)
        if _alike(int((mine & ~first).sum()), int((first & ~mine).sum()), draws) and mine.any()
    ]
    assert {row.tobytes() for row in found.peers} == set(told)


def _alike(gained: int, lost: int, draws: int) -> bool:
    change = paired_change(gained, lost, draws)
    return change.low <= 0 <= change.high


@pytest.mark.parametrize("climbing", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_must_go_beyond_others_is_found_in_full_or_shown_not_to(
    seed: int, climbing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One draw below the best all is as without; at the best or more nothing better is shown."""
    monkeypatch.setattr("sim.analysis.search.proof.SMALL", 3)
    scope = asked_for(seed)
    rows, counts = truth(scope)
    best = int(counts.max(initial=0))
    plain = searched(scope, 10_000)
    if not climbing:
        monkeypatch.setattr("sim.analysis.search.best.climb", lambda *_: None)
    for beyond in (best - 1, best // 2):
        if 0 < beyond < best:
            found = searched(scope, 10_000, beyond=beyond)
            assert (found.best, found.at_most) == (best, best)
            ties = int((counts == best).sum())
            assert found.rows[:ties].tolist() == plain.rows[:ties].tolist()
            assert found.peers_complete
            assert {row.tobytes() for row in found.peers} == {row.tobytes() for row in plain.peers}
    for beyond in (best, best + 3):
        found = searched(scope, 10_000, beyond=beyond)
        assert found.best <= found.at_most <= beyond
        have = {row.tobytes() for row in found.rows}
        assert all(row.tobytes() in have or n <= found.proof.most for row, n in zip(rows, counts.tolist(), strict=True))


@pytest.mark.parametrize("effort", [0, 1, 4])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_package_exceeds_the_bound_however_early_the_proof_stops(
    seed: int, effort: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.analysis.search.proof.SMALL", 3)
    scope = asked_for(seed)
    rows, counts = truth(scope)
    found = searched(scope, effort)
    assert found.at_most >= counts.max(initial=0)
    have = {row.tobytes(): int(n) for row, n in zip(found.rows, found.counts, strict=True)}
    for row, count in zip(rows, counts.tolist(), strict=True):
        assert have.get(row.tobytes(), count) == count
        assert row.tobytes() in have or count <= found.proof.most


@pytest.mark.parametrize(("lag", "counted", "aside"), [(0, 10, 10), (5, 1, 10), (64, 2, 3)])
@pytest.mark.parametrize("seed", SEEDS)
def test_packages_dropped_or_put_aside_are_within_the_bound(
    seed: int, lag: int, counted: int, aside: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.analysis.search.proof.SMALL", 3)
    monkeypatch.setattr("sim.analysis.search.proof.COUNTED", counted)
    monkeypatch.setattr("sim.analysis.search.proof.ASIDE", aside)
    monkeypatch.setattr("sim.analysis.search.proof.reach", lambda best, draws: min(lag, best))
    monkeypatch.setattr("sim.analysis.search.best.climb", lambda *_: None)
    scope = asked_for(seed)
    rows, counts = truth(scope)
    found = searched(scope, 10_000, top=1)
    assert found.best == found.at_most == counts.max(initial=0)
    have = {row.tobytes() for row in found.rows}
    for row, count in zip(rows, counts.tolist(), strict=True):
        assert row.tobytes() in have or count <= found.proof.most


@pytest.mark.parametrize("seed", SEEDS)
def test_every_box_of_a_tree_is_bounded_rightly(seed: int) -> None:
    scope = asked_for(seed)
    rows, counts = truth(scope)
    bounds = Bounds(Poll(scope.case, scope.case.scenario.draws))
    boxes = [scope.whole]
    looked = 0
    while boxes and looked < 40:
        box = boxes.pop()
        looked += 1
        inside = np.all([np.isin(rows[:, j], options) for j, options in enumerate(box)], axis=0)
        narrow = scope.narrowed(box)
        most = int(counts[inside].max(initial=0))
        if narrow is None:
            assert most == 0
            continue
        kept = np.all([np.isin(rows[:, j], options) for j, options in enumerate(narrow)], axis=0)
        assert not counts[inside & ~kept].any()
        alive = bounds.of(scope, narrow)
        assert np.count_nonzero(alive) >= most
        found, upper = bounds.each(scope, narrow, alive, range(len(box)), 1)
        at = {row.tobytes(): int(n) for row, n in zip(found, upper, strict=True)}
        for row, count in zip(rows[kept], counts[kept].tolist(), strict=True):
            assert at.get(row.tobytes(), 0) >= count
        issue = next((j for j, options in enumerate(narrow) if len(options) > 1), None)
        boxes += split(narrow, issue) if issue is not None else []


def test_single_precision_never_excludes_a_tie() -> None:
    """Gains that are zero but for rounding count as acceptance, in bounds too."""
    values = {"a": 0.1, "b": 0.7, "c": 0.8}
    case = domains.case(
        {f"i{j}": "abc" for j in range(3)},
        {"p": domains.party({f"i{j}": domains.position(values=values, weight=w, importance=None) for j, w in
                             enumerate((0.3, 0.3, 0.4))}, reservation=0.1 * 0.3 + 0.7 * 0.3 + 0.8 * 0.4)},
        {f"i{j}": "a" for j in range(3)},
        draws=8,
    )  # fmt: skip
    scope = Scope(case, ((0,), (1,), (2,)), ())
    assert searched(scope, 10).best == 8


def test_reach_is_the_widest_lag_that_draws_may_not_tell() -> None:
    for draws, best in ((10, 5), (50, 50), (200, 17), (1000, 600), (1000, 990)):
        lag = reach(best, draws)
        told = [
            all(
                not _alike(lost - d, lost, draws)
                for lost in range(d, min(best, draws - best + d) + 1)
            )
            for d in range(best + 1)
        ]  # fmt: skip
        assert told[: lag + 1] == [False] * (lag + 1)
        assert all(told[lag + 1 :])


def test_alike_packages_are_listed_once() -> None:
    """Nobody cares about i1, and b and c of i0 are tied for everybody; d of i0 is a red line."""
    wishes = domains.position(["a", ["b", "c", "d"]], "critical", red_lines=[domains.line("d")])
    case = domains.case(
        {"i0": "abcd", "i1": "ab", "i2": "ab"},
        {
            "p": domains.party(
                {"i0": wishes, "i1": domains.position("ab", "none"), "i2": domains.position("ab", "major")}
            )
        },
        {"i0": "a", "i1": "a", "i2": "b"},
        {"k": {"i0": "b", "i1": "b", "i2": "b"}},
        draws=20,
    )
    scope = Scope(case, tuple(tuple(range(n)) for n in case.space.sizes), ())
    poll = Poll(case, 20)
    alike = Alike(poll)
    rows = every_package(case)
    kinds = {alike.kind(row) for row in rows}
    assert len(kinds) == 3 * 2
    assert alike.others(scope, np.array([1, 0, 0], np.int16)) == [(0, 2), (1, 1)]
    assert len(alike.distinct(rows, 100)) == 6
    assert len(alike.distinct(rows, 4)) == 4


def test_parties_may_see_one_option_as_two() -> None:
    """What one likes as b and the other as a, both like at once where an effect shows it as b to the first."""
    wants = {"one": {"a": 0, "b": 1}, "other": {"a": 1, "b": 0}}
    people = {
        name: domains.party(
            {"i0": domains.position(values=values, weight=1, importance=None), "i1": domains.position("ab", "none")},
            reservation=0.6,
        )
        for name, values in wants.items()
    }
    case = domains.case(
        {"i0": "ab", "i1": "ab"},
        people,
        {"i0": "b", "i1": "b"},
        effects=[domains.effect("e", {"i1": ["a"]}, {"i0": "b"}, parties=["one"])],
        draws=10,
    )
    scope = Scope(case, ((0, 1), (0, 1)), ())
    bounds = Bounds(Poll(case, 10))
    assert np.count_nonzero(bounds.of(scope, scope.whole)) == 10
    found = searched(scope, 10)
    assert found.best == 10
    assert found.rows.tolist() == [[0, 0]]
