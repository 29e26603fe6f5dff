"""sim: would the parties accept this proposal, who blocks it and over what, and how sure are we?

The public interface in one screen; every command is built on it::

    import sim
    loaded = sim.load("scenarios/istanbul.yaml", edits=["us.foreign_forces.red_lines=none"])
    [result] = sim.score([loaded])
    print(result.verdict, result.party("ukraine").acceptability.estimate)
    sim.save(loaded, result)
    print(sim.levers(loaded).levers[0].edit, sim.amend(loaded, changes=1))

Names are imported on first use, so that ``import sim`` is cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from sim._version import __version__

if TYPE_CHECKING:
    from sim.analysis.amend import amend
    from sim.analysis.audit import audit
    from sim.analysis.compare import compare
    from sim.analysis.entries import gather
    from sim.analysis.flip import flip
    from sim.analysis.frontier import frontier
    from sim.analysis.levers import levers
    from sim.analysis.search import search
    from sim.analysis.sobol import sobol
    from sim.analysis.sweep import sweep
    from sim.api import run, save, score
    from sim.complaints import Complaint, Complaints
    from sim.loading import Loaded, edited, load, load_all
    from sim.results import Result
    from sim.saving import read

_HOME = {
    "load": "sim.loading",
    "load_all": "sim.loading",
    "edited": "sim.loading",
    "Loaded": "sim.loading",
    "Complaint": "sim.complaints",
    "Complaints": "sim.complaints",
    "score": "sim.api",
    "run": "sim.api",
    "save": "sim.api",
    "Result": "sim.results",
    "read": "sim.saving",
    "gather": "sim.analysis.entries",
    "compare": "sim.analysis.compare",
    "levers": "sim.analysis.levers",
    "sobol": "sim.analysis.sobol",
    "flip": "sim.analysis.flip",
    "sweep": "sim.analysis.sweep",
    "amend": "sim.analysis.amend",
    "audit": "sim.analysis.audit",
    "search": "sim.analysis.search",
    "frontier": "sim.analysis.frontier",
}

__all__ = [
    "Complaint",
    "Complaints",
    "Loaded",
    "Result",
    "__version__",
    "amend",
    "audit",
    "compare",
    "edited",
    "flip",
    "frontier",
    "gather",
    "levers",
    "load",
    "load_all",
    "read",
    "run",
    "save",
    "score",
    "search",
    "sobol",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
