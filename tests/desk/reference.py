"""What the engine counts for texts, in the words of the page: the twin that the page in the browser is held against."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.engine.demands import counted_demands, demands
from sim.engine.packages import OPEN, Packages
from sim.engine.profiles import Case
from sim.scenario.labels import labels_of
from sim.simulation.runner import run_cases
from sim.simulation.summary import summarise
from sim.simulation.tally import PartyTally, Tally


def packages(case: Case, n: int, seed: int = 7) -> Packages:
    """The text, the outcomes of no deal, then a third each: any package, few changes of the text, some issues open."""
    rng = np.random.default_rng(seed)
    sizes = np.array(case.space.sizes)
    rows = [case.text.copy(), *(np.array(o, np.int16) for o in case.profiles[0].outcomes)]
    while len(rows) < n:
        anything = rng.integers(0, sizes).astype(np.int16)
        row = anything.copy() if len(rows) % 3 == 0 else case.text.copy()
        if len(rows) % 3:
            at = rng.choice(len(sizes), min(len(sizes), int(rng.integers(1, 5))), replace=False)
            row[at] = anything[at]
        if len(rows) % 3 == 2:
            row[rng.choice(len(sizes), min(len(sizes), int(rng.integers(1, 3))), replace=False)] = OPEN
        rows.append(row)
    return np.array(rows[:n], np.int16)


def with_text(case: Case, row: Packages) -> Case:
    """The case with another text; a term of it that is the old one's stays assumed where that is."""
    names = case.space.issues
    kept = {name for j, name in enumerate(names) if row[j] == case.text[j]}
    return dataclasses.replace(
        case,
        text=row,
        open_issues=tuple(names[j] for j in np.flatnonzero(row == OPEN)),
        assumed_issues=tuple(
            name for name in case.assumed_issues if name in kept and row[case.space.issue(name)] != OPEN
        ),
    )


def expected(case: Case, rows: Sequence[Packages]) -> list[dict[str, Any]]:
    """What the page has to say of each text."""
    cases = [with_text(case, np.asarray(row)) for row in rows]
    return [_answer(c, tally) for c, tally in zip(cases, run_cases(cases), strict=True)]


def _answer(case: Case, tally: Tally) -> dict[str, Any]:
    result = summarise(case, tally, "", [])
    need = case.need(case.text)
    asked = case.asked
    return {
        "text": case.text.tolist(),
        "assumed": [case.space.issue(name) for name in case.assumed_issues],
        "asked": list(asked),
        "violated": [r.constraint.id for r in case.space.rules if r.broken_by(case.text[None])[0]],
        "joint": int(tally.joint[0]) if asked else None,
        "signed": int(tally.signed[0]) if case.signing else None,
        "jointByLayer": tally.joint_layers.tolist(),
        "open": _open(case, tally),
        "filler": _filler(case, tally),
        "parties": [
            _party(case, p.id, need[p.id].because, tally.parties[p.id], of)
            for p, of in zip(case.profiles, result.parties, strict=True)
        ],
    }


def _party(case: Case, party: str, because: str | None, tally: PartyTally, result: Any) -> dict[str, Any]:
    objection, ratified = result.main_objection, result.ratification
    labels, counted = labels_of(case.scenario.domain), counted_demands(case, party)
    return {
        "id": party,
        "because": because,
        "own": int(tally.own[0]),
        "decided": int(tally.decided[0]),
        "byLayer": tally.layers.tolist(),
        "ownByLayer": tally.own_layers.tolist(),
        "sole": int(tally.sole[0]) if len(tally.sole) else None,
        "agrees": int(tally.agrees[0]),
        "crossed": tally.crossed.tolist(),
        "unmet": [
            {"label": labels.demand(party, x.demand.id), "issues": [case.space.issue(i) for i in x.unmet]}
            for x in demands(case, party, ())
            if x.unmet and x.demand in counted
        ],
        "ownEvidence": tally.own.tolist()[1:],
        "evidence": tally.bounds.tolist(),
        "strip": tally.own_strip.tolist() or None,
        "objection": None
        if objection is None
        else [objection.kind, objection.issue, objection.option or objection.refusal, objection.share],
        "ratification": None
        if ratified is None
        else [ratified.passes, ratified.polls, ratified.mixed, ratified.decided, list(ratified.yes)],
    }


def _open(case: Case, tally: Tally) -> Any:
    if not case.open_issues:
        return None
    rows, whole = case.completions
    if not whole:
        return "too many"
    if not len(rows):
        return {"completions": 0}
    best, worst = int(tally.completions.max()), int(tally.completions.min())
    return {"completions": len(rows), "some": tally.some, "every": tally.every, "best": best, "worst": worst}


def _filler(case: Case, tally: Tally) -> Any:
    if not case.assumed_issues or not case.asked:
        return None
    rows, whole = case.fillings
    if not whole:
        return "too many"
    if not len(rows):
        return None
    shares = tally.fillings / tally.filled
    return [float(shares.min()), float(np.median(shares)), float(shares.max()), len(rows)]
