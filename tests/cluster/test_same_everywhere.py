"""JSON byte for byte the same, whoever works, however blocks are grouped: every question, every protocol."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import cache

import pytest

import sim
from sim.execution.pools import Threads
from sim.execution.workers import Where, workers

DRAWS = 10_000
PROTOCOLS = ("vote", "alternating_offers", "single_text")
VARY = ["us.no_deal.cost=0:0.19:5", "russia.no_deal.cost=0,0.1"]


@cache
def loaded(protocol: str = "vote", text: str = "istanbul") -> sim.Loaded:
    return sim.load(text, draws=DRAWS, protocol=protocol, seed=7)


QUESTIONS: dict[str, Callable[[], str]] = {
    **{f"run {p}": lambda p=p: sim.score([loaded(p), loaded(p, "membership")])[0].to_json() for p in PROTOCOLS},
    "sweep vote": lambda: sim.sweep(loaded(), VARY).to_json(),
    **{
        f"sweep {p}": lambda p=p: sim.sweep(loaded(p), ["us.no_deal.cost=0:0.19:3"], protocol=p).to_json()  # type: ignore[call-arg]
        for p in PROTOCOLS[1:]
    },
    "levers": lambda: sim.levers(loaded(), party="us", pairs=True).to_json(),
    "levers of talks": lambda: sim.talks_levers(loaded("alternating_offers"), party="us", issue="sanctions").to_json(),
    "sobol": lambda: sim.sobol(loaded(), n=9000).to_json(),
    "flip": lambda: sim.flip(loaded()).to_json(),
    "amend": lambda: sim.amend(loaded(), changes=1).to_json(),
    "compare": lambda: sim.compare(sim.gather(["istanbul", "membership"], draws=DRAWS, as_of="2025-02-24")).to_json(),
    "frontier": lambda: sim.frontier(loaded(), parties=["russia", "ukraine"]).to_json(),
    "audit": lambda: sim.audit([loaded()]).to_json(),
}


@cache
def alone(question: str) -> str:
    return QUESTIONS[question]()


Place = Callable[[int], AbstractContextManager[Where]]


@pytest.fixture(scope="module", params=["threads", "processes", "cluster"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "threads":
        with ThreadPoolExecutor(3) as threads:
            yield lambda chunk: workers(threads, chunk=chunk)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(Threads, "hand")  # that nothing stays in this process unseen
        if request.param == "processes":
            yield lambda chunk: workers(2, chunk=chunk)
        else:
            with workers(cluster="local"):
                yield lambda chunk: workers(chunk=chunk)


#: All of them for a run; for the other questions, which take longer, as many as tell (CHUNKS=all: all of them).
FEWER = {} if os.environ.get("CHUNKS") == "all" else {q: (1,) for q in QUESTIONS if not q.startswith("run")}
ASKED = [(question, chunk) for question in QUESTIONS for chunk in FEWER.get(question, (1, 3, 16))]


@pytest.mark.parametrize(("question", "chunk"), ASKED)
def test_same_bytes(question: str, chunk: int, place: Place) -> None:
    wanted = alone(question)
    with place(chunk):
        assert QUESTIONS[question]() == wanted
