"""Where to begin with the sources of a library: every cell in force at some text, the one on which most hangs first."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from sim.analysis.audit.result import Audited, AuditedText, AuditResult, InForce, Kind, KindCount, NotFound
from sim.analysis.audit.support import Rows, Weakness
from sim.analysis.audit.verdict_shares import Hanging, hanging, settles_nothing
from sim.analysis.shared.parties import lines_crossed
from sim.engine.profiles import Case, Cell, CellBasis, Line, Profile
from sim.report.looked_for import Missing, missing
from sim.results.records import SLACK, versions
from sim.results.verdicts import OLD_DAYS
from sim.scenario import schema
from sim.scenario.labels import labels_of, together
from sim.scenario.loading import Loaded
from sim.simulation.score import compiled

#: Bases of what somebody said, or the user of a run; the others are the modeller's own, or silence.
SOURCED = ("stated", "inferred", "edited")


def audit(loaded: Sequence[Loaded]) -> AuditResult:
    """Audit the positions in force at each text, on its own day.

    Raises ValueError for texts of several domains, and for none; Complaints as
    :func:`sim.simulation.score.compiled` does.
    """
    cases = compiled(loaded)
    titles = list(dict.fromkeys(case.scenario.domain.issues.title for case in cases))
    if len(titles) != 1:
        what = f"texts of several domains ({'; '.join(titles)}); audit" if titles else "no texts to audit; name"
        raise ValueError(f"{what} those of one domain at a time")
    entries: dict[object, _Entry] = {}
    ids = _told_apart([case.id for case in cases])
    for id, case, shares in zip(ids, cases, hanging(cases), strict=True):
        rows = Rows(case.scenario.domain)
        for profile in case.profiles:
            for entry, here in _in_force(id, case, profile, shares.get(profile.id), rows):
                entries.setdefault(entry.key, entry).texts.append(here)
    counted = sum(not settles_nothing(case) for case in cases)
    order = {p.id: k for case in reversed(cases) for k, p in enumerate(case.profiles)}
    ranked = sorted(entries.values(), key=lambda e: (-e.verdicts, order[e.party]))
    found = tuple(entry.record(k, counted) for k, entry in enumerate(ranked, 1))
    names = {p.id: p.name for case in cases for p in case.profiles}
    return AuditResult(
        title=titles[0],
        sources=any(case.scenario.domain.evidence for case in cases),
        texts=tuple(_text(id, case) for id, case in zip(ids, cases, strict=True)),
        counted=counted,
        parties=names,
        party_shares={p: _whole(math.fsum(x.share for x in found if x.party == p)) for p in names},
        kinds=tuple(_kinds(found, counted)),
        found=found,
        not_found=tuple(_not_found(found)),
        labels=together(labels_of(case.scenario.domain) for case in cases),
        versions=versions(),
    )


def _told_apart(ids: Sequence[str]) -> list[str]:
    """Ids of texts; the second of one id and those after it (saved runs of a text, say) with their number behind it."""
    return [id if (number := ids[: k + 1].count(id)) == 1 else f"{id} #{number}" for k, id in enumerate(ids)]


def _text(id: str, case: Case) -> AuditedText:
    scenario = case.scenario
    return AuditedText(
        id=id,
        title=scenario.name,
        date=scenario.proposal.date,
        as_of=scenario.day,
        draws=scenario.draws,
        seed=scenario.seed,
        asked=case.asked,
        counted=not settles_nothing(case),
    )


@dataclass
class _Entry:
    """What stands in the files, the same at every text in ``texts``."""

    key: object
    kind: Literal["cell", "refusal"]
    party: str
    issue: str | None
    refusal: str | None
    start: dt.date | None
    basis: CellBasis
    importance_basis: CellBasis | None
    line_bases: tuple[CellBasis, ...]
    rows: list[schema.Evidence]
    dating: list[schema.Evidence]
    sources: int
    texts: list[InForce] = field(default_factory=list)

    @property
    def sourced(self) -> bool:
        return any(b in SOURCED for b in (self.basis, self.importance_basis, *self.line_bases))

    @property
    def verdicts(self) -> float:
        return math.fsum(x.of_verdict for x in self.texts)

    def record(self, rank: int, counted: int) -> Audited:
        weak: dict[Weakness, None] = dict.fromkeys(w for x in self.texts for w in x.weak)
        days = [x.searched for x in self.texts]
        return Audited.model_validate(
            {
                "rank": rank, "kind": self.kind, "party": self.party, "issue": self.issue, "refusal": self.refusal,
                "from": self.start, "basis": self.basis, "importance_basis": self.importance_basis,
                "line_bases": self.line_bases, "evidence": tuple(row.id for row in self.rows),
                "documents": len({row.source for row in self.rows}), "sources": self.sources, "weak": tuple(weak),
                "sourced": self.sourced, "searched": _oldest(days), "verdicts": self.verdicts,
                "share": self.verdicts / max(counted, 1),
                "by_lines": math.fsum(x.by_lines for x in self.texts) / max(counted, 1), "texts": tuple(self.texts),
            }
        )  # fmt: skip


def _oldest(days: Sequence[dt.date | None]) -> dt.date | None:
    """None where one of them is."""
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def _not_found(found: Sequence[Audited]) -> Iterator[NotFound]:
    """Cells whose order, or whose place of what some text says, was looked for and not found."""
    for x in found:
        by: dict[Missing, list[InForce]] = {}
        for at in x.texts:
            if at.missing is not None:
                by.setdefault(at.missing, []).append(at)
        for what, texts in by.items():
            searched = _oldest([at.searched for at in texts])
            assert searched is not None
            yield NotFound.model_validate(
                {"party": x.party, "issue": x.issue, "from": x.start, "searched": searched, "missing": what,
                 "texts": tuple(at.text for at in texts)}
            )  # fmt: skip


def _in_force(
    id: str, case: Case, profile: Profile, shares: Hanging | None, rows: Rows
) -> Iterator[tuple[_Entry, InForce]]:
    """Every cell and refusal of a party on the scenario's day, with what hangs on it."""
    seen = case.space.seen(case.text[None], profile.id)[0].tolist()
    drawn = shares is not None and not settles_nothing(case)

    crossed = set(lines_crossed(case, profile))

    def here(
        entry: _Entry, basis: CellBasis, searched: dt.date | None, cell: int | None, lines: Sequence[int]
    ) -> InForce:
        date = case.scenario.proposal.date
        of_answer, of_verdict, by_lines = None, 0.0, 0.0
        if shares is not None:
            whole = [] if cell is None else [shares.own_cells[cell]]
            of_answer = math.fsum((*whole, *(shares.own_lines[k] for k in lines)))
        if shares is not None and drawn:
            by_lines = math.fsum(shares.lines[k] for k in lines)
            of_verdict = by_lines + (0.0 if cell is None else float(shares.cells[cell]))
        # what a line forbids hangs on the line: its own rows tell how old that is
        met = [row for k in lines if profile.lines[k] in crossed for row in rows.dating(profile.id, profile.lines[k])]
        return InForce(
            text=id,
            age=None if entry.start is None else (date - entry.start).days,
            evidence_age=min(((date - row.date).days for row in met or entry.dating), default=None),
            basis=basis,
            weak=rows.weaknesses(entry.rows, date) if entry.sourced else (),
            searched=searched,
            missing=missing(searched, bool(profile.cells[cell].evidence.ranking), basis) if cell is not None else None,
            of_answer=of_answer,
            of_verdict=of_verdict,
            by_lines=by_lines,
        )

    for j, cell in enumerate(profile.cells):
        own = [k for k, line in enumerate(profile.lines) if line.kind == "red_line" and line.issue == cell.issue]
        entry = _cell(profile, cell, [profile.lines[k] for k in own], rows)
        yield entry, here(entry, profile.ranking_basis(j, seen[j]), cell.searched, j, own)
    # a copy of a refusal belongs to it; one of a refusal that is not in force stands by itself
    there = {line.id for line in profile.lines if line.kind == "refusal"}
    for number, line in enumerate(profile.lines):
        if line.kind == "refusal" and line.like not in there:
            entry = _refusal(case, profile, line, rows)
            alike = [
                k for k, x in enumerate(profile.lines) if x.kind == "refusal" and (k == number or x.like == line.id)
            ]
            named = [profile.cells[issue].searched for issue, _ in line.condition.masks]
            yield entry, here(entry, line.basis, _oldest(named), None, alike)


def _cell(profile: Profile, cell: Cell, lines: Sequence[Line], rows: Rows) -> _Entry:
    cited = rows.cited((*cell.evidence.all, *(id for line in lines for id in line.evidence)))
    return _Entry(
        key=(profile.id, cell, tuple(lines), tuple(cited)),
        kind="cell",
        party=profile.id,
        issue=cell.issue,
        refusal=None,
        start=cell.start,
        basis=cell.ranking_basis,
        importance_basis=cell.importance_basis,
        line_bases=tuple(line.basis for line in lines),
        rows=cited,
        dating=[*rows.cited(cell.evidence.all), *(row for line in lines for row in rows.dating(profile.id, line))],
        sources=rows.independent(cited),
    )


def _refusal(case: Case, profile: Profile, line: Line, rows: Rows) -> _Entry:
    cited = rows.cited(line.evidence)
    refuses = case.scenario.domain.positions[profile.id].refuses
    return _Entry(
        key=(profile.id, line, tuple(cited)),
        kind="refusal",
        party=profile.id,
        issue=None,
        refusal=line.id,
        start=next(r.start for r in refuses if r.id == line.id),
        basis=line.basis,
        importance_basis=None,
        line_bases=(),
        rows=cited,
        dating=rows.dating(profile.id, line),
        sources=rows.independent(cited),
    )


# --- counts -------------------------------------------------------------------------------


def _kinds(found: Sequence[Audited], counted: int) -> Iterator[KindCount]:
    """Every kind that there is, in the order of :data:`sim.analysis.audit.result.Kind`."""
    totals: dict[Kind, list[tuple[Audited, float]]] = {}
    for entry in found:
        for kind, verdicts in _kinds_of(entry).items():
            totals.setdefault(kind, []).append((entry, verdicts))
    for kind in get_args(Kind):
        if kind in totals:
            parties: dict[str, int] = {}
            for entry, _ in totals[kind]:
                parties[entry.party] = parties.get(entry.party, 0) + 1
            share = math.fsum(verdicts for _, verdicts in totals[kind]) / max(counted, 1)
            yield KindCount(kind=kind, count=len(totals[kind]), share=_whole(share), parties=parties)


def _whole(share: float) -> float:
    """A share that is 1 but for what rounding leaves of sums, as 1."""
    return 1.0 if abs(share - 1) < SLACK else share


def _kinds_of(entry: Audited) -> dict[Kind, float]:
    """The kinds of an entry, each with the verdicts that hang on it where it is of that kind."""
    many: Kind = "several_sources" if entry.sources > 1 else "one_source"
    result: dict[Kind, float] = dict.fromkeys(
        (
            entry.kind,
            entry.basis,
            many if entry.sourced and entry.sources else "no_source",
            "not_searched" if entry.searched is None else "searched",
        ),
        entry.verdicts,
    )

    def at(kind: Kind, texts: Sequence[InForce]) -> None:
        if texts:
            result[kind] = math.fsum(x.of_verdict for x in texts)

    for weakness in entry.weak:
        if weakness != "one_source":
            at(weakness, [x for x in entry.texts if weakness in x.weak])
    at("place", [x for x in entry.texts if x.basis != entry.basis])
    at("old", [x for x in entry.texts if x.age is not None and x.age > OLD_DAYS])
    return result
