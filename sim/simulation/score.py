"""Loaded scenarios to results: what the commands call, for programs too."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Unpack

from sim.execution.workers import current
from sim.execution.workers import workers as by
from sim.files.arguments import several
from sim.files.nodes import dump_yaml
from sim.results import saving
from sim.results.result import Result
from sim.scenario.loading import Loaded, load
from sim.scenario.options import Options
from sim.simulation.cases import Progress, compiled
from sim.simulation.contents import contents
from sim.simulation.runner import run_cases
from sim.simulation.summary import summarise


def score(
    loaded: Loaded | Sequence[Loaded], *, workers: int | Executor | None = None, progress: Progress | None = None
) -> list[Result]:
    """Score loaded scenarios, and negotiate those whose protocol says so.

    Args:
        loaded: the scenarios, or one. They share the draws of every position they have in common.
        workers: processes that take blocks of 4,096 draws in turn, 1 to 64, or an executor of them; without it as an
            outer :func:`sim.workers` says. They change nothing in the result.
        progress: called with (blocks done, blocks in all).

    Returns:
        One result each, in order. Shares of draws are between 0 and 1, gains in units of utility, where best to worst
        on every issue is 1.

    Raises:
        Complaints: where ranges of weights or beliefs leave almost nothing to draw from, or work would take too much.

    Example:
        >>> import sim
        >>> [result] = sim.score([sim.load("istanbul", draws=500)])
        >>> [(party.id, party.verdict) for party in result.parties][:2]
        [('russia', 'accepts'), ('ukraine', 'accepts')]
    """
    loaded = [loaded] if isinstance(loaded, Loaded) else several("loaded", loaded, "loaded, other")
    cases = compiled(loaded)
    with by(workers):
        tallies = run_cases(cases, hashes=None if current().store is None else contents(loaded), progress=progress)
    return [
        summarise(case, tally, item.sha256, [str(w) for w in item.warnings])
        for item, case, tally in zip(loaded, cases, tallies, strict=True)
    ]


def run(path: str | Path, **options: Unpack[Options]) -> Result:
    """Load and score one scenario file.

    Args:
        path: as that of :func:`sim.load`.
        options: those of :func:`sim.load` (:class:`sim.scenario.options.Options`).

    Returns:
        Its result, as :func:`score` gives it.

    Raises:
        Complaints: as :func:`sim.load` and :func:`score` do.
        OSError: about files that are not there.

    Example:
        >>> import sim
        >>> sim.run("membership", draws=1000).party("russia").verdict
        'refuses'
    """
    return score([load(path, **options)])[0]


def save(loaded: Loaded, result: Result, root: str | Path = "results") -> Path:
    """Save a run as a folder of three files; ``results/README.md`` says what they hold.

    Args:
        loaded: the scenario that was scored.
        result: its result.
        root: the folder of runs; the run's own is ``<root>/<scenario>/<time>-<hash>``.

    Returns:
        The folder, which is there whole or not at all.

    Raises:
        OSError: in one line, where it cannot be written; the run is not saved then.

    Example:
        >>> import sim, tempfile
        >>> loaded = sim.load("istanbul", draws=100)
        >>> [result] = sim.score([loaded])
        >>> with tempfile.TemporaryDirectory() as root:
        ...     sorted(file.name for file in sim.save(loaded, result, root).iterdir())
        ['outcome.csv', 'result.json', 'scenario.yaml']
    """
    return saving.save(result, dump_yaml(loaded.tree), Path(root))
