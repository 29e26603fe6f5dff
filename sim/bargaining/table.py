"""What a protocol of one's own gets in its hands: the texts, what they bring to whom, and the verbs of talks.

All draws of a part of a block are on the table at once; the last axis of every array is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.bargaining.candidates import Candidates
from sim.bargaining.tactics import Concession
from sim.bargaining.texts_by_draw import TextsByDraw
from sim.engine.acceptability import TIE, accepted, crossed_lines
from sim.engine.draws import BLOCK, Array, Index, in_draws
from sim.engine.packages import Mask, Packages
from sim.engine.preferences import Preferences
from sim.files.arguments import InvalidArgument, UnknownName

T = TypeVar("T")
#: Nothing is put forward, or agreed.
NOTHING = -1


@dataclass(frozen=True)
class Event:
    """What was done in one draw: a proposal with its answers, or that somebody left.

    ``party`` is None for a mediator; ``text`` a number of the candidates, :data:`NOTHING` where somebody left;
    ``answers`` are whether each party asked agrees, ``wanted`` what it insisted on.
    """

    round: int
    party: str | None
    text: int
    answers: Mapping[str, bool] = field(default_factory=dict)
    wanted: Mapping[str, float] = field(default_factory=dict)


class Seats(Mapping[str, T]):
    """One thing a party at the table, worked out when it is first asked for; UnknownName for anybody else."""

    def __init__(self, parties: Sequence[str], work_out: Callable[[int], T]) -> None:
        self._parties, self._work_out = tuple(parties), work_out
        self._known: dict[str, T] = {}

    def __getitem__(self, party: str) -> T:
        if party not in self._known:
            if party not in self._parties:
                raise UnknownName("party at the table", party, self._parties)
            self._known[party] = self._work_out(self._parties.index(party))
        return self._known[party]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parties)

    def __len__(self) -> int:
        return len(self._parties)


class Table:
    """Talks in many draws at once, as a protocol of one's own finds and changes them; see :func:`sim.protocol`.

    A text goes by its number among those that may be proposed, -1 stands for none. Every draw is a negotiation by
    itself: what is done in one must not depend on the others. Arrays are read-only.

    Attributes:
        draws: how many draws are on the table.
        texts: how many texts may be proposed.
        packages: the number of the option on each issue, -1 for open; shape ``(texts, issues)``.
        tabled: the number of the text as tabled, -1 where it is none of them.
        parties: ids of those at the table; ratifiers are not, and vote on what is agreed.
        proposers: ids of those who make offers, in the order of their turns.
        rounds: how many rounds there are at most.
        round: the round at hand, counted from 1.
        gains: by party what each text brings it over no deal, shape ``(texts, draws)``.
        accepts: by party whether it would take each text rather than no deal: no loss (or what its own rule of
            acceptance asks for), none of its lines crossed. Same shape.
        asked: by party whether each text needs its yes; where proposers make offers, always theirs. Shape ``(texts,)``.

    Example:
        >>> import numpy as np, sim
        >>> @sim.protocol("best_for_the_worst_off")
        ... def best_for_the_worst_off(table):
        ...     least = np.minimum.reduce([np.where(table.accepts[p], table.gains[p], -1.0) for p in table.parties])
        ...     table.agree(table.propose(None, least.argmax(axis=0)))
        >>> [result] = sim.score(sim.load("istanbul", draws=200, protocol="best_for_the_worst_off"))
        >>> result.negotiation.protocol
        'best_for_the_worst_off'
    """

    def __init__(
        self,
        on: Candidates,
        preferences: Sequence[Preferences],
        draws: Index,
        name: str,
        *,
        first: Index | None = None,
        heat: Array | float | None = None,
        concessions: Mapping[str, Concession] | None = None,
        watch: int | None = None,
    ) -> None:
        """``draws`` are of the block; ``watch`` is the one among them of which events are noted."""
        settings = on.case.scenario.negotiation
        self._on, self._at, self._name, self._watch = on, draws, name, watch
        self._memo = preferences[0].memo
        self._streams: dict[str, np.random.Generator] = {}
        self._first, self._heat, self._concessions = first, heat, concessions
        seated = [preferences[i] for i in on.table]
        self._views = Seats(on.ids(on.table), lambda seat: TextsByDraw(seated[seat], on.case.space))
        self.draws = len(draws)
        self.texts = len(on)
        self.packages: Packages = _sealed(on.packages)
        tabled = np.flatnonzero((on.packages == on.case.text).all(axis=1))
        self.tabled = int(tabled[0]) if len(tabled) else NOTHING
        self.parties: tuple[str, ...] = on.ids(on.table)
        self.proposers: tuple[str, ...] = on.ids(on.proposers) if settings.rule.offers else ()
        self.rounds = settings.rounds if settings.uses("rounds") else 1
        self.round = 1
        self.gains: Mapping[str, Array] = Seats(self.parties, self._gains)
        self.accepts: Mapping[str, Mask] = Seats(self.parties, self._accepts)
        self.asked: Mapping[str, Mask] = Seats(self.parties, lambda seat: _sealed(on.asked[seat]))
        self._live = np.ones(self.draws, bool)
        self._standing = np.full(self.draws, NOTHING, np.intp)
        self._by = np.full(self.draws, -1, np.int8)
        self._agreed = np.full(self.draws, NOTHING, np.int16)
        self._agreed_in = np.zeros(self.draws, np.int16)
        self._agreed_by = np.full(self.draws, -1, np.int8)
        self.events: list[Event] = []

    def __repr__(self) -> str:
        live = f"{int(self._live.sum())} of {self.draws} draws live"
        return f"<Table of {self._name}: round {self.round}, {self.texts} texts, {live}>"

    # --- what there is ----------------------------------------------------------------------

    @property
    def live(self) -> Mask:
        """In which draws the talks go on, shape ``(draws,)``."""
        return _sealed(self._live)

    @property
    def standing(self) -> Index:
        """The text proposed last in each draw, -1 for none, shape ``(draws,)``."""
        return _sealed(self._standing)

    @cached_property
    def zone(self) -> Mask:
        """Which texts suit everybody whose yes they need, shape ``(texts, draws)``: the zone of possible agreement."""
        result = np.ones((self.texts, self.draws), bool)
        for party in self.parties:
            result &= self.accepts[party] | ~self.asked[party][:, None]
        return _sealed(result)

    @property
    def first(self) -> Index:
        """Who begins in each draw, as a number of ``proposers``; for a protocol that uses ``first_mover``."""
        if self._first is None:
            raise self._undeclared("first_mover")
        return _sealed(self._first[self._at])

    @property
    def temperature(self) -> Array:
        """How readily parties take a loss, drawn once a draw; for a protocol that uses ``temperature``."""
        if self._heat is None:
            raise self._undeclared("temperature")
        return _sealed(np.broadcast_to(in_draws(self._heat, self._at), (self.draws,)))

    def aspiration(self, party: str) -> Array:
        """What the party's tactic insists on in this round, less what delay has cost; shape ``(draws,)``.

        For a protocol that uses ``tactics``, and tactics that do not react.
        """
        if self._concessions is None:
            raise self._undeclared("tactics")
        if party not in self._concessions:
            raise UnknownName("party at the table", party, self.parties)
        beyond = self._concessions[party].in_draws(self._at).aspiration(self.round - 1)
        return _sealed(beyond + in_draws(self._views[party].preferences.least, self._at))

    def random(self, what: str = "", rows: int | None = None) -> Array:
        """Numbers between 0 and 1 by chance, shape ``(draws,)`` or ``(rows, draws)``, of a stream with a name.

        The same for a seed, whoever works it out and however many draws are on the table.
        """
        if what not in self._streams:
            self._streams[what] = self._memo.stream("protocol", f"{self._name}:{what}")
        drawn = self._streams[what].random(BLOCK if rows is None else (rows, BLOCK))
        return _sealed(drawn[..., self._at])

    def best(self, party: str, among: ArrayLike | None = None) -> Index:
        """The party's best text that it accepts in each draw, the first of several, -1 for none; shape ``(draws,)``.

        ``among`` narrows the texts, shape ``(texts,)`` or ``(texts, draws)``.
        """
        able = self.accepts[party]
        if among is not None:
            mask = np.asarray(among)
            able = able & (mask[:, None] if mask.ndim == 1 else mask)
        value = np.where(able, self.gains[party], -np.inf)
        top = value.max(axis=0)
        with np.errstate(invalid="ignore"):
            first = (value >= top - TIE).argmax(axis=0)
        return np.where(np.isneginf(top), NOTHING, first)

    def at(self, values: ArrayLike, texts: ArrayLike) -> NDArray[np.generic]:
        """Of values of shape ``(texts, draws)`` those of one text a draw; what stands at -1 means nothing."""
        return np.asarray(values)[self._numbers("texts", texts), np.arange(self.draws)]

    def terms(self, text: int) -> dict[str, str | None]:
        """A text as options by issue, None for open."""
        return self._on.case.space.terms(self._on.packages[text])

    # --- what is done ------------------------------------------------------------------------

    def propose(
        self,
        party: str | None,
        texts: ArrayLike,
        *,
        answers: Mapping[str, ArrayLike] | None = None,
        wanted: Mapping[str, ArrayLike] | None = None,
    ) -> Mask:
        """Put a text forward in every live draw, and note who agrees.

        Args:
            party: one of ``proposers``; None for a mediator.
            texts: a number a draw, -1 where nothing is put forward.
            answers: by party whether it agrees, shape ``(draws,)``. Who is left out agrees where it accepts the
                text and gains by it what it wants.
            wanted: by party the gain that it insists on, a number or a number a draw. Who is left out takes whatever
                it accepts.

        Returns:
            Where all agree whose yes the text needs, shape ``(draws,)``; False where nothing is put forward. Nothing
            is agreed by that: see :meth:`agree`.
        """
        number = -1
        if party is not None:
            if party not in self.proposers:
                raise UnknownName("proposer", party, self.proposers)
            number = self.proposers.index(party)
        rows = self._numbers("texts", texts)
        put = self._live & (rows >= 0)
        every, columns = np.maximum(rows, 0), np.arange(self.draws)
        yes: dict[str, Mask] = {}
        insisted = {p: self._level(p, level) for p, level in (wanted or {}).items()}
        for name in {**(answers or {}), **(wanted or {})}:
            if name not in self.parties:
                raise UnknownName("party at the table", name, self.parties)
        for name in self.parties:
            if answers is not None and name in answers:
                yes[name] = self._mask(f"answers of {name}", answers[name])
            else:
                # what it accepts is enough for who wants nothing more, also where its own rule takes a loss
                enough = self.gains[name][every, columns] >= insisted.get(name, -np.inf) - TIE
                yes[name] = self.accepts[name][every, columns] & enough
        passed = put.copy()
        for name in self.parties:
            if name != party:
                passed &= yes[name] | ~self.asked[name][every]
        self._standing[put] = rows[put]
        self._by[put] = number
        if self._watch is not None and put[self._watch]:
            self._note(party, int(rows[self._watch]), yes, insisted)
        return _sealed(passed)

    def agree(self, draws: ArrayLike = True) -> None:
        """In these of the live draws what was proposed last is agreed; the talks there are over.

        Ratifiers whose yes the text needs then vote on it. ``draws`` has shape ``(draws,)``.
        """
        mask = self._mask("draws", draws) & self._live
        if (mask & (self._standing < 0)).any():
            count = int((mask & (self._standing < 0)).sum())
            raise InvalidArgument(
                f"agree: nothing has been proposed in {count} of these draws; propose something first"
            )
        self._agreed[mask] = self._standing[mask]
        self._agreed_by[mask] = self._by[mask]
        self._agreed_in[mask] = self.round
        self._live[mask] = False

    def leave(self, draws: ArrayLike = True, party: str | None = None) -> None:
        """In these of the live draws the talks end without agreement, because the party leaves where one is named."""
        mask = self._mask("draws", draws) & self._live
        if party is not None and party not in self.parties:
            raise UnknownName("party at the table", party, self.parties)
        if self._watch is not None and mask[self._watch]:
            self.events.append(Event(self.round, party, NOTHING))
        self._live[mask] = False

    # --- inside -------------------------------------------------------------------------------

    @property
    def agreed(self) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int8]]:
        """What was agreed in each draw (-1 for nothing), in which round, by the offer of which proposer (-1: none)."""
        return self._agreed, self._agreed_in, self._agreed_by

    def _gains(self, seat: int) -> Array:
        return _sealed(self._views[self.parties[seat]].table(self._on.packages, self._at))

    def _accepts(self, seat: int) -> Mask:
        party = self.parties[seat]
        own = self._views[party].preferences
        result = self.gains[party] >= in_draws(own.enough, self._at)
        crosses = np.zeros(result.shape, bool)
        for line, crossing in crossed_lines(own, self._on.case.space, self._on.packages):
            crosses[crossing] |= own.binds(line)[self._at]
        if own.decision is None:
            return _sealed(result & ~crosses)
        rows = zip(self._on.packages, self.gains[party], crosses, strict=True)
        return _sealed(np.stack([accepted(own, *row, self._at) for row in rows]))

    def _note(self, party: str | None, text: int, yes: Mapping[str, Mask], insisted: Mapping[str, Array]) -> None:
        watch = self._watch
        assert watch is not None
        names = [p for p in self.parties if self.asked[p][text] or p == party]
        wanted = {p: float(level[watch]) for p, level in insisted.items() if p in names}
        answers = {p: bool(yes[p][watch]) for p in names if p != party}
        self.events.append(Event(self.round, party, text, answers, wanted))

    def _undeclared(self, key: str) -> InvalidArgument:
        return InvalidArgument(f"it reads {key}, which it does not declare: register it with uses=({key!r}, ...)")

    def _mask(self, what: str, value: ArrayLike) -> Mask:
        mask = np.asarray(value)
        if mask.dtype != bool or mask.shape not in ((), (self.draws,)):
            expected = f"{what} is True or False, or one of them a draw, shape ({self.draws},)"
            raise InvalidArgument(f"{expected}; not {mask.dtype} of shape {mask.shape}")
        return np.broadcast_to(mask, (self.draws,))

    def _numbers(self, what: str, value: ArrayLike) -> Index:
        numbers = np.asarray(value)
        if numbers.dtype.kind not in "iu" or numbers.shape not in ((), (self.draws,)):
            expected = f"{what} is a number of a text, or one a draw, shape ({self.draws},)"
            raise InvalidArgument(f"{expected}; not {numbers.dtype} of shape {numbers.shape}")
        if (numbers < NOTHING).any() or (numbers >= self.texts).any():
            raise InvalidArgument(f"{what} is a number from 0 to {self.texts - 1}, or -1 for none")
        return np.broadcast_to(numbers.astype(np.intp), (self.draws,))

    def _level(self, party: str, value: ArrayLike) -> Array:
        level = np.asarray(value, float)
        if level.shape not in ((), (self.draws,)) or not np.isfinite(level).all():
            expected = f"wanted of {party} is a number, or one a draw, shape ({self.draws},)"
            raise InvalidArgument(f"{expected}; not of shape {level.shape}, or not finite")
        return np.broadcast_to(level, (self.draws,))


A = TypeVar("A", bound=np.generic)


def _sealed(values: NDArray[A]) -> NDArray[A]:
    """A view that cannot be written to."""
    view = values.view()
    view.flags.writeable = False
    return view
