"""The best packages of a space as text: what they are, whom they ask, what each change gives and costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sim.analysis.search.english import crossed, fine_percent, option_name, say, term_name, title
from sim.analysis.search.findings import lead_findings, note_findings
from sim.analysis.search.result import Best, BestOnEvidence, PartyOutcome, Peers, Search, SearchAnswer, SearchFinding
from sim.files.grammar import plural
from sim.report.english import Names
from sim.report.numbers import change, compact, gain, interval
from sim.report.outcome import heading_of
from sim.report.page import Column, Detail, Page, Sheet
from sim.report.verdict import NO_SOURCES, caveat, evidence_range, main_objection, word
from sim.results.records import Interval, OnEvidence, beyond_error
from sim.results.verdicts import stance, unsourced

#: Parties that refuse in fewer draws than this have no main objection to show.
MINOR = 0.1
#: Up to so many options of an issue are named one by one.
NAMED = 6

#: Kinds of findings that stand on the first screen, below its tables.
FIRST = (
    *("loose_bound", "soft_rankings", "idle_changes", "fresh_draws", "breaks_constraint", "edited_before"),
    *("not_binding", "consent_left_out", "mean_gains", "draws"),
)

HEADER = ("scenario", "among", "rank", "issue", "party", "measure", "value", "low", "high")
#: Where ``true`` and ``false`` are no texts.
FLAGS = ("value",)


def rows(result: Search) -> Iterator[tuple[object, ...]]:
    """Tidy: a row a package, issue or party (empty where the figure is of neither) and measure; rank 0 is the text."""
    id, base = result.scenario.id, result.base
    yield (id, None, 0, None, None, "joint_acceptability", *base.joint_acceptability.figures)
    for standing in base.parties:
        yield (id, None, 0, None, standing.id, "acceptability", *standing.acceptability.figures)
        yield (id, None, 0, None, standing.id, "mean_gain", *_figures(standing.gain))
    for answer in result.answers:
        for rank, issue, party, measure, value in _measures(answer):
            yield (id, answer.among, rank, issue, party, measure, *_figures(value))


def _figures(value: object) -> tuple[object, object, object]:
    """Value, low and high."""
    if isinstance(value, Interval):
        return value.figures
    if isinstance(value, OnEvidence):
        return None, value.necessary, value.possible
    return str(value).lower() if isinstance(value, bool) else value, None, None


def _measures(answer: SearchAnswer) -> Iterator[tuple[int | None, str | None, str | None, str, object]]:
    """Rank, issue, party, measure and value."""
    for measure in ("at_most", "proven", "as_good", "list_proven"):
        yield None, None, None, measure, getattr(answer, measure)
    for rank, package in enumerate(answer.listed, 1):
        yield rank, None, None, "joint_acceptability", package.joint_acceptability
        yield rank, None, None, "against_best", package.against_best
        for issue, option in package.terms.items():
            yield rank, issue, None, "option", option or "open"
    if (best := answer.best) is not None:
        yield 1, None, None, "change", best.change
        yield 1, None, None, "fresh", best.fresh
        for party in best.parties:
            yield 1, None, party.id, "acceptability", party.acceptability
            yield 1, None, party.id, "change", party.change
            yield 1, None, party.id, "on_evidence", party.on_evidence
            yield 1, None, party.id, "mean_gain", party.gain
            yield 1, None, party.id, "mean_gain_change", party.gain_change
        for term in best.changes:
            for x in term.gains:
                yield 1, term.issue, x.party, "mean_gain_change", x.change
            yield 1, term.issue, None, "joint_acceptability_without", term.without
    if (peers := answer.peers) is not None:
        yield None, None, None, "peers", peers.packages
        yield None, None, None, "peers_complete", peers.complete
        for peer in peers.issues:
            for count in peer.options:
                yield None, peer.issue, None, f"peers_with:{count.option or 'open'}", count.packages


def page(result: Search) -> Page:
    """The best package, and apart the best that asks fewer than the text; for whom they are good; the next best."""
    names = Names(result.labels, result.names)
    sheets = _terms(result, names)
    for answer in result.answers:
        if answer.best is not None:
            parties = _parties(result, names, answer, answer.best)
            details = [_changes(result, names, answer, answer.best), _list(names, answer)]
            if answer is result.answer and answer.peers is not None:
                details.append(_peers(names, answer, answer.peers))
            sheets += [replace(x, detail=x is not parties or answer is not result.answer) for x in [parties, *details]]
    sheets.append(_vetoes(result, names))
    return Page(
        heading=f"{heading_of(result.scenario, result.settings)}: the best packages",
        lead=" ".join(say(x, names) for x in lead_findings(result)),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        notes=tuple(_note(x, say(x, names)) for x in note_findings(result)),
        caveat=caveat([result.settings]),
    )


def _note(finding: SearchFinding, sentence: str) -> str:
    """What the first screen says: what bears on the trust in the best package, and on all figures."""
    first = finding.kind in FIRST or (isinstance(finding, BestOnEvidence) and finding.among != "asking_fewer")
    return sentence if first else Detail(sentence)


# --- the tables -----------------------------------------------------------------------------


def _terms(result: Search, names: Names) -> list[Sheet]:
    """Issue by issue: the text, the one searched near, and what the best packages say; first what they change."""
    bests = [a.best for a in result.answers if a.best is not None]
    heads = [title(a.among).removeprefix("the ") for a in result.answers if a.best is not None]
    tabled = result.tabled
    against = result.near or tabled
    changed: list[tuple[str, ...]] = []
    same: list[tuple[str, ...]] = []
    marks: dict[str, str] = {}
    if not unsourced(result.settings):
        marks = dict.fromkeys(result.base_assumed, " (filler)") | dict.fromkeys(result.base_proposed, " (proposed)")
    for issue, option in tabled.items():
        mark = marks.get(issue, "")
        there = [] if result.near is None else [option_name(names, issue, result.near[issue])]
        cells = ["=" if b.terms[issue] == against[issue] else option_name(names, issue, b.terms[issue]) for b in bests]
        row = (names.labels.issue(issue), f"{option_name(names, issue, option)}{mark}", *there, *cells)
        stays = {*cells} == {"="} and against[issue] == option
        (same if stays else changed).append(row)
    near = names.labels.text(result.options.near or "")
    nearby = [] if result.near is None else [Column(f"near:\n{near}", width=24)]
    columns = (Column("issue"), Column("as tabled"), *nearby, *(Column(head) for head in heads))
    alike = "as tabled" if result.near is None else f"as in {near}"
    return [
        Sheet(columns, tuple(changed), f"The terms that change; = {alike}{_marks(changed)}"),
        Sheet(columns, tuple(same), f"The terms that stay as tabled{_marks(same)}", detail=True),
    ]


def _marks(rows: Sequence[tuple[str, ...]]) -> str:
    """What the marks of tabled terms mean, where there are any."""
    meaning = {" (filler)": "; (filler): not in the sources", " (proposed)": "; (proposed): proposed here"}
    return "".join(words for mark, words in meaning.items() if any(row[1].endswith(mark) for row in rows))


def _parties(result: Search, names: Names, answer: SearchAnswer, best: Best) -> Sheet:
    tabled = {p.id: compact(p.acceptability.estimate) for p in result.base.parties}
    lines = [
        (
            _heading(names, party),
            tabled.get(party.id, "not asked"),
            f"{interval(party.acceptability)}\n{change(party.change)}",
            f"{party.gain:+.2f}\n{gain(party.gain_change)}",
            *_settled(result, party),
            _against(result, party),
        )
        for party in best.parties
    ]
    together = f"{interval(best.joint_acceptability)}\n{change(best.change)}"
    lines.append(("all it asks", compact(result.base.joint_acceptability.estimate), together, "", "", "", ""))
    columns = (
        Column("party", width=17),
        Column("as tabled", right=True, width=9),
        Column("accepts\nchange, points", width=17),
        Column("mean gain\nchange", right=True, width=9, least=90),
        Column("verdict", width=9),
        Column("on the\nevidence", width=11),
        Column("main objection", width=22),
    )
    return Sheet(columns, tuple(lines), f"Who accepts {title(answer.among)} (in brackets: not asked)")


def _heading(names: Names, party: PartyOutcome) -> str:
    """A party's name, in brackets where it is not asked."""
    name = names.party(party.id)
    return name if party.consent_needed else f"({name})"


def _settled(result: Search, party: PartyOutcome) -> tuple[str, str]:
    """What the party is said to do, and what the evidence allows."""
    modelled = stance(party.acceptability)
    if unsourced(result.settings):
        return modelled, NO_SOURCES
    return word(modelled, party.on_evidence), evidence_range(party.on_evidence)


def _against(result: Search, party: PartyOutcome) -> str:
    """The main objection, where more than a few draws refuse."""
    if party.main_objection is None or party.acceptability.estimate > 1 - MINOR:
        return "none"
    return main_objection(party.main_objection, result.labels, party.id).removeprefix("its ")


def _changes(result: Search, names: Names, answer: SearchAnswer, best: Best) -> Sheet:
    """What each change is good for; of the second answer, those that the first one's best does not make."""
    first = result.answer.best if answer is not result.answer else None
    known = set() if first is None else {(c.issue, c.after) for c in first.changes}
    lines = []
    for term in (c for c in best.changes if (c.issue, c.after) not in known):
        gains = {x.party: x.change for x in term.gains}
        before, after = (option_name(names, term.issue, x) for x in (term.before, term.after))
        cell = [f"{names.labels.issue(term.issue)}: {before} -> {after}"]
        cell += [f"(without it {names.spoken(p)} would be asked)" for p in term.spares]
        cell += [f"(without it {names.spoken(p)} would not be asked)" for p in term.calls_on]
        cell += [f"(clears {crossed(names, term.clears)})"] * bool(term.clears)
        cell += [f"(crosses {crossed(names, term.crosses)})"] * bool(term.crosses)
        # What is open in the text is closed in every package looked at, unless it is kept.
        without = compact(term.without.estimate) + (" (left open)" if term.before is None else "")
        lines.append(("\n".join(cell), *(gain(gains[p.id]) for p in best.parties), without))
    columns = (
        Column("change" if result.near is None else "change of the text as tabled", width=40),
        *(Column(_heading(names, p), right=True, width=10, folds=True) for p in best.parties),
        Column("all accept\nwithout it", right=True, width=10),
    )
    what = f"What each change of {title(answer.among)} gives (+) and costs (-): mean gain"
    if first is not None:
        what = f"What only {title(answer.among)} changes: mean gain given (+) and cost (-)"
    return Sheet(columns, tuple(lines), f"{what}, the others being made")


def _list(names: Names, answer: SearchAnswer) -> Sheet:
    lines = []
    for rank, package in enumerate(answer.listed[1:], 2):
        differs = [term_name(names, x.issue, x.option) for x in package.differs]
        differs += [f"(or {term_name(names, x.issue, x.option)}, the same for all)" for x in package.alike]
        against = package.against_best
        apart = "" if beyond_error(against) else "\nnot told apart"
        cells = (fine_percent(package.joint_acceptability.estimate), f"{change(against)}{apart}", "\n".join(differs))
        lines.append((str(rank), *cells))
    proof = "" if answer.list_proven else "; a better one may be missing"
    columns = (
        Column("rank", right=True),
        Column("accepted by all", right=True),
        Column("against the best", width=20),
        Column("differs from the best in", width=50),
    )
    return Sheet(columns, tuple(lines), f"The next after {title(answer.among)}{proof}")


def _peers(names: Names, answer: SearchAnswer, peers: Peers) -> Sheet:
    """What the packages that draws do not tell from the best have in common; nothing where it is the only one."""
    lines = []
    shared = []
    for x in peers.issues if peers.packages > 1 else ():
        if len(x.options) == 1:
            shared.append(term_name(names, x.issue, x.options[0].option))
            continue
        most = [f"{option_name(names, x.issue, option.option)} {option.packages:,}" for option in x.options[:NAMED]]
        lines.append((names.labels.issue(x.issue), ", ".join(most) + ", ..." * (len(x.options) > NAMED)))
    if shared:
        lines.append(("(the same in all)", ", ".join(shared)))
    whole = "all there are" if peers.complete else "of those scored; there may be more"
    like = f"{plural(peers.packages, 'package')} ({whole}) not told from {title(answer.among)} by these draws"
    columns = (Column("issue"), Column("options, and how many have them (no measure of merit)", width=76))
    return Sheet(columns, tuple(lines), f"{like}; it is one of them")


def _vetoes(result: Search, names: Names) -> Sheet:
    """Where nothing is accepted: who rejects how many packages by which lines."""
    lines = []
    labels = names.labels
    for veto in result.vetoes:
        by: dict[tuple[str, str], list[str]] = {}
        for x in veto.lines:
            where, line = labels.issue(x.issue or ""), labels.option(x.issue or "", x.option)
            if x.kind == "refusal":
                where, line = "refusals", labels.refusal(veto.party, x.refusal)
            by.setdefault((x.basis, where), []).append(line)
        cell = [f"{where}: {', '.join(names)} ({basis})" for (basis, where), names in by.items()]
        count = "" if veto.packages is None else f"{veto.packages:,}"
        lines.append((names.party(veto.party), count, "\n".join(cell)))
    by_lines = Column("by its lines that always bind", width=66)
    columns = (Column("party", width=20), Column("rejects", right=True), by_lines)
    return Sheet(columns, tuple(lines), "Of those whom every package asks: who rejects how many, whatever is drawn")
