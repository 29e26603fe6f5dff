"""Workers that would not give the same figures are refused, by name of what differs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.engine.exact_sums import ExactSum
from sim.execution import likeness
from sim.execution.digests import digest
from sim.execution.likeness import Likeness, UnlikeWorker, canary, check_alike, versions
from sim.simulation.cases import compiled
from sim.simulation.runner import Run
from tests.execution.jobs import Words


@pytest.fixture(autouse=True)
def _unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "_checked", {})


def test_what_must_agree() -> None:
    assert {"python", "numpy", "scipy", "mesa", "pydantic", "sim", "source of sim", "byte order"} == set(versions())
    check_alike(Likeness(versions()), "one", Words((1,)))


@pytest.mark.parametrize("what", ["python", "numpy", "scipy", "mesa", "pydantic", "sim", "source of sim"])
def test_another_version_is_refused_by_name(what: str) -> None:
    other = Likeness({**versions(), what: "0.0.1"})
    for _ in range(2):
        with pytest.raises(UnlikeWorker, match=f"it has {what} {versions()[what]}, not 0.0.1"):
            check_alike(other, "one", Words((1,)))


def test_a_machine_that_rounds_otherwise_is_refused() -> None:
    job = Words((1,))
    check_alike(Likeness(versions(), canary(job)), "one", job)
    with pytest.raises(UnlikeWorker, match="another result for the first block of draws"):
        check_alike(Likeness(versions(), digest("something else")), "other", job)


@pytest.mark.parametrize("protocol", ["vote", "alternating_offers", "single_text"])
def test_the_first_block_of_a_run_has_a_digest(protocol: str) -> None:
    [case] = compiled([sim.load("istanbul", draws=500, protocol=protocol)])
    one, again = canary(Run((case,))), canary(Run((case,)))
    assert one == again
    [other] = compiled([sim.load("istanbul", draws=499, protocol=protocol)])
    assert canary(Run((other,))) != one


@dataclass
class _Count:
    a: int
    b: object


@given(st.floats(), st.floats())
def test_digests_tell_the_last_bit_apart(one: float, other: float) -> None:
    alike = np.float64(one).tobytes() == np.float64(other).tobytes() or repr(one) == repr(other)
    assert (digest(one) == digest(other)) == alike
    assert (digest(_Count(1, {"x": one})) == digest(_Count(1, {"x": other}))) == alike


def test_what_digests_look_at() -> None:
    parts: list[object] = [
        np.arange(3), np.arange(3.0), np.arange(3).reshape(3, 1), [0, 1, 2], (0, 1), "a", b"a", None, True, 1, 1.0,
        {"a": 1}, {"b": 1}, Counter("ab"), Counter("ba"), frozenset("abc"), _Count(1, 2), _Count(2, 1),
        ExactSum.of(0.1), ExactSum.of(0.2), np.array([10**30, 1], object),
    ]  # fmt: skip
    assert len({digest(part) for part in parts}) == len(parts)
    assert digest(frozenset("abc")) == digest(frozenset("cba"))
    assert digest(replace(_Count(1, 2))) == digest(_Count(1, 2))
    with pytest.raises(TypeError, match="function has no digest"):
        digest(lambda: 0)
