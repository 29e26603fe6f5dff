"""A folder of pages that is there whole: made anew beside its place or, where there is one, changed page by page.

``site.json`` lists the pages that a site has put there; by it the next one knows them from other people's files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sim.files import system
from sim.files.grammar import listed
from sim.files.writing import naming, partial_folder, write_file, write_whole

LIST, FORMAT = "site.json", "sim-site/1"
#: What a page may be called: a list may come from anywhere, and must name nothing outside its folder.
_PAGE = re.compile(r"[A-Za-z0-9_-]+\.html")


def replaceable(out: Path, names: Sequence[str]) -> None:
    """See that pages of these names can be put into a folder, or a new one. Raises OSError where a file is in the way.

    In the way are files of these names that no earlier site has put there; other files may stay.
    """
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(f"{out}: is a file; name a folder for the pages")
    own = _own_pages(out)
    strange = [name for name in (*names, LIST) if name not in own and (out / name).exists()]
    if strange:
        several = f"{listed(strange[:3])}{', among others' * (len(strange) > 3)}"
        raise FileExistsError(f"{out}: {several} in it is from no earlier site; move it away, or name another folder")


def write_folder(out: Path, pages: Iterable[tuple[str, str]], progress: Callable[[str], None]) -> int:
    """Write pages, by name, and the list of them into a folder; the bytes of the pages. Raises OSError.

    Nothing of it is in its place before the last page is ready. Where the folder is there already, pages of its list
    that are not among the new ones go.
    """
    size = 0
    names: list[str] = []
    with naming(out), partial_folder(out if out.is_dir() else out.parent) as partial:
        for name, page in pages:
            write_file(partial / name, page)
            size += len(page.encode())
            names.append(name)
            progress(name)
        write_file(partial / LIST, _list(names))
        if out.is_dir():
            _replace(partial, out, names)
            system.remove(partial)
        else:
            system.readable_by_all(partial, folder=True)
            system.rename_new(partial, out)
    return size


def _replace(partial: Path, out: Path, names: Sequence[str]) -> None:
    """Move pages into a folder, the last of them and the list at the end; if that is cut short, all are on the list."""
    replaceable(out, names)
    before = _own_pages(out)
    write_whole(out / LIST, _list(sorted({*before, *names})))
    for name in (*names, LIST):
        system.replace_file(partial / name, out / name)
    for name in before - {*names, LIST}:
        system.remove(out / name)


def _list(names: Sequence[str]) -> str:
    return json.dumps({"format": FORMAT, "pages": names}, indent=1) + "\n"


def _own_pages(out: Path) -> frozenset[str]:
    """The pages that an earlier site has put into a folder, with the list of them; nothing without such a list."""
    try:
        content = json.loads((out / LIST).read_text(encoding="utf-8"))
        pages = content["pages"] if content["format"] == FORMAT else []
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return frozenset()
    own = {name for name in pages if isinstance(name, str) and _PAGE.fullmatch(name)} if isinstance(pages, list) else ()
    return frozenset({*own, LIST}) if own else frozenset()
