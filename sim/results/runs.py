"""The saved runs of a folder, in short."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.results import reading


@dataclass(frozen=True)
class SavedRun:
    """A saved run. ``fault`` says why nothing else is known of it."""

    folder: str
    scenario: str | None = None
    title: str | None = None
    as_of: str | None = None
    draws: int | None = None
    seed: int | None = None
    protocol: str | None = None
    edits: tuple[str, ...] = ()
    joint_acceptability: float | None = None
    fault: str | None = None


def saved_runs(root: Path, scenario: str | None = None) -> list[SavedRun]:
    """The runs saved below a folder, by scenario and then as they were made; of one scenario if it is named.

    Raises OSError where there is no such folder.
    """
    if not root.is_dir():
        raise NotADirectoryError(f"{root}: no such folder; sim run saves there, --out DIR names another")
    files = sorted(root.glob(f"{scenario or '*'}/*/result.json"))
    return [_run(file) for file in files if not file.parent.name.startswith(".")]


def _run(file: Path) -> SavedRun:
    try:
        result = reading.read_run(file)
    except (ValueError, OSError) as error:
        return SavedRun(str(file.parent), fault=str(error).removeprefix(f"{file}: "))
    info, how, joint = result.scenario, result.settings, result.joint_acceptability
    text, share = (info.id, info.title, str(info.as_of)), None if joint is None else joint.estimate
    return SavedRun(str(file.parent), *text, how.draws, how.seed, how.protocol, how.edits, share)
