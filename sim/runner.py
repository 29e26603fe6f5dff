"""Runs cases block by block, sharing draws between them, and adds up what the blocks count."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from sim.draws import BLOCK
from sim.model import Agenda, Negotiation, agenda
from sim.preferences import Memo, Preferences
from sim.profiles import Case, Profile
from sim.tally import Tally

#: Fillings of assumed terms are scored on at most this many blocks: their range says how
#: much the modeller's own terms matter, for which 16,384 draws are plenty.
FILL_BLOCKS = 4

Progress = Callable[[int, int], None]


def run_cases(cases: Sequence[Case], *, workers: int = 1, progress: Progress | None = None) -> list[Tally]:
    """Score every case on its scenario's draws and seed; one tally a case.

    Cases with the same seed share the draws of every position they have in common. ``workers``
    threads take blocks in turn; the result does not depend on their number. ``progress`` is
    called with (blocks done, blocks in all). Raises :class:`sim.draws.NothingFits` where weight
    or belief ranges leave almost nothing.
    """
    agendas = [agenda(case) for case in cases]
    blocks = max((math.ceil(c.scenario.draws / BLOCK) for c in cases), default=0)
    totals: list[Tally | None] = [None] * len(cases)
    for block, tallies in enumerate(_in_order(agendas, blocks, workers)):
        for k, tally in enumerate(tallies):
            if tally is not None:
                total = totals[k]
                totals[k] = tally if total is None else total.__iadd__(tally)
        if progress is not None:
            progress(block + 1, blocks)
    return [t for t in totals if t is not None]


def _in_order(agendas: Sequence[Agenda], blocks: int, workers: int) -> Iterator[list[Tally | None]]:
    if workers <= 1:
        for block in range(blocks):
            yield run_block(agendas, block)
        return
    with ThreadPoolExecutor(workers) as pool:
        # Only a few blocks are under way at once, so memory does not grow with draws.
        for first in range(0, blocks, 4 * workers):
            yield from pool.map(lambda b: run_block(agendas, b), range(first, min(first + 4 * workers, blocks)))


def run_block(agendas: Sequence[Agenda], block: int) -> list[Tally | None]:
    """One block of every case that reaches that far; None for the others."""
    memos: dict[int, Memo] = {}
    known: dict[tuple[int, tuple[int, ...], Profile], Preferences] = {}
    result: list[Tally | None] = []
    for on in agendas:
        case = on.case
        draws = min(BLOCK, case.scenario.draws - block * BLOCK)
        if draws <= 0:
            result.append(None)
            continue
        seed = case.scenario.seed
        memo = memos.setdefault(seed, Memo(seed, block))
        preferences = []
        for profile in case.profiles:
            at = (seed, case.space.sizes, profile)
            if at not in known:
                known[at] = Preferences(profile, case.space.sizes, memo)
            preferences.append(known[at])
        model = Negotiation(
            on, preferences, draws, fill=block < FILL_BLOCKS, protocol=case.scenario.negotiation.protocol
        )
        while model.running:
            model.step()
        result.append(model.tally)
        model.release()
    return result
