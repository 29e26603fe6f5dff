"""What is to be compared: scenario files, saved runs, and files under further edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

from sim.files.arguments import InvalidArgument, plain, several
from sim.files.complaints import Complaint, Complaints, Place, collecting
from sim.results import reading
from sim.results.result import Result
from sim.scenario import catalogue
from sim.scenario.edit_paths import edits_title, read_edits
from sim.scenario.loading import MEMORY, Loaded, load, load_all
from sim.scenario.options import Options, PathLike


@dataclass(frozen=True)
class Entry:
    """One thing to compare.

    ``saved`` is the result of a saved run; None for a file, which is to be scored. ``loaded`` is the
    scenario; None for a saved run that cannot be drawn again, and then ``missing`` says why.
    ``label`` names its edits, None without any. ``name`` is what a program calls it, None where it leaves that to us.
    """

    path: Path
    label: str | None
    loaded: Loaded | None
    saved: Result | None = None
    missing: str | None = None
    name: str | None = None


def entries_of(rows: Mapping[str, Loaded] | Iterable[Entry | Loaded]) -> list[Entry]:
    """What is to be compared as entries; a mapping names its scenarios. Raises InvalidArgument for anything else."""
    if isinstance(rows, Mapping):
        if strange := [name for name in rows if not isinstance(name, str) or not name.strip()]:
            raise InvalidArgument(f"a row is named by a text, not {strange[0]!r}")
        return [replace(_entry(loaded), name=plain(name)) for name, loaded in rows.items()]
    if isinstance(rows, Loaded):
        raise InvalidArgument("a comparison needs two proposals or more, as a list or as a mapping of names to them")
    return [row if isinstance(row, Entry) else _entry(row) for row in several("entries", rows, "loaded, other")]


def _entry(loaded: Loaded) -> Entry:
    if not isinstance(loaded, Loaded):
        raise InvalidArgument(f"loaded scenarios are compared (sim.load, sim.gather), not {loaded!r}")
    return Entry(loaded.address or Path(MEMORY), _label([], loaded.scenario.edits), loaded)


def is_saved(path: Path) -> bool:
    """Whether a path means a saved run (a folder, or a file of JSON) and not a scenario file or the id of a text."""
    return catalogue.named(path).is_dir() or path.suffix == ".json"


def gather(paths: Iterable[PathLike], *, under: Sequence[PathLike] = (), **options: Unpack[Options]) -> list[Entry]:
    """Load everything to be compared, files and saved runs, in the order given; a path named twice counts once.

    Args:
        paths: scenario files, folders of saved runs, or ids of texts.
        under: files of edits; each scenario file comes again under each of them, ``options`` applied as well (``edits``
            win where both change one cell).
        options: those of :func:`sim.load`, for the scenario files; saved runs stand as they are.

    Returns:
        An entry a row of the comparison, for :func:`sim.compare`.

    Raises:
        Complaints: about all of it together.
        OSError: about what is not there.

    Example:
        >>> import sim
        >>> [entry.path.stem for entry in sim.gather(["istanbul", "membership"], draws=100)]
        ['istanbul', 'membership']
    """
    edits_of_call = options.get("edits", ())
    if not isinstance(edits_of_call, Mapping):
        edits_of_call = several("edits", edits_of_call, "'us.fighting.importance=minor'")
        options = {**options, "edits": edits_of_call}
    unique = list({catalogue.named(Path(p)).resolve(): Path(p) for p in paths}.values())
    files = [p for p in unique if not is_saved(p)]
    common = [catalogue.edits(Path(p)) for p in options.get("edit_files", ())]
    beside = [catalogue.edits(Path(p)) for p in under]
    if strange := [p for p in files if p.suffix.lower() not in (".yaml", ".yml") and p.is_file()]:
        what = "neither a scenario nor a saved run"
        hint = "name a scenario file (.yaml), a folder that sim run saved, or its result.json"
        raise Complaints([Complaint(Place(str(p), 1, 1), "file", what, hint, code="wrong_file") for p in strange])
    titles: dict[Path, str] = {}
    counts: dict[Path, int] = {}
    complaints: list[Complaint] = []
    for file in (*common, *beside):
        with collecting(complaints):
            titles[file], counts[file] = edits_title(file), len(read_edits(file))
    by_file: dict[Path, list[Entry]] = {p: [] for p in unique}
    for extra in [None, *dict.fromkeys(beside)] if files else []:
        applied = [*common, *([] if extra is None else [extra])]
        more: Options = {**options, "edit_files": applied}
        with collecting(complaints):
            for path, item in zip(files, load_all(files, **more), strict=True):
                edits, last = item.scenario.edits, len(edits_of_call)
                earlier = len(edits) - last - sum(counts[f] for f in applied)
                rest = edits[:earlier] + edits[len(edits) - last :]
                by_file[path].append(Entry(path, _label([titles[f] for f in applied], rest), item))
    for path in unique:
        if is_saved(path):
            with collecting(complaints):
                by_file[path] = [_saved(path)]
    if complaints:
        raise Complaints(complaints)
    return [entry for entries in by_file.values() for entry in entries]


def _label(titles: Sequence[str], edits: Sequence[str]) -> str | None:
    """Titles of files of edits, then single edits: the one there is, or how many."""
    parts = list(titles)
    if edits:
        parts.append(edits[0] if len(edits) == 1 else f"{len(edits)} edits")
    return " + ".join(parts) or None


def _saved(path: Path) -> Entry:
    """A saved run, with its scenario where that is beside it and is the one that was scored."""
    file = path / "result.json" if path.is_dir() else path
    if path.is_dir() and not file.exists():
        runs = sorted(p.parent for p in path.glob("*/result.json"))
        hint = f"a saved run is one folder below, for instance {runs[-1]}" if runs else "sim run saves them"
        raise _no_run(path, "holds no result.json", hint)
    try:
        result = reading.read_run(file)
    except ValueError as error:
        what = str(error).removeprefix(f"{file}: ")
        raise _no_run(file, what, "name a folder that sim run saved, or its result.json") from None
    loaded, missing = _scenario_of(result, file.parent / "scenario.yaml")
    return Entry(path, _label([], result.settings.edits), loaded, result, missing)


def _no_run(path: Path, what: str, hint: str) -> Complaints:
    return Complaints([Complaint(Place(str(path), 1, 1), "saved run", what, hint, code="saved")])


def _scenario_of(result: Result, file: Path) -> tuple[Loaded | None, str | None]:
    """The scenario that gave a saved result, or why there is none."""
    if not file.is_file():
        return None, "its scenario.yaml is not beside it"
    try:
        loaded = load(file, draws=result.settings.draws, seed=result.settings.seed)
    except (Complaints, OSError):
        return None, "the scenario.yaml beside it does not load (sim validate tells why)"
    if loaded.sha256 != result.scenario.sha256:
        return None, "the scenario.yaml beside it is not the one that was scored"
    return loaded, None
