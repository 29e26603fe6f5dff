"""Fixtures that many tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import small

#: Tests that README's second command leaves to .ci/run, and files of them: what takes long, not what matters less.
SLOW = frozenset((Path(__file__).parent / "slow.txt").read_text(encoding="utf-8").split())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what ``slow.txt`` lists, so that ``-m "not slow"`` leaves it out."""
    for item in items:
        file, _, rest = item.nodeid.removeprefix("tests/").partition("::")
        if {file, f"{file}::{rest.split('[')[0]}"} & SLOW:
            item.add_marker("slow")


@pytest.fixture
def deal(tmp_path: Path) -> Path:
    """The path of a small valid scenario, written with its domain."""
    return small.write(tmp_path)


@pytest.fixture(autouse=True)
def _no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests (and pytest-xdist) may say how wide the screen is; output is a hundred columns wide."""
    monkeypatch.delenv("COLUMNS", raising=False)
