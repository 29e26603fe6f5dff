"""What a party makes of many texts on the same draws: shares by layer and on the evidence, and what they hang on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.shared.readings import ForecastAnswer, ForecastReading, HangsOn
from sim.analysis.shared.verdict_shares import Hanging, hanging
from sim.engine.acceptability import judge, wilson
from sim.engine.demands import short_of_demands
from sim.engine.draws import draws_in
from sim.engine.histogram import Counts
from sim.engine.packages import OPEN
from sim.engine.preferences import Memo, preferences_for
from sim.engine.profiles import Case, Profile
from sim.execution.fold import total
from sim.report.verdict import Word, word
from sim.results.records import ByLayer
from sim.results.verdicts import stance
from sim.scenario import schema
from sim.simulation.cases import CasesJob, Progress
from sim.simulation.summary import on_evidence

#: What hangs on a cell or line is written to so many digits, since sums over draws differ in their last.
DIGITS = 6


def answers(
    cases: Sequence[Case], progress: Progress | None = None, unsaid: Sequence[Collection[str]] = ()
) -> list[tuple[ForecastAnswer, ...]]:
    """Of every case, what each party makes of it. Cases differ in their texts alone.

    ``unsaid`` are the issues of the first cases on which no source gives the term; of the others every term is said.

    Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    counts = total(AnswersToTexts(tuple(cases)), progress)
    return [
        tuple(
            _answer(case, p, counts[k, i], shares.get(p.id), unsaid[k] if k < len(unsaid) else ())
            for i, p in enumerate(case.profiles)
        )
        for k, (case, shares) in enumerate(zip(cases, hanging(cases), strict=True))
    ]


def word_of(reading: ForecastReading, answer: ForecastAnswer) -> Word:
    """What a party is said to do."""
    return word(answer.verdict, answer.on_evidence if reading.sources else None)


@dataclass
class AnswersToTexts(CasesJob[Counts, Counts]):
    """Draws in which a party accepts a text: by layer, then as of ``Judgement.bounds``; ``(cases, parties, 6)``."""

    def block(self, batch: int, block: int) -> Counts:
        """All cases in one block."""
        first = self.cases[0]
        counts = np.zeros((len(self.cases), len(first.profiles), 6), np.int64)
        memo, count = Memo(first.scenario.seed, block), draws_in(block, first.scenario.draws)
        everybody = [preferences_for(p, first.space.sizes, memo) for p in first.profiles]
        for k, case in enumerate(self.cases):
            for i, own in enumerate(everybody):
                judgement = judge(own, case.space, case.text, None)
                masks = (*judgement.by_layer, *judgement.bounds)
                counts[k, i] = [np.count_nonzero(mask[:count]) for mask in masks]
        return counts


def _answer(
    case: Case, profile: Profile, counts: Counts, shares: Hanging | None, unsaid: Collection[str]
) -> ForecastAnswer:
    draws = case.scenario.draws
    layers, bounds = counts[:3].tolist(), counts[3:].tolist()
    share = wilson(layers[-1], draws)
    on = None if shares is None else hangs_on(case, profile, shares)
    return ForecastAnswer(
        party=profile.id,
        silent=profile.silent,
        verdict=stance(share),
        acceptability=share,
        by_layer=ByLayer(**{name: n / draws for name, n in zip(schema.LAYERS, layers, strict=True)}),
        on_evidence=on_evidence(bounds, draws),
        layer=None if on is None else on.basis,
        hangs_on=on,
        unmet_demands=short_of_demands(case, profile.id, unsaid),
    )


def hangs_on(case: Case, profile: Profile, shares: Hanging) -> HangsOn | None:
    """The line or cell on which most of a party's answer hangs: of equal ones a line, and the first."""
    seen = case.space.seen(case.text[None], profile.id)[0].tolist()
    lines = [round(float(x), DIGITS) for x in shares.own_lines]
    moved = _moved(profile, seen)
    cells = [round(float(x), DIGITS) if j in moved else 0.0 for j, x in enumerate(shares.own_cells)]
    share = max((*lines, *cells))
    if share == 0:
        return None
    if share in lines:
        line = profile.lines[lines.index(share)]
        cell = next((cell for cell in profile.cells if line.kind == "red_line" and cell.issue == line.issue), None)
        return HangsOn(
            kind=line.kind,
            issue=line.issue,
            option=line.id if line.kind == "red_line" else None,
            refusal=line.id if line.kind == "refusal" else None,
            start=None if cell is None else cell.start,
            basis=line.basis,
            evidence=line.evidence,
            share=share,
        )
    j = cells.index(share)
    cell = profile.cells[j]
    return HangsOn(
        kind="cell",
        issue=cell.issue,
        option=case.space.options[j][seen[j]],
        refusal=None,
        start=cell.start,
        basis=profile.ranking_basis(j, seen[j]),
        evidence=cell.evidence.ranking,
        share=share,
    )


def _moved(profile: Profile, seen: Sequence[int]) -> set[int]:
    """The issues on which a text is to the party something else than no deal would be for sure."""
    out = set()
    for j, option in enumerate(seen):
        left = {outcome[j] for outcome in profile.outcomes} - {OPEN, option}
        if option != OPEN and profile.cells[j].importance != "none" and (left or profile.reservation is not None):
            out.add(j)
    return out
