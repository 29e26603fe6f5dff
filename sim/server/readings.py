"""Files of edits that lie in a text's library, as readings of it that a page can try."""

from __future__ import annotations

from pathlib import Path

from sim.files.complaints import Complaints
from sim.scenario import catalogue
from sim.scenario.edit_paths import edits_title, read_edits
from sim.scenario.edits import by_ids, single_edits
from sim.scenario.loading import Loaded, with_edits
from sim.server.messages import LibraryReading


def readings_of(loaded: Loaded) -> list[LibraryReading]:
    """The files of edits beside the text's domain that can be applied to it."""
    domain = loaded.tree.get("domain")
    if domain is None:
        return []
    library = Path(domain.place.file).parent
    readings = (_reading(file, loaded) for file in sorted((library / catalogue.EDITS).glob("*.yaml")))
    return [reading for reading in readings if reading is not None]


def _reading(file: Path, loaded: Loaded) -> LibraryReading | None:
    """A file of edits; None where it cannot be read, or is for other texts."""
    try:
        edits = by_ids(loaded.tree, read_edits(file))
        applied = {*with_edits(loaded, edits).scenario.edits} - {*loaded.scenario.edits}
        # what is of issues that are not in force on the text's day changes nothing in it
        if not (edits := [edit for edit in edits if edit.text in applied]):
            return None
        return LibraryReading(id=file.stem, title=edits_title(file), edits=[edit.text for edit in single_edits(edits)])
    except (Complaints, OSError):
        return None
