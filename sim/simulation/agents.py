"""The agents of the Mesa model: parties, whose decisions a subclass may take, and the mediator.

Arrays run over draws: of a block, or of those of its draws whose talks go on. ``n`` is how many that are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.bargaining.alternating_offers import Bargaining
from sim.bargaining.single_text import Mediation, ProposedChange
from sim.engine.acceptability import Judgement, OnTable, judge
from sim.engine.draws import Array, Index, in_draws
from sim.engine.packages import Mask, Packages
from sim.engine.preferences import Preferences
from sim.files.arguments import InvalidArgument
from sim.files.complaints import closest
from sim.files.grammar import listed
from sim.simulation.agenda import Agenda


@dataclass(frozen=True)
class Sitting:
    """What a party sees when its turn in a round of alternating offers comes.

    Attributes:
        round: the round, counted from 1; ``rounds`` is how many there may be.
        draws: the draws whose talks go on, numbers in the block; shape ``(n,)``.
        packages: the candidates, option numbers with -1 for open; shape ``(candidates, issues)``. The first is the
            text as tabled, unless that says no more than no deal.
        gains: the party's own gain over no deal from every candidate, minus infinity where it would not take it; shape
            ``(n, candidates)``.
        heard: what each of the others put forward in the round before, by id: numbers of candidates, -1 for nothing;
            shape ``(n,)``. Empty in the first round.

    Example:
        >>> import sim
        >>> class Late(sim.Party):
        ...     def aspiration(self, sitting, usual):
        ...         best = sitting.gains.max(axis=1).clip(min=0)
        ...         return usual if sitting.round == sitting.rounds else best
        >>> few = ["negotiation.rounds=3", "negotiation.candidates.changes=1"]
        >>> asked = {"draws": 100, "protocol": "alternating_offers", "edits": few}
        >>> talks = sim.Talks("istanbul", parties={"russia": Late}, **asked)
        >>> talks.run_model()
        >>> talks.result.negotiation.settings.rounds
        3
    """

    round: int
    rounds: int
    draws: Index
    packages: Packages
    gains: Array
    heard: dict[str, NDArray[np.int16]]


#: What a subclass of :class:`Party` may decide for itself.
DECISIONS = ("accepts", "aspiration", "offer", "agrees")


class PartyAgent(mesa.Agent):
    """A party as a Mesa agent: a principal, a guarantor or a ratifier, in all draws of a block at once.

    A subclass, given to ``sim.Talks(..., parties={"russia": Hawk})``, decides by overriding any of :meth:`accepts`,
    :meth:`aspiration`, :meth:`offer` and :meth:`agrees`; the first and the last hold in every protocol that asks, the
    others in alternating offers. What it does not override is as the scenario has it; what the protocol does not ask of
    it changes nothing, and the result warns of that. Each is told, as ``usual``, what the scenario would have it do.
    Arrays have an entry a draw: of the 4,096 of a block, or of those whose talks go on. A method is called block by
    block, and asked more than once about the same; it answers for each draw by itself. What it remembers goes into
    ``memory``, chance comes from :meth:`stream`.

    Attributes:
        party: the id of the party.
        preferences: its preferences in the block at hand (:class:`sim.engine.preferences.Preferences`): ``values`` an
            issue, shape ``(options, 4096)``, and ``weights``, shape ``(issues, 4096)``.
        memory: a mapping for whatever it remembers; one of its own in every block, empty at first. Where parts of a
            block follow each other, rounds begin again with each, and ``draws`` says which part it is.
        judgement: what it makes of the tabled text, None before it has considered it.

    Example:
        >>> import sim
        >>> class Hawk(sim.Party):
        ...     def accepts(self, on):
        ...         return super().accepts(on) & (on.gains >= 0.2)
        >>> usual, hard = sim.Talks("istanbul", draws=500), sim.Talks("istanbul", draws=500, parties={"russia": Hawk})
        >>> usual.run_model()
        >>> hard.run_model()
        >>> hard.result.party("russia").acceptability.estimate < usual.result.party("russia").acceptability.estimate
        True
    """

    preferences: Preferences
    judgement: Judgement | None
    seat: int

    def __init__(self, model: mesa.Model, agenda: Agenda, number: int) -> None:
        super().__init__(model)
        self._agenda = agenda
        self.party = agenda.case.profiles[number].id
        self.memory: dict[str, Any]

    # --- decisions --------------------------------------------------------------------------------

    def accepts(self, on: OnTable) -> Mask:
        """Whether it takes texts rather than no deal: in a vote, in ratification, and of any offer that is put to it.

        Args:
            on: texts, what they bring it and whether they cross its lines, an entry a draw.

        Returns:
            Yes or no, shape ``(n,)``. By itself: no loss, and no line of its own crossed.
        """
        return on.usual

    def aspiration(self, sitting: Sitting, usual: Array) -> Array:
        """The least gain over no deal that it offers or takes in this round of alternating offers.

        Args:
            sitting: the round, its draws and the candidates.
            usual: what its tactic says, shape ``(n,)``.

        Returns:
            Units of utility, finite, shape ``(n,)``.
        """
        return usual

    def offer(self, sitting: Sitting, usual: NDArray[np.int16]) -> NDArray[np.int16]:
        """What it puts forward in its turn of alternating offers, and so takes itself. Asked of proposers alone.

        Args:
            sitting: the round, its draws and the candidates.
            usual: among the candidates that reach its aspiration the best for the others, -1 where there is none.

        Returns:
            Numbers of candidates, -1 for nothing, shape ``(n,)``.
        """
        return usual

    def agrees(self, standing: OnTable, changed: OnTable, usual: Mask) -> Mask:
        """Whether it agrees to a mediator's change of a single text. Asked where its consent is needed.

        Args:
            standing: the text as it stands, an entry a draw in which it is asked.
            changed: the text with the change.
            usual: what the protocol has it say, shape ``(n,)``.

        Returns:
            Yes or no, shape ``(n,)``.
        """
        return usual

    def stream(self, what: str) -> np.random.Generator:
        """A generator for this party and block by name: the same numbers for the same seed, whenever it is asked for.

        Put the round into the name where each round is to have numbers of its own.
        """
        return self.preferences.memo.stream(self.party, f"own:{what}")

    def __repr__(self) -> str:
        name = "Party" if type(self) is PartyAgent else type(self).__name__
        return f"<{name} {self.party}>"

    @property
    def decisions(self) -> tuple[str, ...]:
        """The decisions that its class takes into its own hands, of those that a scenario takes otherwise."""
        return decisions_of(type(self))

    # --- what protocols ask of it -----------------------------------------------------------------

    def sit_down(self, preferences: Preferences) -> None:
        """Take up a block with the preferences that are its own there."""
        self.preferences = preferences
        self.judgement = None
        self.memory = {}
        if "accepts" in self.decisions:
            preferences.decision = self._accepts

    def let_go(self) -> None:
        """Drop the block's arrays."""
        del self.preferences, self.judgement, self.memory

    def consider(self) -> Judgement:
        """Judge the text on the table, once in a block."""
        if self.judgement is None:
            case = self._agenda.case
            self.judgement = judge(self.preferences, case.space, case.text, self._agenda.turning)
        return self.judgement

    def aspire(self, talks: Bargaining) -> None:
        """Settle what to insist on in this round."""
        talks.aspire(self.seat)
        if "aspiration" in self.decisions:
            # Talks count from the least gain that the party accepts by a rule of its own; nothing, without one.
            least = in_draws(self.preferences.least, talks.ground.live)
            usual = talks.aspirations[self.seat] + least
            answer = self._answer("aspiration", self.aspiration(self._sitting(talks), usual), len(usual), "iuf")
            if not np.isfinite(answer).all():
                raise InvalidArgument(f"{type(self).__name__}.aspiration gives numbers that are not finite")
            talks.aspirations[self.seat] = answer - least

    def make_offer(self, talks: Bargaining) -> None:
        """Put forward a package, in every draw that is still open."""
        if "offer" not in self.decisions:
            talks.offer(self.seat)
            return

        def chosen(usual: NDArray[np.int16]) -> NDArray[np.int16]:
            answer = self._answer("offer", self.offer(self._sitting(talks), usual.copy()), len(usual), "iu")
            last = len(talks.on) - 1
            if len(answer) and not -1 <= answer.min() <= answer.max() <= last:
                raise InvalidArgument(
                    f"{type(self).__name__}.offer gives numbers of candidates from 0 to {last}, -1 for nothing; "
                    f"not {answer.min()} to {answer.max()}"
                )
            return answer.astype(np.int16)

        talks.offer(self.seat, chosen)

    def answer_change(self) -> Callable[[OnTable, OnTable, Mask], Mask] | None:
        """What says whether it agrees to a change of a single text; None where the protocol does."""
        if "agrees" not in self.decisions:
            return None

        def answered(standing: OnTable, changed: OnTable, usual: Mask) -> Mask:
            return self._answer("agrees", self.agrees(standing, changed, usual.copy()), len(usual), "b")

        return answered

    def _accepts(self, on: OnTable) -> Mask:
        return self._answer("accepts", self.accepts(on), len(on.gains), "b")

    def _sitting(self, talks: Bargaining) -> Sitting:
        ids = talks.on.ids(talks.on.table)
        least = np.broadcast_to(in_draws(self.preferences.least, talks.ground.live), talks.ground.live.shape)
        return Sitting(
            round=talks.round + 1,
            rounds=talks.settings.rounds,
            draws=talks.ground.live,
            packages=talks.on.packages,
            gains=talks.own_gains(self.seat) + least[:, None],
            heard={ids[seat]: offers for seat, offers in talks.heard.items() if seat != self.seat},
        )

    def _answer(self, what: str, answer: object, count: int, kinds: str) -> NDArray[Any]:
        """What a subclass decides, as an array of one entry a draw. Raises InvalidArgument for anything else."""
        array = np.asarray(answer)
        if array.shape != (count,) or array.dtype.kind not in kinds:
            raise InvalidArgument(
                f"{type(self).__name__}.{what} gives an array of {_KINDS[kinds]} of shape ({count},), one a draw; "
                f"not of {array.dtype} of shape {array.shape}"
            )
        return array


_KINDS = {"b": "bool", "iuf": "numbers", "iu": "whole numbers"}


#: What programs call it.
Party = PartyAgent


def decisions_of(kind: type[Party]) -> tuple[str, ...]:
    """The decisions that a class takes into its own hands."""
    return tuple(what for what in DECISIONS if getattr(kind, what) is not getattr(Party, what))


def check_decides(kind: type[Party]) -> None:
    """Raises InvalidArgument for a subclass by a program that decides nothing, with what may be misspelt."""
    if kind in (Party, Alliance) or decisions_of(kind):
        return
    own = [name for each in kind.__mro__[: kind.__mro__.index(Party)] for name in vars(each) if name[0] != "_"]
    near = ((name, closest(name, DECISIONS)) for name in own if callable(getattr(kind, name)))
    slip = next((f"; for {name}, did you mean {hook}?" for name, hook in near if hook), "")
    what = f"{kind.__name__} decides nothing: a subclass of sim.Party overrides {listed(DECISIONS, 'or')}"
    raise InvalidArgument(what + slip)


class Alliance(PartyAgent):
    """A party that decides by consensus: it accepts iff it does and every member does.

    Its own judgement and the alliance's decision are reported apart; see
    :mod:`sim.simulation.tally`. A refusing member is the member's own blocker, not the alliance's.
    """


class Mediator(mesa.Agent):
    """Who keeps the single negotiating text and proposes changes to it."""

    def propose_change(self, talks: Mediation) -> ProposedChange:
        """Put one change to the parties, in every draw."""
        return talks.step()
