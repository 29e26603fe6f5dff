"""Where each party stands on each issue and who says so: what the map and the evidence show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from sim.desk.pack import levels_of
from sim.engine.packages import OPEN
from sim.engine.profiles import Case, Cell, Line, Ordinal, Profile
from sim.report.explain import belief_words, demand_itself, issue_lines, line_itself, term_words
from sim.results.records import DemandRecord, IssueRecord, LineRecord, PartyResult
from sim.results.result import Result
from sim.scenario import schema
from sim.scenario.labels import Labels, WithoutIds, spaced

#: Up to this many options or refusals are named in a cell of the map.
NAMED = 3
#: Of ids, those that are no words of English.
ID = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b")
#: What a crossed line is called among the marks.
KINDS = {"red_line": "line", "refusal": "refused"}
#: Classes of importance, lightest first: as many bars stand before the word.
CLASSES = ("none", "minor", "moderate", "major", "critical")


@dataclass(frozen=True)
class Mark:
    """A sign of the desk: its kind (:data:`sim.desk.english.SIGNS`), the basis that decides its form, its names."""

    kind: str
    basis: str
    names: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """The first names."""
        return self.names[:NAMED]

    @property
    def more(self) -> int:
        """How many more there are."""
        return len(self.names) - len(self.named)


@dataclass(frozen=True)
class PositionCell:
    """A party on an issue: ``term`` is how the text's stands with it, ``wants`` what it ranks first and refuses."""

    party: str
    name: str
    term: Mark
    wants: tuple[Mark, ...]
    importance: str
    importance_basis: str
    words: tuple[str, ...]
    claims: tuple[str, ...]

    @property
    def bars(self) -> int | None:
        """How heavy the issue is, of four; None where that is unknown."""
        return CLASSES.index(self.importance) if self.importance in CLASSES else None


@dataclass(frozen=True)
class PositionRow:
    """An issue with what the text says on it, on what evidence, and every party's position."""

    id: str
    label: str
    term: str
    words: str
    note: str | None
    claims: tuple[str, ...]
    parties: tuple[PositionCell, ...]


@dataclass(frozen=True)
class Expectation:
    """What a party expects of no deal, in words, with the claims that it cites."""

    party: str
    name: str
    words: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """A row of evidence with its source; ``url`` is one that a page may link to."""

    claim: str
    date: str
    strength: str
    title: str
    publisher: str
    place: str | None
    url: str | None


def positions(result: Result, case: Case, *, notes: bool = True) -> list[PositionRow]:
    """Every issue of a text with the positions on it, in the words of ``sim explain``."""
    say = PositionWords(result, notes)
    labels = say.labels
    issues = []
    for j, id in enumerate(case.space.issues):
        term, basis = case.scenario.proposal.terms[id], case.term_basis[id]
        parties = [
            _position(say, case, party, profile, j)
            for party, profile in zip(result.parties, case.profiles, strict=True)
        ]
        issues.append(
            PositionRow(
                id,
                labels.issue(id),
                labels.option(id, term.option),
                term_words(id, term, basis, labels),
                _with_names(term.note, _names(labels, id)) if notes and term.note else None,
                term.evidence,
                tuple(parties),
            )
        )
    return issues


def _names(labels: Labels, issue: str) -> dict[str, str]:
    """What notes call by ids: issues and options; those of ``issue`` come before others of the same id."""
    options = [labels.options[name] for name in labels.options if name != issue]
    return dict(chain(labels.issues.items(), *(x.items() for x in options), labels.options.get(issue, {}).items()))


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """A note of a file as readers see it who see no files: ids of several words are names in quotation marks."""
    return ID.sub(lambda id: f"'{names[id[0]]}'" if id[0] in names else id[0], text)


def expectations(result: Result) -> list[Expectation]:
    """What each party that has a view of no deal expects of it."""
    labels = WithoutIds(**result.labels.model_dump())
    return [
        Expectation(party.id, party.name, belief_words(party.beliefs, result, labels), party.beliefs.evidence)
        for party in result.parties
        if party.beliefs is not None
    ]


def _position(say: PositionWords, case: Case, party: PartyResult, profile: Profile, j: int) -> PositionCell:
    issue, record, labels = case.space.issues[j], party.issues[j], say.labels
    options = list(case.scenario.domain.issues.issues[issue].options)
    lines = _lines_on(issue, party.lines)
    asked = _demands_on(issue, party.demands)
    behind = [*(line.evidence for line in lines), *(demand.evidence for demand in asked)]
    cited = chain(record.evidence, record.importance_evidence, *behind)
    term = _term(case, profile, j)
    # What the text says already need not be said again.
    ranked = [x for x in _ranked(profile.cells[j], options, labels) if x.kind != term.kind or len(x.names) > 1]
    return PositionCell(
        party.id,
        party.name,
        term,
        (*ranked, *_lines(profile, j, labels)),
        record.importance,
        record.importance_basis,
        say.of(party.id, record, party.lines, party.demands),
        tuple(dict.fromkeys(cited)),
    )


@dataclass(frozen=True)
class PositionWords:
    """What is said of parties on issues, in the labels of a result: with ``means`` also what the draws make of them."""

    result: Result
    notes: bool = True
    means: bool = True

    @cached_property
    def labels(self) -> Labels:
        """Names without ids: readers see no files."""
        return WithoutIds(**self.result.labels.model_dump())

    @cached_property
    def _named(self) -> dict[str, dict[str, str]]:
        return {issue: _names(self.labels, issue) for issue in self.labels.options}

    def of(
        self, party: str, record: IssueRecord, lines: Sequence[LineRecord], demands: Sequence[DemandRecord]
    ) -> tuple[str, ...]:
        """Ranking, importance and note of a party, and those of its lines and demands that bear on the issue."""
        _, *words = issue_lines(record, self.result, self.labels, notes=self.notes, means=self.means)
        for line in _lines_on(record.issue, lines):
            noted = self.notes or line.kind != "red_line"
            words.append(line_itself(party, line if noted else line.model_copy(update={"why": None}), self.labels))
        words += [f"asks for {demand_itself(party, x, self.labels)}" for x in _demands_on(record.issue, demands)]
        called = (self.labels.refusals.get(party, {}), self.labels.demands.get(party, {}))
        names = self._named[record.issue] | called[0] | called[1]
        return tuple(_with_names(x, names) for x in words)


def _demands_on(issue: str, demands: Sequence[DemandRecord]) -> list[DemandRecord]:
    """The demands that ask for something on an issue."""
    return [demand for demand in demands if issue in demand.terms]


def _lines_on(issue: str, lines: Sequence[LineRecord]) -> list[LineRecord]:
    """The lines that bear on an issue."""
    return [line for line in lines if line.issue == issue or issue in line.terms]


def _term(case: Case, profile: Profile, j: int) -> Mark:
    """How the text's term stands with a party, by the rule of the desk's marks."""
    crossed = [line for line in profile.crossed(case.space, case.text) if line in _bearing(profile, j)]
    if crossed:
        line = min(crossed, key=lambda line: line.layer)
        return Mark(KINDS[line.kind], line.basis)
    cell, option = profile.cells[j], int(case.text[j])
    levels = levels_of(cell)
    if option == OPEN:
        return Mark("open", "")
    if levels is None:
        return Mark("unknown" if cell.ranking_basis == "unknown" else "number", cell.ranking_basis)
    level = next((k for k, options in enumerate(levels) if option in options), None)
    if level is None:
        return Mark("unknown", cell.ranking_basis)
    if levels[level] == _rest(cell):
        return Mark("rest", cell.ranking_basis)
    if len(levels) == 1:
        return Mark("even", cell.ranking_basis)
    kind = "best" if level == 0 else "worst" if level == len(levels) - 1 else "middle"
    return Mark(kind, "assumed" if option in cell.assumed else cell.ranking_basis)


def _rest(cell: Cell) -> list[int] | None:
    """The options that a ranking takes together in no known order; None where it leaves fewer than two so."""
    rest = list(cell.values.rest) if isinstance(cell.values, Ordinal) else []
    return rest if len(rest) > 1 else None


def _ranked(cell: Cell, ids: Sequence[str], labels: Labels) -> Iterator[Mark]:
    """What a party ranks first, or last where any other may come first; nothing where all is the same to it."""
    levels = levels_of(cell) or []
    if len(levels) < 2:
        return
    kind, options = ("worst", levels[-1]) if levels[0] == _rest(cell) else ("best", levels[0])
    basis = "assumed" if {*options} <= {*cell.assumed} else cell.ranking_basis
    yield Mark(kind, basis, tuple(labels.option(cell.issue, ids[o]) for o in options))


def _bearing(profile: Profile, j: int) -> list[Line]:
    """The lines of a party that an issue has a part in."""
    return [line for line in profile.lines if any(issue == j for issue, _ in line.condition.masks)]


def _lines(profile: Profile, j: int, labels: Labels) -> Iterator[Mark]:
    """Red lines and refusals that bear on an issue, by kind and basis."""
    by_mark: dict[tuple[str, str], list[str]] = {}
    for line in _bearing(profile, j):
        red = line.kind == "red_line"
        name = labels.option(line.issue or "", line.id) if red else labels.refusal(profile.id, line.id)
        by_mark.setdefault((KINDS[line.kind], line.basis), []).append(name)
    yield from (Mark(kind, basis, tuple(names)) for (kind, basis), names in by_mark.items())


def claims(case: Case) -> dict[str, Claim]:
    """Every claim of the domain by id."""
    domain = case.scenario.domain
    return {row.id: _claim(row, domain.sources.sources[row.source]) for row in domain.evidence}


def _claim(row: schema.Evidence, source: schema.Source) -> Claim:
    return Claim(
        row.claim, str(row.date), spaced(row.strength), source.title, source.publisher, row.place, web_address(source)
    )


def web_address(source: schema.Source) -> str | None:
    """Where a document is on the web; None for what a link must not lead to."""
    return source.url if source.url and source.url.startswith(("https://", "http://")) else None
