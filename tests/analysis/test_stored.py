"""Questions by way of a store: the same bytes, nothing done twice, and other draws or edits are other pieces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.search.poll import Beyond
from sim.engine.draws import BLOCK
from sim.engine.profiles import compile_case
from sim.execution import tasks
from sim.execution.fold import total
from sim.execution.holdings import stored
from sim.execution.workers import workers
from tests import small

#: Two blocks, of which the last counts in part.
DRAWS = BLOCK + 77
VARY = ["red.status.importance=minor,major,critical", "blue.no_deal.cost=0,0.1"]

QUESTIONS: dict[str, Callable[[sim.Loaded], Any]] = {
    "Run": lambda loaded: sim.score(loaded)[0],
    "Trying": lambda loaded: sim.levers(loaded, pairs=True),
    "Scoring": lambda loaded: sim.amend(loaded, changes=1),
    "Counting": lambda loaded: sim.search(loaded, changes=2),
    "SweepPoints": lambda loaded: sim.sweep(loaded, VARY),
    "SweepPoints of talks": lambda loaded: sim.sweep(loaded, VARY[:1], protocol="alternating_offers"),
}


@pytest.fixture(scope="module")
def deal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.write(tmp_path_factory.mktemp("deal"))


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kind of each task that this process does of a job that a store keeps."""
    kinds: list[str] = []
    real = tasks.done

    def counted(job: Any, *arguments: Any, **more: Any) -> Any:
        if job.key(0) is not None:
            kinds.append(type(job).__name__)
        return real(job, *arguments, **more)

    monkeypatch.setattr("sim.execution.pools.done", counted)
    return kinds


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered_from_its_store(name: str, deal: Path, done: list[str], tmp_path: Path) -> None:
    question, kind = QUESTIONS[name], name.split()[0]
    loaded, more = (sim.load(deal, draws=draws) for draws in (DRAWS, DRAWS + BLOCK))
    plain = [question(on).to_json() for on in (loaded, more)]
    with workers(store=tmp_path / "store", chunk=1):
        assert question(loaded).to_json() == plain[0]
        assert kind in done
        done.clear()
        assert question(loaded).to_json() == plain[0]
        assert done == []
        assert question(more).to_json() == plain[1]
        assert kind in done
        done.clear()
        edited = loaded.with_({"red.land.weight": [0.2, 0.3]})
        assert question(edited).to_json() != plain[0]
        assert kind in done
    works = stored(tmp_path / "store").works
    assert kind in {work.kind for work in works}
    assert {work.texts for work in works} == {("deal",)}


@pytest.mark.parametrize("name", ["Run", "Trying", "SweepPoints", "SweepPoints of talks", "Sobol"])
def test_the_same_content_in_another_order_is_other_work(name: str, deal: Path, tmp_path: Path) -> None:
    """Options and issues are numbered in the order of the files, by which rankings are drawn."""
    question = QUESTIONS.get(name, lambda loaded: sim.sobol(loaded, n=64))
    loaded = sim.load(deal, draws=200)
    contents = [loaded.to_dict() for _ in range(2)]
    _turn(contents[0]["domain"]["issues"]["issues"])
    for issue in contents[1]["domain"]["issues"]["issues"].values():
        _turn(issue["options"])
    with workers(store=tmp_path):
        question(loaded)
    for other in map(sim.from_dict, contents):
        assert other.sha256 == loaded.sha256
        plain = question(other).to_json()
        with workers(store=tmp_path):
            assert question(other).to_json() == plain


def _turn(items: dict[str, Any]) -> None:
    """Put the last first."""
    turned = dict(reversed(items.items()))
    items.clear()
    items.update(turned)


def test_a_saved_run_is_swept_over_days_as_saved(deal: Path, tmp_path: Path) -> None:
    """Its edits lie in its content and stay; those of a call are made anew on each day: the same hash, other points."""
    edits = ["red.status.ranking=[member, undecided, neutral]", "red.status.red_lines=none"]
    loaded = sim.load(deal, draws=200, edits=edits)
    saved = sim.load(sim.save(loaded, sim.score(loaded)[0], tmp_path / "results"))
    assert saved.sha256 == loaded.sha256
    vary = ["as_of=as_it_stands,2025-01-01"]
    with workers(store=tmp_path / "store"):
        sim.sweep(loaded, vary)
        with_store = sim.sweep(saved, vary).to_json()
    assert with_store == sim.sweep(saved, vary).to_json() != sim.sweep(loaded, vary).to_json()


def test_draws_beyond_those_that_a_search_keeps_are_counted_from_their_block(deal: Path, tmp_path: Path) -> None:
    """As many blocks, the last of which has more draws in one case than in the other, are two pieces."""
    loaded = sim.load(deal, draws=2 * BLOCK + 77)
    counts = []
    with workers(store=tmp_path / "store"):
        for draws in (2 * BLOCK + 77, 3 * BLOCK, 2 * BLOCK + 77):
            case = compile_case(loaded.with_(draws=draws).scenario)
            rows = np.array([case.text])
            job = Beyond(case, rows, BLOCK + 5, loaded.sha256)
            counts.append(total(job).tolist())
            assert counts[-1] == sum(job.block(0, block) for block in range(2)).tolist()  # type: ignore[union-attr]
    assert counts[0] == counts[2] != counts[1]
