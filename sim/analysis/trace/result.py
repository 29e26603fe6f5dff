"""One negotiation told turn by turn: the records of ``sim.trace/1``.

Gains are over no deal, in units of utility; parties and issues go by their ids, whoever says
them in sentences (:mod:`sim.analysis.trace.page`) knows their names.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from sim.analysis.shared.records import Question
from sim.results.records import Record, Sparing, TermChange, Versions
from sim.results.result import LineName
from sim.results.talks import OwnRule
from sim.scenario.labels import Labels, row_of_party

OutcomeName = Literal["breakdown", "agreed", "ratification_failed"]
#: In the order of the numbers of :mod:`sim.bargaining.endings`.
OUTCOMES: tuple[OutcomeName, ...] = ("breakdown", "agreed", "ratification_failed")


class Crossed(LineName):
    """A red line or refusal that binds in this draw and that the text crosses."""

    evidence: tuple[str, ...]
    why: str | None


class Cost(Record):
    """The issue on which a text falls furthest short of something else.

    ``amount`` is what it takes off the gain there, above 0. ``option`` is what the party sees in the
    text (after effects), ``instead`` what it sees in its place; None for open, and where ``against``
    is no deal, which is a lottery.
    """

    issue: str
    option: str | None
    instead: str | None
    against: Literal["no_deal", "standing", "favourite"]
    amount: float


class TraceAnswer(Record):
    """What a party says to a text: ``gain`` is what it brings, ``wanted`` the least it now agrees to.

    ``lines`` are the lines of its own that the text crosses. ``lucky``: it accepted a loss by chance
    (temperature). ``frees``: the text takes off its lines what stood across them.
    """

    party: str
    agrees: bool
    gain: float
    wanted: float
    lines: tuple[Crossed, ...]
    cost: Cost | None = None
    lucky: bool = False
    frees: bool = False


class Turn(Record):
    """One step of the talks.

    ``offer``, ``no_offer``: a proposer's turn; ``change``: the mediator proposes one; ``vote``: a
    text is put to all at the table; ``ratification``; ``leave``, in protocols that are not built in: the talks end
    without agreement, because of ``party`` where there is one. In these a mediator makes offers too, without a
    ``party``. ``changes`` are against the tabled text, in a ``change`` against the standing one; ``since`` are against
    the proposer's own last offer, None where it has made none. ``wanted`` and ``gain`` are the proposer's. ``breaks``
    are constraints that a change would break, so that it was never put to the parties; ``equals_no_deal`` the outcomes
    of no deal than which it says no more, likewise. ``passed`` is whether all
    who were asked agreed. ``names`` are further texts of the scenario that an offer is.
    """

    round: int
    kind: Literal["offer", "no_offer", "change", "vote", "ratification", "leave"]
    party: str | None = None
    changes: tuple[TermChange, ...] = ()
    names: tuple[str, ...] = ()
    since: tuple[TermChange, ...] | None = None
    wanted: float | None = None
    gain: float | None = None
    breaks: tuple[str, ...] = ()
    equals_no_deal: tuple[str, ...] = ()
    answers: tuple[TraceAnswer, ...] = ()
    passed: bool = False


class TracedParty(Record):
    """A party's part in the talks, and what it was drawn to do.

    ``parameter`` and ``delay_cost`` are this draw's; ``best`` is its gain from its favourite among
    the texts that may be proposed, None where it would rather have none of them and in protocols
    without offers. ``tabled`` is its gain from the text as tabled, ``gain`` from the text agreed on,
    None after a breakdown; ``tabled_needs`` and ``needs`` are whether it has a say in these texts: they
    need its consent, or it makes offers. ``delay_cost`` is None for whoever is not at the table.
    """

    id: str
    name: str
    part: Literal["proposes", "asked", "ratifies", "silent", "not_asked"]
    tactic: str | None
    parameter: float | None
    delay_cost: float | None
    best: float | None
    tabled: float
    tabled_needs: bool
    gain: float | None
    needs: bool | None


class Ended(Record):
    """``round`` and ``proposer`` as in :class:`sim.bargaining.endings.Ending`, None where there are none.

    ``terms`` is the text agreed on, or the text that failed last in a vote; ``changes`` is what
    differs in it from the tabled text.
    """

    outcome: OutcomeName
    round: int | None
    proposer: str | None
    terms: dict[str, str | None]
    changes: tuple[TermChange, ...]
    names: tuple[str, ...]


class Chosen(Record):
    """How the draw was found: the typical one of ``count`` that end so, among the first ``of`` draws."""

    outcome: OutcomeName
    count: int
    of: int


class TraceResult(Sparing, Question):
    """One draw of one scenario, as it went.

    Example:
        >>> import sim
        >>> course: sim.TraceResult = sim.trace(sim.load("istanbul", draws=200), draw=0)
        >>> [answer.party for answer in course.turns[0].answers if not answer.agrees]
        ['us', 'ukrainian_public']
    """

    _SPARED: ClassVar[tuple[str, ...]] = ("own_rules",)

    schema_: Literal["sim.trace/1"] = Field("sim.trace/1", alias="schema")
    draw: int
    chosen: Chosen | None
    rounds: int
    first_mover: str | None
    temperature: float | None
    candidates: int | None
    own_rules: tuple[OwnRule, ...] = ()  # only where there are some
    parties: tuple[TracedParty, ...]
    turns: tuple[Turn, ...]
    ended: Ended
    consent_not_modelled: tuple[str, ...]
    labels: Labels = Labels()
    versions: Versions

    def _summary(self) -> str:
        """Which text it is about, how that was scored, and which draw it tells."""
        return f"{super()._summary()}, draw {self.draw}"

    @property
    def own(self) -> OwnRule | None:
        """What is known of a protocol that is not built in, None for one that is."""
        return next((rule for rule in self.own_rules if rule.kind == "protocol"), None)

    @property
    def offers(self) -> bool:
        """Whether parties make offers."""
        own = self.own
        return self.settings.protocol == "alternating_offers" if own is None else "offers" in own.declares

    def party(self, party: str) -> TracedParty:
        """Raises UnknownName, a KeyError, for a party there is not."""
        return row_of_party(party, self.parties)
