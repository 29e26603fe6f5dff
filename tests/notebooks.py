"""The notebooks of ``results/notebooks``, run without Jupyter: their cells one after the other, in one namespace.

``python -m tests.notebooks --write`` runs them and stores what the cells print and their last expressions give, as
Jupyter would; a test sees that what is stored is what a run gives.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "results" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def read(path: Path) -> dict[str, Any]:
    """A notebook as its JSON has it."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def text_of(cell: dict[str, Any]) -> str:
    """The source of a cell, which files hold line by line."""
    return "".join(cell["source"])


def run(notebook: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The outputs of each code cell, in order; what a cell raises is raised."""
    names: dict[str, Any] = {"__name__": "__main__"}
    return [_outputs(text_of(cell), names) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _outputs(source: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    value = None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    out: list[dict[str, Any]] = []
    if text := printed.getvalue():
        out.append({"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)})
    if value is not None:
        data = {"text/plain": repr(value).splitlines(keepends=True)}
        if html := getattr(value, "_repr_html_", None):
            data = {"text/html": str(html()).splitlines(keepends=True), **data}
        out.append({"data": data, "execution_count": None, "metadata": {}, "output_type": "execute_result"})
    return out


def stored(notebook: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The outputs that the file holds, those of a code cell each."""
    return [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"]


def written(notebook: dict[str, Any]) -> str:
    """The notebook with what a run gives, as text of its file."""
    outputs = iter(run(notebook))
    cells = [{**cell, "outputs": next(outputs)} if cell["cell_type"] == "code" else cell for cell in notebook["cells"]]
    return json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.notebooks", description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    for path in NOTEBOOKS:
        text = written(read(path))
        if write:
            path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {'written' if write else 'runs'}")


if __name__ == "__main__":
    main()
