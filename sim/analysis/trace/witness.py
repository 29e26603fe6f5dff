"""What one party makes of texts in one draw, and why it refuses them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.analysis.shared.records import blocking_line
from sim.analysis.trace.result import Cost, Crossed, TraceAnswer
from sim.bargaining.texts_by_draw import TextsByDraw
from sim.engine.acceptability import TIE
from sim.engine.draws import BLOCK
from sim.engine.packages import OPEN, Packages
from sim.engine.preferences import Preferences
from sim.engine.profiles import Case


class Witness:
    """A party in one draw. Texts are rows as written, shape ``(issues,)``."""

    def __init__(self, case: Case, preferences: Preferences, draw: int) -> None:
        """``draw`` is the number of the draw in its block."""
        self.case, self.preferences = case, preferences
        self.id = preferences.profile.id
        self._at = np.array([draw])
        self._view = TextsByDraw(preferences, case.space)

    def gain(self, text: Packages) -> float:
        """The party's gain from a text in this draw, in units of utility."""
        return float(self._view.gains(text[None], self._at)[0])

    def lines(self, text: Packages) -> tuple[Crossed, ...]:
        """The lines that the text crosses and that bind in this draw, firmest first."""
        crossed = self.preferences.profile.crossed(self.case.space, text)
        binding = (line for line in crossed if self.preferences.binds(line)[self._at[0]])
        return tuple(
            Crossed.copying(blocking_line(line), evidence=line.evidence, why=line.why)
            for line in sorted(binding, key=lambda line: line.layer)
        )

    def accepts(self, text: Packages) -> bool:
        """Whether it takes the text rather than no deal."""
        return self.gain(text) >= self.least - TIE and not self.lines(text)

    @property
    def least(self) -> float:
        """The least gain to which it says yes in this draw: zero, but for a rule of its own."""
        return float(np.broadcast_to(self.preferences.least, BLOCK)[self._at[0]])

    def vote(self, text: Packages) -> TraceAnswer:
        """Its answer to a text put to it for good."""
        return self.answer(text, self.least, self.accepts(text))

    def answer(self, text: Packages, wanted: float, agrees: bool, favourite: Packages | None = None) -> TraceAnswer:
        """An answer to an offer. Where the gain falls short, the issue told is the one that costs most.

        That is against no deal where the text brings a loss, else against the party's ``favourite``.
        Against no deal nothing is told where no single issue is to blame: with a reservation value.
        """
        gain, lines = self.gain(text), self.lines(text)
        cost = None
        if not agrees and not lines:
            if gain < self.least - TIE:
                cost = self._cost(text, None, "no_deal")
            if cost is None and favourite is not None:
                cost = self._cost(text, favourite, "favourite")
        return TraceAnswer(party=self.id, agrees=agrees, gain=gain, wanted=wanted, lines=lines, cost=cost)

    def on_change(self, standing: Packages, changed: Packages, agrees: bool) -> TraceAnswer:
        """An answer to the mediator's change of the standing text."""
        gain, before = self.gain(changed), self.gain(standing)
        lines = self.lines(changed)
        stood = bool(self.lines(standing))
        # A text that stands across a line already is not refused for doing so.
        against = lines if agrees or not stood else ()
        worse = gain < before - TIE
        return TraceAnswer(
            party=self.id,
            agrees=agrees,
            gain=gain,
            wanted=before,
            lines=against,
            cost=self._cost(changed, standing, "standing") if worse and not against else None,
            lucky=agrees and worse and stood == bool(lines),
            frees=stood and not lines,
        )

    def _cost(
        self, text: Packages, other: Packages | None, against: Literal["no_deal", "standing", "favourite"]
    ) -> Cost | None:
        """The issue on which the text is furthest below another, or below no deal; None where it nowhere is."""
        if other is None and self.preferences.reservation is not None:
            return None
        lost = self._view.losses(text[None], None if other is None else other[None], self._at)[:, 0]
        worst = int(lost.argmax())
        if lost[worst] <= TIE:
            return None
        return Cost(
            issue=self.case.space.issues[worst],
            option=self._seen(text, worst),
            instead=None if other is None else self._seen(other, worst),
            against=against,
            amount=float(lost[worst]),
        )

    def _seen(self, text: Packages, issue: int) -> str | None:
        option = int(self.case.space.seen(text[None], self.id)[0, issue])
        return None if option == OPEN else self.case.space.options[issue][option]
