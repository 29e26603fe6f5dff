"""The best packages of a space as text: what they are, whom they ask, what each change gives and costs."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.search_results import Answer, Best, PartyOutcome, Search
from sim.results import Interval
from sim.sheets import Column, Page, Sheet
from sim.tables import evidence_range, heading_of
from sim.verdict import caveat, compact, filler_caution, listed, objection_words, percent, quoted
from sim.views.amend import gain
from sim.views.figures import change, interval, points
from sim.views.search_notes import notes
from sim.views.search_words import name_of, proven, share

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
            yield (*head, 1, None, party.id, "on_evidence", None, found.necessary, found.possible)
            yield (*head, 1, None, party.id, "mean_gain", party.gain, None, None)
            yield (*head, 1, None, party.id, "mean_gain_change", party.gain_change, None, None)
        for term in best.changes:
            for x in term.gains:
                yield (*head, 1, term.issue, x.party, "mean_gain_change", x.change, None, None)
    if answer.peers is not None:
        for peer in answer.peers.issues:
            for held in peer.options:
                measure = f"peers_with:{held.option or 'open'}"
                yield (*head, None, peer.issue, None, measure, held.packages, None, None)


def _figures(found: Interval) -> tuple[float, float, float]:
    return found.estimate, found.low, found.high


def page(result: Search) -> Page:
    """The best package, and the best that asks all whom the text asks; for whom they are good; the next best."""
    sheets = [_terms(result)] if result.answer.best is not None else []
    for answer in result.answers:
        if answer.best is not None:
            sheets += [_parties(result, answer, answer.best), _changes(result, answer, answer.best)]
            sheets += [*([_list(answer)] if answer is result.answer else []), _peers(answer)]
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
    yield f"As tabled, all whose consent is needed accept together in {percent(base.estimate)} of draws."
    yield from _found(result, result.answer, f"Of {_which(result)}")
    if result.asking_all is not None:
        yield from _found(result, result.asking_all, "Of those that ask all whom the text asks")
    elif result.answer.best is not None and result.answer.among == "all":
        yield "It asks all whom the text asks."
    said = filler_caution(result.base.assumed_terms, result.base.terms, result.settings)
    if said is not None:
        yield said


def _which(result: Search) -> str:
    size, options = result.space, result.options
    count = size.combinations if size.feasible is None else size.feasible
    said = f"{count:,} {'' if size.feasible is None else 'feasible '}packages"
    if options.changes is not None:
        near = "the text" if options.near == result.scenario.id else options.near
        said += f" within {options.changes} change{'s' * (options.changes != 1)} of {near}"
    if options.keep:
        said += f" with {listed(options.keep)} as tabled"
    if result.answer.among == "asking_named":
        return f"those of {said} that ask {listed([name_of(result, p) for p in result.answer.required])}"
    return said


def _found(result: Search, answer: Answer, among: str) -> Iterator[str]:
    best = answer.best
    if best is None:
        if answer.at_most:
            yield f"{among}, none was found that all accept in a single draw; {proven(answer)}."
        else:
            yield f"{among}, none is accepted by all it asks in a single draw (proven){_rejected(result)}."
        return
    lost = [name_of(result, p) for p in best.no_longer_needed]
    new = [name_of(result, p) for p in best.newly_needed]
    fresh, own = percent(best.fresh.estimate), percent(best.joint_acceptability.estimate)
    asking = [f"{fresh} on draws by which it was not picked"] * (fresh != own)
    asking += [f"no longer asking {listed(lost)}"] * bool(lost)
    asking += [f"asking {listed(new)} too"] * bool(new)
    first = "the best" if answer.proven else "the best found"
    yield (
        f"{among}, {first} is accepted by all it asks in {own} of draws "
        f"({'; '.join([f'{points(best.change.estimate)} points', *asking])}); {proven(answer)}."
    )


def _rejected(result: Search) -> str:
    """Who rejects every package, by which lines."""
    parts = []
    for party in dict.fromkeys(x.party for x in result.rejections):
        mine = [x for x in result.rejections if x.party == party]
        lines = []
        for basis in dict.fromkeys(x.basis for x in mine):
            drawn = [f"{x.option} ({x.issue})" for x in mine if x.basis == basis and x.kind == "red_line"]
            refused = [quoted(x.refusal) for x in mine if x.basis == basis and x.kind == "refusal"]
            if drawn:
                lines.append(f"its {basis} red line{'s' * (len(drawn) > 1)} at {listed(drawn)}")
            if refused:
                lines.append(f"its {basis} refusal{'s' * (len(refused) > 1)} {listed(refused)}")
        parts.append(f"{name_of(result, party)} rejects every one by {listed(lines)}")
    return f": {'; '.join(parts)}" if parts else ""


# --- the tables -----------------------------------------------------------------------------


def _terms(result: Search) -> Sheet:
    """Issue by issue: the text, and what the best packages say where it is something else."""
    bests = [a.best for a in result.answers if a.best is not None]
    heads = ["best", "best that asks all"][: len(bests)]
    old: dict[str, str | None] = {c.issue: c.before for b in bests for c in b.changes}
    ours = {c.issue for b in bests for c in b.changes if c.basis == "assumed"}
    lines = []
    for issue, option in bests[0].terms.items():
        tabled = old.get(issue, option) or "open"
        cells = []
        for best in bests:
            changed = {c.issue for c in best.changes}
            cells.append((best.terms[issue] or "open") if issue in changed else "=")
        lines.append((issue, f"{tabled}{' (ours)' if issue in ours else ''}", *cells))
    return Sheet(
        columns=(Column("issue"), Column("as tabled"), *(Column(head) for head in heads)),
        rows=tuple(lines),
        title="The terms; = as tabled, (ours): filler of ours that no source gives",
    )


def _title(answer: Answer) -> str:
    return "the best package" if answer.among != "asking_all" else "the best package that asks all whom the text asks"


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
                f"{evidence_range(party.on_evidence)}\n{party.on_evidence.verdict}",
                _against(party),
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
        )
    )
    return Sheet(
        columns=(
            Column("party", width=17),
            Column("as tabled", right=True, width=9),
            Column("accepts\nchange, points", width=17),
            Column("mean gain\nchange", right=True, width=9),
            Column("on the\nevidence", width=12),
            Column("main objection", width=22),
        ),
        rows=tuple(lines),
        title=f"Who accepts {_title(answer)} (in brackets: not asked)",
    )


def _against(party: PartyOutcome) -> str:
    """The main objection, where more than a few draws refuse."""
    if party.main_objection is None or party.acceptability.estimate > 1 - MINOR:
        return "none"
    return objection_words(party.main_objection).removeprefix("its ")


def _changes(result: Search, answer: Answer, best: Best) -> Sheet:
    names = [p.id for p in best.parties]
    lines = []
    for term in best.changes:
        gains = {x.party: x.change for x in term.gains}
        said = f"{term.issue}: {term.before or 'open'} -> {term.after or 'open'}"
        said += "".join(f"\n(no longer asks {name_of(result, p)})" for p in term.spares)
        said += "".join(f"\n(asks {name_of(result, p)})" for p in term.calls_on)
        lines.append((said, *(gain(gains[p]) for p in names)))
    return Sheet(
        columns=(
            Column("change", width=40),
            *(Column(name_of(result, p), right=True, width=9) for p in names),
        ),
        rows=tuple(lines),
        title=f"What each change of {_title(answer)} gives (+) and costs (-): mean gain, the others being made",
    )


def _list(answer: Answer) -> Sheet:
    lines = []
    for rank, package in enumerate(answer.listed[1:], 2):
        differs = [f"{x.issue}: {x.option or 'open'}" for x in package.differs]
        differs += [f"(or {x.issue}: {x.option or 'open'}, the same for all)" for x in package.alike]
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
        title=f"The next after {_title(answer)}{proof}",
    )


def _peers(answer: Answer) -> Sheet:
    """What the packages that draws do not tell from the best have in common."""
    lines = []
    peers = answer.peers
    if peers is not None and peers.packages > 1:
        for issue in peers.issues:
            named = [
                f"{x.option or 'open'} {'all' if x.packages == peers.packages else f'{x.packages:,}'}"
                for x in issue.options[:NAMED]
            ]
            lines.append((issue.issue, ", ".join(named) + (", ..." if len(issue.options) > NAMED else "")))
    count = peers.packages if peers is not None else 0
    whole = "all there are" if peers is not None and peers.complete else "of those scored; there may be more"
    return Sheet(
        columns=(
            Column("issue"),
            Column("options, and how many have them (no measure of merit)", width=76),
        ),
        rows=tuple(lines),
        title=f"{count:,} packages ({whole}) that these draws do not tell from {_title(answer)}, itself among them",
    )
