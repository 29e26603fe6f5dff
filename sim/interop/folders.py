"""Folders written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim.files import system
from sim.files.writing import naming, partial_folder, write_file


def check_free(folder: Path) -> None:
    """Raises FileExistsError (one line) where something stands already that would be written over."""
    if folder.resolve() == Path.cwd():
        raise FileExistsError(f"{folder or '.'}: is the folder you are in; --out DIR takes another one")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = "already there, and not empty" if folder.is_dir() else "is a file, not a folder"
        raise FileExistsError(f"{folder}: {what}; --out DIR takes another folder")


def check_new(file: Path) -> None:
    """Raises FileExistsError, or FileNotFoundError for its folder (one line), where a new file cannot stand there."""
    if file.exists():
        raise FileExistsError(f"{file}: already there; --out FILE takes another name")
    if not file.parent.is_dir():
        raise FileNotFoundError(f"{file}: there is no folder {file.parent}")


def write_folder(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts by file name into a new or empty folder, by way of one beside it that is then renamed.

    Raises FileExistsError where the folder holds something, OSError where it cannot be written; either way nothing is
    left behind.
    """
    check_free(folder)
    with naming(folder), partial_folder(folder.parent) as partial:
        for name, text in texts.items():
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, text)
        system.readable_by_all(partial, folder=True)
        check_free(folder)
        if folder.exists():
            folder.rmdir()
        system.rename_new(partial, folder)
