"""The best packages of a space as text: what they are, whom they ask, what each change gives and costs."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.search.notes import notes
from sim.analysis.search.result import Answer, Best, PartyOutcome, Search
from sim.analysis.search.words import (
    called,
    crossed,
    name_of,
    near_name,
    opt,
    packages,
    proven,
    share,
    terms,
    text,
    title,
    which,
)
from sim.files.grammar import listed
from sim.report.english import evidence_sentence, filler_caution
from sim.report.numbers import change, compact, gain, interval, percent, points
from sim.report.outcome import heading_of
from sim.report.page import Column, Page, Sheet
from sim.report.verdict import NO_SOURCES, caveat, evidence_range, main_objection, word
from sim.results.records import Interval
from sim.results.verdicts import stance, unsourced
from sim.scenario.labels import capital

#: Parties that refuse in fewer draws than this have no main objection to show.
MINOR = 0.1
#: Up to so many options of an issue are named one by one.
NAMED = 6

HEADER = ("scenario", "among", "rank", "issue", "party", "measure", "value", "low", "high")


def rows(result: Search) -> Iterator[tuple[object, ...]]:
    """Tidy: a row a package, issue or party (empty where the figure is of neither) and measure; rank 0 is the text."""
    id, base = result.scenario.id, result.base
    yield (id, None, 0, None, None, "joint_acceptability", *_figures(base.joint_acceptability))
    for standing in base.parties:
        yield (id, None, 0, None, standing.id, "acceptability", *_figures(standing.acceptability))
        yield (id, None, 0, None, standing.id, "mean_gain", standing.gain, None, None)
    for answer in result.answers:
        yield from _answer_rows(id, answer)


def _answer_rows(id: str, answer: Answer) -> Iterator[tuple[object, ...]]:
    head = (id, answer.among)
    yield (*head, None, None, None, "at_most", answer.at_most, None, None)
    yield (*head, None, None, None, "proven", _flag(answer.proven), None, None)
    yield (*head, None, None, None, "as_good", answer.as_good, None, None)
    yield (*head, None, None, None, "list_proven", _flag(answer.list_proven), None, None)
    for rank, package in enumerate(answer.listed, 1):
        yield (*head, rank, None, None, "joint_acceptability", *_figures(package.joint_acceptability))
        yield (*head, rank, None, None, "against_best", *_figures(package.against_best))
        for issue, option in package.terms.items():
            yield (*head, rank, issue, None, "option", option or "open", None, None)
    if (best := answer.best) is not None:
        yield (*head, 1, None, None, "change", *_figures(best.change))
        yield (*head, 1, None, None, "fresh", *_figures(best.fresh))
        for party in best.parties:
            yield (*head, 1, None, party.id, "acceptability", *_figures(party.acceptability))
            yield (*head, 1, None, party.id, "change", *_figures(party.change))
            found = party.on_evidence
            yield (*head, 1, None, party.id, "evidence_sentence", None, found.necessary, found.possible)
            yield (*head, 1, None, party.id, "mean_gain", party.gain, None, None)
            yield (*head, 1, None, party.id, "mean_gain_change", party.gain_change, None, None)
        for term in best.changes:
            for x in term.gains:
                yield (*head, 1, term.issue, x.party, "mean_gain_change", x.change, None, None)
            yield (*head, 1, term.issue, None, "joint_acceptability_without", *_figures(term.without))
    if answer.peers is not None:
        yield (*head, None, None, None, "peers", answer.peers.packages, None, None)
        yield (*head, None, None, None, "peers_complete", _flag(answer.peers.complete), None, None)
        for peer in answer.peers.issues:
            for held in peer.options:
                measure = f"peers_with:{held.option or 'open'}"
                yield (*head, None, peer.issue, None, measure, held.packages, None, None)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _figures(found: Interval) -> tuple[float, float, float]:
    return found.estimate, found.low, found.high


def page(result: Search) -> Page:
    """The best package, and apart the best that asks fewer than the text; for whom they are good; the next best."""
    sheets = [_terms(result)] if any(answer.best is not None for answer in result.answers) else []
    for answer in result.answers:
        if answer.best is not None:
            sheets += [_parties(result, answer, answer.best), _changes(result, answer, answer.best)]
            sheets += [_list(result, answer), *([_peers(result, answer)] if answer is result.answer else [])]
    sheets += [_vetoes(result)]
    return Page(
        heading=f"{heading_of(result.scenario, result.settings)}: the best packages",
        lead=" ".join(_lead(result)),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        notes=tuple(notes(result)),
        caveat=caveat([result.settings]),
    )


# --- the lead -------------------------------------------------------------------------------


def _lead(result: Search) -> Iterator[str]:
    base = result.base.joint_acceptability
    if not unsourced(result.settings):
        found = result.base.on_evidence
        yield evidence_sentence(found, {result.names[p]: found.ranges[p] for p in found.parties}, result.settings)
    yield f"As tabled and modelled, all whose consent is needed accept together in {percent(base.estimate)} of draws."
    yield from _found(result, result.answer, f"Of {which(result, result.answer)}")
    if result.asking_fewer is not None:
        yield from _found(result, result.asking_fewer, "Apart, of those that do not ask all whom the text asks")
    elif result.everybody == "best" and result.answer.best is not None:
        yield "None that asks fewer was found better."
    elif result.everybody == "none":
        yield "No package in question asks all whom the text asks."
    said = filler_caution(result.base.assumed_terms, result.base.terms, result.settings)
    if said is not None:
        yield said


def _found(result: Search, answer: Answer, among: str) -> Iterator[str]:
    best = answer.best
    if best is None:
        if answer.at_most:
            yield f"{among}, none was found that all accept in a single draw. {capital(proven(answer))}."
        else:
            yield f"{among}, none is accepted by all it asks in a single draw (proven){_rejected(result)}."
        if answer is result.answer:
            yield "sim frontier counts who would accept which packages, and between whom none is left."
        return
    lost = [called(result, p) for p in best.no_longer_needed]
    new = [called(result, p) for p in best.newly_needed]
    own = percent(best.joint_acceptability.estimate)
    asking = [f"no longer asking {listed(lost)}"] * bool(lost)
    asking += [f"asking {listed(new)} too"] * bool(new)
    first = "the best" if answer.proven else "the best found"
    yield (
        f"{among}, {first} is accepted by all it asks in {own} of draws "
        f"({'; '.join([_points(best.change.estimate), *asking])})."
    )
    yield f"{capital(proven(answer))}."


def _points(share: float) -> str:
    said = points(share)
    return f"{said} point{'s' * (said not in ('+1', '-1'))}"


def _rejected(result: Search) -> str:
    """Who rejects every package, by which lines."""
    parts = []
    for party in dict.fromkeys(x.party for x in result.rejections):
        mine = [x for x in result.rejections if x.party == party]
        lines = []
        for basis in dict.fromkeys(x.basis for x in mine):
            drawn = [
                f"'{result.labels.option(x.issue or '', x.option)}' ({result.labels.issue(x.issue or '')})"
                for x in mine
                if x.basis == basis and x.kind == "red_line"
            ]
            refused = [
                result.labels.refusal(party, x.refusal) for x in mine if x.basis == basis and x.kind == "refusal"
            ]
            if drawn:
                lines.append(f"its {basis} red line{'s' * (len(drawn) > 1)} against {listed(drawn)}")
            if refused:
                lines.append(f"its {basis} refusal{'s' * (len(refused) > 1)} {listed(refused)}")
        parts.append(f"{capital(called(result, party))} rejects every one by {listed(lines)}")
    return f". {'. '.join(parts)}" if parts else ""


# --- the tables -----------------------------------------------------------------------------


def _terms(result: Search) -> Sheet:
    """Issue by issue: the text, the one searched near, and what the best packages say where it is something else."""
    bests = [a.best for a in result.answers if a.best is not None]
    heads = [title(a).removeprefix("the ") for a in result.answers if a.best is not None]
    tabled = text(result)
    against = result.near or tabled
    lines = []
    bare = unsourced(result.settings)
    marks = (
        {}
        if bare
        else dict.fromkeys(result.base_assumed, " (filler)") | dict.fromkeys(result.base_proposed, " (proposed)")
    )
    for issue, option in tabled.items():
        mark = marks.get(issue, "")
        near = [] if result.near is None else [opt(result, issue, result.near[issue])]
        cells = ["=" if b.terms[issue] == against[issue] else opt(result, issue, b.terms[issue]) for b in bests]
        lines.append((result.labels.issue(issue), f"{opt(result, issue, option)}{mark}", *near, *cells))
    nearby = [] if result.near is None else [Column(f"near:\n{near_name(result)}", width=24)]
    same = "as tabled" if result.near is None else f"as in {near_name(result)}"
    filler = "; (filler): not in the sources" if " (filler)" in marks.values() else ""
    filler += "; (proposed): proposed here" if " (proposed)" in marks.values() else ""
    return Sheet(
        columns=(Column("issue"), Column("as tabled"), *nearby, *(Column(head) for head in heads)),
        rows=tuple(lines),
        title=f"The terms; = {same}{filler}",
    )


def _parties(result: Search, answer: Answer, best: Best) -> Sheet:
    before = {p.id: p for p in result.base.parties}
    lines = []
    for party in best.parties:
        tabled = before.get(party.id)
        lines.append(
            (
                name_of(result, party.id) if party.consent_needed else f"({name_of(result, party.id)})",
                compact(tabled.acceptability.estimate) if tabled else "not asked",
                f"{interval(party.acceptability)}\n{change(party.change)}",
                f"{party.gain:+.2f}\n{gain(party.gain_change)}",
                *_settled(result, party),
                _against(result, party),
            )
        )
    lines.append(
        (
            "all it asks",
            compact(result.base.joint_acceptability.estimate),
            f"{interval(best.joint_acceptability)}\n{change(best.change)}",
            "",
            "",
            "",
            "",
        )
    )
    return Sheet(
        columns=(
            Column("party", width=17),
            Column("as tabled", right=True, width=9),
            Column("accepts\nchange, points", width=17),
            Column("mean gain\nchange", right=True, width=9, least=90),
            Column("verdict", width=9),
            Column("on the\nevidence", width=11),
            Column("main objection", width=22),
        ),
        rows=tuple(lines),
        title=f"Who accepts {title(answer)} (in brackets: not asked)",
    )


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


def _changes(result: Search, answer: Answer, best: Best) -> Sheet:
    """What each change is good for; of the second answer, those that the first one's best does not make."""
    names = [p.id for p in best.parties]
    made = result.answer.best if answer is not result.answer else None
    known = set() if made is None else {(c.issue, c.after) for c in made.changes}
    lines = []
    for term in (c for c in best.changes if (c.issue, c.after) not in known):
        gains = {x.party: x.change for x in term.gains}
        before, after = (opt(result, term.issue, x) for x in (term.before, term.after))
        said = [f"{result.labels.issue(term.issue)}: {before} -> {after}"]
        said += [f"(without it {called(result, p)} would be asked)" for p in term.spares]
        said += [f"(without it {called(result, p)} would not be asked)" for p in term.calls_on]
        said += [f"(clears {crossed(result, term.clears)})"] * bool(term.clears)
        said += [f"(crosses {crossed(result, term.crosses)})"] * bool(term.crosses)
        # What is open in the text is closed in every package looked at, unless it is kept.
        without = compact(term.without.estimate) + (" (left open)" if term.before is None else "")
        lines.append(("\n".join(said), *(gain(gains[p]) for p in names), without))
    asked = {p.id: p.consent_needed for p in best.parties}
    return Sheet(
        columns=(
            Column("change" if result.near is None else "change of the text as tabled", width=40),
            *(
                Column(name_of(result, p) if asked[p] else f"({name_of(result, p)})", right=True, width=10, folds=True)
                for p in names
            ),
            Column("all accept\nwithout it", right=True, width=10),
        ),
        rows=tuple(lines),
        title=f"What each change of {title(answer)} gives (+) and costs (-): mean gain, the others being made"
        if made is None
        else f"What only {title(answer)} changes: mean gain given (+) and cost (-), the others being made",
    )


def _list(result: Search, answer: Answer) -> Sheet:
    lines = []
    for rank, package in enumerate(answer.listed[1:], 2):
        differs = [terms(result, x.issue, x.option) for x in package.differs]
        differs += [f"(or {terms(result, x.issue, x.option)}, the same for all)" for x in package.alike]
        against = package.against_best
        told = change(against) if against.low > 0 or against.high < 0 else f"{change(against)}\nnot told apart"
        lines.append((str(rank), share(package.joint_acceptability.estimate), told, "\n".join(differs)))
    proof = "" if answer.list_proven else "; a better one may be missing"
    return Sheet(
        columns=(
            Column("rank", right=True),
            Column("accepted by all", right=True),
            Column("against the best", width=20),
            Column("differs from the best in", width=50),
        ),
        rows=tuple(lines),
        title=f"The next after {title(answer)}{proof}",
    )


def _peers(result: Search, answer: Answer) -> Sheet:
    """What the packages that draws do not tell from the best have in common."""
    lines = []
    peers = answer.peers
    if peers is not None and peers.packages > 1:
        shared = [terms(result, x.issue, x.options[0].option) for x in peers.issues if len(x.options) == 1]
        for issue in (x for x in peers.issues if len(x.options) > 1):
            named = [f"{opt(result, issue.issue, x.option)} {x.packages:,}" for x in issue.options[:NAMED]]
            lines.append(
                (result.labels.issue(issue.issue), ", ".join(named) + (", ..." if len(issue.options) > NAMED else ""))
            )
        if shared:
            lines.append(("(the same in all)", ", ".join(shared)))
    count = peers.packages if peers is not None else 0
    whole = "all there are" if peers is not None and peers.complete else "of those scored; there may be more"
    return Sheet(
        columns=(
            Column("issue"),
            Column("options, and how many have them (no measure of merit)", width=76),
        ),
        rows=tuple(lines),
        title=f"{packages(count)} ({whole}) not told from {title(answer)} by these draws; it is one of them",
    )


def _vetoes(result: Search) -> Sheet:
    """Where nothing is accepted: who rejects how many packages by which lines."""
    lines = []
    for veto in result.vetoes:
        by: dict[tuple[str, str], list[str]] = {}
        for x in veto.lines:
            red = x.kind == "red_line"
            head = (x.basis, result.labels.issue(x.issue or "") if red else "refusals")
            name = (
                result.labels.option(x.issue or "", x.option) if red else result.labels.refusal(veto.party, x.refusal)
            )
            by.setdefault(head, []).append(name)
        said = [f"{where}: {', '.join(names)} ({basis})" for (basis, where), names in by.items()]
        count = "" if veto.packages is None else f"{veto.packages:,}"
        lines.append((name_of(result, veto.party), count, "\n".join(said)))
    return Sheet(
        columns=(
            Column("party", width=20),
            Column("rejects", right=True),
            Column("by its lines that always bind", width=66),
        ),
        rows=tuple(lines),
        title="Of those whom every package asks: who rejects how many, whatever is drawn",
    )
