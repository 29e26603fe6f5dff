"""What the library holds, as tables: issues, positions, evidence, sources."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from sim.files.grammar import first_letters, plural
from sim.report import layout
from sim.report.layout import Column
from sim.report.looked_for import LOOKED_FOR, looked_for
from sim.report.numbers import exact, percent, size
from sim.report.page import Page, by_column
from sim.report.terminal import WIDTH, screen_width
from sim.report.verdict import chance_words
from sim.results.runs import SavedRun
from sim.scenario import schema
from sim.scenario.catalogue import Holding
from sim.scenario.evidence import Citation, Fate, Reason, YoungerClaim
from sim.scenario.labels import Labels, issue_labels, labels_of

if TYPE_CHECKING:
    from sim.execution.holdings import Holdings, State, StoredWork  # brings numpy, for which other lists do not wait


#: What was asked, by the name of the job.
ASKED: Mapping[str, str] = {
    "Run": "run",
    "ScoreFiles": "run of files",
    "SweepPoints": "sweep",
    "Trying": "sensitivity",
    "TryingTalks": "sensitivity of talks",
    "PairsOfBlocks": "sensitivity by Sobol (pairs of draws)",
    "Scoring": "scores of changed texts",
    "Counting": "votes on many texts",
    "Beyond": "votes on further draws",
}
#: Characters of a command that are shown.
_COMMAND = 200
#: So many texts are named of those that a piece of a store is of.
TEXTS_NAMED = 3
STATES: Mapping[State, str] = {"current": "", "damaged": "damaged", "outdated": "outdated: other "}


def scenario(loaded: schema.Scenario) -> Page:
    """A scenario in short, for notebooks: what its text says, and who is asked."""
    labels = labels_of(loaded.domain)
    terms = loaded.proposal.terms.items()
    parties = loaded.domain.positions.values()
    edits = f"; edits: {', '.join(loaded.edits)}" if loaded.edits else ""
    return Page(
        heading=f"{loaded.title} ({loaded.id}, text of {loaded.proposal.date}, positions of {loaded.day})",
        lead=loaded.proposal.summary,
        sheets=(
            by_column(
                (
                    (Column("issue"), [labels.issue_id(issue) for issue, _ in terms]),
                    (Column("text"), [labels.term(issue, term.option) for issue, term in terms]),
                    (Column("basis"), ["default" if term.default else term.basis for _, term in terms]),
                )
            ),
            by_column(
                (
                    (Column("party"), [f"{party.name} ({party.id})" for party in parties]),
                    (Column("role"), [party.role for party in parties]),
                    (Column("consent"), [_consent(party.consent, labels) for party in parties]),
                )
            ),
        ),
        notes=(f"{plural(loaded.draws, 'draw')}, seed {loaded.seed}, {loaded.negotiation.protocol}{edits}",),
    )


class _Rows:
    """A table with columns of these widths at most; to fit :data:`WIDTH`, they may sum to it less two a column."""

    def __init__(self, columns: Mapping[str, int], rows: Iterable[tuple[str, ...]]) -> None:
        self._columns = tuple(Column(name, width=width) for name, width in columns.items())
        self._rows = tuple(rows)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield layout.table(self._columns, self._rows, options.max_width)


def _stacked(*lines: str | None) -> str:
    return "\n".join(line for line in lines if line)


def issues(domain: schema.Issues) -> RenderableType:
    """Issues with their options; constraints; effects; what no deal means."""
    labels = issue_labels(domain)
    parts: list[RenderableType] = [Text(domain.title, style="bold")]
    for name, issue in domain.issues.items():
        since = "" if issue.since is None else f" In force since {issue.since}."
        parts += ["", Text.assemble((labels.issue_id(name), "bold"), f"  {issue.question}{since}")]
        grid = Table.grid(padding=(0, 2))
        grid.add_column(min_width=24, no_wrap=True)
        grid.add_column()
        for option, meaning in issue.options.items():
            both = labels.option_id(name, option) != option
            grid.add_row(Text(f"  {option}"), Text(f"{meaning.label}: {meaning.text}" if both else meaning.text))
        parts.append(grid)
    parts += ["", Text("Constraints", style="bold")]
    rules = ((c.id, c.severity, labels.terms_ids(c.when), labels.terms_ids(c.then), c.why) for c in domain.constraints)
    parts.append(_Rows({"id": 3, "severity": 9, "if": 26, "then": 28, "why": 24}, rules))
    for e in domain.effects:
        then = "; ".join(f"{labels.issue_id(i)} is seen as {labels.option_id(i, o)}" for i, o in e.then.items())
        parts.append(Text(f"Effect {e.id} ({e.basis}): if {labels.terms_ids(e.when)}, then {then}. {e.why}"))
    for name, lottery in domain.no_deal.lotteries.items():
        parts.append(Text(f"No deal {name}, from {lottery.start} ({lottery.basis}): {', '.join(lottery.outcomes)}"))
    if domain.no_deal.turning_issue:
        parts.append(Text(f"Turning issue: {labels.issue_id(domain.no_deal.turning_issue)}"))
    return Group(*parts)


def positions(party: schema.Party, as_of: dt.date | None, labels: Labels, unsourced: bool = False) -> RenderableType:
    """A party's entries (only those in force with ``as_of``), refusals, demands, consent and beliefs.

    ``unsourced``: the domain holds no evidence, so that nothing need be said of what was looked for.
    """
    rows = []
    for issue, entries in party.positions.items():
        positions = sorted(entries, key=lambda e: e.start)
        if as_of is not None:
            positions = [e for e in positions if e.start <= as_of][-1:]
        rows += [_entry(issue, entry, labels, unsourced) for entry in positions]
    columns = {"issue, from": 17, "ranking, best first": 27, "red lines": 25, "importance": 11, "evidence": 10}
    parts: list[RenderableType] = [Text(f"{party.name} ({party.id}, {party.role})", style="bold"), _Rows(columns, rows)]
    parts.append(Text(f"Consent: {_consent(party.consent, labels)}"))
    quota = None if party.decides is None else party.decides.quota
    if quota is not None:
        parts.append(Text(f"Decides: by the voters; a text passes with a yes of over {exact(quota)}"))
    for refusal in party.refuses:
        until = "" if refusal.until is None else f" until {refusal.until}"
        if as_of is not None and not refusal.in_force(as_of):
            continue
        chance = f", {chance_words(refusal.holds, quota)}" if refusal.holds is not None else ""
        name = labels.refusal_id(party.id, refusal.id)
        rests_on = f"{refusal.basis}{chance}; {', '.join(refusal.evidence) or 'no evidence'}"
        terms = labels.terms_ids(refusal.when)
        parts.append(Text(f"Refuses {name} from {refusal.start}{until} ({rests_on}): {terms}. {refusal.why}"))
    for demand in party.asks:
        until = "" if demand.until is None else f" until {demand.until}"
        if as_of is not None and not demand.in_force(as_of):
            continue
        name = labels.demand_id(party.id, demand.id)
        rests_on = f"{demand.basis}; {', '.join(demand.evidence) or 'no evidence'}"
        terms = labels.terms_ids(demand.terms)
        parts.append(Text(f"Asks for {name} from {demand.start}{until} ({rests_on}): {terms}. {demand.why}"))
    for lottery, beliefs in party.no_deal.beliefs.items():
        ranges = ", ".join(f"{k} {s.words}" for k, s in beliefs.ranges.items())
        parts.append(Text(f"Believes of no deal {lottery} ({beliefs.basis}): {ranges}"))
    return Group(*parts)


def _entry(issue: str, entry: schema.Position, labels: Labels, unsourced: bool) -> tuple[str, ...]:
    if entry.values is not None:
        ranking = ", ".join(f"{labels.option_id(issue, o)} {s.words}" for o, s in entry.values.items())
    else:
        ranking = labels.ranking_ids(issue, entry.ranking or ())
    # silence has no basis, as in sim explain
    ranking = f"{ranking} ({entry.basis.ranking})" if ranking else "unknown"
    if (not entry.ranking and entry.values is None) or entry.basis.ranking == "assumed":
        sought = "" if unsourced else looked_for(entry.searched, bool(entry.evidence.ranking))
    else:
        sought = "" if entry.searched is None else f"{LOOKED_FOR} on {entry.searched}"
    ranking += f"\n{sought}" if sought else ""
    weight = entry.importance if entry.weight is None else f"weight {entry.weight.words}"
    lines = "; ".join(f"{labels.option_id(issue, x.option)} ({x.basis})" for x in entry.red_lines)
    return (
        f"{labels.issue_id(issue)}\n{entry.start}",
        ranking,
        lines or "none",
        f"{weight} ({entry.basis.importance})",
        ", ".join(entry.evidence.all) or "none",
    )


def party_facts(party: schema.Party, labels: Labels | None = None) -> dict[str, object]:
    """A party in short, the same in JSON as in the table, which has ``labels`` beside ids."""
    return {
        "id": party.id,
        "name": party.name,
        "role": party.role,
        "members": party.members,
        "consent": _consent(party.consent, labels or Labels()).removesuffix("."),
        "issues": len(party.positions),
        "red_lines": sum(len(entry.red_lines) for entries in party.positions.values() for entry in entries),
        "refusals": len(party.refuses),
        "demands": len(party.asks),
    }


def parties(domain: schema.Domain) -> RenderableType:
    """All parties, a row each."""
    labels, rows = labels_of(domain), []
    for party in domain.positions.values():
        facts = party_facts(party, labels)
        role = party.role + (f" of {', '.join(party.members)}" if party.members else "")
        facts["issues"] = f"{facts['issues']} of {len(domain.issues.issues)}"
        figures = (str(facts[key]) for key in ("consent", "issues", "red_lines", "refusals", "demands"))
        rows.append((party.id, _stacked(party.name, role), *figures))
    widths = {
        "id": 16,
        "name, role": 22,
        "consent": 24,
        "issues with positions": 9,
        "red lines": 5,
        "refusals": 8,
        "demands": 7,
    }
    return _Rows(widths, rows)


def texts(holdings: Sequence[Holding]) -> RenderableType:
    """Libraries with their texts."""
    parts: list[RenderableType] = []
    for holding in holdings:
        if parts:
            parts.append("")
        parts.append(Text.assemble((holding.title or "a domain without a title", "bold"), f"  {holding.folder}"))
        titles = (x.title or "" if x.fault is None else f"cannot be used: {x.fault}" for x in holding.texts)
        rows = ((x.id, x.date or "", title) for x, title in zip(holding.texts, titles, strict=True))
        parts.append(_Rows({"id": 26, "date": 10, "title": 58}, rows) if holding.texts else Text("no texts"))
    return Group(*parts)


def runs(saved: Sequence[SavedRun]) -> RenderableType:
    """Saved runs, a row each."""
    return _Rows({"folder": 56, "draws, seed": 9, "joint": 5, "positions of, edits": 22}, map(_run, saved))


def _run(run: SavedRun) -> tuple[str, ...]:
    if run.fault is not None:
        return run.folder, "", "", f"cannot be read: {run.fault}"
    joint = "-" if run.joint_acceptability is None else percent(run.joint_acceptability)
    protocol = None if run.protocol == "vote" else run.protocol
    return run.folder, f"{run.draws:,}, {run.seed}", joint, _stacked(run.as_of, protocol, *run.edits)


def store(holdings: Holdings) -> RenderableType:
    """What a store holds, a row a question, and below it the whole."""
    columns = (
        Column("question", width=28),
        Column("texts", width=16),
        Column("what is there", width=24),
        Column("seed", right=True),
        Column("pieces", right=True),
        Column("size", right=True),
        Column("last used", width=10),
    )
    works = holdings.works
    lines = [
        f"{_amount(holdings)} in all. What is not there yet is worked out when the question is asked again.",
        "A part: points, edits or files that are worked on together. A piece: a file, of some of the draws of a part.",
    ]
    if sum(work.pieces for work in works) > holdings.pieces:
        lines.append("Pieces that several questions share count with each.")
    if any(work.state != "current" for work in works):
        lines.append("No command uses what is outdated or damaged: sim store --clear --outdated removes it.")
    return Group(layout.table(columns, [*map(_work, works)], screen_width()), Text("\n".join(lines)))


def _work(work: StoredWork) -> tuple[str, ...]:
    texts = ", ".join(work.texts[:TEXTS_NAMED])
    if (more := len(work.texts) - TEXTS_NAMED) > 0:
        texts += f" and {more:,} more"
    return (
        _stacked(
            "-" if work.kind is None else ASKED.get(work.kind, work.kind),
            None if work.command is None else first_letters(work.command, _COMMAND),
        ),
        texts or "-",
        _stacked(_extent(work), _state(work)),
        ", ".join(map(str, work.seeds)) or "-",
        f"{work.pieces:,}",
        size(work.bytes),
        work.last[:16].replace("T", " "),
    )


def _extent(work: StoredWork) -> str | None:
    """How much of a question is there.

    Of an earlier version's pieces nobody knows how many draws were asked for.
    """
    if work.draws is None:
        return None
    if work.parts is None or work.finished is None or work.share is None:
        return f"up to draw {work.draws:,}"
    whole = work.finished == work.parts
    if work.parts == 1:
        return f"all {work.draws:,} draws" if whole else f"{round(work.share * work.draws):,} of {work.draws:,} draws"
    parts = f"all {work.parts:,} parts" if whole else f"{work.finished:,} of {work.parts:,} parts"
    return f"{parts},\n{work.draws:,} draws each"


def _state(work: StoredWork) -> str:
    return STATES[work.state] + ", ".join(dict.fromkeys(name.removeprefix("source of ") for name in work.differs))


def store_line(holdings: Holdings, place: str, clear: bool, outdated: bool) -> str:
    """What was removed from a store, or that there is nothing."""
    if clear and holdings.pieces:
        return f"removed {_amount(holdings)} from {place}"
    return f"nothing in {place} is outdated or damaged" if outdated else f"nothing is kept in {place}"


def _amount(holdings: Holdings) -> str:
    return f"{plural(holdings.pieces, 'piece')}, {size(holdings.bytes)}"


def _consent(consent: schema.Consent, labels: Labels) -> str:
    if consent.always:
        return "always needed."
    return "needed when " + "; or when ".join(labels.terms_ids(c).replace("; ", " and ") for c in consent.when) + "."


def evidence(rows: Sequence[schema.Evidence]) -> RenderableType:
    """All claims, a row each."""
    claims = (
        (x.id, _stacked(x.party, str(x.date)), _stacked(x.issue, x.strength), x.claim, x.place or "") for x in rows
    )
    return _Rows({"id": 4, "party, date": 20, "issue, strength": 17, "claim": 38, "place": 11}, claims)


#: By what a claim is younger than a day; and what becomes of what cites it, where it is left out.
YOUNGER_BY: Mapping[Reason, str] = {
    "date": "made later",
    "source": "its document is later",
    "note": "its note names a later time",
}
FATES: Mapping[Fate, str] = {"dropped": "goes", "loses_claim": "stays without it"}


def younger(
    claims: Sequence[YoungerClaim],
    cited: Sequence[Citation],
    terms: Mapping[str, Sequence[str]],
    domain: schema.Domain,
    day: dt.date,
) -> RenderableType:
    """Claims younger than a day, a row each, and what cites them; ``terms`` are those of texts, by claim."""
    labels, names = labels_of(domain), {p.id: p.name for p in domain.positions.values()}
    lines = []
    for claim in claims:
        places = [citing(x, labels, names) for x in cited if claim.id in x.claims]
        dated = _stacked(str(claim.date), *(["document " + str(claim.source_date)] * (claim.source_date > claim.date)))
        why = _stacked(*(YOUNGER_BY[reason] for reason in claim.reasons))
        lines.append((claim.id, dated, why, _stacked(*places, *terms.get(claim.id, ())) or "nothing"))
    dropped = sum(x.fate == "dropped" for x in cited)
    head = f"{plural(len(claims), 'claim')} younger than {day}; without them {plural(dropped, 'entry', 'entries')} of "
    head += f"cells and refusals would go, and {len(cited) - dropped} others lose a claim."
    return (
        Group(Text(head), _Rows({"id": 6, "of": 20, "younger": 24, "cited by": 44}, lines))
        if lines
        else Text(f"no claim is younger than {day}")
    )


def citing(citation: Citation, labels: Labels, parties: Mapping[str, str]) -> str:
    """What cites a younger claim, and what becomes of it without."""
    who = parties.get(citation.party or "", citation.party or "")
    words = {
        "cell": f"{who}: {labels.issue(citation.issue or '')} from {citation.start}",
        "refusal": f"{who} refuses {labels.refusal(citation.party or '', citation.name)} from {citation.start}",
        "demand": f"{who} asks for {labels.demand(citation.party or '', citation.name or '')} from {citation.start}",
        "beliefs": f"{who}: beliefs {citation.name}",
        "no_deal": f"no deal {citation.name}",
        "effect": f"effect {citation.name}",
        "constraint": f"constraint {citation.name}",
    }
    return f"{words[citation.part]} ({FATES[citation.fate]})"


def reactions(rows: Sequence[schema.Reaction], claims: Iterable[schema.Evidence]) -> RenderableType:
    """What parties said of texts, a row each, with the claims that tell it."""
    by_id = {claim.id: claim for claim in claims}
    lines = []
    for row in rows:
        cited = [by_id[i] for i in row.evidence]
        sayings = [f"{claim.speaker}: {claim.claim}" if claim.speaker else claim.claim for claim in cited]
        dated = _stacked(*(f"{claim.id} {claim.date}" for claim in cited))
        words = _stacked(*sayings, row.note and f"({row.note})")
        lines.append((_stacked(row.text, row.party), row.word, dated, words))
    if not rows:
        return Text("nothing is told of what the parties said of the texts")
    return _Rows({"text, party": 24, "word": 11, "evidence": 15, "what was said": 40}, lines)


def one_claim(row: schema.Evidence, domain: schema.Domain, elsewhere: Iterable[str] = ()) -> RenderableType:
    """One claim with its source and everywhere the positions and effects cite it; ``elsewhere`` is where others do."""
    source = domain.sources.sources[row.source]
    who = domain.sources.actors[row.party].name if row.party in domain.sources.actors else row.party
    dated: str = source.date_basis
    if source.inferred_from is not None:
        dated += f" from: {source.inferred_from.removesuffix('.')}"
    published = f"{source.publisher}; {source.date} ({dated}); {source.origin}, {source.status}"
    facts = {
        "claim": row.claim,
        "whose": f"{who}{f', {row.speaker}' if row.speaker else ''}",
        "date": str(row.date),
        "about": row.issue,
        "strength": f"{row.strength}, {row.attribution}",
        "source": f"{_sentence(source.title)} Publisher: {published}",
        "place": row.place or "not given",
        "seen at": "\n".join(_broken(source.url, WIDTH - 12)),
        "grade": row.grade or "",
        "note": row.note or "none",
        "used by": "; ".join((*uses(row.id, domain), *elsewhere)) or "nothing",
    }
    grid = Table.grid(padding=(0, 2))
    grid.add_column(min_width=9, no_wrap=True)
    grid.add_column(max_width=WIDTH - 12, overflow="fold")
    for name, value in facts.items():
        if value:
            grid.add_row(Text(name), Text(value))
    return Group(Text(row.id, style="bold"), grid)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "…", "?", "!")) else f"{text}."


def uses(id: str, domain: schema.Domain) -> Iterable[str]:
    """Where the domain cites a row: cells, red lines, refusals, demands, beliefs, constraints, effects, lotteries."""
    return (where for where, evidence in citations(domain) if id in evidence)


def citations(domain: schema.Domain, labels: Labels | None = None) -> Iterator[tuple[str, Sequence[str]]]:
    """Everything that cites rows, in words, with the ids that it cites; with ``labels`` by names, without by ids."""
    for party in domain.positions.values():
        who = party.id if labels is None else party.name
        for issue, entries in party.positions.items():
            cell = f"{who}.{issue}" if labels is None else f"{who}: {labels.issue(issue)}"
            for entry in entries:
                ids = (*entry.evidence.all, *(id for line in entry.red_lines for id in line.evidence))
                yield f"{cell} from {entry.start}", ids
        for x in party.refuses:
            yield f"{who} refuses {x.id if labels is None else labels.refusal(party.id, x.id)}", x.evidence
        for y in party.asks:
            yield f"{who} asks for {y.id if labels is None else labels.demand(party.id, y.id)}", y.evidence
        yield from ((f"{who} beliefs {name}", x.evidence) for name, x in party.no_deal.beliefs.items())
    yield from ((f"constraint {x.id}", x.evidence) for x in domain.issues.constraints)
    yield from ((f"effect {x.id}", x.evidence) for x in domain.issues.effects)
    yield from ((f"no deal {name}", x.evidence) for name, x in domain.issues.no_deal.lotteries.items())


def _broken(url: str | None, width: int) -> list[str]:
    """An address in lines of a column, which holds no longer word."""
    return textwrap.wrap(url or "", width, break_on_hyphens=False)


def sources(register: schema.Sources) -> RenderableType:
    """Documents, then actors."""
    documents = (
        (name, _stacked(str(x.date), x.date_basis), _stacked(x.title, *_broken(x.url, 30)), x.origin)
        for name, x in register.sources.items()
    )
    actors = ((name, actor.name, actor.note or "") for name, actor in register.actors.items())
    return Group(
        _Rows({"id": 29, "date": 10, "title": 43, "origin": 10}, documents),
        _Rows({"actor": 20, "name": 30, "note": 44}, actors),
    )
