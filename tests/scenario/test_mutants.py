"""A sample of what ``python -m tests.mutants`` reads by the thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import mutants

#: Beyond the numbers that a run of the driver goes through, so that the two together see more.
FIRST = 1_000_000
SAMPLE = {"saved": 100, "voted": 25}


@pytest.mark.parametrize("kind", mutants.KINDS)
def test_mutants_are_read_or_refused_in_words(kind: str, tmp_path: Path) -> None:
    read = mutants.subject(kind, tmp_path)
    ends = [read(FIRST + number) for number in range(SAMPLE.get(kind, 20))]
    assert "refused" in ends
    assert "read" in ends or kind != "saved"


def test_a_mutant_is_made_by_its_number(tmp_path: Path) -> None:
    one, other = (mutants.subject("issues", tmp_path) for _ in range(2))
    assert [one(k) for k in range(12)] == [other(k) for k in range(12)]
