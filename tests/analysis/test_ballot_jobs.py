"""Levers, amendments, searches and sweeps: the same to the last bit whoever counts, in whatever portions; and kept."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.analysis.amend.scores import Scoring
from sim.analysis.levers import trials
from sim.analysis.levers.trials import EditSet, Trying, tried
from sim.analysis.search.poll import Beyond
from sim.analysis.shared import counting
from sim.analysis.shared.ballots import amended
from sim.analysis.shared.counting import Counting, counted, counted_texts
from sim.engine.draws import BLOCK
from sim.execution.job import Job
from sim.results.documents import Document
from sim.scenario.loading import Loaded
from sim.simulation.cases import compiled
from tests import own_rules

DRAWS = 2 * BLOCK + 100

Ask = Callable[[Loaded], Document]
QUESTIONS: dict[str, Ask] = {
    "levers": sim.levers,
    "pairs": lambda on: sim.levers(on, pairs=True),
    "amend": lambda on: sim.amend(on, changes=2),
    "search": lambda on: sim.search(on, texts=[]),
}


@pytest.fixture
def on(deal: Path) -> Loaded:
    return sim.load(deal, draws=DRAWS)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as pool:
        yield pool


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that there are several."""
    monkeypatch.setattr(trials, "BATCH", 30)
    monkeypatch.setattr(counting, "BATCH", 2)


@pytest.mark.parametrize("name", QUESTIONS)
def test_whoever_counts(name: str, on: Loaded, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.analysis.search.search.SEARCHED", BLOCK)
    here = QUESTIONS[name](on).to_json()
    others: list[AbstractContextManager[object]] = [
        sim.workers(2, chunk=1), sim.workers(2, chunk=3), sim.workers(threads, chunk=1), sim.workers(chunk=16)
    ]  # fmt: skip
    for other in others:
        with other:
            assert QUESTIONS[name](on).to_json() == here


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_kept_is_not_counted_again(
    name: str, on: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.analysis.search.search.SEARCHED", BLOCK)
    here = QUESTIONS[name](on).to_json()
    with sim.workers(store=tmp_path / "store"):
        assert QUESTIONS[name](on).to_json() == here
        for job in (Trying, Scoring, Beyond):
            monkeypatch.setattr(job, "block", _nothing)
        assert QUESTIONS[name](on).to_json() == here


def _nothing(*_: object) -> None:
    raise AssertionError("a block was counted again")


def test_other_edits_and_other_texts_have_other_keys(on: Loaded) -> None:
    [case] = compiled([on])
    rows = np.stack([case.text, case.text])
    rows[1, 0] = 1 - rows[1, 0]
    jobs: list[Job[object, object]] = [
        *(Trying(on, ((EditSet((text,), ("red",)),),), None) for text in ("red.status=unknown", "red.land=unknown")),
        Trying(on, ((EditSet(("red.status=unknown",), ("red",)),),), 1),
        Trying(on.with_(seed=7), ((EditSet(("red.status=unknown",), ("red",)),),), None),
        *(Counting(case, (rows[k:],), DRAWS, seed, on.sha256) for k in (0, 1) for seed in (1, 2)),
        *(Scoring(case, rows[k:], on.sha256) for k in (0, 1)),
        *(Beyond(case, rows[k:], DRAWS - BLOCK, on.sha256) for k in (0, 1)),
    ]
    keys = [{"kind": type(job).__name__, **(job.key(0) or {})} for job in jobs]
    assert all(len(key) > 1 for key in keys)
    assert len({repr(key) for key in keys}) == len(jobs)


def test_rows_count_as_their_cases_do(on: Loaded) -> None:
    [case] = compiled([on])
    rows = np.repeat(case.text[None], 5, axis=0)
    rows[:, 3] = [0, 1, 2, 0, 1]
    rows[3:, 1] = 0
    cases = [case, *(amended(case, row) for row in rows)]
    assert [*counted_texts(case, rows, DRAWS, 1)] == [*counted(cases, DRAWS, 1)]


def test_what_a_worker_makes_of_texts_is_what_is_made_here(on: Loaded) -> None:
    """Where no rule of files forbids it: then the rule travels back."""
    [case] = compiled([on])
    texts = ["red.status=unknown", "blue.land.importance=none", "blue.no_deal.cost=0.1"]
    sets = [EditSet((text,), (text.partition(".")[0],)) for text in texts]
    here = tried(on, case, sets, pairs=3)
    sent: Trying = pickle.loads(pickle.dumps(Trying(on, (tuple(sets),), 3)))
    assert sent.base[1].scenario is not case.scenario
    there = sent.joined(sent.joined(sent.block(0, 0), sent.block(0, 1)), sent.block(0, 2))
    assert (there.sets, there.base, there.without) == (here.sets, here.base, here.without)
    assert {pair: counts.tolist() for pair, counts in there.across.items()} == {
        pair: counts.tolist() for pair, counts in here.across.items()
    }
    assert here.sets[1] == "a red line on an issue of importance none"


def test_an_edit_takes_a_hundred_bytes_to_send(on: Loaded) -> None:
    sets = [EditSet((f"red.status.importance=class_{k}",), ("red",)) for k in range(1000)]
    none, all_ = (len(pickle.dumps(Trying(on, (tuple(some),), None))) for some in ([], sets))
    assert all_ - none < 100 * len(sets)


def test_rules_registered_here_do_not_travel() -> None:
    own_rules.register()
    on = own_rules.own(own_rules.scenario())
    [case] = compiled([on])
    jobs: list[Job[object, object]] = [
        Trying(on, ((),), None),
        Counting(case, (case.text[None],), DRAWS, 1, on.sha256),
        Scoring(case, case.text[None], on.sha256),
        Beyond(case, case.text[None], 0, on.sha256),
    ]
    assert [job.travels for job in jobs] == [False] * 4
    assert [job.key(0) for job in jobs] == [None] * 4
