"""The space of packages: boxes, diagrams, what binds where."""
