"""Makes the generated blocks and figures of the documents, or says which are stale.

A block is ``<!-- generated: COMMAND -->``, a code block, ``<!-- end -->``; ``COMMAND | from: WORDS | to: WORDS`` shows
the lines from the first that begins with the one up to the next that begins with the other. A figure is
``<!-- figure: COMMAND -->`` and, on the next line, the image that the command draws with ``--plot``. Write them anew
with ``python -m tests.readme --write``. A figure is stale when its words or numbers are: how glyphs and lines are
written differs between versions of matplotlib. The commands run where there are the shipped texts and no others, so
that a text of your own in ``scenarios/`` changes nothing here.
"""

from __future__ import annotations

import atexit
import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
#: Where generated blocks and figures may stand: the first page, reading, writing, the house and its recipes.
_NAMES = ("README.md", "results/README.md", "scenarios/README.md", "sim/README.md", "CONTRIBUTING.md")
DOCUMENTS = tuple(ROOT / name for name in _NAMES)
BLOCK = re.compile(r"(<!-- generated: sim (?P<command>.+?) -->\n```text\n)(?P<body>.*?)(```\n<!-- end -->)", re.DOTALL)
FIGURE = re.compile(r"<!-- figure: sim (?P<command>.+?) -->\n!\[.*?\]\((?P<file>.+?)\)")


def shipped_files() -> list[Path]:
    """The files of ``scenarios/`` that are built into the wheel, by the list in ``pyproject.toml``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["include"]
    return [ROOT / entry[1:] for entry in included if entry.startswith("/scenarios/")]


def copy_shipped(to: Path) -> Path:
    """The shipped texts, and what they share, in ``scenarios/`` of another folder, which is returned."""
    for file in shipped_files():
        copy = to / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    return to


@functools.cache
def shipped_place() -> Path:
    """A folder with the shipped texts and no others, for what looks at the texts beside one; gone at the end."""
    folder = tempfile.TemporaryDirectory(prefix="sim-shipped-")
    atexit.register(folder.cleanup)
    return copy_shipped(Path(folder.name))


@functools.cache
def output(command: str) -> str:
    """What a sim command prints on stdout, run where the shipped texts are."""
    environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"} | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "sim", *shlex.split(command)],
        cwd=shipped_place(),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def made_anew(text: str) -> str:
    return BLOCK.sub(lambda m: f"{m[1]}{shown(m['command'])}{m[4]}", text)


def shown(block: str) -> str:
    """A command and what it prints, or the part of it that the block asks for."""
    command, *cut = block.split(" | ")
    lines = output(command).splitlines(keepends=True)
    if cut:
        start, end = (words.partition(": ")[2] for words in cut)
        first = next(k for k, line in enumerate(lines) if line.startswith(start))
        last = next(k for k in range(first, len(lines)) if lines[k].startswith(end))
        lines = ["...\n", *lines[first:last], "...\n"]
    return f"$ sim {command}\n{''.join(lines)}"


def drawn_anew(text: str, folder: Path = ROOT) -> dict[Path, str]:
    """The figures that the text of a document in a folder shows, drawn now: file to content."""
    found = {}
    for match in FIGURE.finditer(text):
        with tempfile.TemporaryDirectory() as scratch:
            made = Path(scratch) / "figure.svg"
            output(f"{match['command']} --plot {shlex.quote(str(made))}")
            found[folder / match["file"]] = made.read_text(encoding="utf-8")
    return found


def words(svg: str) -> list[str]:
    """What a figure says, in order."""
    return re.findall(r"<text[^>]*>(.*?)</text>", svg, re.DOTALL)


def is_stale(document: Path) -> bool:
    """Whether a document holds an output or a figure that its command no longer gives."""
    text = document.read_text(encoding="utf-8")
    figures = drawn_anew(text, document.parent)
    return made_anew(text) != text or any(words(p.read_text(encoding="utf-8")) != words(s) for p, s in figures.items())


def write_anew(document: Path) -> None:
    """Write a document's outputs and figures as its commands give them now."""
    text = document.read_text(encoding="utf-8")
    document.write_text(made_anew(text), encoding="utf-8")
    for path, content in drawn_anew(text, document.parent).items():
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        for each in DOCUMENTS:
            write_anew(each)
    elif stale := [str(each.relative_to(ROOT)) for each in DOCUMENTS if is_stale(each)]:
        sys.exit(f"stale: {', '.join(stale)}; write anew: python -m tests.readme --write")
