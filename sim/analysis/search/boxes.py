"""Boxes of packages: which a search may still choose from, and what all packages of a box have in common.

A box holds, for every issue, the options that a package may have there. It may be larger than the set of packages
meant, never smaller: what is said of all packages of a box holds for every one of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.shared.parties import certain
from sim.engine.consent import asked_each
from sim.engine.packages import OPEN, Condition, Mask, Packages, Rule, SeenAs, allowed
from sim.engine.profiles import Case, Line

#: The options left of every issue; :data:`sim.engine.packages.OPEN` stands for an issue that stays open.
Box = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Question:
    """Among which packages the best is looked for.

    ``whole`` is the box of all that are thought of; no package may break one of ``rules``, each must ask the parties
    of ``required`` (numbers of the case's profiles) and differ from ``near`` (one row) in at most ``changes`` issues;
    None for any number. A package that asks all of ``not_all`` is left out; nobody stands for no such demand.
    """

    case: Case
    whole: Box
    rules: tuple[Rule, ...]
    required: frozenset[int] = frozenset()
    near: Packages | None = None
    changes: int | None = None
    not_all: frozenset[int] = frozenset()

    # --- single packages ------------------------------------------------------------------

    def admits(self, rows: Packages) -> Mask:
        """Which packages are in question, shape ``(packages,)``; no deal, and what asks nobody, are no agreement."""
        asked = asked_each(self.case, rows)
        result: Mask = allowed(self.rules, rows) & asked.any(axis=0) & ~self.case.no_agreement(rows)
        for party in self.required:
            result &= asked[party]
        if self.not_all:
            result &= ~asked[list(self.not_all)].all(axis=0)
        if self.near is not None and self.changes is not None:
            result &= (rows != self.near).sum(axis=1) <= self.changes
        for j, options in enumerate(self.whole):
            result &= np.isin(rows[:, j], options)
        return result

    # --- boxes ------------------------------------------------------------------------------

    def narrowed(self, box: Box, lines: bool = True) -> Box | None:
        """The box without options that no package in question has, as far as that shows; None if it holds nothing.

        With ``lines``, packages which a party that all of them ask rejects in every draw, by a line that always binds,
        are left out too: no draw accepts them.
        """
        left: list[tuple[int, ...]] | None = list(box)
        while left is not None:
            before = list(left)
            left = self._step(left, lines)
            if left == before:
                return tuple(left)
        return None

    def _step(self, left: list[tuple[int, ...]], lines: bool) -> list[tuple[int, ...]] | None:
        for rule in self.rules:
            _obey(left, rule)
        if not all(left) or not self._ask(left):
            return None
        for condition in self.case.absences.values():
            _keep_out(left, condition)
        sure = self.surely_asked(tuple(left))
        if self.not_all and all(sure[i] for i in self.not_all):
            return None
        for i, profile in enumerate(self.case.profiles):
            for line in profile.lines if lines and sure[i] else ():
                if certain(line):
                    self._avoid(left, i, line)
        self._stay_near(left)
        return left if all(left) else None

    def _ask(self, left: list[tuple[int, ...]]) -> bool:
        """Keep what may still ask the parties required; False if one cannot be asked, or nobody at all."""
        box = tuple(left)
        possible = self._asked(box, every=False)
        if not any(possible) or not all(possible[i] for i in self.required):
            return False
        allies = {m for p in self.case.profiles for m in p.members}
        for i in self.required:
            profile = self.case.profiles[i]
            always, conditions = self.case.consent[profile.id]
            open_to = [c for c, _ in conditions if _met(c, box, every=False)]
            if not always and profile.id not in allies and len(open_to) == 1:
                for j, mask in open_to[0].masks:
                    left[j] = tuple(o for o in left[j] if mask[o])
        return True

    def _avoid(self, left: list[tuple[int, ...]], party: int, line: Line) -> None:
        """Keep clear of a line, where one issue alone still decides."""
        box = tuple(left)
        unsure = []
        for j, mask in line.condition.masks:
            sights = box[j] if line.kind == "red_line" else self.sights(box, party, j)
            if not any(mask[o] for o in sights):
                return
            if not all(mask[o] for o in sights):
                unsure.append((j, mask))
        if not unsure:
            j = line.condition.masks[0][0]
            left[j] = ()
        elif len(unsure) == 1:
            j, mask = unsure[0]
            if line.kind == "red_line" or not any(j == issue for e in self._effects(party) for issue, _ in e.then):
                left[j] = tuple(o for o in left[j] if not mask[o])

    def _stay_near(self, left: list[tuple[int, ...]]) -> None:
        if self.near is None or self.changes is None:
            return
        near = self.near.tolist()
        changed = [j for j, options in enumerate(left) if near[j] not in options]
        if len(changed) > self.changes:
            left[0] = ()
        elif len(changed) == self.changes:
            for j, options in enumerate(left):
                if j not in changed:
                    left[j] = (near[j],) if options else ()

    def surely_asked(self, box: Box) -> list[bool]:
        """By party: whether every package in question of a box asks it."""
        sure = self._asked(box, every=True)
        return [known or i in self.required for i, known in enumerate(sure)]

    def possibly_asked(self, box: Box) -> list[bool]:
        """By party: whether some package of a box may ask it."""
        return self._asked(box, every=False)

    def _asked(self, box: Box, every: bool) -> list[bool]:
        profiles = self.case.profiles
        number = {p.id: i for i, p in enumerate(profiles)}
        found = []
        for profile in profiles:
            always, conditions = self.case.consent[profile.id]
            found.append(always or any(_met(c, box, every) for c, _ in conditions))
        # A member may be an alliance itself, so as often as there are alliances.
        for _ in [p for p in profiles if p.members]:
            for i, profile in enumerate(profiles):
                for member in profile.members if found[i] else ():
                    found[number[member]] = True
        return [known and not p.silent for known, p in zip(found, profiles, strict=True)]

    def sights(self, box: Box, party: int, issue: int) -> tuple[int, ...]:
        """As what a party may see an issue in packages of a box: after effects that may or must bear on it."""
        seen = set(box[issue])
        for effect in self._effects(party):
            for j, option in effect.then:
                if j == issue and _met(effect.when, box, every=False):
                    if _met(effect.when, box, every=True):
                        seen = {o for o in seen if o == OPEN}
                        seen |= {option} if set(box[issue]) != {OPEN} else set()
                    elif set(box[issue]) != {OPEN}:
                        seen.add(option)
        return tuple(sorted(seen))

    def moved(self, box: Box, party: int, issue: int) -> bool:
        """Whether an effect may show a party something else on an issue than a package of the box says."""
        return any(
            j == issue and _met(effect.when, box, every=False)
            for effect in self._effects(party)
            for j, _ in effect.then
        )

    def _effects(self, party: int) -> list[SeenAs]:
        name = self.case.profiles[party].id
        return [e for e in self.case.space.effects if e.effect.parties is None or name in e.effect.parties]

    def surely_crossed(self, box: Box, party: int) -> list[Line]:
        """The party's lines that every package of a box crosses."""
        found = []
        for line in self.case.profiles[party].lines:
            options = {
                j: box[j] if line.kind == "red_line" else self.sights(box, party, j) for j, _ in line.condition.masks
            }
            if all(mask[o] for j, mask in line.condition.masks for o in options[j]):
                found.append(line)
        return found

    # --- how many ---------------------------------------------------------------------------

    def size(self, box: Box) -> int:
        """How many packages a box holds within the changes allowed, constraints aside."""
        if self.near is None or self.changes is None:
            return math.prod(map(len, box))
        by_changes = [1] + [0] * self.changes
        for options, here in zip(box, self.near.tolist(), strict=True):
            others, same = sum(o != here for o in options), here in options
            by_changes = [
                same * by_changes[n] + (others * by_changes[n - 1] if n else 0) for n in range(self.changes + 1)
            ]
        return sum(by_changes)

    def rows(self, box: Box, order: Sequence[int]) -> Packages:
        """The packages of a box within the changes allowed, sorted by the issues in ``order``, the first outermost."""
        rows = np.array([[options[0] for options in box]], np.int16)
        spent = np.zeros(1, np.int64)
        if self.near is not None:
            spent += sum(o != rows[0, j] for j, o in enumerate(self.near.tolist()) if j not in order)
        for j in order:
            options = np.array(box[j], np.int16)
            rows = np.repeat(rows, len(options), axis=0)
            rows[:, j] = np.tile(options, len(rows) // len(options))
            if self.near is not None and self.changes is not None:
                spent = np.repeat(spent, len(options)) + (rows[:, j] != self.near[j])
                rows, spent = rows[spent <= self.changes], spent[spent <= self.changes]
        return rows


def _met(condition: Condition, box: Box, every: bool) -> bool:
    """Whether a condition holds in every package of a box, or else, issue by issue, may hold in one."""
    check = all if every else any
    return all(check(mask[o] for o in box[j]) for j, mask in condition.masks)


def _obey(left: list[tuple[int, ...]], rule: Rule) -> None:
    """Drop the options that a rule excludes whatever the others become."""
    box = tuple(left)
    if not all(box):
        return
    if _met(rule.when, box, every=True):
        for j, mask in rule.then.masks:
            left[j] = tuple(o for o in left[j] if o == OPEN or mask[o])
    elif any(all(o != OPEN and not mask[o] for o in box[j]) for j, mask in rule.then.masks):
        unsure = [(j, mask) for j, mask in rule.when.masks if not all(mask[o] for o in box[j])]
        if len(unsure) == 1:
            j, mask = unsure[0]
            left[j] = tuple(o for o in left[j] if not mask[o])


def _keep_out(left: list[tuple[int, ...]], condition: Condition) -> None:
    """Keep out of what a condition holds for, where one issue alone still decides."""
    box = tuple(left)
    if not all(any(mask[o] for o in box[j]) for j, mask in condition.masks):
        return
    unsure = [(j, mask) for j, mask in condition.masks if not all(mask[o] for o in box[j])]
    if not unsure:
        left[condition.masks[0][0]] = ()
    elif len(unsure) == 1:
        j, mask = unsure[0]
        left[j] = tuple(o for o in left[j] if not mask[o])


def split(box: Box, issue: int) -> list[Box]:
    """One box an option of an issue."""
    return [(*box[:issue], (option,), *box[issue + 1 :]) for option in box[issue]]
