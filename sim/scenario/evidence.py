"""Evidence and its places: sentences, places in a text, verification; what counts, what repeats it, what is younger.

A place reads ``pN.sM`` or ``pN.sM-sK``, several of them parted by semicolons: paragraph N is the
Nth line of the text that is not blank, sentence M the Mth of that line, both counted from 1.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from sim.files.complaints import Complaints
from sim.files.nodes import TreePath
from sim.files.text import read_bytes
from sim.scenario import schema

_OPENING = "\"'“‘«„([{"
_CLOSING = "\"'”’»)]}"
_ABBREVIATIONS = frozenset(
    re.findall(
        r"\w+",
        """mr mrs ms mx dr prof rev hon gen lt col maj capt cmdr adm sgt sen rep gov pres amb supt jr sr esq inc ltd
        corp dept univ assn bros vs viz cf ca approx eds vol sect pp tue tues wed thu thur thurs fri""",
    )
)
# These end no sentence before a figure; elsewhere they may be plain words.
_BEFORE_FIGURES = frozenset(
    re.findall(r"\w+", "no nos art fig sec para ch jan feb mar apr jun jul aug sept sep oct nov dec")
)
_STOP = re.compile(rf"(?:[.!?…]+)(?P<close>[{re.escape(_CLOSING)}]*)(?=\s|$)")
_PLACE = re.compile(r"p([0-9]{1,6})\.s([0-9]{1,6})(?:-s([0-9]{1,6}))?", re.ASCII)


def sentences(text: str) -> list[str]:
    """Split a paragraph into sentences, without the white space between them.

    A sentence ends at a run of ``.``, ``!``, ``?`` or an ellipsis sign, together with the closing quotes and
    brackets right behind it, if white space or the end of the text follows and what comes next does not begin
    with a small letter. A full stop ends no sentence

    * after an abbreviation (``Mr.``, ``Gen.``; ``No.``, ``Art.`` and month names only before a figure),
    * after a single letter or letters with stops between them (``J.``, ``U.S.``, ``a.m.``), whatever follows,
    * in or after a run of dots, spaced or not (``. . .``, ``...``), since an omission may stand anywhere,

    and, having no space behind it, inside a number. The end of the text always ends a sentence.
    """
    out: list[str] = []
    start = 0
    for match in _STOP.finditer(text):
        if match.start() < start:
            continue
        behind = text[match.end() :].lstrip()
        if behind and not _ends(text[start : match.start()], match.group(), behind):
            continue
        out.append(text[start : match.end()].strip())
        start = match.end()
    rest = text[start:].strip()
    return [*out, rest] if rest else out


def _ends(before: str, stop: str, behind: str) -> bool:
    """Whether a sentence ends here, by the text before the stop, the stop itself and what follows."""
    first = behind.lstrip(_OPENING)[:1]
    if first.islower() or (first and first in ".…"):
        return False
    marks = stop.rstrip(_CLOSING)
    if "!" in marks or "?" in marks:
        return True
    if len(marks) > 1 or "…" in marks or before.rstrip()[-1:] in (".", "…"):
        return False
    word = re.search(r"[^\s" + re.escape(_OPENING + _CLOSING) + r"\-–—/]*$", before)
    last = word.group() if word else ""
    if re.fullmatch(r"[^\W\d_](\.[^\W\d_])*", last) and last not in ("I", "a"):
        return False
    low = last.lower()
    if low in _BEFORE_FIGURES:
        return not first.isdigit()
    return low not in _ABBREVIATIONS


def paragraphs(text: str) -> list[str]:
    """The lines of a text that are not blank."""
    return [line for line in text.splitlines() if line.strip()]


def parse_places(text: str) -> list[tuple[int, int, int]]:
    """Read places as (paragraph, first sentence, last sentence), all counted from 1.

    Raises ValueError, in words for the person who wrote the place, if one cannot be read.
    """
    out: list[tuple[int, int, int]] = []
    for part in text.split(";"):
        piece = part.strip()
        match = _PLACE.fullmatch(piece)
        if match is None:
            instead = repr(piece) if piece else "nothing"
            raise ValueError(f"expected a place like p2.s3 or p2.s3-s5 (several with ; between), found {instead}")
        paragraph, first = int(match[1]), int(match[2])
        last = int(match[3]) if match[3] else first
        if not paragraph or not first:
            raise ValueError(f"paragraphs and sentences count from 1; found {piece!r}")
        if last < first:
            raise ValueError(f"the place {piece!r} is upside down")
        out.append((paragraph, first, last))
    return out


@dataclass(frozen=True, slots=True)
class EvidenceFault:
    """Something that verification found wrong: about a source, or about the place of one of its rows.

    ``kind`` is ``missing`` (no such text), ``changed`` (another text than the one read for the register),
    or ``place`` (a cited place does not exist or cannot be read).
    """

    kind: Literal["missing", "changed", "place"]
    source: str
    evidence: str | None
    what: str

    def __str__(self) -> str:
        return f"{self.source}: {self.evidence + ': ' if self.evidence else ''}{self.what}"


def verify(sources: schema.Sources, evidence: Iterable[schema.Evidence], folder: Path) -> list[EvidenceFault]:
    """Check every cited place of every source that names a text file against the texts in ``folder``.

    Returns what is wrong, by source in the order of the register and then by row; an empty list if all places
    exist. A text that differs from the registered checksum is a finding, and its places are tried all the same.
    Raises NotADirectoryError if ``folder`` is no folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder}: no such folder")
    rows: dict[str, list[schema.Evidence]] = {}
    for row in evidence:
        rows.setdefault(row.source, []).append(row)
    out: list[EvidenceFault] = []
    for name, source in sources.sources.items():
        if source.file is None:
            continue
        if Path(source.file).name != source.file:
            out.append(EvidenceFault("missing", name, None, f"{source.file} is not the bare name of a file"))
            continue
        try:
            raw = read_bytes(folder / source.file, source.file)
        except FileNotFoundError:
            out.append(EvidenceFault("missing", name, None, f"{source.file} is not there"))
            continue
        except (OSError, Complaints) as error:
            what = error.complaints[0].what if isinstance(error, Complaints) else str(error)
            out.append(EvidenceFault("missing", name, None, f"{source.file} cannot be read: {what}"))
            continue
        if source.sha256 is not None and hashlib.sha256(raw).hexdigest() != source.sha256.lower():
            what = f"{source.file} is not the text that was read for the register (its checksum differs)"
            out.append(EvidenceFault("changed", name, None, what))
        counts = [len(sentences(line)) for line in paragraphs(raw.decode("utf-8", "replace"))]
        for row in rows.get(name, ()):
            out.extend(EvidenceFault("place", name, row.id, what) for what in _wrong_places(row.place, counts))
    return out


def _wrong_places(place: str | None, counts: list[int]) -> list[str]:
    if place is None:
        return ["no place is given"]
    try:
        places = parse_places(place)
    except ValueError as error:
        return [str(error)]
    out = []
    for paragraph, first, last in places:
        if paragraph > len(counts):
            out.append(f"p{paragraph} does not exist: the text has {len(counts)} paragraphs")
        elif last > counts[paragraph - 1]:
            span = f"p{paragraph}.s{first}" + (f"-s{last}" if last != first else "")
            out.append(f"{span} does not exist: the paragraph has {counts[paragraph - 1]} sentences")
    return out


def sources_of(scenario: schema.Scenario) -> Literal["some", "none", "no articles"]:
    """What a scenario rests on, whatever it cites in the end.

    ``none``: no evidence rows, and nothing is called stated or inferred; ``no articles``: only articles count, and none
    of the sources is one.
    """
    domain = scenario.domain
    if scenario.evidence == "articles" and domain.evidence:
        return "some" if any(s.origin == "article" for s in domain.sources.sources.values()) else "no articles"
    return "some" if domain.evidence or {"stated", "inferred"} & set(_bases(scenario)) else "none"


def _bases(scenario: schema.Scenario) -> Iterator[str]:
    """The basis of everything that has one."""
    domain = scenario.domain
    yield from (term.basis for term in scenario.proposal.terms.values())
    yield from (effect.basis for effect in domain.issues.effects)
    yield from (lottery.basis for lottery in domain.issues.no_deal.lotteries.values())
    for party in domain.positions.values():
        yield from (beliefs.basis for beliefs in party.no_deal.beliefs.values())
        yield from (refusal.basis for refusal in party.refuses)
        yield from (demand.basis for demand in party.asks)
        for entry in (entry for entries in party.positions.values() for entry in entries):
            yield from (entry.basis.ranking, entry.basis.importance, *(line.basis for line in entry.red_lines))


def demoted(
    basis: schema.Basis,
    evidence_ids: Iterable[str],
    rows: Mapping[str, schema.Evidence],
    sources: schema.Sources,
    mode: schema.EvidenceMode,
) -> schema.Basis:
    """The basis of a cell when only some claims count.

    With ``mode`` ``articles``, a stated or inferred cell whose evidence comes from background sources alone is
    assumed; with ``firm``, one whose claims all have a grade. Ids and sources that nobody registered are passed over;
    what was edited stays edited.
    """
    if mode == "all" or basis in ("assumed", "edited"):
        return basis
    cited = [rows[i] for i in evidence_ids if i in rows]
    if mode == "firm":
        left_out = [row.grade is not None for row in cited]
    else:
        known = [sources.sources.get(row.source) for row in cited]
        left_out = [source.origin == "background" for source in known if source is not None]
    return "assumed" if left_out and all(left_out) else basis


# --- what repeats what --------------------------------------------------------------------


def independent(rows: Sequence[schema.Evidence], same: Mapping[str, str]) -> int:
    """How many sources there are that do not repeat each other.

    Rows of one document count once, and so do rows of which a note says that one repeats the other; ``same`` is what
    :func:`repeats` finds.
    """
    groups: list[set[str]] = []
    for row in rows:
        marks = {f"document {row.source}", f"remark {same.get(row.id, row.id)}"}
        touched = [g for g in groups if g & marks]
        groups = [g for g in groups if not g & marks] + [marks.union(*touched)]
    return len(groups)


def repeats(evidence: Iterable[schema.Evidence]) -> Mapping[str, str]:
    """Which rows are one remark in several reports, as far as notes say: row to the first row of its group.

    A note says so by naming another row in the sentence that says ``count once``.
    """
    rows = {row.id: row for row in evidence}
    first = {id: id for id in rows}
    for id, row in rows.items():
        for sentence in re.split(r"[.;]\s", row.note or ""):
            if "count once" in sentence.lower():
                for other in re.findall(r"\w+", sentence):
                    if other in rows and first[other] != first[id]:
                        gone, group = first[other], first[id]
                        first = {k: group if v == gone else v for k, v in first.items()}
    return first


# --- what is younger than a day --------------------------------------------------------------
#
# A claim is younger than a day where it was made later, where its document is of a later day, or where its note names a
# later time: who wrote the note had read what came later. In a note a day or month without a year is of the year last
# named before it, else of the year of the claim; a month counts from its first day.

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
#: A day or a month in words, a day as ``2026-01-31``, or a year.
_TIME = re.compile(
    rf"(?:\b(?P<day>[12]?\d|3[01]) )?\b(?P<month>{'|'.join(_MONTHS)})\b(?: (?P<of>\d{{4}})\b)?"
    r"|\b(?P<iso>\d{4}-\d\d-\d\d)\b|\b(?P<year>(?:19|20)\d\d)\b",
    re.ASCII,
)

#: By what a claim is younger: its own day, that of its document, its note.
Reason = Literal["date", "source", "note"]
#: What cites a claim.
Part = Literal["cell", "refusal", "demand", "beliefs", "no_deal", "effect", "constraint"]
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
    """What of a library cites younger claims: an entry of a cell, a refusal, a demand, no deal, an effect.

    ``name`` is the id of the refusal, demand, lottery, effect or constraint; ``path`` leads there in the domain.
    """

    part: Part
    party: str | None
    issue: str | None
    name: str | None
    start: dt.date | None
    claims: tuple[str, ...]
    fate: Fate
    path: TreePath = ()

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
            "note": any(time > day.isoformat() for time in _times(row.note or "", row.date.year)),
        }
        if any(reasons.values()):
            why = tuple(reason for reason, true in reasons.items() if true)
            out.append(YoungerClaim(row.id, row.date, row.source, source.date if source else row.date, why))
    return out


def _times(note: str, year: int) -> Iterator[str]:
    """The times that a note names, as their first days; ``year`` is of those before the first that names one."""
    for time in _TIME.finditer(note):
        if time["iso"]:
            yield time["iso"]
            continue
        year = int(time["of"] or time["year"] or year)
        month = _MONTHS.index(time["month"]) + 1 if time["month"] else 1
        yield f"{year}-{month:02}-{int(time['day'] or 1):02}"


def citations(domain: schema.Domain, claims: Iterable[YoungerClaim]) -> list[Citation]:
    """What cites these claims and what becomes of it without them, party by party, then what is nobody's."""
    days = {claim.id: claim.date for claim in claims}
    rows = {row.id: row for row in domain.evidence}

    def cited(ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(id for id in dict.fromkeys(ids) if id in days)

    out: list[Citation] = []
    for name, party in domain.positions.items():
        at: TreePath = ("positions", name)
        for issue, entries in party.positions.items():
            for i, entry in enumerate(entries):
                ids = cited((*entry.evidence.all, *(id for line in entry.red_lines for id in line.evidence)))
                if ids:
                    cell = (*at, "positions", issue, i)
                    out.append(Citation("cell", name, issue, None, entry.start, ids, "dropped", cell))
        for i, refusal in enumerate(party.refuses):
            if ids := cited(refusal.evidence):
                others = [rows[id] for id in refusal.evidence if id not in days and id in rows]
                polled = refusal.holds is None or any(row.strength == "poll" for row in others)
                stays = bool(others) and polled and all(refusal.start < days[id] for id in ids)
                fate: Fate = "loses_claim" if stays else "dropped"
                out.append(Citation("refusal", name, None, refusal.id, refusal.start, ids, fate, (*at, "refuses", i)))
        for i, demand in enumerate(party.asks):
            if ids := cited(demand.evidence):
                gone = len(ids) == len(set(demand.evidence)) or any(demand.start >= days[id] for id in ids)
                rest: Fate = "dropped" if gone else "loses_claim"
                out.append(Citation("demand", name, None, demand.id, demand.start, ids, rest, (*at, "asks", i)))
        for lottery, beliefs in party.no_deal.beliefs.items():
            if ids := cited(beliefs.evidence):
                of = (*at, "no_deal", "beliefs", lottery)
                out.append(Citation("beliefs", name, None, lottery, None, ids, "loses_claim", of))
    out += _of_issues(domain.issues, cited)
    return out


def _of_issues(issues: schema.Issues, cited: _Cited) -> Iterator[Citation]:
    for lottery, its in issues.no_deal.lotteries.items():
        if ids := cited(its.evidence):
            path: TreePath = ("issues", "no_deal", "lotteries", lottery)
            yield Citation("no_deal", None, None, lottery, its.start, ids, "loses_claim", path)
    effects = [("effect", i, x.id, x.evidence) for i, x in enumerate(issues.effects)]
    constraints = [("constraint", i, x.id, x.evidence) for i, x in enumerate(issues.constraints)]
    for part, i, name, evidence in (*effects, *constraints):
        if ids := cited(evidence):
            kind: Part = "effect" if part == "effect" else "constraint"
            yield Citation(kind, None, None, name, None, ids, "loses_claim", ("issues", f"{part}s", i))
