"""The other proposals of a scenario's folder, to be placed under its positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.files.complaints import Complaints
from sim.results.records import Record
from sim.scenario import loading, schema
from sim.scenario.loading import Loaded


class Skipped(Record):
    """A file beside the scenario that is no proposal in the same space."""

    file: str
    why: str


@dataclass(frozen=True)
class Texts:
    """Proposals to place beside the frontier, and files that are none in this space, with the reason."""

    loaded: tuple[Loaded, ...]
    skipped: tuple[Skipped, ...] = ()


def texts_beside(
    loaded: Loaded, domain: Path | None = None, known: Sequence[Loaded] = (), *, of_its_day: bool = False
) -> Texts:
    """The other proposals in a scenario's folder that answer the same issues with the same options.

    A text of a day on which other issues are in force is taken as on the scenario's day: on issues that begin later it
    says nothing, on those that it did not know their default; with ``of_its_day`` it is none of them. ``domain`` is the
    domain folder that the scenario was loaded with, where it is not its own; ``known`` are texts that need not be read
    again. Beside a scenario that no file holds there is nothing.
    """
    if loaded.address is None:
        return Texts(())
    folder = loaded.path.parent
    files = sorted(f for f in folder.glob("*.yaml") if f.resolve() != loaded.path.resolve())
    there = {text.path.resolve(): text for text in known}
    texts, skipped = _loaded(loaded, [file for file in files if file.resolve() not in there], domain)
    texts = sorted((*texts, *(there[f.resolve()] for f in files if f.resolve() in there)), key=lambda text: text.path)
    mine = _options(loaded.scenario)
    if not of_its_day:
        texts = [text if _options(text.scenario) == mine else _on_its_day(text, loaded) for text in texts]
    same = tuple(text for text in texts if _options(text.scenario) == mine)
    why = "its domain has other issues or options"
    skipped += [Skipped(file=text.path.name, why=why) for text in texts if _options(text.scenario) != mine]
    return Texts(same, tuple(sorted(skipped, key=lambda s: s.file)))


def _loaded(beside: Loaded, files: Sequence[Path], domain: Path | None) -> tuple[list[Loaded], list[Skipped]]:
    """All files at once, or where one has a fault one by one."""
    try:
        return (loading.load_like(beside, files, domain=domain) if files else []), []
    except Complaints:
        texts, skipped = [], []
    for file in files:
        try:
            texts += loading.load_like(beside, [file], domain=domain)
        except Complaints as fault:
            first = fault.complaints[0]
            skipped.append(Skipped(file=file.name, why=f"{first.where}: {first.what}"))
    return texts, skipped


def _on_its_day(text: Loaded, loaded: Loaded) -> Loaded:
    """A text as on the day of a scenario; as it is, where that does not make a text in order of it."""
    if text.scenario.day == loaded.scenario.day:
        return text
    try:
        return text.with_(as_of=loaded.scenario.day)
    except Complaints:
        return text


def _options(scenario: schema.Scenario) -> dict[str, frozenset[str]]:
    return {name: frozenset(issue.options) for name, issue in scenario.domain.issues.issues.items()}
