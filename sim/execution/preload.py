"""What workers of this machine need, read once by the process that they fork from."""

import sim.simulation.runner  # noqa: F401
