"""A single negotiating text: a mediator proposes one change a round, the parties take it or leave it.

After M. Klein, P. Faratin, H. Sayama and Y. Bar-Yam, "Negotiating complex contracts" (Group
Decision and Negotiation 12, 2003), with their two kinds of party: one that accepts no loss
(hill-climbing) and one that accepts a loss now and then (annealing), here at a constant
temperature. Every draw of a block has a standing text of its own, at first the tabled one.

A model drives it: ``begin`` with the preferences of a block, ``step`` once a round until
``over``, then ``end``. Nothing here knows of agents; the mediator of the model holds a
:class:`Mediation` and calls these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.bargaining.endings import AGREED, BREAKDOWN, UNRATIFIED, Ending, Interim, Refused
from sim.bargaining.texts_by_draw import TextsByDraw
from sim.bargaining.zone import Prospects
from sim.engine.acceptability import EVERY, TIE, OnTable, accepted, on_table
from sim.engine.consent import asked_each
from sim.engine.draws import BLOCK, Array, Index
from sim.engine.packages import OPEN, Mask, Packages, Space
from sim.engine.preferences import Preferences
from sim.engine.profiles import Case

#: Severities of constraints that a change must not newly break.
BINDING = ("hard", "legal")


@dataclass(frozen=True)
class ProposedChange:
    """What happened to the mediator's proposal of one round; parties in the order of the case's profiles.

    ``issue`` and ``changed`` are the issue and the text proposed, shapes ``(BLOCK,)`` and ``(BLOCK,
    issues)``. ``feasible`` is False where the proposal would break a constraint, or say no more
    than no deal, and was never put to the parties; ``asked`` and ``agrees`` have shape
    ``(parties, BLOCK)``. ``standing`` is the text before the round.
    """

    standing: Packages
    issue: Index
    changed: Packages
    feasible: Mask
    asked: Mask
    agrees: Mask
    adopted: Mask


class NoOutlook:
    """What :class:`sim.bargaining.zone.Prospects` says, for those who ask only how talks end: nothing of candidates."""

    def __init__(self, case: Case) -> None:
        self.shape = len(case.profiles), len(case.space.issues)
        self.possible = np.zeros(BLOCK, bool)

    def slack(self, gains: Array, needed: Mask) -> Array:
        """Zero in every draw: nothing is known to be missed."""
        return np.zeros(BLOCK)

    def openings(self) -> Packages:
        """No opening of anybody."""
        return np.empty((0, BLOCK, self.shape[1]), np.int16)

    def bests(self) -> Array:
        """No best gain of anybody, shape ``(parties, BLOCK)``: nan."""
        return np.full((self.shape[0], BLOCK), np.nan)


class Mediation:
    """The talks over one case's text, in one block of draws after the other."""

    def __init__(self, case: Case) -> None:
        self.case = case
        settings = case.scenario.negotiation
        self.rounds = settings.rounds
        self.temperature = settings.temperature
        #: Who may be asked about a change: whoever is not a ratifier and speaks in the sources.
        self.table = np.array([p.role != "ratifier" and not p.silent for p in case.profiles], bool)
        #: What decides for parties, by number, whether they agree to a change: of the standing text, the changed one
        #: and what they would say by the rules of :meth:`step`.
        self.answers: dict[int, Callable[[OnTable, OnTable, Mask], Mask]] = {}
        self.rules = [r for r in case.space.rules if r.constraint.severity in BINDING]

    def begin(self, preferences: Sequence[Preferences]) -> None:
        """Take up a block; ``preferences`` in the order of the case's profiles."""
        case, memo = self.case, preferences[0].memo
        self.round = 0
        # Issues are looked at one by one, so each is kept together in memory.
        self.standing: Packages = np.asfortranarray(np.repeat(case.text[None], BLOCK, axis=0))
        self.last_change = np.zeros(BLOCK, np.int16)
        self._views = [TextsByDraw(own, case.space) for own in preferences]
        self._gains = np.empty((len(preferences), BLOCK))
        self._crosses = np.empty((len(preferences), BLOCK), bool)
        self._weigh(np.arange(BLOCK))
        self._changes = memo.stream("mediator", "changes")
        self.heat = np.zeros(BLOCK) + memo.span("mediator", "temperature", self.temperature)
        # At a temperature of 0 nobody takes a loss.
        self._coins = [memo.stream(p.id, "mediation") for p in case.profiles if self.temperature.high > 0]

    @property
    def over(self) -> bool:
        """Whether the last round has been held."""
        return self.round >= self.rounds

    def step(self, *, full: bool = False) -> ProposedChange:
        """One round in all draws: a change is proposed, voted on, and adopted or not.

        A party at the table votes where the standing or the changed text needs its consent. It
        agrees when the change crosses no line of its own that the standing text spares and gains
        it no less; always when the change takes the text off its lines; and, at a temperature T
        above 0, to a loss D with probability ``exp(-D / T)``. A change needs everybody who votes,
        somebody who votes, and where T is 0 somebody who is better off. A change that one party
        refuses is not put to the parties after it, unless with ``full``, which changes nothing else.
        """
        case = self.case
        # The same numbers whoever takes part and however many rounds there are.
        issue, changed = another_option(self._changes.random(BLOCK), self.standing, case.space)
        coins = [rng.random(BLOCK) for rng in self._coins]
        feasible = np.ones(BLOCK, bool)
        for rule in self.rules:
            feasible &= ~rule.broken_by(changed) | rule.broken_by(self.standing)
        feasible &= ~case.no_agreement(changed)
        asked = (asked_each(case, self.standing) | asked_each(case, changed)) & self.table[:, None] & feasible
        agrees = np.zeros_like(asked)
        better = np.zeros(BLOCK, bool)
        alive = asked.any(axis=0)
        for i, view in enumerate(self._views):
            at = np.flatnonzero(asked[i] if full else asked[i] & alive)
            if not len(at):
                continue
            crosses, crossed = view.crosses(changed[at], at), self._crosses[i, at]
            gains = view.gains(changed[at], at)
            loss = self._gains[i, at] - gains
            content = loss <= TIE
            if coins:
                content |= _in_spite(loss, self.heat[at], coins[i][at])
            freed, barred = crossed & ~crosses, ~crossed & crosses
            agrees[i, at] = freed | (~barred & content)
            if i in self.answers:
                now = on_table(view.preferences, self.standing[at], self._gains[i, at], crossed, at)
                then = on_table(view.preferences, changed[at], gains, crosses, at)
                agrees[i, at] = self.answers[i](now, then, agrees[i, at])
            better[at] |= freed | (~barred & (loss < -TIE))
            alive[at] &= agrees[i, at]
        adopted = alive & (better | (self.heat > 0))
        before = self.standing
        self.standing = before.copy(order="K")
        self.standing[adopted] = changed[adopted]
        self._weigh(np.flatnonzero(adopted))
        self.round += 1
        self.last_change[adopted] = self.round
        return ProposedChange(before, issue, changed, feasible, asked, agrees, adopted)

    def _weigh(self, at: Index) -> None:
        """What everybody makes of the standing text, in these draws."""
        texts = self.standing[at]
        for i, view in enumerate(self._views):
            self._gains[i, at] = view.gains(texts, at)
            self._crosses[i, at] = view.crosses(texts, at)

    def end(self, outlook: Prospects | NoOutlook) -> Ending:
        """Put the standing text to the vote and drop the block's arrays."""
        needed, against, unratified, deal = self._vote()
        at_table = needed & self.table[:, None]
        case = self.case
        ending = Ending(
            outcome=_outcome(deal, unratified),
            text=np.where(deal[:, None], self.standing, case.text),
            round=np.where(deal, self.last_change, 0).astype(np.int16),
            proposer=np.full(BLOCK, -1, np.int8),
            gains=np.where(deal, self._gains, np.nan),
            slack=np.where(deal, outlook.slack(self._gains, at_table), np.nan),
            opening=outlook.openings(),
            best=outlook.bests(),
            missed=~deal & outlook.possible,
            unavoidable=np.zeros(BLOCK, bool),
            in_the_way=self._refused(against),
            turned_down=self._refused(unratified & deal),
        )
        del self._views, self._gains, self._crosses, self._coins, self._changes, self.standing
        return ending

    def standing_now(self) -> Interim:
        """How the block would end if the talks ended now: with a vote on the standing text."""
        _, _, unratified, deal = self._vote()
        open_ = np.full(BLOCK, not self.over)
        return Interim(open_, _outcome(deal, unratified), np.where(deal, self._gains, np.nan))

    def _vote(self) -> tuple[Mask, Mask, Mask, Mask]:
        """Whom the standing text needs, who of these refuses it at the table and later, and where it is agreed there.

        Shapes ``(parties, BLOCK)``, of the last ``(BLOCK,)``.
        """
        needed = asked_each(self.case, self.standing)
        refuses = np.zeros_like(needed)
        for i, view in enumerate(self._views):
            refuses[i] = needed[i] & ~accepted(view.preferences, self.standing, self._gains[i], self._crosses[i], EVERY)
        against, unratified = refuses & self.table[:, None], refuses & ~self.table[:, None]
        return needed, against, unratified, ~against.any(axis=0) & ~self.case.no_agreement(self.standing)

    def _refused(self, who: Mask) -> tuple[Refused, ...]:
        """The standing text as what these parties turn down; ``who`` has shape ``(parties, BLOCK)``."""
        draws = [(i, np.flatnonzero(row)) for i, row in enumerate(who)]
        return tuple(Refused(i, at, self.standing[at]) for i, at in draws if len(at))


def _outcome(deal: Mask, unratified: Mask) -> NDArray[np.int8]:
    """How draws end in which the table agrees, where ``deal``, and ratifiers refuse; shape ``(BLOCK,)``."""
    return np.where(deal, np.where(unratified.any(axis=0), UNRATIFIED, AGREED), BREAKDOWN).astype(np.int8)


def _in_spite(loss: Array, heat: Array, coin: Array) -> Mask:
    """Whether a loss is accepted: ``coin < exp(-loss / heat)``, never where heat is 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        chance = np.exp(-np.maximum(loss, 0.0) / heat)
    return (heat > 0) & (coin < chance)


def another_option(chance: Array, texts: Packages, space: Space) -> tuple[Index, Packages]:
    """One change of each text, uniform over all of an issue and an option that it does not have.

    ``chance`` are uniforms, shape ``(texts,)``, ``texts`` of shape ``(texts, issues)``. Returns the issue, shape
    ``(texts,)``, and the changed texts. An open issue may get any option; none is opened.
    """
    # Issue by issue: which of the numbered changes are of this one.
    others = [size - (texts[:, j] != OPEN).astype(np.int32) for j, size in enumerate(space.sizes)]
    total = sum(others, np.zeros(len(texts), np.int32))
    pick = (chance * total).astype(np.int32)
    issue: Index = np.zeros(len(texts), np.intp)
    option = pick
    before = np.zeros(len(texts), np.int32)
    for count in others:
        before = before + count
        beyond = pick >= before
        issue += beyond
        option = np.where(beyond, pick - before, option)
    rows = np.arange(len(texts))
    here = texts[rows, issue]
    option = option + ((here != OPEN) & (option >= here))
    changed = texts.copy(order="K")
    changed[rows, issue] = option
    return issue, changed
