"""Runs cases block by block, sharing draws between them, and adds up what the blocks count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from queue import Empty, SimpleQueue

from sim.engine.draws import BLOCK
from sim.engine.preferences import Memo, Preferences, preferences_for
from sim.engine.profiles import Case, Profile
from sim.execution.fold import total
from sim.execution.job import Key
from sim.files.ceilings import check_draws
from sim.simulation.agenda import Agenda, agenda
from sim.simulation.cases import CasesJob, Progress
from sim.simulation.model import NegotiationModel
from sim.simulation.tally import Tally

#: Fillings of assumed terms are scored on at most this many blocks: their range says how
#: much the modeller's own terms matter, for which 16,384 draws are plenty.
FILL_BLOCKS = 4


def run_cases(
    cases: Sequence[Case], *, hashes: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Tally]:
    """Score every case on its scenario's draws and seed; one tally a case.

    Cases with the same seed share the draws of every position they have in common. ``hashes`` are those of the
    scenarios (:func:`sim.simulation.contents.contents`), by which a store knows them. ``progress`` is called with
    (blocks done, blocks in all). Raises ValueError for more work than is taken on at once (:mod:`sim.files.ceilings`),
    :class:`sim.engine.draws.NothingFits` where weight or belief ranges leave almost nothing.
    """
    check_draws(sum(case.scenario.draws for case in cases), 1)
    if not cases:
        return []
    run = Run(tuple(cases), None if hashes is None else tuple(hashes))
    tallies = [tally for tally in total(run, progress) if tally is not None]
    for on, tally in zip(run.agendas, tallies, strict=True):
        if tally.talks is not None:
            tally.talks.candidates = on.candidates  # which did not travel
    return tallies


#: With more cases than these, a store keeps fewer blocks together.
_FEW_CASES = 4


@dataclass
class Run(CasesJob[list[Tally | None], list[Tally | None]]):
    """The blocks of cases that are run together: one batch, whose blocks each case has as far as its draws reach."""

    hashes: tuple[str, ...] | None = None

    @property
    def segment(self) -> int:  # type: ignore[override]
        """Talks take some five times as long as a vote, and a library as many times as it has texts."""
        blocks = 16 if all(case.scenario.negotiation.protocol == "vote" for case in self.cases) else 4
        return max(blocks * _FEW_CASES // max(len(self.cases), _FEW_CASES), 1)

    def key(self, batch: int) -> Key | None:
        """The scenarios, each with its seed, and those of them that have fewer draws with these."""
        if self.hashes is None or not self.travels:
            return None
        most = self.draws(batch)
        scenarios = [case.scenario for case in self.cases]
        fewer = [None if s.draws == most else s.draws for s in scenarios]
        return {"scenarios": list(self.hashes), "seeds": [s.seed for s in scenarios], "fewer": fewer}

    def about(self, batch: int) -> list[str]:
        """The texts, each once."""
        return list(dict.fromkeys(case.scenario.id for case in self.cases))

    def draws(self, batch: int) -> int:
        """Those of the case with most."""
        return max(case.scenario.draws for case in self.cases)

    # --- what a worker makes of it --------------------------------------------------------------------

    @cached_property
    def agendas(self) -> list[Agenda]:
        """What is put to the parties of each case."""
        return [agenda(case) for case in self.cases]

    @cached_property
    def shared(self) -> list[list[int]]:
        """By case its profiles, numbered: those that are equal, at the same seed, share their preferences."""
        numbers: dict[tuple[int, tuple[int, ...], Profile], int] = {}

        def number(case: Case, profile: Profile) -> int:
            return numbers.setdefault((case.scenario.seed, case.space.sizes, profile), len(numbers))

        return [[number(case, profile) for profile in case.profiles] for case in self.cases]

    @cached_property
    def _idle(self) -> SimpleQueue[list[NegotiationModel]]:
        """Sets of models that no thread has; one that finds none makes its own."""
        return SimpleQueue()

    def block(self, batch: int, block: int) -> list[Tally | None]:
        """One block of every case that reaches that far; None for the others."""
        try:
            models = self._idle.get_nowait()
        except Empty:
            models = [NegotiationModel(on, on.case.scenario.negotiation.protocol) for on in self.agendas]
        # A set goes back only when it has done its block: where a rule of somebody's own fails, models are left in the
        # midst of it, and one of Mesa 3.5 whose step has failed never takes another.
        tallies = self._counted(models, block)
        self._idle.put(models)
        return tallies

    def joined(self, one: list[Tally | None], other: list[Tally | None]) -> list[Tally | None]:
        """Case by case; one whose draws are all counted is not in later blocks."""
        for mine, theirs in zip(one, other, strict=True):
            if mine is not None and theirs is not None:
                mine += theirs
        return [theirs if mine is None else mine for mine, theirs in zip(one, other, strict=True)]

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
