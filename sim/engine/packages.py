"""Packages as rows of small integers: conditions, constraints, effects, completions.

A package is a row with one entry an issue: the number of the option, or :data:`OPEN`. Many
packages are an array of shape ``(packages, issues)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import stream
from sim.results.records import TermChange
from sim.scenario import schema

Packages = NDArray[np.int16]
Mask = NDArray[np.bool_]

#: The entry of an issue that a package leaves open; as an index it means the last column.
OPEN = -1
#: How many completions or fillings are looked at when there are more.
SAMPLE = 512
#: Up to this many combinations are listed in full before the feasible ones are picked.
LISTED = 200_000


@dataclass(frozen=True)
class Condition:
    """Issues and, for each, which options satisfy it; all must hold.

    ``masks`` pairs an issue number with a boolean row, one entry an option and a last one for
    "open". An open issue satisfies nothing that must hold and contradicts nothing either.

    Issue 1 has option 0, where there are two options:

    >>> condition = Condition(((1, (True, False, False)),))
    >>> packages = np.array([[0, 0], [0, 1], [0, OPEN]], np.int16)
    >>> condition.holds(packages).tolist(), condition.contradicted(packages).tolist()
    ([True, False, False], [False, True, False])
    """

    masks: tuple[tuple[int, tuple[bool, ...]], ...]

    @cached_property
    def arrays(self) -> tuple[tuple[int, Mask], ...]:
        """The masks as arrays."""
        return tuple((issue, np.array(mask)) for issue, mask in self.masks)

    def holds(self, packages: Packages) -> Mask:
        """Shape ``(packages,)``: every issue named has one of the options named."""
        result = np.ones(len(packages), bool)
        for issue, mask in self.arrays:
            result &= mask[packages[:, issue]]
        return result

    def contradicted(self, packages: Packages) -> Mask:
        """Shape ``(packages,)``: some issue named is closed with an option not named."""
        result = np.zeros(len(packages), bool)
        for issue, mask in self.arrays:
            column = packages[:, issue]
            result |= (column != OPEN) & ~mask[column]
        return result


@dataclass(frozen=True)
class Rule:
    """A constraint, compiled."""

    constraint: schema.Constraint
    when: Condition
    then: Condition

    def broken_by(self, packages: Packages) -> Mask:
        """Which packages meet its ``if`` and contradict its ``then``, shape ``(packages,)``."""
        return self.when.holds(packages) & self.then.contradicted(packages)


def allowed(rules: Iterable[Rule], packages: Packages) -> Mask:
    """Which packages break none of the rules, shape ``(packages,)``."""
    result = np.ones(len(packages), bool)
    for rule in rules:
        result &= ~rule.broken_by(packages)
    return result


@dataclass(frozen=True)
class SeenAs:
    """An effect, compiled: where ``when`` holds, ``then`` is what parties see."""

    effect: schema.Effect
    when: Condition
    then: tuple[tuple[int, int], ...]


class Space:
    """The issues of a domain, numbered, with its constraints and effects.

    >>> domain = schema.Issues.model_validate(
    ...     {
    ...         "title": "Two issues",
    ...         "issues": {
    ...             "land": {"question": "Whose is it?", "options": {"ours": "Ours.", "theirs": "Theirs."}},
    ...             "army": {"question": "How large?", "options": {"small": "Small.", "large": "Large."}},
    ...         },
    ...     }
    ... )
    >>> space = Space(domain)
    >>> text = space.package({"land": "theirs", "army": None})
    >>> text.tolist(), space.terms(text)
    ([1, -1], {'land': 'theirs', 'army': None})
    >>> rows, whole = space.variants(text, [space.issue("army")], seed=1, purpose="completions")
    >>> rows.tolist(), whole
    ([[1, 0], [1, 1]], True)
    """

    def __init__(self, domain: schema.Issues, doubtful: Collection[str] = ()) -> None:
        """``doubtful`` are ids of effects that count as assumed whatever their own basis."""
        self.issues: tuple[str, ...] = tuple(domain.issues)
        self.options: tuple[tuple[str, ...], ...] = tuple(tuple(i.options) for i in domain.issues.values())
        self._issue = {name: j for j, name in enumerate(self.issues)}
        self._option = [{name: o for o, name in enumerate(options)} for options in self.options]
        self.rules = tuple(Rule(c, self.condition(c.when), self.condition(c.then)) for c in domain.constraints)
        self.doubtful = {*doubtful, *(e.id for e in domain.effects if e.basis == "assumed")}
        self.effects = tuple(
            SeenAs(e, self.condition(e.when), tuple((self.issue(i), self.option(i, o)) for i, o in e.then.items()))
            for e in domain.effects
        )

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many options each issue has."""
        return tuple(len(o) for o in self.options)

    def issue(self, name: str) -> int:
        """An issue's number. Raises KeyError for one there is not."""
        return self._issue[name]

    def option(self, issue: str, name: str) -> int:
        """An option's number within its issue. Raises KeyError for one there is not."""
        return self._option[self._issue[issue]][name]

    def condition(self, terms: Mapping[str, Iterable[str]]) -> Condition:
        """Issues with the options that satisfy it, by name. Raises KeyError for an issue there is not."""
        masks = []
        for name, options in terms.items():
            wanted = set(options)
            masks.append((self.issue(name), (*(o in wanted for o in self.options[self.issue(name)]), False)))
        return Condition(tuple(masks))

    def package(self, terms: Mapping[str, str | None]) -> Packages:
        """One row; an issue that is missing or None is open. Shape ``(issues,)``."""
        row = np.full(len(self.issues), OPEN, np.int16)
        for name, option in terms.items():
            if option is not None:
                row[self.issue(name)] = self.option(name, option)
        return row

    def terms(self, package: Packages) -> dict[str, str | None]:
        """The inverse of :meth:`package`; None for an open issue."""
        return {
            name: None if o == OPEN else self.options[j][o]
            for j, (name, o) in enumerate(zip(self.issues, package.tolist(), strict=True))
        }

    def changes(self, before: Packages, after: Packages) -> tuple[TermChange, ...]:
        """The terms in which one text, shape ``(issues,)``, differs from another, in the order of the issues."""
        old, new = self.terms(before), self.terms(after)
        return tuple(TermChange(issue=i, before=old[i], to=new[i]) for i in self.issues if old[i] != new[i])

    def seen(self, packages: Packages, party: str, without: Collection[str] = ()) -> Packages:
        """The packages as a party sees them, after effects, shape as of ``packages``; conditions are judged as written.

        Effects whose ids are in ``without`` are left out.
        """
        result = packages
        for effect in self.effects:
            if effect.effect.parties is not None and party not in effect.effect.parties:
                continue
            if effect.effect.id in without:
                continue
            rows = effect.when.holds(packages)
            if rows.any():
                result = result.copy() if result is packages else result
                for issue, option in effect.then:
                    # An issue that the text leaves open stays open: there is nothing to see as something else.
                    result[rows & (packages[:, issue] != OPEN), issue] = option
        return result

    def sights(self, package: Packages, party: str) -> list[Packages]:
        """One package as a party may see it, with and without each assumed effect. Rows, sorted."""
        mine = [e for e in self.effects if e.effect.parties is None or party in e.effect.parties]
        doubtful = [e.effect.id for e in mine if e.effect.id in self.doubtful and e.when.holds(package[None])[0]]
        left_out = chain.from_iterable(combinations(doubtful, n) for n in range(len(doubtful) + 1))
        rows = {tuple(self.seen(package[None], party, without)[0].tolist()) for without in left_out}
        return [np.array(row, np.int16) for row in sorted(rows)]

    def feasible(self, packages: Packages, severities: Sequence[str] = ("hard", "legal")) -> Mask:
        """Shape ``(packages,)``: no constraint of these severities is broken."""
        return allowed([r for r in self.rules if r.constraint.severity in severities], packages)

    def binding(self, text: Packages, severities: Sequence[str]) -> tuple[Rule, ...]:
        """The constraints of some severities that bind whatever starts from a text (one row).

        The one rule of amendments, fillings, completions, talks and searches: those that the text itself breaks do not.
        """
        return tuple(r for r in self.rules if r.constraint.severity in severities and not r.broken_by(text[None])[0])

    def variants(
        self,
        package: Packages,
        issues: Sequence[int],
        seed: int,
        purpose: str,
        excluded: Callable[[Packages], Mask] | None = None,
    ) -> tuple[Packages, bool]:
        """Feasible packages that differ from ``package`` only in the named issues.

        Returns them, shape ``(packages, issues)``, and whether they are all there are; when there
        are more than :data:`SAMPLE`, a sample with a stream of its own. Hard and legal
        constraints bind (:meth:`binding`); ``excluded`` tells which are left out besides, shape ``(packages,)``.
        """
        rules = self.binding(package, ("hard", "legal"))

        def feasible(rows: Packages) -> Packages:
            fits = allowed(rules, rows)
            return rows[fits if excluded is None else fits & ~excluded(rows)]

        sizes = [self.sizes[j] for j in issues]
        rng = stream(seed, purpose, "packages", 0)
        if math.prod(sizes) <= LISTED:
            grid = np.indices(sizes, np.int16).reshape(len(sizes), -1).T if issues else np.empty((1, 0), np.int16)
            rows = np.repeat(package[None], len(grid), axis=0)
            rows[:, list(issues)] = grid
            rows = feasible(rows)
            if len(rows) <= SAMPLE:
                return rows, True
            return rows[np.sort(rng.choice(len(rows), SAMPLE, replace=False))], False
        result = np.empty((0, len(self.issues)), np.int16)
        for _ in range(400):
            rows = np.repeat(package[None], 8192, axis=0)
            for j, size in zip(issues, sizes, strict=True):
                rows[:, j] = rng.integers(0, size, len(rows))
            result = np.unique(np.concatenate([result, feasible(rows)]), axis=0)
            if len(result) >= SAMPLE:
                return result[np.sort(rng.choice(len(result), SAMPLE, replace=False))], False
        return result, False
