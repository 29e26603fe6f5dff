"""What a verdict turns on: comparisons, levers, sweeps, indices, amendments."""
