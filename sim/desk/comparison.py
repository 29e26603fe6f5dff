"""Several texts side by side on the draws of one: who accepts which, and where each says something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.analysis.compare.compare import compare, row_names
from sim.analysis.compare.english import names_of, say
from sim.analysis.compare.inputs import entries_of
from sim.analysis.compare.result import Comparison, Row, RowParty
from sim.desk.english import STANCES, abbreviations
from sim.desk.sections import half_width, link_to, term_edit
from sim.desk.texts import judged_alike
from sim.engine.profiles import compile_case
from sim.report.numbers import compact, compact_range
from sim.report.verdict import word
from sim.results.records import TermChange
from sim.results.verdicts import unsourced
from sim.scenario.issues_in_force import one_domain
from sim.scenario.labels import Labels, capital, labels_of
from sim.scenario.loading import Loaded

#: Findings of a comparison that its table does not show by itself.
LEAD = ("different_domains", "no_row_asks", "best_rows", "different_days")
#: Shades of a share, from none to all.
SHADES = 5


@dataclass(frozen=True)
class PartyCell:
    """What a party makes of a text; ``low`` to ``high``, in per cents, is what the evidence alone allows."""

    stance: str
    sign: str
    share: str
    at: float
    shade: int
    low: float | None
    high: float | None
    allowed: str


@dataclass(frozen=True)
class OtherTerm:
    """A term that differs: an issue, what the text on the desk says, and what this one does."""

    issue: str
    here: str
    there: str


@dataclass(frozen=True)
class TextRow:
    """A row: a text, its figures, and its terms that differ, None where its issues are others.

    ``link`` puts it into the desk, None where other positions count for it; the text on the desk has neither.
    """

    name: str
    day: str
    verdict: str
    joint: str
    at: float
    shade: int
    cells: tuple[PartyCell | None, ...]
    own: bool
    link: str | None
    terms: tuple[OtherTerm, ...] | None


@dataclass(frozen=True)
class TextTable:
    """Texts, best first where they are of one domain, and the parties of all, with their names cut short."""

    lead: str
    parties: tuple[tuple[str, str], ...]
    texts: tuple[TextRow, ...]
    error: str
    sourced: bool

    @property
    def days(self) -> int:
        """The positions of how many days count."""
        return len({text.day for text in self.texts})


def comparison_of(loaded: Loaded, others: Sequence[Loaded]) -> tuple[Comparison, TextTable]:
    """A text beside others on its draws, whatever theirs are; the document, and the table of it."""
    draws, seed = loaded.scenario.draws, loaded.scenario.seed
    texts = [loaded, *(item.with_(draws=draws, seed=seed) for item in others)]
    # a page for others does not say where a file lies on this machine
    entries = [
        replace(entry, path=Path(item.scenario.id)) if entry.path.is_absolute() else entry
        for entry, item in zip(entries_of(texts), texts, strict=True)
    ]
    result, here = compare(entries), _terms(loaded)
    by_name = dict(zip(row_names(entries), texts, strict=True))
    names, people = names_of(result), list(result.people.values())
    shares = [p.acceptability for row in result.rows for p in row.parties]
    shares += [row.joint_acceptability for row in result.rows if row.joint_acceptability is not None]
    table = TextTable(
        lead=" ".join(say(x, names) for x in result.findings if x.kind in LEAD),
        parties=tuple(zip(people, abbreviations(people), strict=True)),
        texts=tuple(_text(row, result, by_name[row.name], loaded, here) for row in result.rows),
        error=half_width(max(shares, key=lambda share: share.high - share.low)),
        sourced=not all(unsourced(row.settings) for row in result.rows),
    )
    return result, table


def _text(row: Row, result: Comparison, item: Loaded, desk: Loaded, here: Mapping[str, str | None]) -> TextRow:
    """The row of a text; ``here`` are the terms of that on the desk."""
    there = _terms(item)
    differing = [TermChange(issue=i, before=here[i], to=o) for i, o in there.items() if i in here and here[i] != o]
    parties = {p.id: p for p in row.parties}
    labels = labels_of(item.scenario.domain)
    alike = item is not desk and judged_alike(desk, item)
    alike_issues = here.keys() == there.keys() or one_domain(desk.scenario, item.scenario)
    return TextRow(
        name=row.called if _several(row, result) else row.scenario.name,
        day=str(row.scenario.as_of),
        verdict=row.verdict.text,
        joint="–" if row.joint is None else compact(row.joint),
        at=100 * (row.joint or 0),
        shade=_shade(row.joint or 0),
        cells=tuple(_cell(parties[p], unsourced(row.settings)) if p in parties else None for p in result.people),
        own=item is desk,
        link=link_to(desk.sha256, [term_edit(x.issue, x.to) for x in differing]) if alike else None,
        terms=tuple(_term(x, labels) for x in differing) if alike_issues else None,
    )


def _several(row: Row, result: Comparison) -> bool:
    """Whether the name of a row's text is another's too."""
    return [other.scenario.name for other in result.rows].count(row.scenario.name) > 1


def _terms(item: Loaded) -> Mapping[str, str | None]:
    case = compile_case(item.scenario)
    return case.space.terms(case.text)


def _term(change: TermChange, labels: Labels) -> OtherTerm:
    before, to = (labels.option(change.issue, option) for option in (change.before, change.to))
    return OtherTerm(capital(labels.issue(change.issue)), before, to)


def _shade(share: float) -> int:
    return min(int(share * SHADES), SHADES - 1)


def _cell(party: RowParty, bare: bool) -> PartyCell:
    """A party's cell; ``bare`` without what the evidence allows, where nothing is sourced."""
    share, evidence = party.acceptability.estimate, party.on_evidence
    stance: str = word(party.verdict, None if bare else evidence)
    if party.silent or not party.consent_needed:
        stance = "silent" if party.silent else "not asked"
    return PartyCell(
        stance=stance,
        sign=STANCES[stance],
        share=compact(share),
        at=round(100 * share, 2),
        shade=_shade(share),
        low=None if bare else round(100 * evidence.necessary, 2),
        high=None if bare else round(100 * evidence.possible, 2),
        allowed="" if bare else compact_range(evidence.necessary, evidence.possible),
    )
