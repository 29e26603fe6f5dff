"""Which packages the parties may propose to each other, and whose consent each needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.engine.consent import asked_each
from sim.engine.neighbourhoods import binding, neighbours
from sim.engine.packages import LISTED, OPEN, Mask, Packages, Rule, Space, allowed
from sim.engine.profiles import Case
from sim.files.errors import SimError

#: At most this many candidates: a block of them takes some seconds.
MOST = 10_000


class TooMany(SimError, ValueError):
    """More than :data:`MOST` candidates.

    ``count`` is how many there are, or, where not ``exact``, how many there would be without
    constraints; ``fewer`` is a number of changes that leaves few enough, None if none does.
    """

    def __init__(self, count: int, exact: bool, fewer: int | None) -> None:
        how = "" if exact else "up to "
        super().__init__(f"{how}{count:,} candidates; there may be at most {MOST:,}")
        self.count, self.exact, self.fewer = count, exact, fewer


@dataclass(frozen=True)
class Candidates:
    """The tabled text, then the other feasible packages by number of changes from it, further texts last.

    ``packages`` has shape ``(candidates, issues)``, without duplicates. Feasible are packages that
    break no hard or legal constraint, except those that the tabled text itself breaks. They are
    all there are (``whole``) when these are at most :data:`MOST`; else those within the scenario's
    number of changes, and its further texts. ``texts`` says by name which candidate a further
    text is; infeasible ones are left out. So is what equals an outcome of no deal (``equal_no_deal`` names these),
    the tabled text itself too: it is no agreement.
    """

    case: Case
    packages: Packages
    whole: bool
    texts: dict[str, int]
    equal_no_deal: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.packages)

    def ids(self, numbers: Sequence[int]) -> tuple[str, ...]:
        """Parties by their numbers among the case's profiles."""
        return tuple(self.case.profiles[i].id for i in numbers)

    @cached_property
    def proposers(self) -> tuple[int, ...]:
        """Who makes offers, as numbers of the case's profiles, in the order of the turns."""
        number = {p.id: i for i, p in enumerate(self.case.profiles)}
        chosen = (number[name] for name in self.case.scenario.proposers)
        return tuple(i for i in chosen if not self.case.profiles[i].silent)

    @cached_property
    def table(self) -> tuple[int, ...]:
        """Who sits at the table, as numbers of the case's profiles.

        Whose consent some candidate needs, ratifiers excepted, and on whom the sources are not
        silent; and the proposers.
        """
        able = [i for i, p in enumerate(self.case.profiles) if p.role != "ratifier" and self.needed[i].any()]
        return tuple(sorted({*able, *self.proposers}))

    @cached_property
    def needed(self) -> Mask:
        """Whose consent each candidate needs by the files; shape ``(parties, candidates)``, silent ones never."""
        return asked_each(self.case, self.packages)

    @cached_property
    def asked(self) -> Mask:
        """Who is asked about each candidate at the table; shape ``(len(table), candidates)``.

        Whose consent it needs, and, where offers are made, every proposer: nobody makes offers in talks whose end it
        would not accept.
        """
        asked = self.needed[list(self.table)]
        if not self.case.scenario.negotiation.rule.offers:
            return asked
        for row, i in enumerate(self.table):
            if i in self.proposers:
                asked[row] = True
        return asked

    @cached_property
    def ratifiers(self) -> tuple[int, ...]:
        """Who votes on what the others agreed, if that needs it; numbers of the case's profiles."""
        return tuple(i for i, p in enumerate(self.case.profiles) if i not in self.table and self.needed[i].any())


def candidates(case: Case) -> Candidates:
    """Work out the candidates of a case. Raises :class:`TooMany` before anything large is made.

    >>> import sim
    >>> from sim.engine.profiles import compile_case
    >>> on = candidates(compile_case(sim.load("istanbul", protocol="alternating_offers").scenario))
    >>> on.ids(on.proposers), bool((on.packages[0] == on.case.text).all())
    (('russia', 'ukraine'), True)
    """
    tabled = case.text
    rules = binding(case.space, tabled, "legal")
    rows = _feasible_space(case.space, tabled, rules)
    if rows is not None:
        equalled, rows = case.equalled(rows), rows[~case.no_agreement(rows)]
    whole = rows is not None and len(rows) <= MOST
    if rows is None or not whole:
        changes = case.scenario.negotiation.candidates.changes
        if (most := _at_most(case, changes)) > LISTED:
            raise TooMany(most, False, _fewer(case, rules))
        rows = _near(case, rules, changes)
        equalled, rows = case.equalled(rows), rows[~case.no_agreement(rows)]
    rows = rows[np.lexsort((*rows.T[::-1], (rows != tabled).sum(axis=1)))]
    place = {row.tobytes(): k for k, row in enumerate(rows)}
    texts: dict[str, int] = {}
    further: list[Packages] = []
    for name, text in _texts(case).items():
        if not allowed(rules, text[None])[0] or case.no_agreement(text[None])[0]:
            equalled = tuple(dict.fromkeys((*equalled, *case.equalled(text[None]))))
            continue
        texts[name] = place.setdefault(text.tobytes(), len(rows) + len(further))
        if texts[name] == len(rows) + len(further):
            further.append(text)
    if further:
        rows = np.concatenate([rows, further])
    if len(rows) > MOST:
        raise TooMany(len(rows), True, _fewer(case, rules))
    return Candidates(case, rows, whole, texts, equalled)


def _texts(case: Case) -> dict[str, Packages]:
    """The further texts as rows: an issue that one leaves out stays as tabled."""
    result = {}
    for name, terms in case.scenario.negotiation.candidates.texts.items():
        row = case.text.copy()
        for issue, option in terms.items():
            row[case.space.issue(issue)] = case.space.option(issue, option)
        result[name] = row
    return result


def _feasible_space(space: Space, tabled: Packages, rules: Sequence[Rule]) -> Packages | None:
    """All feasible packages, open only where the tabled text is; None if that is too much to tell.

    Built issue by issue. What a beginning of a package breaks, every end of it breaks too, so
    such beginnings are dropped; more than :data:`sim.engine.packages.LISTED` of them are too much.
    """
    rows = np.full((1, len(tabled)), OPEN, np.int16)
    for j, size in enumerate(space.sizes):
        options = np.arange(OPEN if tabled[j] == OPEN else 0, size, dtype=np.int16)
        if len(rows) * len(options) > LISTED:
            return None
        rows = np.repeat(rows, len(options), axis=0)
        rows[:, j] = np.tile(options, len(rows) // len(options))
        rows = rows[allowed(rules, rows)]
    return rows


def _near(case: Case, rules: Sequence[Rule], changes: int) -> Packages:
    """The packages within so many changes of the tabled text that break no rule."""
    return np.concatenate([neighbours(case.space, case.text, n, rules) for n in range(changes + 1)])


def _at_most(case: Case, changes: int) -> int:
    """How many packages lie within so many changes, constraints or not: elementary symmetric polynomials."""
    by_changes = [1] + [0] * changes
    for size, here in zip(case.space.sizes, case.text.tolist(), strict=True):
        others = size - (here != OPEN)
        for n in range(changes, 0, -1):
            by_changes[n] += by_changes[n - 1] * others
    return sum(by_changes)


def _fewer(case: Case, rules: Sequence[Rule]) -> int | None:
    """The largest smaller number of changes with few enough candidates."""
    further = len(case.scenario.negotiation.candidates.texts)
    for changes in range(case.scenario.negotiation.candidates.changes - 1, 0, -1):
        if _at_most(case, changes) <= LISTED:
            near = np.count_nonzero(~case.no_agreement(_near(case, rules, changes)))
            if near + further <= MOST:
                return changes
    return None
