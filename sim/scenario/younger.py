"""Claims younger than a day, what of a library cites them, and the library as that day would have had it.

A claim is younger than a day where it was made later, where its document is of a later day, or where its own note or
that of the document names a later time: who wrote the note had read what came later. Notes of documents also say on
which day somebody looked for them again, written as ``2026-11-30``; that is no time of theirs.

Without such claims a position entry that cites one goes as a whole, red lines too, since its ranking was read out of
all that it cites; the entry before it is then in force, and where there is none nothing is known. A refusal has no
entry before it: it stays on what else it cites if it began before the claim was made, and otherwise goes. What is said
of no deal, of effects and constraints only loses the claim.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from sim.files import nodes
from sim.files.nodes import Scalar, Sequence, TreePath
from sim.scenario import schema

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WRITTEN_OUT = re.compile(rf"(?:\b([12]?\d|3[01]) )?\b({'|'.join(_MONTHS)}) (\d{{4}})\b", re.ASCII)
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b", re.ASCII)
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b", re.ASCII)

#: By what a claim is younger: its own day, that of its document, its note, the note of its document.
Reason = Literal["date", "source", "note", "source_note"]
#: What cites a claim.
Part = Literal["cell", "refusal", "beliefs", "no_deal", "effect", "constraint"]
#: Those of some ids that are of younger claims.
_Cited: TypeAlias = Callable[[Iterable[str]], tuple[str, ...]]
#: What becomes of it without the claim: it goes, or loses the claim alone.
Fate = Literal["dropped", "loses_claim"]


@dataclass(frozen=True)
class YoungerClaim:
    """A claim that is younger than a day, and why."""

    id: str
    date: dt.date
    source: str
    source_date: dt.date
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Citation:
    """What of a library cites younger claims: an entry of a cell, a refusal, or what it says of no deal and effects.

    ``name`` is the id of the refusal, lottery, effect or constraint; ``path`` leads there in the domain.
    """

    part: Part
    party: str | None
    issue: str | None
    name: str | None
    start: dt.date | None
    claims: tuple[str, ...]
    fate: Fate
    path: TreePath

    def as_plain(self) -> dict[str, object]:
        """As documents have it: without the path."""
        start = None if self.start is None else self.start.isoformat()
        names = {"part": self.part, "party": self.party, "issue": self.issue, "name": self.name, "from": start}
        return {**names, "claims": self.claims, "fate": self.fate}


def younger(domain: schema.Domain, day: dt.date) -> list[YoungerClaim]:
    """The claims that are younger than a day, in the order of the table."""
    out = []
    for row in domain.evidence:
        source = domain.sources.sources.get(row.source)
        reasons: dict[Reason, bool] = {
            "date": row.date > day,
            "source": source is not None and source.date > day,
            "note": _later(row.note, day),
            "source_note": source is not None and _later(source.note, day, written_out=True),
        }
        if any(reasons.values()):
            why = tuple(reason for reason, true in reasons.items() if true)
            out.append(YoungerClaim(row.id, row.date, row.source, source.date if source else row.date, why))
    return out


def _later(note: str | None, day: dt.date, written_out: bool = False) -> bool:
    """Whether a note names a time after a day; a month counts from its first day."""
    text = note or ""
    for number, month, year in _WRITTEN_OUT.findall(text):
        if (int(year), _MONTHS.index(month) + 1, int(number or 1)) > (day.year, day.month, day.day):
            return True
    if written_out:
        return False
    iso = (tuple(map(int, parts)) for parts in _ISO.findall(text))
    return any(parts > (day.year, day.month, day.day) for parts in iso) or any(
        int(year) > day.year for year in _YEAR.findall(text)
    )


def citations(domain: schema.Domain, claims: Iterable[YoungerClaim]) -> list[Citation]:
    """What cites these claims and what becomes of it without them, party by party, then what is nobody's."""
    days = {claim.id: claim.date for claim in claims}
    rows = {row.id: row for row in domain.evidence}

    def cited(ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(id for id in dict.fromkeys(ids) if id in days)

    out: list[Citation] = []
    for name, party in domain.positions.items():
        at = ("positions", name)
        for issue, entries in party.positions.items():
            for i, entry in enumerate(entries):
                ids = cited((*entry.evidence.all, *(id for line in entry.red_lines for id in line.evidence)))
                if ids:
                    path = (*at, "positions", issue, i)
                    out.append(Citation("cell", name, issue, None, entry.start, ids, "dropped", path))
        for i, refusal in enumerate(party.refuses):
            if ids := cited(refusal.evidence):
                others = [rows[id] for id in refusal.evidence if id not in days and id in rows]
                polled = refusal.holds is None or any(row.strength == "poll" for row in others)
                stays = bool(others) and polled and all(refusal.start < days[id] for id in ids)
                fate: Fate = "loses_claim" if stays else "dropped"
                path = (*at, "refuses", i)
                out.append(Citation("refusal", name, None, refusal.id, refusal.start, ids, fate, path))
        for lottery, beliefs in party.no_deal.beliefs.items():
            if ids := cited(beliefs.evidence):
                path = (*at, "no_deal", "beliefs", lottery)
                out.append(Citation("beliefs", name, None, lottery, None, ids, "loses_claim", path))
    out += _of_issues(domain.issues, cited)
    return out


def _of_issues(issues: schema.Issues, cited: _Cited) -> Iterator[Citation]:
    for lottery, its in issues.no_deal.lotteries.items():
        if ids := cited(its.evidence):
            path: TreePath = ("issues", "no_deal", "lotteries", lottery)
            yield Citation("no_deal", None, None, lottery, its.start, ids, "loses_claim", path)
    rules: Iterable[tuple[Part, tuple[schema.Effect, ...] | tuple[schema.Constraint, ...]]] = (
        ("effect", issues.effects),
        ("constraint", issues.constraints),
    )
    for part, several in rules:
        for i, rule in enumerate(several):
            if ids := cited(rule.evidence):
                yield Citation(part, None, None, rule.id, None, ids, "loses_claim", ("issues", f"{part}s", i))


# --- the library without them -------------------------------------------------------------


def without(tree: nodes.Mapping, domain: schema.Domain, claims: Iterable[YoungerClaim]) -> nodes.Mapping:
    """The tree of a domain without these claims and what goes with them; ``domain`` is what the tree says."""
    claims = tuple(claims)
    gone = {claim.id for claim in claims}
    # from the last of a list to its first, so that what is left stays where its path leads
    for citation in reversed(citations(domain, claims)):
        if citation.fate == "dropped":
            tree = nodes.removed(tree, citation.path)
        elif isinstance(part := nodes.find(tree, citation.path), nodes.Mapping):
            tree = nodes.replaced(tree, citation.path, _on_others(part, citation, domain, gone))
    rows = [row for row in nodes.items(tree, "evidence") if nodes.text_of(nodes.child(row, "id")) not in gone]
    whole = tree.items["evidence"]
    assert isinstance(whole, Sequence)
    return tree.having("evidence", replace(whole, items=tuple(rows)))


def _on_others(part: nodes.Mapping, citation: Citation, domain: schema.Domain, gone: set[str]) -> nodes.Mapping:
    """A part without its younger claims; what these alone made stated or inferred is no more than the others make it.

    A stated refusal needs the party's own firm words, as in the rules of the files.
    """
    evidence = part.items["evidence"]
    assert isinstance(evidence, Sequence)
    left = [id for id in evidence if isinstance(id, Scalar) and id.value not in gone]
    part = part.having("evidence", replace(evidence, items=tuple(left)))
    basis = part.get("basis")
    if not isinstance(basis, Scalar) or basis.value not in ("stated", "inferred"):
        return part
    if not left:
        return part.having("basis", replace(basis, value="assumed"))
    ids = {id.value for id in left}
    own = [row for row in domain.evidence if row.id in ids and row.party == citation.party]
    firm = any(row.strength in ("red_line", "firm") and row.attribution != "expert" for row in own)
    if citation.part == "refusal" and basis.value == "stated" and not firm:
        return part.having("basis", replace(basis, value="inferred"))
    return part
