"""Many variants of scenarios put to the vote on common draws.

A *ballot* is a set of preferences and a text. Ballots that share a party's preferences share
its draws, and each text is scored by :func:`sim.engine.acceptability.accepts_each`, as ``sim run``
scores it; so shares agree with those of separate runs to the last digit, and differences
between ballots can be taken draw by draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.engine.acceptability import accepts_each
from sim.engine.draws import blocks
from sim.engine.packages import OPEN, Mask, Packages
from sim.engine.preferences import Memo, Preferences, preferences_for
from sim.engine.profiles import Case, Profile
from sim.files.ceilings import check_draws
from sim.simulation.cases import Progress


@dataclass(frozen=True)
class Votes:
    """How a block of draws went.

    ``own[b][party]`` is a party's own acceptance in ballot b, without the members of an
    alliance; ``joint[b]`` acceptance by all who are asked. Masks have shape ``(draws,)``; what is the same in several
    ballots is one array.
    """

    draws: int
    cases: Sequence[Case]
    own: Sequence[dict[str, Mask]]

    def accepts(self, ballot: int, party: str) -> Mask:
        """Acceptance as results report it: of an alliance, with its members."""
        return self.together(ballot, self.cases[ballot].voters(party))

    def joint(self, ballot: int) -> Mask:
        """Acceptance by every party whose consent is needed; all draws when nobody is asked."""
        return self.together(ballot, self.cases[ballot].asked)

    def together(self, ballot: int, parties: Sequence[str]) -> Mask:
        """Acceptance by all of some parties, each by itself; all draws when they are none."""
        together = np.ones(self.draws, bool)
        for party in parties:
            together &= self.own[ballot][party]
        return together


class Ballots:
    """Cases that are put to the vote together, a block of draws at a time."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = cases
        spaces: list[Case] = []
        voters: dict[tuple[int, Profile], int] = {}
        texts: list[dict[bytes, int]] = []
        #: By voter, whose preferences are drawn once: the first case that has them, and the texts put to them.
        self._of_voter: list[Case] = []
        #: By case and party the voter, and which of the texts is the case's.
        self._homes: list[list[tuple[int, int]]] = []
        for case in cases:
            space = _numbered(case, spaces)
            home = []
            for profile in case.profiles:
                voter = voters.setdefault((space, profile), len(voters))
                if voter == len(texts):
                    texts.append({})
                    self._of_voter.append(case)
                home.append((voter, texts[voter].setdefault(case.text.tobytes(), len(texts[voter]))))
            self._homes.append(home)
        self._profiles = [profile for _, profile in voters]
        self._rows = [np.stack([np.frombuffer(t, np.int16) for t in mine]) for mine in texts]

    def votes(self, memo: Memo, count: int) -> Votes:
        """How the first ``count`` draws of a memo's block go. Raises :class:`sim.engine.draws.NothingFits`."""
        votes = [
            [*accepts_each(preferences_for(profile, case.space.sizes, memo), case.space, packages)[:, :count]]
            for profile, case, packages in zip(self._profiles, self._of_voter, self._rows, strict=True)
        ]
        own = [
            {p.id: votes[voter][row] for p, (voter, row) in zip(case.profiles, home, strict=True)}
            for case, home in zip(self.cases, self._homes, strict=True)
        ]
        return Votes(count, self.cases, own)


class Voters:
    """Everybody's preferences in one block, drawn once."""

    def __init__(self, seed: int, block: int) -> None:
        self.block = block
        self._memo = Memo(seed, block)
        self._known: dict[tuple[int, Profile], Preferences] = {}

    def preferences(self, space: int, profile: Profile, sizes: tuple[int, ...]) -> Preferences:
        """A party's; ``space`` numbers the issues and options, whose sizes are given."""
        if (space, profile) not in self._known:
            self._known[space, profile] = preferences_for(profile, sizes, self._memo)
        return self._known[space, profile]


def polled(cases: Sequence[Case], draws: int, seed: int, *, progress: Progress | None = None) -> Iterator[Votes]:
    """Put every case to the vote, block by block, on ``draws`` draws from ``seed``.

    The cases' own draws and seed are not looked at. ``progress`` is called with (blocks done,
    blocks in all). Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing,
    ValueError for more work than is taken on at once.
    """
    check_draws(draws, len(cases))
    ballots, sizes = Ballots(cases), blocks(draws)
    for block, count in enumerate(sizes):
        yield ballots.votes(Memo(seed, block), count)
        if progress is not None:
            progress(block + 1, len(sizes))


def amended(case: Case, package: Packages) -> Case:
    """The case with another text (one row)."""
    closed = tuple(i for i in case.open_issues if package[case.space.issue(i)] == OPEN)
    return replace(case, text=package, open_issues=closed)


def same_space(one: Case, other: Case) -> bool:
    """Whether two cases have the same issues, options, constraints and effects, read in the same way."""
    mine, theirs = one.scenario.domain.issues, other.scenario.domain.issues
    return (mine is theirs or mine == theirs) and one.space.doubtful == other.space.doubtful


def _numbered(case: Case, known: list[Case]) -> int:
    number = next((k for k, other in enumerate(known) if same_space(case, other)), len(known))
    if number == len(known):
        known.append(case)
    return number
