"""Outcome tables side by side: which proposal does best, where they differ, what edits change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from sim.analysis.compare import result as records
from sim.analysis.compare.differences import differ, verdict_turns
from sim.analysis.compare.edit_effects import changes, undrawn
from sim.analysis.compare.english import WARNINGS, names_of, say
from sim.analysis.compare.findings import findings
from sim.analysis.compare.fixed_scores import baseline_rows
from sim.analysis.compare.inputs import Entry, entries_of
from sim.analysis.compare.ranking import obstacle, rank
from sim.analysis.compare.result import EVERY_PAIR, Comparison, Row
from sim.engine.profiles import Case
from sim.files.arguments import InvalidArgument, several
from sim.files.complaints import did_you_mean
from sim.files.grammar import listed
from sim.report.verdict import short
from sim.results.records import PartyResult, versions
from sim.results.result import Result
from sim.results.verdicts import mostly_filler, outcome
from sim.scenario.labels import together
from sim.scenario.loading import Loaded
from sim.simulation.cases import Progress, compiled
from sim.simulation.score import score

#: Texts that are scored at once.
TOGETHER = 50


class _Scored(NamedTuple):
    """A row with the result that it is of; its case, or in words why it cannot be drawn again."""

    row: Row
    result: Result
    case: Case | str


class NoSuchRow(InvalidArgument):
    """A name that is no row's."""


def compare(
    entries: Mapping[str, Loaded] | Iterable[Entry | Loaded],
    *,
    between: str | Sequence[str] | None = None,
    baseline: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Compare proposals, or one under several edits, on the same draws.

    Args:
        entries: at least two loaded scenarios, as a list or as a mapping of what to call them in tables, documents and
            figures; or what :func:`sim.gather` gives.
        between: ``"A,B"`` or a pair, two rows (by name, or by id where only one row has it) to be compared term by
            term in place of those chosen here.
        baseline: tell too what the mean of fixed scores, a party and term each, would say of every row.
        progress: called with (blocks done, blocks in all) by each part of the work in turn.

    Returns:
        Rows, ranks by gain (shares of draws, between 0 and 1), and where and for whom texts differ, in units of
        utility.

    Raises:
        Complaints: where ranges leave almost nothing to draw from.
        InvalidArgument: for fewer than two entries, and for a name in ``between`` that no row has.

    Example:
        >>> import sim
        >>> loaded = sim.load("istanbul", draws=200)
        >>> comparison = sim.compare({"as read": loaded, "no bases": loaded.with_({"us.refuses": "none"})})
        >>> sorted(row.name for row in comparison.rows)
        ['as read', 'no bases']
    """
    entries = entries_of(entries)
    if len(entries) < 2:
        raise InvalidArgument("a comparison needs two proposals or more")
    chosen = None if between is None else _two(between, row_names(entries), entries)
    scored = _scored(entries, progress)
    one_domain = len({x.row.domain for x in scored if x.row.domain is not None}) < 2
    if one_domain:
        scored.sort(key=lambda x: x.row.merit, reverse=True)
    rows, results, cases = [x.row for x in scored], [x.result for x in scored], [x.case for x in scored]
    names = [row.name for row in rows]
    if chosen is None:
        # nothing can be told term by term of texts that have no issue in common
        pairs = [(a, b) for a, b in _pairs(len(rows)) if one_domain or rows[a].domain == rows[b].domain]
    else:
        pairs = [(names.index(chosen[0]), names.index(chosen[1]))]
    drawn = [case for case in cases if isinstance(case, Case)]
    missing = undrawn(names, cases) or obstacle(names, drawn)
    texts = [((names[a], names[b]), (results[a], results[b])) for a, b in pairs]
    called = [(rows[a].called, rows[b].called) for a, b in pairs]
    comparison = Comparison(
        entries=tuple(rows),
        smaa=rank(names, drawn, progress=progress) if missing is None else None,
        smaa_missing=missing,
        differences=tuple(differ(*both, words) for both, words in zip(texts, called, strict=True)),
        changes=changes(names, results, cases, progress=progress),
        warnings=(),
        baseline=baseline_rows(names, cases) if baseline else None,
        labels=together(r.labels for r in results),
        versions=versions(),
    )
    turns = [x for both in texts for x in verdict_turns(*both)]
    facts = findings(comparison, turns)
    warnings = tuple(say(x, names_of(comparison)) for x in facts if x.kind in WARNINGS)
    return comparison.model_copy(update={"warnings": warnings, "findings": facts})


def _scored(entries: Sequence[Entry], progress: Progress | None) -> list[_Scored]:
    """Every entry with its result, scored where it was not saved, and compiled where its scenario is at hand."""
    new = [e.loaded for e in entries if e.saved is None and e.loaded]
    # models of all at once would fill the memory, and grouping changes nothing
    scored = (x for k in range(0, len(new), TOGETHER) for x in score(new[k : k + TOGETHER], progress=progress))
    drawn = iter(compiled([e.loaded for e in entries if e.loaded is not None]))
    results = [e.saved or next(scored) for e in entries]
    cases = [next(drawn) if e.loaded else e.missing or "its scenario is not at hand" for e in entries]
    names = row_names(entries)
    rows = map(_row, names, _called(names, results, entries), entries, results)
    return list(map(_Scored, rows, results, cases))


# --- names of rows ------------------------------------------------------------------------------


def row_names(entries: Sequence[Entry]) -> list[str]:
    """A name for each entry: a program's own, or its id, the label of its edits, and what tells it from the others."""
    names = [e.name or _id(e) + (f" ({e.label})" if e.label else "") for e in entries]
    saved = [
        f"{name} (saved)" if e.saved and names.count(name) > 1 else name for e, name in zip(entries, names, strict=True)
    ]
    return [f"{name} #{saved[: k + 1].count(name)}" if saved.count(name) > 1 else name for k, name in enumerate(saved)]


def _called(names: Sequence[str], results: Sequence[Result], entries: Sequence[Entry]) -> list[str]:
    """The names of rows as shown, with the text's own name for its id; the id stays where two would be called alike."""
    called = [
        e.name or r.scenario.name + name.removeprefix(r.scenario.id)
        for e, name, r in zip(entries, names, results, strict=True)
    ]
    return [c if called.count(c) == 1 else name for c, name in zip(called, names, strict=True)]


def _id(entry: Entry) -> str:
    if entry.saved is not None:
        return entry.saved.scenario.id
    assert entry.loaded is not None
    return entry.loaded.scenario.id


def _two(between: str | Sequence[str], names: Sequence[str], entries: Sequence[Entry]) -> tuple[str, str]:
    """The names of the two rows of a pair or of ``A,B``; names may hold commas themselves."""
    text = between if isinstance(between, str) else ",".join(several("between", between, "'istanbul', 'membership'"))
    parts = text.split(",")
    faults: list[NoSuchRow] = []
    for k in range(1, len(parts)):
        try:
            a, b = (_name(",".join(part).strip(), names, entries) for part in (parts[:k], parts[k:]))
        except NoSuchRow as fault:
            faults.append(fault)
            continue
        if a == b:
            raise NoSuchRow(f"{text!r} is the same row twice")
        return a, b
    raise faults[0] if faults else NoSuchRow(f"{text!r} is not two rows; write A,B")


def _name(text: str, names: Sequence[str], entries: Sequence[Entry]) -> str:
    """The name of the row that a user means by its name or, where only one row has it, its id."""
    if text in names:
        return text
    same = [name for name, entry in zip(names, entries, strict=True) if _id(entry) == text]
    if len(same) > 1:
        raise NoSuchRow(f"{text!r} is several rows: {listed([repr(name) for name in same], 'or')}")
    if same:
        return same[0]
    hint = did_you_mean(text, names) or f"there are {listed(list(names))}"
    raise NoSuchRow(f"no row {text!r}; {hint}")


# --- rows ---------------------------------------------------------------------------------------


def _pairs(rows: int) -> list[tuple[int, int]]:
    if rows <= EVERY_PAIR:
        return list(combinations(range(rows), 2))
    return [(0, other) for other in range(1, rows)]


def _row_party(party: PartyResult) -> records.RowParty:
    """What a row has of a party's result; of an alliance's own stance its share alone."""
    return records.RowParty.copying(party, own=None if party.own is None else party.own.acceptability)


def _row(name: str, called: str, entry: Entry, result: Result) -> Row:
    weakest = None if result.weakest_party is None else result.party(result.weakest_party)
    filler, assumed = result.filler, result.terms_by_basis.assumed
    terms = sum(result.terms_by_basis.model_dump().values())
    word, parties = outcome(result)
    return Row.copying(
        result,
        name=name,
        called=called,
        label=entry.label,
        source=records.RowSource(kind="file" if entry.saved is None else "saved", path=str(entry.path)),
        domain=None if entry.loaded is None else entry.loaded.scenario.domain.issues.title,
        weakest_share=None if weakest is None else (weakest.own or weakest).acceptability.estimate,
        parties=tuple(map(_row_party, result.parties)),
        filler=records.FillerShare(
            assumed_terms=assumed,
            terms=terms,
            more_than_half=mostly_filler(assumed, terms),
            low=None if filler is None else filler.low,
            high=None if filler is None else filler.high,
        ),
        refusing=sum((p.own or p).verdict == "refuses" for p in result.asked),
        verdict=records.ModelledVerdict(word=word, parties=tuple(p.id for p in parties), text=short(result)),
    )
