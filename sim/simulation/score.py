"""Loaded scenarios to results: what the commands call, for programs too."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Unpack

from sim.bargaining.checks import check_talks
from sim.engine.draws import NothingFits
from sim.engine.preferences import check_ranges
from sim.engine.profiles import Case, Profile, compile_case
from sim.files.complaints import Complaint, Complaints
from sim.files.nodes import dump_yaml, place_of
from sim.results import saving
from sim.results.result import Result
from sim.scenario.loading import Loaded, Options, load
from sim.simulation.runner import Progress, run_cases
from sim.simulation.summary import summarise


def score(loaded: Sequence[Loaded], *, workers: int = 1, progress: Progress | None = None) -> list[Result]:
    """Score loaded scenarios; one result each, in order.

    Scenarios share the draws of every position they have in common. ``workers`` threads take
    blocks in turn and change nothing in the result; ``progress`` is called with (blocks done,
    blocks in all). Raises Complaints like :func:`compiled`.
    """
    cases = compiled(loaded)
    tallies = run_cases(cases, workers=workers, progress=progress)
    return [
        summarise(case, tally, item.sha256, [str(w) for w in item.warnings])
        for item, case, tally in zip(loaded, cases, tallies, strict=True)
    ]


def run(path: str | Path, **options: Unpack[Options]) -> Result:
    """Load and score one scenario file; ``options`` are those of :func:`sim.load`
    (:class:`sim.scenario.loading.Options`).

    >>> import sim
    >>> result = sim.run("scenarios/membership.yaml", draws=1000)
    >>> result.party("russia").verdict
    'refuses'
    """
    return score([load(path, **options)])[0]


def save(loaded: Loaded, result: Result, root: str | Path = "results") -> Path:
    """Save a run as a folder below ``root`` and return it; see ``results/README.md``. Raises OSError."""
    return saving.save(result, dump_yaml(loaded.tree), Path(root))


def compiled(loaded: Sequence[Loaded]) -> list[Case]:
    """The scenarios as cases, ready to be drawn.

    Raises Complaints where ranges of weights or beliefs leave almost nothing to draw from, and where talks cannot
    be held: too many candidates, a proposer without a say.
    """
    cases = [compile_case(item.scenario) for item in loaded]
    complaints: list[Complaint] = []
    found: dict[tuple[tuple[int, ...], Profile, int], NothingFits | None] = {}
    sound: set[Hashable] = set()
    for item, case in zip(loaded, cases, strict=True):
        complaints += check_talks(item.tree, case, sound)
        for profile in case.profiles:
            key = (case.space.sizes, profile, case.scenario.seed)
            if key not in found:
                found[key] = _fault(*key)
            if (fault := found[key]) is not None:
                what, why = fault.args
                path = ("domain", "positions", profile.id, *(("no_deal",) if what == "beliefs" else ("positions",)))
                complaints.append(
                    Complaint(
                        place_of(item.tree, path),
                        f"{profile.id}: {what}",
                        f"the ranges leave almost nothing to draw from: {why}",
                        "widen a range, or give fixed numbers",
                    )
                )
    if complaints:
        raise Complaints(complaints)
    return cases


def _fault(sizes: tuple[int, ...], profile: Profile, seed: int) -> NothingFits | None:
    try:
        check_ranges(profile, sizes, seed)
    except NothingFits as fault:
        return fault
    return None
