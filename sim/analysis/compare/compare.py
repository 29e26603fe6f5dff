"""Outcome tables side by side: which proposal does best, where they differ, what edits change."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

from pydantic import Field

from sim.analysis.compare.differences import Difference, differ
from sim.analysis.compare.edit_effects import Change, changes
from sim.analysis.compare.inputs import Entry
from sim.analysis.compare.ranking import Smaa, obstacle, rank
from sim.engine.profiles import Case
from sim.files.grammar import listed
from sim.files.written import figure
from sim.report.english import several_domains
from sim.report.verdict import short
from sim.results.records import (
    Document,
    Interval,
    OnEvidence,
    OverallEvidence,
    PartyVerdict,
    Record,
    ScenarioInfo,
    Settings,
    Versions,
    versions,
)
from sim.results.result import Outcome, Result
from sim.results.verdicts import outcome, unsourced
from sim.scenario.labels import Labels, together
from sim.simulation import score as api
from sim.simulation.runner import Progress

#: With up to this many rows, every two are compared term by term; with more, the best with each other one.
EVERY_PAIR = 3


class Source(Record):
    """Where a row comes from: a scenario file that was scored, or a saved run."""

    kind: Literal["file", "saved"]
    path: str


class PartyShare(Record):
    id: str
    name: str
    consent_needed: bool
    silent: bool
    verdict: PartyVerdict
    acceptability: Interval
    own: Interval | None
    on_evidence: OnEvidence
    sole_blocker: float | None


class FillerShare(Record):
    """How much of the text is the modeller's own, and what joint acceptability other filler would give."""

    assumed_terms: int
    terms: int
    more_than_half: bool
    low: float | None
    high: float | None


class ModelledVerdict(Record):
    word: Outcome
    parties: tuple[str, ...]
    text: str


class Row(Record):
    """One proposal; ``name`` is unique, the id with the label of its edits; ``called`` is the same as shown.

    ``domain`` is the title of its domain, None where a saved run has no scenario file beside it.
    """

    name: str
    called: str
    label: str | None
    source: Source
    domain: str | None
    scenario: ScenarioInfo
    settings: Settings
    joint_acceptability: Interval | None
    weakest_party: str | None
    weakest_share: float | None
    refusing: int
    on_evidence: OverallEvidence
    parties: tuple[PartyShare, ...]
    filler: FillerShare
    consent_not_modelled: tuple[str, ...]
    verdict: ModelledVerdict

    @property
    def mostly_filler(self) -> bool:
        """Whether more than half of the text is filler, in a domain where the rest is not."""
        return self.filler.more_than_half and not unsourced(self.settings)


class Comparison(Document):
    """Rows are sorted by joint acceptability, then the number of parties that refuse, then the weakest party's share.

    Best first; those of different domains are not ranked and stay in the order in which they were given.
    """

    schema_: Literal["sim.compare/1"] = Field("sim.compare/1", alias="schema")
    rows: tuple[Row, ...]
    smaa: Smaa | None
    smaa_missing: str | None
    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]
    warnings: tuple[str, ...]
    labels: Labels = Labels()
    versions: Versions

    @property
    def apart(self) -> str | None:
        """The warning that the rows are of different domains; None where they are of one."""
        return several_domains([row.domain for row in self.rows if row.domain is not None])


class NoSuchRow(ValueError):
    """A name that is no row's."""


def compare(entries: Sequence[Entry], *, between: str | None = None, progress: Progress | None = None) -> Comparison:
    """Compare what :func:`sim.analysis.compare.inputs.gather` found; at least two entries.

    ``between``, ``"A,B"``, names two rows (by name, or by id where only one row has it) to be compared term
    by term in place of those chosen here. ``progress`` is called with (blocks done, blocks in all) by each part
    of the work in turn. Raises Complaints where ranges leave almost nothing to draw from, ValueError for
    fewer than two entries, :class:`NoSuchRow` for a name in ``between``.
    """
    if len(entries) < 2:
        raise ValueError("a comparison needs two proposals or more")
    names = row_names(entries)
    chosen = None if between is None else _two(between, names, entries)
    scored = iter(api.score([e.loaded for e in entries if e.saved is None and e.loaded], progress=progress))
    results = [e.saved or next(scored) for e in entries]
    cases = _cases(entries)
    titles = [None if e.loaded is None else e.loaded.scenario.domain.issues.title for e in entries]
    apart = several_domains([title for title in titles if title is not None])
    order = list(range(len(entries)))
    if apart is None:
        order.sort(key=lambda k: _merit(results[k]), reverse=True)
    names, results = [names[k] for k in order], [results[k] for k in order]
    cases, entries = [cases[k] for k in order], [entries[k] for k in order]
    missing = _smaa_missing(names, cases)
    drawn = [case for case in cases if isinstance(case, Case)]
    titles = [titles[k] for k in order]
    if chosen is None:
        # nothing can be told term by term of texts that have no issue in common
        pairs = [(a, b) for a, b in _pairs(len(order)) if apart is None or titles[a] == titles[b]]
    else:
        pairs = [(order.index(chosen[0]), order.index(chosen[1]))]
    called = shown_names(names, results)
    return Comparison(
        rows=tuple(_row(*item) for item in zip(names, called, entries, results, titles, strict=True)),
        smaa=rank(names, drawn, progress=progress) if missing is None else None,
        smaa_missing=missing,
        differences=tuple(
            differ((names[a], names[b]), (results[a], results[b]), (called[a], called[b])) for a, b in pairs
        ),
        changes=changes(names, results, cases, progress=progress),
        warnings=(*([] if apart is None else [apart]), *_warnings(results, apart is None)),
        labels=together(r.labels for r in results),
        versions=versions(),
    )


def row_names(entries: Sequence[Entry]) -> list[str]:
    """A name for each entry: its id, the label of its edits, and what else tells it from the others."""
    names = [_id(e) + (f" ({e.label})" if e.label else "") for e in entries]
    for words in (lambda e, k: " (saved)" if e.saved else "", lambda e, k: f" #{k}"):
        twice = {name for name in names if names.count(name) > 1}
        seen: dict[str, int] = {}
        for k, (entry, name) in enumerate(zip(entries, list(names), strict=True)):
            if name in twice:
                seen[name] = seen.get(name, 0) + 1
                names[k] = name + words(entry, seen[name])
    return names


def shown_names(names: Sequence[str], results: Sequence[Result]) -> list[str]:
    """The names of rows as shown, with the text's own name for its id; the id stays where two would be called alike."""
    called = [r.scenario.name + name.removeprefix(r.scenario.id) for name, r in zip(names, results, strict=True)]
    return [c if called.count(c) == 1 else name for c, name in zip(called, names, strict=True)]


def _id(entry: Entry) -> str:
    if entry.saved is not None:
        return entry.saved.scenario.id
    assert entry.loaded is not None
    return entry.loaded.scenario.id


def _two(text: str, names: Sequence[str], entries: Sequence[Entry]) -> tuple[int, int]:
    """The two rows of ``A,B``, by number; names may hold commas themselves."""
    parts = text.split(",")
    faults: list[NoSuchRow] = []
    for k in range(1, len(parts)):
        try:
            a, b = (_place(",".join(part).strip(), names, entries) for part in (parts[:k], parts[k:]))
        except NoSuchRow as fault:
            faults.append(fault)
            continue
        if a == b:
            raise NoSuchRow(f"{text!r} is the same row twice")
        return a, b
    raise faults[0] if faults else NoSuchRow(f"{text!r} is not two rows; write A,B")


def _place(name: str, names: Sequence[str], entries: Sequence[Entry]) -> int:
    if name in names:
        return names.index(name)
    same = [k for k, entry in enumerate(entries) if _id(entry) == name]
    if len(same) == 1:
        return same[0]
    if same:
        raise NoSuchRow(f"{name!r} is several rows: {listed([repr(names[k]) for k in same], 'or')}")
    from sim.files.complaints import did_you_mean

    hint = did_you_mean(name, names) or f"there are {listed(list(names))}"
    raise NoSuchRow(f"no row {name!r}; {hint}")


def _cases(entries: Sequence[Entry]) -> list[Case | str]:
    """Every entry compiled, or why it cannot be drawn again."""
    compiled = iter(api.compiled([e.loaded for e in entries if e.loaded is not None]))
    return [next(compiled) if e.loaded is not None else e.missing or "its scenario is not at hand" for e in entries]


def _smaa_missing(names: Sequence[str], cases: Sequence[Case | str]) -> str | None:
    for name, case in zip(names, cases, strict=True):
        if isinstance(case, str):
            return f"{name} cannot be drawn again: {case}"
    return obstacle(names, [case for case in cases if isinstance(case, Case)])


def _merit(result: Result) -> tuple[float, int, float]:
    """What rows are sorted by; a text that nobody is asked about comes last."""
    joint = result.joint_acceptability
    weakest = _weakest(result)
    shares = (-1.0 if joint is None else joint.estimate, -1.0 if weakest is None else weakest)
    together, least = map(figure, shares)  # as a saved run has them, so that a tie stays one
    return together, -_refusing(result), least


def _refusing(result: Result) -> int:
    """How many of the parties asked refuse, an alliance by itself."""
    return sum((p.own or p).verdict == "refuses" for p in result.asked)


def _weakest(result: Result) -> float | None:
    if result.weakest_party is None:
        return None
    party = result.party(result.weakest_party)
    return (party.own or party).acceptability.estimate


def _pairs(rows: int) -> list[tuple[int, int]]:
    if rows <= EVERY_PAIR:
        return list(combinations(range(rows), 2))
    return [(0, other) for other in range(1, rows)]


def _row(name: str, called: str, entry: Entry, result: Result, domain: str | None) -> Row:
    terms, found = result.terms_by_basis, result.filler
    total = sum(terms.model_dump().values())
    word, parties = outcome(result)
    return Row(
        name=name,
        called=called,
        label=entry.label,
        source=Source(kind="file" if entry.saved is None else "saved", path=str(entry.path)),
        domain=domain,
        scenario=result.scenario,
        settings=result.settings,
        joint_acceptability=result.joint_acceptability,
        weakest_party=result.weakest_party,
        weakest_share=_weakest(result),
        on_evidence=result.on_evidence,
        parties=tuple(
            PartyShare(
                id=p.id,
                name=p.name,
                consent_needed=p.consent_needed,
                silent=p.silent,
                verdict=p.verdict,
                acceptability=p.acceptability,
                own=None if p.own is None else p.own.acceptability,
                on_evidence=p.on_evidence,
                sole_blocker=p.sole_blocker,
            )
            for p in result.parties
        ),
        filler=FillerShare(
            assumed_terms=terms.assumed,
            terms=total,
            more_than_half=2 * terms.assumed > total,
            low=None if found is None else found.low,
            high=None if found is None else found.high,
        ),
        consent_not_modelled=result.consent_not_modelled,
        refusing=_refusing(result),
        verdict=ModelledVerdict(word=word, parties=tuple(p.id for p in parties), text=short(result)),
    )


def _warnings(results: Sequence[Result], one_domain: bool) -> list[str]:
    """What makes the rows unequal; in different domains one day is no yardstick either."""
    said = []
    days = sorted({r.scenario.as_of for r in results})
    if len(days) > 1 and one_domain:
        span = listed([str(day) for day in days]) if len(days) <= EVERY_PAIR else f"{days[0]} to {days[-1]}"
        said.append(
            f"Positions of different days ({span}): shares are not scored on one yardstick; --as-of DATE gives all "
            "texts the positions of one day."
        )
    settings = [r.settings for r in results]
    for what, values in (
        ("numbers of draws", {f"{s.draws:,}" for s in settings}),
        ("seeds", {str(s.seed) for s in settings}),
        ("modes of evidence", {s.evidence for s in settings}),
        # another day may well bring another lottery, which needs no second warning
        ("no-deal lotteries", {str(s.no_deal) for s in settings} if len(days) == 1 else set()),
    ):
        if len(values) > 1:
            said.append(f"The rows have different {what} ({listed(sorted(values))}).")
    return said
