"""Runs cases block by block, sharing draws between them, and adds up what the blocks count."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from sim.engine.draws import BLOCK
from sim.engine.preferences import Memo, Preferences, preferences_for
from sim.engine.profiles import Case, Profile
from sim.files.ceilings import check_draws, check_workers
from sim.simulation.agenda import Agenda, agenda
from sim.simulation.cases import Progress
from sim.simulation.model import NegotiationModel
from sim.simulation.tally import Tally

#: Fillings of assumed terms are scored on at most this many blocks: their range says how
#: much the modeller's own terms matter, for which 16,384 draws are plenty.
FILL_BLOCKS = 4


def run_cases(cases: Sequence[Case], *, workers: int = 1, progress: Progress | None = None) -> list[Tally]:
    """Score every case on its scenario's draws and seed; one tally a case.

    Cases with the same seed share the draws of every position they have in common. ``workers``
    threads take blocks in turn; the result does not depend on their number. ``progress`` is
    called with (blocks done, blocks in all). Raises ValueError for more work than is taken on at once
    (:mod:`sim.files.ceilings`), :class:`sim.engine.draws.NothingFits` where weight
    or belief ranges leave almost nothing.
    """
    check_workers(workers)
    check_draws(sum(case.scenario.draws for case in cases), 1)
    run = Run([agenda(case) for case in cases], workers)
    totals: list[Tally | None] = [None] * len(cases)
    for block, tallies in enumerate(run.blocks(workers)):
        for k, tally in enumerate(tallies):
            if (total := totals[k]) is None:
                totals[k] = tally
            elif tally is not None:
                total += tally
        if progress is not None:
            progress(block + 1, run.count)
    return [t for t in totals if t is not None]


class Run:
    """What all blocks of a run share: the agendas, and a set of models for each worker."""

    def __init__(self, agendas: Sequence[Agenda], workers: int) -> None:
        self.agendas = agendas
        self.count = max((math.ceil(on.case.scenario.draws / BLOCK) for on in agendas), default=0)
        # Profiles that are equal, at the same seed, share their preferences; numbered once.
        numbers: dict[tuple[int, tuple[int, ...], Profile], int] = {}

        def number(case: Case, profile: Profile) -> int:
            return numbers.setdefault((case.scenario.seed, case.space.sizes, profile), len(numbers))

        self.shared = [[number(on.case, profile) for profile in on.case.profiles] for on in agendas]
        self._sets: SimpleQueue[list[NegotiationModel]] = SimpleQueue()
        for _ in range(max(workers, 1)):
            self._sets.put(self._models())

    def _models(self) -> list[NegotiationModel]:
        return [NegotiationModel(on, on.case.scenario.negotiation.protocol) for on in self.agendas]

    def blocks(self, workers: int) -> Iterator[list[Tally | None]]:
        """What each block counts, in order, worked on by so many threads."""
        if workers <= 1:
            yield from map(self.block, range(self.count))
            return
        with ThreadPoolExecutor(workers) as pool:
            # Only a few blocks are under way at once, so memory does not grow with draws.
            for first in range(0, self.count, 4 * workers):
                yield from pool.map(self.block, range(first, min(first + 4 * workers, self.count)))

    def block(self, block: int) -> list[Tally | None]:
        """One block of every case that reaches that far; None for the others."""
        models = self._sets.get()
        try:
            return self._counted(models, block)
        except BaseException:
            # Where a rule of somebody's own fails, others still wait for a set; and a model of Mesa 3.5 whose
            # step has failed never takes another, so it must be a new one.
            models = self._models()
            raise
        finally:
            self._sets.put(models)

    def _counted(self, models: list[NegotiationModel], block: int) -> list[Tally | None]:
        memos: dict[int, Memo] = {}
        known: dict[int, Preferences] = {}
        result: list[Tally | None] = []
        for model, shared in zip(models, self.shared, strict=True):
            case = model.case
            draws = min(BLOCK, case.scenario.draws - block * BLOCK)
            if draws <= 0:
                result.append(None)
                continue
            memo = memos.setdefault(case.scenario.seed, Memo(case.scenario.seed, block))
            for number, profile in zip(shared, case.profiles, strict=True):
                if number not in known:
                    known[number] = preferences_for(profile, case.space.sizes, memo)
            model.begin([known[number] for number in shared], draws, fill=block < FILL_BLOCKS)
            while model.running:
                model.step()
            result.append(model.end())
        return result
