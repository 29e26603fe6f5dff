"""Whole commands against what they cannot do without: a run against importing Mesa, the rest against bare Python.

Run: python -m tests.bench.startup [rounds]
"""

from __future__ import annotations

import sys

from tests.bench.measure import alternately, child, table

RUN = ["-m", "sim", "run", "scenarios/istanbul.yaml", "--no-save"]
LIGHT = {
    "sim --help": ["-m", "sim", "--help"],
    "sim validate scenarios/istanbul.yaml": ["-m", "sim", "validate", "scenarios/istanbul.yaml"],
    "sim show issues": ["-m", "sim", "show", "issues"],
}


def loads_mesa(arguments: list[str]) -> bool:
    """Whether a command imports Mesa."""
    code = (
        "import runpy, sys\n"
        f"sys.argv = ['sim', *{arguments[2:]!r}]\n"
        "try:\n    runpy.run_module('sim', run_name='__main__')\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "print('\\nLOADED' if 'mesa' in sys.modules else '\\nNOT')"
    )
    return child(["-c", code]).rstrip().endswith("LOADED")


def main(rounds: int = 9) -> None:
    tasks = {
        "python -c pass": ["-c", "pass"],
        "python -c 'import mesa'": ["-c", "import mesa"],
        "sim run scenarios/istanbul.yaml": RUN,
    } | LIGHT
    working = {}
    for name, arguments in tasks.items():
        try:
            child(arguments)
            working[name] = arguments
        except RuntimeError as problem:
            print(f"left out: {name} ({str(problem).splitlines()[-1]})")
    seconds = alternately({name: (lambda a=a: child(a)) for name, a in working.items()}, rounds)
    bare, mesa = seconds["python -c pass"], seconds["python -c 'import mesa'"]
    rows = [["", "median s", "over python", "over import mesa", "imports mesa"]]
    for name, arguments in working.items():
        loads = "" if arguments[0] == "-c" else "yes" if loads_mesa(arguments) else "no"
        rows.append(
            [name, f"{seconds[name]:.2f}", f"{seconds[name] - bare:+.2f}", f"{seconds[name] - mesa:+.2f}", loads]
        )
    table(f"Whole commands, medians of {rounds} interleaved runs", rows)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:2]))
