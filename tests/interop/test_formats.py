"""The list of formats: what each has, and that the commands offer all of them."""

from __future__ import annotations

from typing import get_args

import pytest

from sim.cli.exchange import Target
from sim.interop.formats import READERS, WRITERS
from tests.exchange import sim


def test_every_format_that_is_written_can_be_asked_for() -> None:
    assert set(get_args(Target)) == {*WRITERS, "csv", "xlsx"}


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.__name__)
def test_every_format_that_is_read_is_named_in_the_help(reader: object) -> None:
    name = str(reader.__name__).rpartition(".")[2]  # type: ignore[attr-defined]
    assert name in " ".join(sim("import", "--help").stdout.lower().split())
