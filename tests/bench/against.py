"""This tree against an older commit of it, in one run: a ratio a row, of processor time.

Each row is a command that a user types, a process of its own. The two trees take turns, the first of a pair changing
from pair to pair, so that a slow moment of the machine falls on both; what is compared is the processor time of the
process (user and system, with its children), which other users of the machine move less than the clock does. The
ratio is the median of the pairs' ratios, this tree over the older one: below 1 this tree is faster. Behind it stands
the middle half of the ratios, so that noise is seen for what it is.

Run: python -m tests.bench.against [COMMIT] [--pairs N] [--only WORD]

The default is the last commit before rooms were built. The older tree is checked out beside for the time of the run and
runs with the packages of this environment.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.measure import ONE_CORE, table

ROOT = Path(__file__).resolve().parents[2]
#: Bytecode of the trees, which the first run of each writes; without it the larger tree is compiled every time.
BYTECODE = tempfile.TemporaryDirectory(prefix="sim-bytecode-")
#: The last commit of 0.1.0.
BASELINE = "0cd9180"
SIM = ("-m", "sim")
_VARY = ("--vary", "us.no_deal.cost=0:0.19:20", "--vary", "russia.no_deal.cost=0:0.19:20")
ROWS: dict[str, tuple[str, ...]] = {
    "import sim": ("-c", "import sim"),
    "sim --help": (*SIM, "--help"),
    "sim validate": (*SIM, "validate", "scenarios/istanbul.yaml"),
    "sim run": (*SIM, "run", "scenarios/istanbul.yaml", "--no-save"),
    "sim run --format json": (*SIM, "run", "scenarios/istanbul.yaml", "--no-save", "--format", "json"),
    "sim run, 26 texts": (*SIM, "run", "scenarios/*.yaml", "--no-save", "--draws", "2000"),
    "sim run, talks": (*SIM, "run", "scenarios/istanbul.yaml", "--no-save", "--protocol", "alternating_offers"),
    "sim compare": (*SIM, "compare", "scenarios/istanbul.yaml", "scenarios/membership.yaml"),
    "sim sensitivity": (*SIM, "sensitivity", "scenarios/istanbul.yaml"),
    "sim sweep, 20 x 20": (*SIM, "sweep", "scenarios/istanbul.yaml", *_VARY),
    "sim amend": (*SIM, "amend", "scenarios/istanbul.yaml"),
    "sim search, near": (*SIM, "search", "scenarios/istanbul.yaml", "--changes", "2", "--draws", "2000"),
}


@contextmanager
def tree_of(commit: str) -> Iterator[Path]:
    """A folder with the tree of a commit, gone at the end. Raises CalledProcessError where there is no such commit."""
    with tempfile.TemporaryDirectory(prefix="sim-against-") as folder:
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
        yield Path(folder)


def environment_of(tree: Path) -> dict[str, str]:
    """What a process of a tree runs with: one core, and bytecode that is kept, as an installation has it."""
    others = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**others, **ONE_CORE, "PYTHONPATH": str(tree), "PYTHONPYCACHEPREFIX": BYTECODE.name}


def processor_time(tree: Path, arguments: tuple[str, ...]) -> float:
    """Seconds of processor time that a command takes in a tree. Raises RuntimeError where it fails."""
    expanded = [word for argument in arguments for word in _expanded(tree, argument)]
    environment = environment_of(tree)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, *expanded], cwd=tree, env=environment, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(expanded)} failed in {tree}:\n{done.stderr}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _expanded(tree: Path, argument: str) -> list[str]:
    """The files that a pattern stands for, or the argument itself."""
    if "*" not in argument:
        return [argument]
    return sorted(str(path.relative_to(tree)) for path in tree.glob(argument))


def compared(old: Path, arguments: tuple[str, ...], pairs: int) -> tuple[float, float, list[float]]:
    """Median seconds in the old tree and in this one, and the ratio of each pair, without a first one of cold files."""
    times: list[tuple[float, float]] = []
    for number in range(pairs + 1):
        if number % 2:
            now = processor_time(ROOT, arguments)
            then = processor_time(old, arguments)
        else:
            then = processor_time(old, arguments)
            now = processor_time(ROOT, arguments)
        times.append((then, now))
    times = times[1:]
    before, after = (statistics.median(side) for side in zip(*times, strict=True))
    return before, after, sorted(now / then for then, now in times)


def main() -> None:
    parser = argparse.ArgumentParser(description="This tree against an older commit, a ratio a row.")
    parser.add_argument("commit", nargs="?", default=BASELINE)
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--only", default="", metavar="WORD")
    options = parser.parse_args()
    out = [["", "then, s", "now, s", "ratio", "middle half"]]
    with tree_of(options.commit) as old:
        for name, arguments in ROWS.items():
            if options.only not in name:
                continue
            before, after, ratios = compared(old, arguments, options.pairs)
            quarter = len(ratios) // 4
            spread = f"{ratios[quarter]:.2f} to {ratios[-1 - quarter]:.2f}"
            out.append([name, f"{before:.3f}", f"{after:.3f}", f"{statistics.median(ratios):.3f}", spread])
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    table(f"Processor time of this tree against {options.commit}, medians of {options.pairs} interleaved pairs", out)


if __name__ == "__main__":
    main()
