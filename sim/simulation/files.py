"""Many scenario files checked, then loaded and scored in batches by whoever works: nobody holds more than one batch."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import chdir, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sim.engine.profiles import Case
from sim.execution.fold import Progress, fold
from sim.execution.job import Job, Key
from sim.execution.workers import workers
from sim.files.complaints import Complaint, Complaints, Place, raise_all
from sim.files.nodes import dump_yaml
from sim.files.own_rules import RULES
from sim.files.registry import Rules
from sim.results.result import Result
from sim.scenario.loading import Loaded, load_part
from sim.scenario.negotiation_schema import PROTOCOLS, TACTICS
from sim.scenario.options import Options, idle_edits, idle_everywhere
from sim.simulation.cases import compiled
from sim.simulation.contents import contents
from sim.simulation.runner import run_cases
from sim.simulation.summary import summarise

#: Files of a batch: some seconds of work at the usual draws, and what they have in common is read and drawn once.
BATCH = 25

Batches = tuple[tuple[str, ...], ...]


class CheckedFile(NamedTuple):
    """What is known of a file once it has been read: besides the rest, whom it is about and where it was found."""

    sha256: str
    draws: int
    seed: int
    #: The title of its domain.
    domain: str
    #: The library that it is from, in words where that is not plain, and its path as it was given.
    library: str | None
    address: str
    warnings: tuple[str, ...]
    #: By which a store knows it, where it is kept.
    content: str


@dataclass
class CheckedBatch:
    """What is known of the files of a batch, and all that is wrong with them."""

    files: list[CheckedFile]
    complaints: list[Complaint]
    #: What only numbers tell.
    unfit: list[Complaint]
    #: By file the edits that change nothing in it.
    idle: list[dict[Place, Complaint]]


class ScoredFile(NamedTuple):
    """A file's result, and the scenario as it is saved, compressed, where it is to be."""

    result: Result
    merged: bytes | None


class CheckedFiles:
    """Files in which nothing is wrong, ready to be scored."""

    def __init__(self, batches: Batches, options: Options, files: Sequence[tuple[CheckedFile, ...]]) -> None:
        self._batches, self._options, self._files = batches, options, tuple(files)

    @property
    def files(self) -> list[CheckedFile]:
        """In the order given."""
        return [file for batch in self._files for file in batch]

    def scored(self, *, merged: bool = False, progress: Progress | None = None) -> Iterator[ScoredFile]:
        """Results in order, as :func:`sim.score` gives them; ``merged``: with the scenarios, to be saved.

        ``progress`` is called with (steps done, steps in all). Raises Complaints about a file that was changed after it
        was checked.
        """
        for batch in fold(ScoreFiles(self._batches, self._options, self._files, merged), progress):
            yield from batch


def checked(paths: Sequence[Path], options: Options, *, progress: Progress | None = None) -> CheckedFiles:
    """Read files as :func:`sim.load_all` does, with the same options, in batches.

    ``progress`` is called with (steps done, steps in all). Raises Complaints about all of them together, and OSError.
    """
    batches = tuple(tuple(map(str, paths[k : k + BATCH])) for k in range(0, len(paths), BATCH))
    all_of = list(fold(CheckFiles(batches, options), progress))
    complaints = [c for batch in all_of for c in batch.complaints]
    idle = idle_everywhere(by_place for batch in all_of for by_place in batch.idle)
    # what is wrong with edits, or with a domain, is so in every batch
    raise_all(dict.fromkeys([*complaints, *idle]))
    raise_all(c for batch in all_of for c in batch.unfit)
    return CheckedFiles(batches, options, [tuple(batch.files) for batch in all_of])


@dataclass
class _OfFiles:
    """Files in batches of one block each; relative paths are those of whoever asks."""

    batches: Batches
    options: Options
    folder: str = field(default_factory=lambda: str(Path.cwd()), kw_only=True)

    @property
    def lengths(self) -> list[int]:
        """A batch is worked on as a whole."""
        return [1] * len(self.batches)

    @property
    def travels(self) -> bool:
        """Unless a program has registered rules of its own, which a file may name."""
        kinds: tuple[Rules[Any], ...] = (*RULES.values(), PROTOCOLS, TACTICS)
        return not any(rules.own(name) for rules in kinds for name in rules)

    def _loaded(self, batch: int) -> tuple[list[Loaded], list[Complaint]]:
        with nullcontext() if str(Path.cwd()) == self.folder else chdir(self.folder):
            return load_part(self.batches[batch], **self.options)


@dataclass
class CheckFiles(_OfFiles, Job[CheckedBatch, CheckedBatch]):
    """Files that are read and checked."""

    def block(self, batch: int, block: int) -> CheckedBatch:
        """One batch of them."""
        loaded, complaints = self._loaded(batch)
        unfit: list[Complaint] = []
        try:
            compiled(loaded)
        except Complaints as fault:
            unfit += fault.complaints
        files = list(map(_known, loaded, contents(loaded)))
        return CheckedBatch(files, complaints, unfit, [idle_edits(item.warnings) for item in loaded])


def _known(item: Loaded, content: str) -> CheckedFile:
    of = item.scenario
    return CheckedFile(
        item.sha256, of.draws, of.seed, of.domain.issues.title, item.library, str(item.address), _warnings(item),
        content,
    )  # fmt: skip


def _warnings(item: Loaded) -> tuple[str, ...]:
    return tuple(map(str, item.warnings))


@dataclass
class ScoreFiles(_OfFiles, Job[list[tuple[Result, str | None]], list[ScoredFile]]):
    """Files that are loaded and scored where they are worked on."""

    files: tuple[tuple[CheckedFile, ...], ...]
    merged: bool = False

    keeps = "ends"

    def key(self, batch: int) -> Key | None:
        """The contents, and all else that a result says."""
        if not self.travels:
            return None
        files = [[*file] for file in self.files[batch]]
        return {"files": files, "merged": self.merged}

    def about(self, batch: int) -> list[str]:
        """The texts: an id is the stem of its file."""
        return [Path(path).stem for path in self.batches[batch]]

    def draws(self, batch: int) -> int:
        """Those of the file with most; the key has each."""
        return max(file.draws for file in self.files[batch])

    def block(self, batch: int, block: int) -> list[tuple[Result, str | None]]:
        """The results of one batch, with the scenarios as text where they are wanted."""
        loaded, complaints = self._loaded(batch)
        raise_all(complaints)
        cases: list[Case] = compiled(loaded)
        with workers(1):
            tallies = run_cases(cases)
        return [
            (summarise(case, tally, item.sha256, list(_warnings(item))), dump_yaml(item.tree) if self.merged else None)
            for item, case, tally in zip(loaded, cases, tallies, strict=True)
        ]

    def end(self, batch: int, total: list[tuple[Result, str | None]]) -> list[ScoredFile]:
        """The same, with the texts in a form that travels well: most of each is the domain."""
        return [ScoredFile(r, None if text is None else zlib.compress(text.encode(), 1)) for r, text in total]
