"""Protocols that are not built in: registered here, and led through a block round by round."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar, overload

import numpy as np

from sim.bargaining.alternating_offers import first_movers
from sim.bargaining.candidates import Candidates
from sim.bargaining.endings import Ending, Interim
from sim.bargaining.offers_in_full import parts
from sim.bargaining.table import Event, Table
from sim.bargaining.tactics import Concession, concession, tactic_of
from sim.bargaining.zone import Prospects
from sim.engine.draws import BLOCK, Array, Index
from sim.engine.preferences import Preferences
from sim.files.arguments import InvalidArgument
from sim.files.errors import SimError
from sim.scenario.negotiation_schema import PROTOCOLS, ProtocolEntry

P = TypeVar("P", bound=Callable[[Table], object])
#: What a protocol may read of the block, besides what all do.
USES = ("first_mover", "temperature", "tactics", "delay_cost")
_PROCEDURES: dict[str, Callable[[Table], object]] = {}


@overload
def protocol(
    name: str, procedure: None = None, *, about: str | None = None, offers: bool = True, uses: Sequence[str] = ()
) -> Callable[[P], P]: ...
@overload
def protocol(
    name: str, procedure: P, *, about: str | None = None, offers: bool = True, uses: Sequence[str] = ()
) -> P: ...
def protocol(
    name: str,
    procedure: P | None = None,
    *,
    about: str | None = None,
    offers: bool = True,
    uses: Sequence[str] = (),
) -> P | Callable[[P], P]:
    """Register a protocol of one's own; without a procedure, a decorator of one.

    A procedure is called with a :class:`sim.Table`, which has many draws on it at once, and says by the table's verbs
    who proposes what and what is agreed. One round is all there is, or, where it is a generator, each ``yield`` ends a
    round, and after the last the talks are over. What is still open then has broken down. What was agreed, who was in
    the way, what ratifiers say and how a single draw went, for ``sim trace``, is worked out from what the table noted.

    Built in are, with the keys of the ``negotiation`` block that each reads:

    * ``vote``: the text is put to all as it is; none;
    * ``alternating_offers``: proposers offer in turn and everybody answers; ``rounds``, ``proposers``, ``first_mover``,
      ``tactics``, ``delay_cost``, ``candidates``;
    * ``single_text``: a mediator amends the text, change by change; ``rounds``, ``proposers``, ``candidates``,
      ``temperature``.

    Edits (:func:`sim.edited`) set these keys by paths, here with an example of each and in brackets what stands there
    without being set:

    * ``negotiation.protocol=single_text`` (``vote``): which of these;
    * ``negotiation.rounds=30`` (20): the deadline, 1 to 500;
    * ``negotiation.proposers=[russia, us]`` (the principals): who makes offers, in the order of turns;
    * ``negotiation.first_mover=russia`` (``random``): which proposer begins;
    * ``negotiation.tactics.russia=hardliner`` (``linear`` for proposers): how a party concedes (:func:`sim.tactic`);
      with a parameter ``{tactic: boulware, exponent: 3}``, by itself ``negotiation.tactics.russia.exponent=2..4``;
    * ``negotiation.delay_cost.russia=0..0.01`` (0): what each round after the first costs, in units of utility;
    * ``negotiation.candidates.changes=1`` (2): how far texts that may be proposed are from the tabled one, 1 to 3;
    * ``negotiation.candidates.proposals=[istanbul_russian_text]`` (none): texts of the library that may be too;
    * ``negotiation.candidates.texts.mine={sanctions: lifted}`` (none): a text of one's own that may be; the other
      terms are as tabled;
    * ``negotiation.temperature=0..0.02`` (0): how readily a party takes a change for the worse from the mediator, in
      units of utility.

    Args:
        name: the word in files and behind ``--protocol``: letters, digits and underscores.
        procedure: the function.
        about: a sentence for pages that says what happens.
        offers: the proposers make offers, so each of them has a say in every text. Without it only a mediator
            proposes.
        uses: what it reads of the ``negotiation`` block besides ``candidates``, ``proposers`` and, where it is a
            generator, ``rounds``: some of ``first_mover``, ``temperature``, ``tactics``, ``delay_cost``.

    Returns:
        The procedure, as it was.

    Raises:
        InvalidArgument: for a name that another procedure has, and for declarations that cannot be meant.

    Example:
        >>> import sim
        >>> @sim.protocol("one_answer", about="The first proposer offers its best text, and all answer once.")
        ... def one_answer(table):
        ...     first = table.proposers[0]
        ...     table.agree(table.propose(first, table.best(first)))
        >>> [result] = sim.score(sim.load("istanbul", draws=200, protocol="one_answer"))
        >>> result.negotiation.own_rules[0].about
        'The first proposer offers its best text, and all answer once.'
    """
    if procedure is None:

        def register(function: P) -> P:
            return protocol(name, function, about=about, offers=offers, uses=uses)

        return register
    if not callable(procedure):
        raise InvalidArgument(f"a procedure is a function of a table, not {procedure!r}")
    PROTOCOLS.check(name, procedure)
    try:
        inspect.signature(procedure).bind(None)
    except TypeError:
        raise InvalidArgument(f"the protocol {name} cannot be called with one argument: it takes a table") from None
    if isinstance(uses, str) or not all(key in USES for key in uses):
        raise InvalidArgument(f"uses is a list of some of {', '.join(USES)}; not {uses!r}")
    if "delay_cost" in uses and "tactics" not in uses:
        raise InvalidArgument("what delay costs lowers what tactics insist on: use tactics too")
    if not offers and (wrong := [key for key in uses if key != "temperature"]):
        raise InvalidArgument(f"{wrong[0]} is for proposers, and this protocol has no offers: leave one of them out")
    if about is not None and (not isinstance(about, str) or not about.strip() or "\n" in about):
        raise InvalidArgument(f"about is a sentence on one line, not {about!r}")
    by_rounds = any(map(inspect.isgeneratorfunction, (procedure, getattr(procedure, "__call__", None))))  # noqa: B004
    rounds = ("rounds",) if by_rounds else ()
    entry = ProtocolEntry((*rounds, "proposers", "candidates", *dict.fromkeys(uses)), offers, about)
    PROTOCOLS.add(name, entry, procedure)
    _PROCEDURES[name] = procedure
    return procedure


class OwnTalks:
    """Talks by a protocol that is not built in, in one block of draws after the other.

    A model drives it: :meth:`begin`, then :meth:`step` (a round of a part of the block) until :attr:`over`, then
    :meth:`end`. How a block is divided into parts goes by the number of candidates alone.
    """

    def __init__(self, on: Candidates, *, watch: int | None = None) -> None:
        """``watch`` is the draw of a block of which events are noted."""
        self.on = on
        self.settings = on.case.scenario.negotiation
        self.name = self.settings.protocol
        self._running: Generator[object, object, object] | None = None
        self._watch = watch
        #: What was done in the draw that is watched.
        self.events: list[Event] = []

    def begin(self, preferences: Sequence[Preferences]) -> None:
        """Take up a block; ``preferences`` in the order of the case's profiles."""
        self.preferences = preferences
        self.prospects = Prospects(self.on, preferences)
        uses = self.settings.uses
        self.first = first_movers(self.on, preferences[0]) if uses("first_mover") else None
        memo = preferences[0].memo
        self.heat = memo.span("mediator", "temperature", self.settings.temperature) if uses("temperature") else None
        self.concessions = self._concessions() if uses("tactics") else None
        #: What a round after the first costs each party, shape ``(parties, BLOCK)``; None for nothing.
        self.delay: Array | None = None
        if uses("delay_cost") and self.concessions is not None:
            self.delay = np.zeros((len(preferences), BLOCK))
            for i, own in zip(self.on.table, self.concessions.values(), strict=True):
                self.delay[i] = own.delay
        self._agreed = np.full(BLOCK, -1, np.int16)
        self._round = np.zeros(BLOCK, np.int16)
        self._by = np.full(BLOCK, -1, np.int8)
        self._parts = parts(self.prospects, 0)
        self._take_part()

    @property
    def over(self) -> bool:
        """Whether nothing is left to talk about in the block."""
        return not self._parts

    def step(self) -> None:
        """One round of the part of the block that is on the table."""
        table = self.table
        try:
            if self._running is None:
                self._running = self._called(table)
            done = self._running is None or next(self._running, _END) is _END
        except Exception as error:
            what = str(error) if isinstance(error, SimError) else f"{type(error).__name__}: {error}"
            raise InvalidArgument(f"the protocol {self.name} fails in round {table.round}: {what}") from error
        if done or table.round == table.rounds or not table.live.any():
            self._close()
        else:
            table.round += 1

    def end(self) -> Ending:
        """Put what was agreed to the ratifiers and drop the block's arrays."""
        ending = self.prospects.ending(self._agreed, self._round, self._by)
        del self.prospects, self.preferences, self._agreed, self._round, self._by
        return ending

    def standing(self) -> Interim:
        """How the block stands between rounds."""
        agreed, goes_on = self._agreed, np.zeros(BLOCK, bool)
        if self._parts:
            part = self._parts[0]
            agreed = agreed.copy()
            agreed[part], *_ = self.table.agreed
            goes_on[part.stop :] = True
            goes_on[part] = self.table.live
        return self.prospects.standing(agreed, goes_on)

    def _called(self, table: Table) -> Generator[object, object, object] | None:
        result = _PROCEDURES[self.name](table)
        if isinstance(result, Generator) and self.settings.uses("rounds"):
            return result
        if result is not None:
            what = f"it returns {type(result).__name__}"
            raise InvalidArgument(f"{what}: say what is agreed by table.agree, and end a round by a yield of its own")
        return None

    def _close(self) -> None:
        """Note what was agreed, and take up the next part of the block."""
        if self._running is not None:
            self._running.close()
        part = self._parts[0]
        self._agreed[part], self._round[part], self._by[part] = self.table.agreed
        self.events += self.table.events
        self._parts = self._parts[1:]
        self._take_part()

    def _take_part(self) -> None:
        self._running = None
        if not self._parts:
            del self.table
            return
        part = self._parts[0]
        draws: Index = np.arange(part.start, part.stop)
        watch = self._watch
        self.table: Table = Table(
            self.on,
            self.preferences,
            draws,
            self.name,
            first=self.first,
            heat=self.heat,
            concessions=self.concessions,
            watch=None if watch is None or not part.start <= watch < part.stop else watch - part.start,
        )

    def _concessions(self) -> dict[str, Concession]:
        """What the scenario says of everybody's tactic; none reacts (:mod:`sim.bargaining.checks`)."""
        settings = self.settings
        if not settings.uses("delay_cost"):
            settings = settings.model_copy(update={"delay_cost": {}})
        result = {}
        for seat, party in enumerate(self.on.ids(self.on.table)):
            own, offers = self.prospects.seated[seat], self.on.table[seat] in self.on.proposers
            rule = tactic_of(party, settings, offers)
            best = self.prospects.reachable(seat) if rule.reachable else self.prospects.best[seat]
            result[party] = concession(own, settings, offers, best)
        return result


_END = object()
