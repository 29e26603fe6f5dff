"""What stdout shows: as wide and colourful as the terminal allows, else plain."""

from __future__ import annotations

import io
import sys

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from sim.files import system
from sim.files.complaints import marks_visible

#: Tables fit this many columns where there is no terminal and COLUMNS does not say otherwise.
WIDTH = 100
#: Narrower than this no text is laid out, whatever COLUMNS says.
NARROWEST = 40


def bullet(text: str) -> RenderableType:
    """A note of a page, for a terminal."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column()
    grid.add_row("-", Text(text))
    return grid


def show(*parts: RenderableType) -> None:
    """Print on stdout: as wide and colourful as the terminal allows, else plain, :func:`screen_width` wide.

    A table that needs more is printed whole all the same. Marks of direction are made visible.
    """
    if system.is_terminal(sys.stdout):
        console = Console(highlight=False)
        with console.capture() as captured:
            console.print(*parts, sep="\n", crop=False)
        with system.naming_output():
            print(marks_visible(captured.get()), end="")
        return
    text = io.StringIO()
    Console(highlight=False, width=screen_width(), no_color=True, file=text).print(*parts, sep="\n", crop=False)
    with system.naming_output():
        print("\n".join(line.rstrip() for line in marks_visible(text.getvalue()).splitlines()))


def screen_width() -> int:
    """How many columns :func:`show` has: the terminal's; without one, what COLUMNS says, else :data:`WIDTH`."""
    return Console().width if system.is_terminal(sys.stdout) else system.columns(WIDTH, NARROWEST)
