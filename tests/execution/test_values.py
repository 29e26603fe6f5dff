"""What a store keeps comes back as it was, and reading it runs nothing."""

from __future__ import annotations

import datetime as dt
import pickle
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.engine.exact_sums import ExactSum
from sim.execution import values
from sim.execution.digests import digest
from sim.files.system import Worker
from sim.report.layout import Column
from sim.results.records import Interval
from sim.simulation.cases import compiled
from sim.simulation.runner import Run
from tests.domains import quick

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
KEYS = st.booleans() | st.integers() | st.text() | st.binary() | st.tuples(st.integers(), st.text())
VALUES = st.recursive(
    PLAIN | st.dates(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(KEYS, inner)
        | st.frozensets(KEYS)
        | st.sets(KEYS)
    ),
    max_leaves=20,
)


@quick(100)
@given(VALUES)
def test_plain_data_come_back(value: Any) -> None:
    back = values.read(values.written(value))
    assert back == value
    assert repr(type(back)) == repr(type(value))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.int64).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array([np.nan, -0.0, np.inf, 5e-324]),
        np.array(["a", "bcd"]),
        np.array([True, False]),
        np.array(["2022-03-29"], "M8[D]"),
        np.array([], float),
        np.array(2.5),
        np.array([2**80, -1, 0], object),
        np.array([[1, "two"], [None, 4.0]], object),
        np.arange(10, dtype=">i4")[::3],
    ],
    ids=lambda a: f"{a.dtype.str} {a.shape}",
)
def test_arrays_come_back_to_the_bit_and_can_be_changed(array: np.ndarray[Any, Any]) -> None:
    back = values.read(values.written([array, array]))[1]
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert digest(back) == digest(array)
    assert back.flags.writeable
    if not array.flags.c_contiguous and array.flags.f_contiguous:
        assert back.flags.f_contiguous


def test_objects_counters_and_numbers_of_numpy_come_back() -> None:
    sums = ExactSum.of(np.array([0.1, np.inf, -1e300]))
    text = Column("gain", right=True, width=3)
    interval = Interval(estimate=0.5, low=0.25, high=0.75)
    counter = Counter({b"x": 3, b"a": 1})
    value = {
        "sums": sums,
        "column": text,
        "interval": interval,
        "counter": counter,
        "n": (np.float64(0.1), np.int32(7)),
    }
    back = values.read(values.written(value))
    assert back == value
    assert list(back["counter"].items()) == [(b"x", 3), (b"a", 1)], "in its order"
    assert [type(x) for x in back["n"]] == [np.float64, np.int32]
    assert values.read(values.written(dt.datetime(2022, 3, 29, 12, 30))) == dt.datetime(2022, 3, 29, 12, 30)


@pytest.mark.parametrize("protocol", ["vote", "alternating_offers", "single_text"])
def test_all_that_a_run_counts_comes_back(protocol: str, deal: Path) -> None:
    loaded = sim.load(deal, protocol=protocol, draws=6000)
    [case] = compiled([loaded])
    job = Run((case,), (loaded.sha256,))
    blocks = [job.block(0, number) for number in range(2)]
    assert blocks[0][0] is not None
    if protocol != "vote":
        for [tally] in blocks:
            assert tally is not None
            assert tally.talks is not None
            tally.talks.candidates = None  # type: ignore[assignment]
    back = [values.read(values.written(block)) for block in blocks]
    assert digest(back) == digest(blocks)
    assert digest(job.joined(*back)) == digest(job.joined(*blocks))


@pytest.mark.parametrize(
    "value",
    [Path("x"), object(), print, Worker, lambda: 0, np.zeros(2, [("a", int)]), [1, {2: iter([])}], ValueError()],
)
def test_what_is_no_data_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="nothing that a store can keep"):
        values.written(value)


class _Named:
    """A pickle of it names a function, harmless here, that is called when it is read."""

    def __reduce__(self) -> Any:
        return _call, ("seen",)


_called: list[str] = []


def _call(word: str) -> str:
    _called.append(word)
    return word


def test_reading_runs_nothing_and_names_no_class() -> None:
    def bytes_of(value: Any) -> bytes:
        return zlib.compress(pickle.dumps(value, 5), 1)

    for value in (_Named(), [_Named()], Counter("a"), np.arange(3), Column("gain"), dt.date(2022, 3, 29), Worker):
        assert values.read(bytes_of(value)) is None
    assert _called == []
    pickle.loads(pickle.dumps(_Named()))
    assert _called == ["seen"], "an ordinary reader would have called it"


@pytest.mark.parametrize(
    "form",
    [
        ("object", "os", "system", [], None),
        ("object", "subprocess", "Popen", [], None),
        ("object", "sim.files.system", "subprocess", [], None),
        ("object", "sim.files.system", "remove", [], None),
        ("object", "sim.execution.values", "Counter", [], None),
        ("object", "sim.__main__", "main", [], None),
        ("object", "sim.nothing", "Nothing", [], None),
        ("array", [3], "C", "<f8", b"short"),
        ("array", [1], "C", "|O", b"12345678"),
        ("dict", ["a"], []),
        ("date", "yesterday"),
        ("word",),
        (),
        {1: 2},
        {1},
        bytearray(b"x"),
    ],
    ids=repr,
)
def test_other_forms_are_no_value(form: Any) -> None:
    assert values.read(zlib.compress(pickle.dumps(form, 5))) is None


def test_an_object_is_built_without_its_class_being_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Worker, "__init__", lambda *_: pytest.fail("called"))
    form = ("object", "sim.files.system", "Worker", [], ("dict", ["_process"], [None]))
    back = values.read(zlib.compress(pickle.dumps(form, 5)))
    assert type(back) is Worker
    assert back._process is None


@quick(100)
@given(st.data())
def test_cut_or_damaged_bytes_are_no_value(data: st.DataObject) -> None:
    whole = values.written({"a": [1, (2, 3)], "b": np.arange(5), "c": ExactSum.of(0.5)})
    place = data.draw(st.integers(2, len(whole) - 1))
    assert values.read(whole[:place]) is None
    other = bytearray(whole)
    other[place] ^= 1 << data.draw(st.integers(0, 7))
    assert values.read(bytes(other)) is None
