"""Where to begin with the sources of a library: every cell in force at some text, the one on which most hangs first."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import get_args

from sim.analysis.audit.result import Audited, AuditedText, AuditResult, InForce, Kind, KindCount, NotFound
from sim.analysis.audit.support import Rows
from sim.analysis.shared.parties import lines_crossed
from sim.analysis.shared.verdict_shares import Hanging, hanging
from sim.engine.packages import OPEN
from sim.engine.profiles import Case, Cell, CellBasis, Line, Profile
from sim.files.arguments import InvalidArgument, several
from sim.report.looked_for import lacking
from sim.results.records import SLACK, versions
from sim.results.verdicts import OLD_DAYS
from sim.scenario import schema
from sim.scenario.labels import labels_of, together
from sim.scenario.loading import Loaded
from sim.simulation.cases import compiled

#: Bases of what somebody said, or the user of a run; the others are the modeller's own, or silence.
SOURCED = ("stated", "inferred", "edited")


def audit(loaded: Loaded | Sequence[Loaded]) -> AuditResult:
    """Audit the positions in force at each text, on its own day: what verdicts hang on, and what that rests on.

    Args:
        loaded: the texts, of one domain, or one.

    Returns:
        Cells and refusals, by how many of the verdicts hang on each (a share, between 0 and 1), with their sources.

    Raises:
        InvalidArgument: for texts of several domains, and for none.
        Complaints: where ranges leave almost nothing to draw from.

    Example:
        >>> import sim
        >>> sim.audit([sim.load("istanbul", draws=100)]).schema_
        'sim.audit/1'
    """
    cases = compiled([loaded] if isinstance(loaded, Loaded) else several("loaded", loaded, "loaded, other"))
    titles = list(dict.fromkeys(case.scenario.domain.issues.title for case in cases))
    if len(titles) != 1:
        what = f"texts of several domains ({'; '.join(titles)}); audit" if titles else "no texts to audit; name"
        raise InvalidArgument(f"{what} those of one domain at a time")
    texts: dict[_Entry, list[InForce]] = {}
    ids = _distinct([case.id for case in cases])
    for id, case, shares in zip(ids, cases, hanging(cases), strict=True):
        rows = Rows(case.scenario.domain)
        for profile in case.profiles:
            for entry, here in _in_force(id, case, profile, shares.get(profile.id), rows):
                texts.setdefault(entry, []).append(here)
    counted = sum(not settles_nothing(case) for case in cases)
    order = {p.id: k for case in reversed(cases) for k, p in enumerate(case.profiles)}
    ranked = sorted(texts, key=lambda entry: (-_verdicts(texts[entry]), order[entry.party]))
    entries = tuple(_audited(rank, entry, texts[entry], counted) for rank, entry in enumerate(ranked, 1))
    names = {p.id: p.name for case in cases for p in case.profiles}
    return AuditResult(
        title=titles[0],
        sources=any(case.scenario.domain.evidence for case in cases),
        texts=tuple(_text(id, case) for id, case in zip(ids, cases, strict=True)),
        counted=counted,
        parties=names,
        party_shares={p: _whole(math.fsum(x.share for x in entries if x.party == p)) for p in names},
        kinds=tuple(_kinds(entries, counted)),
        entries=entries,
        not_found=tuple(_not_found(entries)),
        labels=together(labels_of(case.scenario.domain) for case in cases),
        versions=versions(),
    )


def settles_nothing(case: Case) -> bool:
    """Whether there is no verdict that could hang on anything: nobody is asked, or the text leaves all issues open."""
    return not case.asked or bool((case.text == OPEN).all())


def _distinct(ids: Sequence[str]) -> list[str]:
    """Ids of texts; the second of one id and those after it (saved runs of a text, say) with their number behind it."""
    return [id if (number := ids[: k + 1].count(id)) == 1 else f"{id} #{number}" for k, id in enumerate(ids)]


def _text(id: str, case: Case) -> AuditedText:
    scenario = case.scenario
    return AuditedText.copying(
        scenario,
        id=id,
        title=scenario.name,
        date=scenario.proposal.date,
        as_of=scenario.day,
        asked=case.asked,
        counted=not settles_nothing(case),
    )


@dataclass(frozen=True)
class _Entry:
    """What stands in the files, the same at every text: a cell with its red lines, or the line of a refusal alone.

    ``cited`` are the rows that it cites, ``dating`` those that tell how old it is.
    """

    party: str
    cell: Cell | None
    lines: tuple[Line, ...]
    cited: tuple[schema.Evidence, ...]
    start: dt.date | None = field(compare=False)
    dating: tuple[schema.Evidence, ...] = field(compare=False)
    sources: int = field(compare=False)

    @property
    def basis(self) -> CellBasis:
        return self.lines[0].basis if self.cell is None else self.cell.ranking_basis

    @property
    def importance_basis(self) -> CellBasis | None:
        return None if self.cell is None else self.cell.importance_basis

    @property
    def sourced(self) -> bool:
        return any(b in SOURCED for b in (self.basis, self.importance_basis, *(line.basis for line in self.lines)))


def _verdicts(texts: Sequence[InForce]) -> float:
    return math.fsum(x.of_verdict for x in texts)


def _audited(rank: int, entry: _Entry, texts: Sequence[InForce], counted: int) -> Audited:
    cell, verdicts = entry.cell, _verdicts(texts)
    return Audited.copying(
        entry,
        rank=rank,
        kind="refusal" if cell is None else "cell",
        issue=None if cell is None else cell.issue,
        refusal=entry.lines[0].id if cell is None else None,
        line_bases=() if cell is None else tuple(line.basis for line in entry.lines),
        evidence=tuple(row.id for row in entry.cited),
        documents=len({row.source for row in entry.cited}),
        weak=tuple(dict.fromkeys(w for x in texts for w in x.weak)),
        searched=_oldest([x.searched for x in texts]),
        verdicts=verdicts,
        share=verdicts / max(counted, 1),
        by_lines=math.fsum(x.by_lines for x in texts) / max(counted, 1),
        texts=tuple(texts),
    )


def _oldest(days: Sequence[dt.date | None]) -> dt.date | None:
    """None where one of them is."""
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def _not_found(entries: Sequence[Audited]) -> Iterator[NotFound]:
    """Cells whose order, or whose place of what some text says, was looked for and not found."""
    for x in entries:
        for what in dict.fromkeys(at.missing for at in x.texts if at.missing is not None):
            texts = [at for at in x.texts if at.missing == what]
            searched = _oldest([at.searched for at in texts])
            assert searched is not None
            yield NotFound.copying(x, searched=searched, missing=what, texts=tuple(at.text for at in texts))


def _in_force(
    id: str, case: Case, profile: Profile, shares: Hanging | None, rows: Rows
) -> Iterator[tuple[_Entry, InForce]]:
    """Every cell and refusal of a party on the scenario's day, with what hangs on it."""
    seen = case.space.seen(case.text[None], profile.id)[0].tolist()
    crossed = set(lines_crossed(case, profile))
    date = case.scenario.proposal.date

    def here(
        entry: _Entry, basis: CellBasis, searched: dt.date | None, cell: int | None, lines: Sequence[int]
    ) -> InForce:
        of_answer, of_verdict, by_lines, missing = None, 0.0, 0.0, None
        if shares is not None:
            whole = [] if cell is None else [shares.own_cells[cell]]
            of_answer = math.fsum((*whole, *(shares.own_lines[k] for k in lines)))
            if not settles_nothing(case):
                by_lines = math.fsum(shares.lines[k] for k in lines)
                of_verdict = by_lines + (0.0 if cell is None else float(shares.cells[cell]))
        if cell is not None and searched is not None and basis in ("unknown", "assumed"):
            missing = lacking(bool(profile.cells[cell].evidence.ranking), basis != "unknown")
        # what a line forbids hangs on the line: its own rows tell how old that is
        met = [row for k in lines if profile.lines[k] in crossed for row in rows.dating(profile.id, profile.lines[k])]
        return InForce(
            text=id,
            age=None if entry.start is None else (date - entry.start).days,
            evidence_age=min(((date - row.date).days for row in met or entry.dating), default=None),
            basis=basis,
            weak=rows.weaknesses(entry.cited, date) if entry.sourced else (),
            searched=searched,
            missing=missing,
            of_answer=of_answer,
            of_verdict=of_verdict,
            by_lines=by_lines,
        )

    for j, cell in enumerate(profile.cells):
        own = [k for k, line in enumerate(profile.lines) if line.kind == "red_line" and line.issue == cell.issue]
        entry = _entry(profile, cell, [profile.lines[k] for k in own], cell.start, rows)
        yield entry, here(entry, profile.ranking_basis(j, seen[j]), cell.searched, j, own)
    # a copy of a refusal belongs to it; one of a refusal that is not in force stands by itself
    refusals = {k: line for k, line in enumerate(profile.lines) if line.kind == "refusal"}
    there = {line.id for line in refusals.values()}
    starts = {r.id: r.start for r in case.scenario.domain.positions[profile.id].refuses}
    for number, line in refusals.items():
        if line.like not in there:
            entry = _entry(profile, None, [line], starts[line.id], rows)
            alike = [k for k, x in refusals.items() if k == number or x.like == line.id]
            named = [profile.cells[issue].searched for issue, _ in line.condition.masks]
            yield entry, here(entry, line.basis, _oldest(named), None, alike)


def _entry(profile: Profile, cell: Cell | None, lines: Sequence[Line], start: dt.date | None, rows: Rows) -> _Entry:
    ids = () if cell is None else cell.evidence.all
    cited = rows.cited((*ids, *(id for line in lines for id in line.evidence)))
    dating = (*rows.cited(ids), *(row for line in lines for row in rows.dating(profile.id, line)))
    return _Entry(profile.id, cell, tuple(lines), tuple(cited), start, dating, rows.independent(cited))


# --- counts -------------------------------------------------------------------------------


def _kinds(entries: Sequence[Audited], counted: int) -> Iterator[KindCount]:
    """Every kind that there is, in the order of :data:`sim.analysis.audit.result.Kind`."""
    kinds = [(entry.party, _kinds_of(entry)) for entry in entries]
    for kind in get_args(Kind):
        if parties := Counter(party for party, verdicts in kinds if kind in verdicts):
            share = math.fsum(verdicts.get(kind, 0.0) for _, verdicts in kinds) / max(counted, 1)
            yield KindCount(kind=kind, count=parties.total(), share=_whole(share), parties=parties)


def _whole(share: float) -> float:
    """A share that is 1 but for what rounding leaves of sums, as 1."""
    return 1.0 if abs(share - 1) < SLACK else share


def _kinds_of(entry: Audited) -> dict[Kind, float]:
    """The kinds of an entry, each with the verdicts that hang on it where it is of that kind."""
    many: Kind = "several_sources" if entry.sources > 1 else "one_source"
    support: Kind = many if entry.sourced and entry.sources else "no_source"
    searched: Kind = "not_searched" if entry.searched is None else "searched"
    at: dict[Kind, list[InForce]] = {
        w: [x for x in entry.texts if w in x.weak] for w in entry.weak if w != "one_source"
    }
    at["place"] = [x for x in entry.texts if x.basis != entry.basis]
    at["old"] = [x for x in entry.texts if x.age is not None and x.age > OLD_DAYS]
    somewhere = {kind: math.fsum(x.of_verdict for x in texts) for kind, texts in at.items() if texts}
    return dict.fromkeys((entry.kind, entry.basis, support, searched), entry.verdicts) | somewhere
