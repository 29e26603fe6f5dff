"""What workers of this machine read before they begin: what every job needs, and whom they leave Ctrl-C to."""

from __future__ import annotations

import sim.simulation.runner  # noqa: F401
from sim.files import system


def dask_setup(worker: object) -> None:
    """In a worker of Dask: whoever began the cluster ends it, so that Ctrl-C is not for each of its processes."""
    system.leave_interrupts()
