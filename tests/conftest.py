"""Fixtures that many tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import small


@pytest.fixture
def deal(tmp_path: Path) -> Path:
    """The path of a small valid scenario, written with its domain."""
    return small.write(tmp_path)


@pytest.fixture(autouse=True)
def _no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests (and pytest-xdist) may say how wide the screen is; output is a hundred columns wide."""
    monkeypatch.delenv("COLUMNS", raising=False)
