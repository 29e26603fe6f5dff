"""Makes the generated blocks of README.md, or says which are stale.

A block is ``<!-- generated: COMMAND -->``, a code block, ``<!-- end -->``. Write them anew
with ``python -m tests.readme --write``.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- generated: sim (?P<command>.+?) -->\n```text\n)(?P<body>.*?)(```\n<!-- end -->)", re.DOTALL)


def output(command: str) -> str:
    """What a sim command prints on stdout, run from the top of the repository."""
    done = subprocess.run(
        [sys.executable, "-m", "sim", *shlex.split(command)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def made_anew(text: str) -> str:
    return BLOCK.sub(lambda m: f"{m[1]}$ sim {m['command']}\n{output(m['command'])}{m[4]}", text)


if __name__ == "__main__":
    old = README.read_text(encoding="utf-8")
    new = made_anew(old)
    if "--write" in sys.argv:
        README.write_text(new, encoding="utf-8")
    elif new != old:
        sys.exit("README.md is stale: python -m tests.readme --write")
