"""Fixtures that many tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.bargaining import own_protocols
from sim.bargaining.tactics import TACTICS
from sim.files.own_rules import RULES
from sim.scenario.negotiation_schema import PROTOCOLS
from sim.scenario.negotiation_schema import TACTICS as NAMES
from tests import small

#: Tests that README's second command leaves to .ci/run, and files of them: what takes long, not what matters less.
SLOW = frozenset((Path(__file__).parent / "slow.txt").read_text(encoding="utf-8").split())

# Later versions of Hypothesis draw constants from the modules of sim that are imported by then, so that examples would
# depend on which tests a worker ran before, whatever the seed. Without them, the same seed is the same examples.
try:
    from hypothesis.internal.conjecture import providers

    none_of_ours = providers._local_constants
    providers._get_local_constants = lambda: none_of_ours
except (ImportError, AttributeError):
    pass  # an earlier version, which draws none


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


#: Where rules by name are held.
REGISTRIES = (
    *(part for rules in (NAMES, PROTOCOLS, *RULES.values()) for part in vars(rules).values() if isinstance(part, dict)),
    TACTICS,
    own_protocols._PROCEDURES,
)


@pytest.fixture(autouse=True)
def _rules_of_one_test() -> Iterator[None]:
    """What a test registers (examples of docstrings do), no other test sees."""
    before = [dict(registry) for registry in REGISTRIES]
    yield
    for registry, content in zip(REGISTRIES, before, strict=True):
        registry.clear()
        registry.update(content)
