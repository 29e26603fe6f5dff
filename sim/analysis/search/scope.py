"""The packages in question; and boxes of them: which a search may still choose from, what all of a box have in common.

A box holds, for every issue, the options that a package may have there. It may be larger than the set of packages
meant, never smaller: what is said of all packages of a box holds for every one of them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.shared.parties import certain, known_issues, known_party
from sim.analysis.space import binding
from sim.engine.consent import asked_each
from sim.engine.packages import OPEN, Condition, Mask, Packages, Rule, SeenAs, allowed
from sim.engine.profiles import Case, Line
from sim.files.arguments import InvalidArgument
from sim.scenario import schema
from sim.scenario.loading import Loaded

#: The options left of every issue; :data:`sim.engine.packages.OPEN` stands for an issue that stays open.
OptionBox = tuple[tuple[int, ...], ...]
#: In place of a party's id: everybody whom the text asks.
ALL = "all"


@dataclass(frozen=True)
class Scope:
    """Among which packages the best is looked for.

    ``whole`` is the box of all that are thought of; no package may break one of ``rules``, each must ask the parties
    of ``required`` (numbers of the case's profiles) and differ from ``near`` (one row) in at most ``changes`` issues;
    None for any number. A package that asks all of ``not_all`` is left out; nobody stands for no such demand. ``rules``
    are the constraints up to ``severity``, but for those in :attr:`excused`.
    """

    case: Case
    whole: OptionBox
    rules: tuple[Rule, ...]
    required: frozenset[int] = frozenset()
    near: Packages | None = None
    changes: int | None = None
    not_all: frozenset[int] = frozenset()
    severity: schema.Severity = "legal"

    # --- constraints ------------------------------------------------------------------------

    @property
    def excused(self) -> tuple[Rule, ...]:
        """Constraints up to the severity that do not bind."""
        return tuple(r for r in binding.rules(self.case.space, self.severity) if r not in self.rules)

    @property
    def warning(self) -> tuple[Rule, ...]:
        """Constraints that only warn: those beyond the severity."""
        return tuple(r for r in self.case.space.rules if r not in binding.rules(self.case.space, self.severity))

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

    def narrowed(self, box: OptionBox, lines: bool = True) -> OptionBox | None:
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
            _keep_out(left, condition, tuple(left))
        sure = self.surely_asked(tuple(left))
        if self.not_all and all(sure[i] for i in self.not_all):
            return None
        for i, profile in enumerate(self.case.profiles):
            for line in profile.lines if lines and sure[i] else ():
                if certain(line):
                    shifted = {j for e in self._effects(i) for j, _ in e.then} if line.kind == "refusal" else ()
                    _keep_out(left, line.condition, self._sights(tuple(left), i, line), shifted)
        self._stay_near(left)
        return left if all(left) else None

    def _ask(self, left: list[tuple[int, ...]]) -> bool:
        """Keep what may still ask the parties required; False if one cannot be asked, or nobody at all."""
        box = tuple(left)
        possible = self.possibly_asked(box)
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

    def surely_asked(self, box: OptionBox) -> list[bool]:
        """By party: whether every package in question of a box asks it."""
        return [sure or i in self.required for i, sure in enumerate(self._asked(box, every=True))]

    def possibly_asked(self, box: OptionBox) -> list[bool]:
        """By party: whether some package of a box may ask it."""
        return self._asked(box, every=False)

    def _asked(self, box: OptionBox, every: bool) -> list[bool]:
        profiles = self.case.profiles
        asked: dict[str, bool] = {}
        for profile in profiles:
            always, conditions = self.case.consent[profile.id]
            asked[profile.id] = always or any(_met(c, box, every) for c, _ in conditions)
        # A member may be an alliance itself, so as often as there are alliances.
        alliances = [p for p in profiles if p.members]
        for alliance in alliances * len(alliances):
            if asked[alliance.id]:
                asked |= dict.fromkeys(alliance.members, True)
        return [asked[p.id] and not p.silent for p in profiles]

    def sights(self, box: OptionBox, party: int, issue: int) -> tuple[int, ...]:
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

    def _sights(self, box: OptionBox, party: int, line: Line) -> Mapping[int, tuple[int, ...]]:
        """The options by which a line is judged, by issue: for a red line as written, for a refusal as seen."""
        written = line.kind == "red_line"
        return {j: box[j] if written else self.sights(box, party, j) for j, _ in line.condition.masks}

    def moved(self, box: OptionBox, party: int, issue: int) -> bool:
        """Whether an effect may show a party something else on an issue than a package of the box says."""
        return any(
            j == issue and _met(effect.when, box, every=False)
            for effect in self._effects(party)
            for j, _ in effect.then
        )

    def _effects(self, party: int) -> list[SeenAs]:
        return binding.effects(self.case.space, self.case.profiles[party].id)

    def surely_crossed(self, box: OptionBox, party: int) -> list[Line]:
        """The party's lines that every package of a box crosses."""
        lines = self.case.profiles[party].lines
        return [x for x in lines if _met(x.condition, self._sights(box, party, x), every=True)]

    # --- how many ---------------------------------------------------------------------------

    def size(self, box: OptionBox) -> int:
        """How many packages a box holds within the changes allowed, constraints aside."""
        if self.near is None or self.changes is None:
            return math.prod(map(len, box))
        by_changes = [1] + [0] * self.changes
        for options, here in zip(box, self.near.tolist(), strict=True):
            others, same = sum(o != here for o in options), here in options
            by_changes = [same * n + others * less for n, less in zip(by_changes, [0, *by_changes], strict=False)]
        return sum(by_changes)

    def rows(self, box: OptionBox, order: Sequence[int]) -> Packages:
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


def _met(condition: Condition, options: OptionBox | Mapping[int, tuple[int, ...]], every: bool) -> bool:
    """Whether a condition holds in every package with these options, or else, issue by issue, may hold in one."""
    check = all if every else any
    return all(check(mask[o] for o in options[j]) for j, mask in condition.masks)


def _obey(left: list[tuple[int, ...]], rule: Rule) -> None:
    """Drop the options that a rule excludes whatever the others become."""
    box = tuple(left)
    if _met(rule.when, box, every=True):
        for j, mask in rule.then.masks:
            left[j] = tuple(o for o in left[j] if o == OPEN or mask[o])
    elif any(all(o != OPEN and not mask[o] for o in box[j]) for j, mask in rule.then.masks):
        _keep_out(left, rule.when, box)


def _keep_out(
    left: list[tuple[int, ...]],
    condition: Condition,
    seen: OptionBox | Mapping[int, tuple[int, ...]],
    shifted: Collection[int] = (),
) -> None:
    """Keep out of what a condition holds for, where one issue alone still decides.

    ``seen`` are the options by which it is judged, by issue; on issues ``shifted`` these may not be those written.
    """
    if not _met(condition, seen, every=False):
        return
    unsure = [(j, mask) for j, mask in condition.masks if not all(mask[o] for o in seen[j])]
    if not unsure:
        left[condition.masks[0][0]] = ()
    elif len(unsure) == 1 and unsure[0][0] not in shifted:
        [(j, mask)] = unsure
        left[j] = tuple(o for o in left[j] if not mask[o])


def split(box: OptionBox, issue: int) -> list[OptionBox]:
    """One box an option of an issue."""
    return [(*box[:issue], (option,), *box[issue + 1 :]) for option in box[issue]]


# --- what a user asks for -------------------------------------------------------------------


def scope_of(
    case: Case,
    near: Loaded | None = None,
    changes: int | None = None,
    keep: Sequence[str] = (),
    severity: schema.Severity = "legal",
    required: frozenset[int] = frozenset(),
) -> Scope:
    """The packages that a user means, near to a text only with ``changes``.

    Constraints do not bind that the text from which the search starts, or terms to keep, break themselves, as in
    :meth:`sim.engine.packages.Space.binding`. Raises UnknownName for an issue that there is not, InvalidArgument for a
    text near to which other issues are.
    """
    space = case.space
    known_issues(case, keep)
    text = case.text if near is None else row_of(case, near)
    whole: list[tuple[int, ...]] = []
    for j, (name, n) in enumerate(zip(space.issues, space.sizes, strict=True)):
        opened = changes is not None and text[j] == OPEN
        whole.append((int(case.text[j]),) if name in keep else (*([OPEN] if opened else []), *range(n)))
    single = [len(options) == 1 < n for options, n in zip(whole, space.sizes, strict=True)]
    fixed = np.where(single, [options[0] for options in whole], OPEN).astype(np.int16)
    rules = tuple(r for r in binding.rules(space, severity) if not r.broken_by(np.stack([fixed, text])).any())
    return Scope(case, tuple(whole), rules, required, None if changes is None else text, changes, severity=severity)


def parties_named(case: Case, ask: Sequence[str]) -> frozenset[int]:
    """Numbers of the parties that ids, or :data:`ALL`, name. Raises InvalidArgument where one is silent."""
    wanted = [party for name in ask for party in (case.asked if name == ALL else (name,))]
    for party in wanted:
        if known_party(case, party).silent:
            raise InvalidArgument(f"the sources are silent on {case.profile(party).name}, so it cannot be asked")
    return frozenset(i for i, p in enumerate(case.profiles) if p.id in wanted)


def row_of(case: Case, other: Loaded) -> Packages:
    """Another scenario's text as a row of this one's space. Raises InvalidArgument where its issues differ."""
    if not isinstance(other, Loaded):
        raise InvalidArgument(f"a text to start from is a loaded scenario (sim.load), not {other!r}")
    options = {name: tuple(issue.options) for name, issue in other.scenario.domain.issues.issues.items()}
    if options != dict(zip(case.space.issues, case.space.options, strict=True)):
        raise InvalidArgument(f"{other.scenario.id} is about other issues than {case.id}")
    return case.space.package({i: term.option for i, term in other.scenario.proposal.terms.items()})
