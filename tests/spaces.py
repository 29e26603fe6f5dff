"""Random small negotiations for the analyses of a whole package space, and plain twins of what binds in one."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.consent import asked_each
from sim.engine.packages import OPEN, Condition, Mask, Packages
from sim.engine.profiles import Case, Profile
from tests import domains, twins

LAYERS = {"all": ("stated", "inferred", "assumed"), "inferred": ("stated", "inferred"), "stated": ("stated",)}


def every_package(case: Case) -> Packages:
    return np.array(list(itertools.product(*(range(n) for n in case.space.sizes))), np.int16)


def random_case(
    rng: np.random.Generator, issues: int = 5, parties: int = 3, integers: bool = True, several: bool = False
) -> Case:
    """Constraints of all severities, effects (overlapping, some for one party), lines, polls, refusals, an alliance.

    With ``integers`` weights and values are multiples of a tenth, so that ties between packages are real. No deal is
    one outcome on all issues otherwise; ``several`` makes it two, each silent on some issues.
    """
    names = {f"i{j}": "abcd"[: rng.integers(2, 5)] for j in range(issues)}
    people = [f"p{k}" for k in range(parties)]

    def some(issue: str) -> list[str]:
        options = list(names[issue])
        count = int(rng.integers(1, len(options)))
        return [options[i] for i in rng.choice(len(options), count, replace=False)]

    def terms(most: int) -> dict[str, list[str]]:
        return {i: some(i) for i in rng.choice(list(names), int(rng.integers(1, most + 1)), replace=False).tolist()}

    def one(issue: str) -> str:
        return str(rng.choice(list(names[issue])))

    rules = [
        domains.constraint(f"c{k}", terms(2), terms(2), str(rng.choice(["hard", "legal", "political"])))
        for k in range(int(rng.integers(0, 4)))
    ]
    effects = []
    for k in range(int(rng.integers(0, 4))):
        target = str(rng.choice(list(names)))
        more = {"parties": [people[int(rng.integers(0, parties))]]} if rng.random() < 0.4 else {}
        effects.append(domains.effect(f"e{k}", terms(2), {target: one(target)}, **more))
    entries: dict[str, Any] = {}
    for k, name in enumerate(people):
        cells: dict[str, Any] = {}
        weights = rng.multinomial(10, np.ones(issues) / issues)
        for j, (issue, options) in enumerate(names.items()):
            lines = []
            for option in options:
                if rng.random() < 0.12:
                    holds = {"holds": [0.2, float(rng.choice([0.6, 0.8, 1.0]))]} if rng.random() < 0.4 else {}
                    lines.append(domains.line(option, str(rng.choice(domains.BASES)), **holds))
            if integers:
                cells[issue] = domains.position(
                    values={o: int(rng.integers(0, 11)) / 10 for o in options},
                    weight=float(weights[j]) / 10,
                    importance=None,
                    red_lines=lines,
                )
            else:
                order = list(rng.permutation(list(options)))
                cells[issue] = domains.position(order, "unknown", red_lines=lines)
        more = {"reservation": int(rng.integers(2, 7)) / 10} if integers else {}
        if rng.random() < 0.5:
            more["refuses"] = [domains.refusal("r", terms(3), str(rng.choice(domains.BASES)))]
        if rng.random() < 0.7:
            more["consent"] = {"when": [terms(2) for _ in range(int(rng.integers(1, 3)))]}
        if k == parties - 1 and rng.random() < 0.5:
            more |= {"role": "alliance", "members": [people[0]]}
        entries[name] = domains.party(cells, **more)
    outcomes = None if integers else {"k": {i: one(i) for i in names}}
    tabled = {i: one(i) for i in names}
    if several:
        outcomes = {f"k{k}": {i: one(i) for i in names if i == "i0" or rng.random() < 0.6} for k in range(2)}
    return domains.case(names, entries, tabled, outcomes, constraints=rules, effects=effects, draws=64)


def crossed(case: Case, profile: Profile, packages: Packages, red_lines: str) -> Mask:
    """Which packages cross a line of the party that binds in the central preferences; a plain twin."""
    seen = case.space.seen(packages, profile.id)
    result = np.zeros(len(packages), bool)
    for line in profile.lines:
        if line.basis not in LAYERS.get(red_lines, ()):
            continue
        if line.holds is not None and line.holds.low + line.holds.high < 1:
            continue
        result |= line.condition.holds(packages if line.kind == "red_line" else seen)
    return result


def no_agreement(case: Case, packages: Packages) -> Mask:
    """Which packages say on every issue of an outcome of no deal what it says, or leave it open; a plain twin."""
    return np.array([twins.no_deal(case.scenario, case.space.terms(row)) for row in packages], bool)


def possible(case: Case, packages: Packages, severity: str, red_lines: str) -> Mask:
    """Which packages are feasible, about which somebody is asked, and which nobody asked rejects by a line."""
    return allowed(case, packages, severity, red_lines) & ~no_agreement(case, packages)


def allowed(case: Case, packages: Packages, severity: str, red_lines: str) -> Mask:
    """As :func:`possible`, but a package may equal an outcome of no deal."""
    result = case.space.feasible(packages, _severities(severity))
    asked = asked_each(case, packages)
    for profile, row in zip(case.profiles, asked, strict=True):
        result &= ~(row & crossed(case, profile, packages, red_lines))
    return result & asked.any(axis=0)


def _severities(most: str) -> tuple[str, ...]:
    severities = ("hard", "legal", "political")
    return severities[: severities.index(most) + 1]


# --- counts of spaces too large to list ---------------------------------------------------------


def feasible_count(case: Case, severity: str) -> int:
    """How many packages break no constraint, those that equal no deal among them."""
    rules = [x for x in case.space.rules if x.constraint.severity in _severities(severity)]
    _, likes = _grown(case, [c for x in rules for c in (x.when, x.then)], severity)
    return int(likes.sum())


def possible_count(case: Case, severity: str, red_lines: str) -> int:
    """How many packages :func:`possible` lets through."""
    conditions = [c for x in case.space.rules for c in (x.when, x.then)]
    conditions += [line.condition for profile in case.profiles for line in profile.lines]
    conditions += [c for _, found in case.consent.values() for c, _ in found]
    conditions += [x.when for x in case.space.effects]
    rows, likes = _grown(case, conditions, severity)
    found = sum(
        int(some[allowed(case, part, severity, red_lines)].sum())
        for part, some in zip(*(np.array_split(x, len(rows) // 100_000 + 1) for x in (rows, likes)), strict=True)
    )
    absent = no_deals(case)
    return found - int(allowed(case, absent, severity, red_lines).sum())


def no_deals(case: Case) -> Packages:
    """Every package that equals an outcome of no deal, once; none where some party measures against a number."""
    if case.lottery is None or any(p.reservation is not None for p in case.profiles):
        return np.empty((0, len(case.space.sizes)), np.int16)
    outcomes = case.scenario.domain.issues.no_deal.lotteries[case.lottery].outcomes
    found: set[tuple[int, ...]] = set()
    for terms in outcomes.values():
        fixed = {case.space.issue(i): case.space.option(i, o) for i, o in terms.items()}
        columns = [[fixed[j]] if j in fixed else range(n) for j, n in enumerate(case.space.sizes)]
        found |= set(itertools.product(*columns))
    return np.array(sorted(found), np.int16)


def _grown(case: Case, conditions: list[Condition], severity: str) -> tuple[Packages, NDArray[np.int64]]:
    """One package of every kind that the conditions tell apart, and how many there are of it.

    Rows grow issue by issue; those that break a constraint already grow no further.
    """
    told: list[list[tuple[bool, ...]]] = [[] for _ in case.space.sizes]
    for condition in conditions:
        for j, mask in condition.masks:
            told[j].append(mask)
    rows = np.full((1, len(case.space.sizes)), OPEN, np.int16)
    likes = np.ones(1, np.int64)
    for j, size in enumerate(case.space.sizes):
        kinds: dict[tuple[bool, ...], list[int]] = {}
        for option in range(size):
            kinds.setdefault(tuple(mask[option] for mask in told[j]), []).append(option)
        rows, likes = np.repeat(rows, len(kinds), axis=0), np.repeat(likes, len(kinds))
        rows[:, j] = np.tile([alike[0] for alike in kinds.values()], len(rows) // len(kinds))
        likes = likes * np.tile([len(alike) for alike in kinds.values()], len(rows) // len(kinds))
        kept = case.space.feasible(rows, _severities(severity))
        rows, likes = rows[kept], likes[kept]
    return rows, likes
