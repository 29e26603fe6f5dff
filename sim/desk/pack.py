"""The draw pack: all that a browser needs to judge any text of a domain on the draws of one scenario.

A pack holds *factors*, not products: the exponentials that weights are made of and the plan that makes them, values of
options, beliefs, costs, reservation values, thresholds of lines. The page multiplies and adds them in the order in
which :mod:`sim.engine.preferences` does, so that its counts are those of :func:`sim.score` on the same draws, and
what hangs on the weights alone (the interval on the evidence, another class of importance) needs no further draws.

``sim/desk/README.md`` says what each key of the format means.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from sim._version import __version__
from sim.analysis.shared.own_rules import unanswered
from sim.engine.demands import counted_demands
from sim.engine.draws import BLOCK, Array, blocks
from sim.engine.packages import Condition, Space
from sim.engine.preferences import Memo, PlanEntry, Preferences, preferences_for, weight_plan
from sim.engine.profiles import Case, Cell, Line, Ordinal, Profile, term_bases
from sim.files.ceilings import check_draws
from sim.scenario import schema
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.simulation.cases import compiled

#: Name and version of the format. A further key keeps it; another meaning of one takes the next number.
FORMAT = "sim-draw-pack/1"

#: A quantity by draw: the number of a row, in a list, or the number that it is in every draw.
Quantity: TypeAlias = "float | list[int]"
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Pack:
    """``header`` is what JSON can say; ``rows`` has shape ``(rows, draws)``, in double precision."""

    header: Json
    rows: Array

    def document(self, *, exact: bool = False, small: bool = True) -> Json:
        """The pack as one JSON document: the header with the rows as text.

        Rows are little-endian, one after the other, byte by byte (all first bytes, then all second ones), in gzip and
        base64; in single precision, or in double precision where it is to be ``exact``. What need not be ``small`` is
        not compressed.
        """
        numbers = "float64" if exact else "float32"
        raw = np.ascontiguousarray(self.rows, "<f8" if exact else "<f4")
        planes = raw.view(np.uint8).reshape(-1, raw.itemsize).T
        blob = base64.b64encode(_gzip(planes.tobytes(), 1 if small else 0)).decode()
        return {**self.header, "numbers": numbers, "rows": len(self.rows), "blob": blob}

    def text(self, *, exact: bool = False) -> str:
        """:meth:`document` as JSON in one line."""
        return json.dumps(self.document(exact=exact), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _gzip(data: bytes, level: int) -> bytes:
    """In gzip, by frequency of bytes alone: draws do not repeat themselves, so looking for matches only costs time."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS, 9, zlib.Z_HUFFMAN_ONLY)
    return deflate.compress(data) + deflate.flush()


class _Rows:
    """Rows of draws, each there once; one that is the same in every draw is a number, so that ties stay ties."""

    def __init__(self, draws: int, before: _Rows | None = None) -> None:
        """``before`` are rows of the same draws, which go on here and stay as they are."""
        self._draws = draws
        self._rows: list[Array] = [] if before is None else list(before._rows)
        self._numbers: dict[bytes, int] = {} if before is None else dict(before._numbers)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, by_block: Sequence[Array | float]) -> Quantity:
        """A quantity from its arrays, shape ``(BLOCK,)``, or numbers, one a block."""
        row = np.concatenate([np.broadcast_to(part, (BLOCK,)) for part in by_block])[: self._draws]
        if row[0] == row[-1] and (row == row[0]).all():
            return float(row[0])
        row = np.ascontiguousarray(row, np.float64)
        number = self._numbers.setdefault(row.tobytes(), len(self._rows))
        if number == len(self._rows):
            self._rows.append(row)
        return [number]

    def table(self, first: int = 0) -> Array:
        """The rows from the ``first`` on, shape ``(rows, draws)``."""
        return np.array(self._rows[first:]).reshape(-1, self._draws)


def draw_pack(loaded: Loaded, texts: Mapping[str, Loaded] | None = None) -> Pack:
    """The pack of a scenario, with its own draws and seed.

    ``texts`` are further texts by id, on the same issues. Raises Complaints as :func:`sim.score` does.
    """
    return Packing(packable(loaded)).pack(loaded.sha256, texts or {})


def packable(loaded: Loaded) -> Case:
    """A scenario compiled, where a pack can carry all that judges it. Raises Complaints as :func:`sim.score` does."""
    [case] = compiled([loaded])
    refuse_own_rules(loaded, case)
    check_draws(case.scenario.draws, 1)
    return case


def refuse_own_rules(loaded: Loaded, case: Case) -> None:
    """Raises Complaints about a party that judges by a rule of its author's own."""
    for profile in case.profiles:
        if profile.utility is not None or profile.acceptance is not None:
            what = "a page cannot carry a rule of one's own, which is code"
            raise unanswered(loaded, case, profile.id, what, "ask sim run, or make the page without the rule")


class Packing:
    """The pack of a compiled scenario with what it was drawn from, so that parties can be put in place of its own."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._rows = _Rows(case.scenario.draws)
        self._memos = [Memo(case.scenario.seed, block) for block, _ in enumerate(blocks(case.scenario.draws))]
        self._parties = [_party(case, profile, self._memos, self._rows) for profile in case.profiles]

    def pack(self, sha256: str, texts: Mapping[str, Loaded]) -> Pack:
        """The pack, where ``sha256`` is the hash of the scenario's files and ``texts`` are further texts by id."""
        case, scenario = self.case, self.case.scenario
        header = {
            "format": FORMAT,
            "version": __version__,
            "scenario": {"id": case.id, "title": scenario.title, "day": str(scenario.day), "sha256": sha256},
            "draws": scenario.draws,
            "seed": scenario.seed,
            "evidence": scenario.evidence,
            "issues": _issues(case),
            "text": _text(scenario, case.space),
            "texts": {name: _text(other.scenario, case.space) for name, other in texts.items()},
            "no_deal": [_condition(c) for c in case.absences.values()],
            "effects": _effects(case.space),
            "rules": _rules(case.space),
            "turning": _turning(case),
            "parties": self._parties,
        }
        return Pack(header, self._rows.table())

    def changed(self, case: Case) -> Pack:
        """The parties that an edited scenario has otherwise, with only the rows that this pack lacks.

        They are numbered on from ``first`` of the header: lower numbers are rows of this one.
        """
        rows, first = _Rows(case.scenario.draws, self._rows), len(self._rows)
        memos = [memo.copy() for memo in self._memos]
        before = zip(self.case.profiles, self._parties, strict=True)
        parties = [
            _party(case, profile, memos, rows, known)
            for profile, known in zip(case.profiles, before, strict=True)
            if profile is not known[0]
        ]
        return Pack({"first": first, "draws": case.scenario.draws, "parties": parties}, rows.table(first))


# --- what is the same in every draw ---------------------------------------------------------------


def _condition(condition: Condition) -> list[list[Any]]:
    """Pairs of an issue and the options that satisfy it; -1 among them for an issue left open."""
    return [
        [issue, [o for o, fits in enumerate(mask[:-1]) if fits] + ([-1] if mask[-1] else [])]
        for issue, mask in condition.masks
    ]


def _issues(case: Case) -> list[Json]:
    labels = labels_of(case.scenario.domain)
    return [
        {
            "id": name,
            "label": labels.issue(name),
            "question": issue.question,
            "options": [{"id": o, "label": labels.option(name, o), "text": x.text} for o, x in issue.options.items()],
        }
        for name, issue in case.scenario.domain.issues.issues.items()
    ]


def _text(scenario: schema.Scenario, space: Space) -> Json:
    terms, bases = scenario.proposal.terms, term_bases(scenario)
    return {
        "title": scenario.title,
        "date": str(scenario.proposal.date),
        "terms": space.package({issue: terms[issue].option for issue in space.issues}).tolist(),
        "basis": [bases[issue] for issue in space.issues],
        "evidence": [list(terms[issue].evidence) for issue in space.issues],
        "assumed": [j for j, i in enumerate(space.issues) if bases[i] == "assumed" and not terms[i].open],
    }


def _turning(case: Case) -> int | None:
    name = case.scenario.domain.issues.no_deal.turning_issue
    return None if name is None else case.space.issue(name)


def _effects(space: Space) -> list[Json]:
    return [
        {
            "id": e.effect.id,
            "parties": None if e.effect.parties is None else list(e.effect.parties),
            "when": _condition(e.when),
            "then": [list(term) for term in e.then],
            "doubtful": e.effect.id in space.doubtful,
            "why": e.effect.why,
        }
        for e in space.effects
    ]


def _rules(space: Space) -> list[Json]:
    return [
        {
            "id": r.constraint.id,
            "severity": r.constraint.severity,
            "when": _condition(r.when),
            "then": _condition(r.then),
            "why": r.constraint.why,
        }
        for r in space.rules
    ]


# --- parties -----------------------------------------------------------------------------------------


def _party(
    case: Case, profile: Profile, memos: Sequence[Memo], rows: _Rows, before: tuple[Profile, Json] | None = None
) -> Json:
    """A party; ``before`` is the same one otherwise, whose rows are there: what is drawn alike is not looked up."""
    drawn = [preferences_for(profile, case.space.sizes, memo) for memo in memos]
    always, conditions = case.consent[profile.id]
    raw = None if before is None else before[1]["weights"].get("raw")

    def values(j: int, cell: Cell) -> list[Quantity]:
        if before is not None and before[0].cells[j].values == cell.values:
            there: list[Quantity] = before[1]["cells"][j]["values"]
            return there
        return [rows.add([p.values[j][o] for p in drawn]) for o in range(case.space.sizes[j])]

    return {
        "id": profile.id,
        "name": profile.name,
        "role": profile.role,
        "members": list(profile.members),
        "silent": profile.silent,
        "quota": None if profile.decides is None else profile.decides.quota,
        "consent": {"always": always, "when": [[_condition(c), words] for c, words in conditions]},
        "weights": _weights(profile, drawn, rows, raw, evidence=False),
        "weights_on_evidence": _weights(profile, drawn, rows, raw, evidence=True),
        "cells": [_cell(cell, values(j, cell)) for j, cell in enumerate(profile.cells)],
        "lines": [_line(profile, line, memos, rows) for line in profile.lines],
        "demands": [
            {"label": labels_of(case.scenario.domain).demand(profile.id, x.id), "enough": _enough(case.space, x)}
            for x in counted_demands(case, profile.id)
        ],
        "coin": _coin(profile, memos, rows),
        "outcomes": [list(outcome) for outcome in profile.outcomes],
        "beliefs": _beliefs(profile, drawn, rows),
        "beliefs_sourced": profile.beliefs_basis not in ("assumed", "unknown"),
        "cost": rows.add([p.cost for p in drawn]),
        "reservation": None if profile.reservation is None else rows.add([_number(p.reservation) for p in drawn]),
    }


def _number(value: Array | float | None) -> Array | float:
    assert value is not None
    return value


def _weights(
    profile: Profile, drawn: Sequence[Preferences], rows: _Rows, raw: list[Quantity] | None, *, evidence: bool
) -> Json:
    """The plan of the weights and what it rearranges; where a range was drawn by rejection, the weights themselves."""
    plan = weight_plan(profile, evidence=evidence)
    if any(isinstance(entry, schema.Span) and not entry.fixed for entry in plan):
        weights = [p.weights_for(plan) for p in drawn]
        return {"weights": [rows.add([w[j] for w in weights]) for j in range(len(plan))]}
    raw = raw or [rows.add(by_block) for by_block in zip(*(p.exponentials for p in drawn), strict=True)]
    return {"plan": [_entry(entry) for entry in plan], "raw": raw}


def _entry(entry: PlanEntry) -> str | int | list[float] | None:
    """An issue without weight ``"none"``, a class by number, unknown None, a number in a list."""
    return [entry.low] if isinstance(entry, schema.Span) else entry


def _cell(cell: Cell, values: Sequence[Quantity]) -> Json:
    return {
        "values": values,
        "free": [o for o in range(len(values)) if cell.free(o)],
        "assumed": list(cell.assumed),
        "levels": levels_of(cell),
        "rest": list(cell.values.rest) if isinstance(cell.values, Ordinal) else [],
        "basis": cell.ranking_basis,
        "importance": None if cell.importance is None else str(cell.importance),
        "importance_basis": cell.importance_basis,
        "start": None if cell.start is None else str(cell.start),
        "evidence": {"ranking": list(cell.evidence.ranking), "importance": list(cell.evidence.importance)},
        "note": cell.note,
    }


def levels_of(cell: Cell) -> list[list[int]] | None:
    """The ranking, best first, by numbers of options; None where it is unknown or values are given."""
    if not isinstance(cell.values, Ordinal) or cell.ranking_basis == "unknown":
        return None
    levels = [list(level) for level in cell.values.levels]
    if cell.values.rest_at is not None:
        levels.insert(cell.values.rest_at, list(cell.values.rest))
    return levels


def _line(profile: Profile, line: Line, memos: Sequence[Memo], rows: _Rows) -> Json:
    return {
        "kind": line.kind,
        "id": line.id,
        "issue": line.issue,
        "when": _condition(line.condition),
        "layer": line.layer,
        "basis": line.basis,
        "evidence": list(line.evidence),
        "why": line.why,
        "quota": line.quota,
        "holds": None if line.holds is None else [line.holds.low, line.holds.high],
        "share": None if line.holds is None else rows.add([memo.refusing(profile.id, line) for memo in memos]),
    }


def _enough(space: Space, demand: schema.Demand) -> list[list[Any]]:
    """Pairs of an issue and the options that are enough."""
    return _condition(space.condition(demand.terms))


def _coin(profile: Profile, memos: Sequence[Memo], rows: _Rows) -> Quantity | None:
    """What decides, in a draw, whether lines with a chance bind; None where there is none."""
    if not any(line.holds is not None and line.quota is None for line in profile.lines):
        return None
    return rows.add([memo.coin(profile.id) for memo in memos])


def _beliefs(profile: Profile, drawn: Sequence[Preferences], rows: _Rows) -> list[Quantity] | None:
    by_block = [p.beliefs for p in drawn if p.beliefs is not None]
    return [rows.add([b[k] for b in by_block]) for k in range(len(profile.outcomes))] if by_block else None
