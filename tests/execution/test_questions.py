"""Questions that count or sum over draws: the same to the last bit whoever works, and in whatever pieces."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.flip.flip import flip
from sim.analysis.frontier.packages import joint_shares
from sim.analysis.shared.answering import answers
from sim.analysis.shared.evidence_alone import allowed
from sim.analysis.shared.expected import expected
from sim.analysis.shared.verdict_shares import hanging
from sim.analysis.sobol.sobol import PairsOfBlocks
from sim.analysis.trace.typical import Endings
from sim.engine.profiles import Case, compile_case
from sim.engine.ratification import ratification
from sim.execution.digests import digest
from sim.interop.exporting import exported
from tests import own_rules, small

#: Three blocks, of which the last counts in part.
DRAWS = 9000


@pytest.fixture(scope="module")
def deal(tmp_path_factory: pytest.TempPathFactory) -> sim.Loaded:
    return sim.load(small.write(tmp_path_factory.mktemp("deal")), draws=DRAWS)


def texts(loaded: sim.Loaded) -> list[Case]:
    """The scenario's own text and others for it, one with fewer draws."""
    others = [sim.edited(loaded, [edit]) for edit in ("proposal.status=member", "proposal.land=frozen")]
    return [compile_case(x.scenario) for x in (loaded, *others)]


def ends(loaded: sim.Loaded, protocol: str) -> Any:
    talks = Endings(compile_case(loaded.scenario.model_copy(update={"negotiation": _settings(loaded, protocol)})), None)
    return talks.outcome, talks.marks


def _settings(loaded: sim.Loaded, protocol: str) -> Any:
    return loaded.scenario.negotiation.model_copy(update={"protocol": protocol})


def own_gains(_: sim.Loaded) -> Any:
    own_rules.register()
    on = compile_case(own_rules.own(own_rules.scenario(DRAWS)).scenario)
    return [(terms.gain(on.space, on.text[None]), terms.leanings, terms.weights, terms.least) for terms in expected(on)]


def voted(_: sim.Loaded) -> Any:
    """A party whose people decide, over lines that a share of them draws."""
    on = compile_case(sim.load("istanbul", draws=DRAWS).scenario)
    reading = ratification(on, on.profile("ukrainian_public"), DRAWS // 2, 0.1)
    assert reading is not None
    assert 0 < reading.polls < 1
    return reading


def evaluated(loaded: sim.Loaded) -> Any:
    """Samples in one batch, some of which cannot be scored."""
    samples = {"red.no_deal.cost": [0.0, 0.1, 0.2], "blue.status.importance": ["minor", "hgih", "critical"]}
    table = sim.evaluate(loaded, samples, ["joint", "signed", "gain", "own"], on_error="nan")
    return table.values, {row: str(error) for row, error in table.errors.items()}


def compared(loaded: sim.Loaded) -> Any:
    """Proposals ranked, and one scenario under an edit set against itself."""
    ranked = sim.compare([loaded, sim.edited(loaded, ["proposal.land=frozen"])])
    edited = sim.compare([loaded, sim.edited(loaded, ["red.no_deal.cost=0.1"])])
    assert ranked.smaa is not None
    assert edited.changes[0].joint.change is not None
    return ranked.to_json(), edited.to_json()


QUESTIONS: dict[str, Callable[[sim.Loaded], Any]] = {
    "answers": lambda loaded: answers(texts(loaded)),
    "hanging": lambda loaded: hanging([*texts(loaded), _shorter(loaded)]),
    "allowed": lambda loaded: allowed(texts(loaded), DRAWS, 1),
    "expected": lambda loaded: [(t.fixed, t.tables, t.weights, t.least) for t in expected(texts(loaded)[0])],
    "gains by a rule of its own": own_gains,
    "ratification": voted,
    "flip": lambda loaded: flip(loaded).to_json(),
    "sobol": lambda loaded: sim.sobol(loaded, n=DRAWS).to_json(),
    "compare": compared,
    "packages": lambda loaded: joint_shares(on := texts(loaded)[0], np.stack([on.text, np.full_like(on.text, 0)])),
    "evaluate": evaluated,
    "vote, end by end": lambda loaded: ends(loaded, "vote"),
    "a single text, end by end": lambda loaded: ends(loaded, "single_text"),
    "export": lambda loaded: exported(loaded).accepting,
    "run": lambda loaded: sim.score(loaded)[0].to_json(),
}


def _shorter(loaded: sim.Loaded) -> Case:
    """One that has no draw in the last blocks."""
    return compile_case(loaded.scenario.model_copy(update={"draws": 100}))


@pytest.mark.parametrize("question", QUESTIONS)
def test_whoever_works_and_in_whatever_pieces(question: str, deal: sim.Loaded) -> None:
    ask = QUESTIONS[question]
    here = digest(ask(deal))
    with ThreadPoolExecutor(3) as threads:
        places: list[AbstractContextManager[Any]] = [
            nullcontext(),
            sim.workers(2, chunk=1),
            sim.workers(2, chunk=3),
            sim.workers(threads, chunk=1),
            sim.workers(threads, chunk=2),
        ]
        for place in places:
            with place:
                assert digest(ask(deal)) == here


def test_sums_of_sensitivity_that_are_kept_are_not_summed_again(
    deal: sim.Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = sim.sobol(deal, n=DRAWS).to_json()
    with sim.workers(1, store=tmp_path):
        assert sim.sobol(deal, n=DRAWS).to_json() == here
        monkeypatch.setattr(PairsOfBlocks, "block", None)
        assert sim.sobol(deal, n=DRAWS).to_json() == here


#: Digests of what the first blocks count: of pairs of draws, and of talks, whose beliefs are drawn in every way.
DIGESTS = """
import sim
from sim.analysis.sobol.sobol import PairsOfBlocks
from sim.execution.digests import digest
from sim.simulation.cases import compiled
from sim.simulation.runner import Run
[case] = compiled([sim.load("istanbul", protocol="single_text")])
print(digest(PairsOfBlocks(case, None, 5000, "").block(0, 0)), digest(Run((case,)).block(0, 0)))
"""


def test_no_digit_hangs_on_the_kind_of_processor_or_the_threads_of_a_library() -> None:
    """OpenBLAS multiplies and solves by the kernels of other processors, numpy without its wide registers."""
    kinds = [
        {"OPENBLAS_NUM_THREADS": "2"},
        {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Haswell"},
        {"OPENBLAS_CORETYPE": "Sandybridge", "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"},
    ]
    run = [sys.executable, "-W", "ignore", "-c", DIGESTS]
    outputs = [
        subprocess.run(run, env={**os.environ, **kind}, check=True, capture_output=True, text=True).stdout
        for kind in kinds
    ]
    assert len(outputs[0].split()) == 2
    assert len(set(outputs)) == 1
