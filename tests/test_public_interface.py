"""What ``import sim`` gives."""

from __future__ import annotations

import sim

NAMES = [name for name in sim.__all__ if name != "__version__"]


def test_every_public_name_is_imported_from_where_it_is_defined() -> None:
    assert all(getattr(sim, name).__module__ == sim._HOME[name] for name in NAMES)
    assert sorted(sim.__all__) == sorted([*sim._HOME, "__version__"])
