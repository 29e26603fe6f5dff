"""The notes under the tables of a frontier: what binds, what each measure means, what is left out."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.frontier.result import Frontier, Point, PollLine
from sim.analysis.frontier.words import CONCEPTS, all_of, gain, guarantee, line_words, share, singled
from sim.engine.acceptability import TIE
from sim.files.grammar import listed
from sim.report.english import draws_words, no_agreement
from sim.report.numbers import exact, percent
from sim.scenario.labels import capital, spoken

_LAYERS = {
    "all": "Red lines and refusals of all layers bind, assumed ones too; --red-lines drops some.",
    "inferred": "Red lines and refusals bind that are stated or inferred; assumed ones do not.",
    "stated": "Only stated red lines and refusals bind; inferred and assumed ones do not.",
    "none": "No red line and no refusal binds.",
}
_MEASURES = {
    "nash": "Nash: the greatest product of gains",
    "kalai_smorodinsky": "Kalai-Smorodinsky: the greatest least share of what each could get at best",
    "egalitarian": "egalitarian: the greatest least gain",
    "utilitarian": "utilitarian: the greatest sum of gains",
}


def notes(result: Frontier) -> Iterator[str]:
    yield _assumption(result)
    yield (
        "Gains are expected gains over no deal, in closed form from mean weights and beliefs over draws, on a scale "
        "where best to worst on everything is 1. The space is counted exactly."
        + (
            " Which packages are efficient follows from means over draws, so another --seed moves it a little."
            if result.settings.drawn
            else ""
        )
    )
    yield from _binding(result)
    yield from _turning(result)
    if (said := no_agreement(result.space.equal_no_deal)) is not None:
        yield said
    yield from _parties(result)
    yield from _solutions(result)
    yield from _proposals(result)
    yield from _zone(result)
    yield from _exactness(result)
    yield from _breaks(result)
    if result.settings.edits:
        yield f"Edited before: {'; '.join(result.settings.edits)}."
    if result.consent_not_modelled:
        yield f"Consent of {len(result.consent_not_modelled)} others is needed but not modelled, and left out."
    yield draws_words(result.settings, "means and shares of draws carry a sampling error that is not shown")


def _assumption(result: Frontier) -> str:
    """What the result rests on that is not evidence; always told."""
    said = "What rests on assumption: "
    if result.zone is not None:
        whole = result.zone.feasible
        layers = result.zone.by_layer
        counts = [f"{n:,} packages ({share(n, whole)})" for n in (layers.stated, layers.inferred, layers.assumed)]
        said += (
            f"the zone holds {counts[0]} if only stated lines bind, {counts[1]} if inferred ones do too, "
            f"{counts[2]} with assumed ones too. "
        )
    weights = [
        f"{spoken(result.names[p.id])} {percent(p.weight_by_basis.assumed + p.weight_by_basis.unknown)}"
        for p in result.parties
    ]
    said += f"Expected weight on issues whose ranking is assumed or unknown: {listed(weights)}."
    return said


def _turning(result: Frontier) -> Iterator[str]:
    """The turning issue may take any option, unlike in most texts; how many packages use that."""
    issue, many = result.settings.turning_issue, result.space.possible_turned
    if issue is None or not many:
        return
    zone, name = "", result.labels.issue(issue)
    if result.zone is not None and result.zone.acceptable and result.zone.acceptable_turned is not None:
        zone = f", and {result.zone.acceptable_turned:,} of the {result.zone.acceptable:,} in the zone,"
    yield (
        f"{many:,} of the {result.space.possible:,} possible packages{zone} have another option of {name}, the "
        f"turning issue, than the text: whatever nothing binding excludes counts. --keep {issue} leaves them out."
    )


def _binding(result: Frontier) -> Iterator[str]:
    said = _LAYERS[result.options.red_lines]
    if result.options.red_lines != "none":
        said += (
            " A line rules a package out only if the party that draws it is asked about that package, whether or not "
            "its gain counts here."
        )
    yield said
    if result.polls:
        loose = [_poll(result, line) for line in result.polls if not line.binds]
        said = f"On expected gains a poll's line binds if its mean {_when_polls_bind(result)}"
        yield f"{said}; so these do not: {listed(loose)}." if loose else f"{said}; all of them do."
    yield (
        "All accept: first whether all who are asked would on expected gains. Then in which share of draws they "
        "do, each "
        "with the lines that bind in it, as sim run counts it for that package or text."
        + (" The share counts lines of all layers." if result.options.red_lines != "all" else "")
    )


def _when_polls_bind(result: Frontier) -> str:
    """At which mean a poll's line binds: of voters who refuse, where they decide, or of a chance."""
    quotas = dict.fromkeys(line.quota for line in result.polls)
    return listed(
        [
            "chance of holding is at least one half" if q is None else f"share of voters is at least {exact(1 - q)}"
            for q in quotas
        ],
        "or",
    )


def _poll(result: Frontier, line: PollLine) -> str:
    what = line_words(result, line.party, line.issue, line.option, line.refusal)
    low, high = line.holds
    return (
        f"{what} of {spoken(result.names[line.party])} ({100 * low:.3g}% to {100 * high:.3g}%, mean "
        f"{100 * line.mean:.3g}%)"
    )


def _parties(result: Frontier) -> Iterator[str]:
    if result.options.parties_by == "principals":
        yield "Gains of the principals count, since no --parties are named."
    elif result.options.parties_by == "positions":
        yield "Gains of all with positions but ratifiers count, since no --parties are named and no two are principals."
    some = [spoken(result.names[p.id]) for p in result.parties if p.asked == "sometimes"]
    if some:
        yield (
            f"{capital(listed(some))} {'is' if len(some) == 1 else 'are'} asked about some packages only; "
            f"{'its' if len(some) == 1 else 'their'} gain counts in all of them, asked or not."
        )
    never = [spoken(result.names[p.id]) for p in result.parties if p.asked == "never"]
    if never:
        yield (
            f"{capital(listed(never))} {'is' if len(never) == 1 else 'are'} never asked; the gain counts all the same."
        )


def _solutions(result: Frontier) -> Iterator[str]:
    found = [s for s in result.solutions if s.point is not None]
    both = all_of(result)
    if found:
        measures = "; ".join(_MEASURES[s.concept] for s in found)
        yield (
            f"Points are singled out among packages that give {both} at least no deal, and lie on the frontier. "
            f"{measures}. What ties is decided by the least gain (or share), then the next least. Egalitarian and "
            "utilitarian points compare gains of different parties, whose scales nothing ties together."
        )
    missing = [s for s in result.solutions if s.reason == "nothing_to_gain"]
    if missing:
        yield (
            f"No {listed([CONCEPTS[s.concept] for s in missing], 'and no')} point: of what gives {both} at least no "
            f"deal {_none(result)} gives them all more."
        )
    if any(s.reason == "nobody_left_whole" for s in result.solutions) and result.frontier.total:
        yield (
            f"No point of bargaining theory: {_none(result)} gives {both} at least no deal. Singled out instead is "
            "where the worst off is best off."
        )
    for solution in found:
        if solution.ties > 1:
            name = CONCEPTS[solution.concept]
            yield f"{solution.ties:,} points tie for the {name} point; the one best for the first party is told."
    yield from _worse_off(result)
    shown = _shown(result)
    if any(point.packages is not None and point.packages > 1 for point in shown):
        yield (
            "Packages: how many give exactly these gains; of them the one is told that changes the fewest terms of the "
            "text, and whether all asked accept is said of that one."
        )


def _worse_off(result: Frontier) -> Iterator[str]:
    """Solution points compare with no deal, not with the text on the table."""
    tabled = result.proposals[0].gains
    told = []
    for numbers, point in singled(result).values():
        names = [n for n in numbers if n in CONCEPTS.values()]
        less = [p for p in result.options.parties if point.gains[p] < tabled[p] - 5e-4]
        if names and less:
            losers = [f"{spoken(result.names[p])} ({gain(point.gains[p])}, not {gain(tabled[p])})" for p in less]
            told.append(f"{listed(names)}: {listed(losers)}")
    if told:
        yield f"Worse off than with the text as tabled at the point of {'; '.join(told)}."


def _none(result: Frontier) -> str:
    """No package at all; of an approximate frontier no more is known than of its points."""
    return "no point kept" if result.frontier.epsilon else "no possible package"


def _shown(result: Frontier) -> list[Point]:
    """Points that are told, each once."""
    points = [point for _, point in singled(result).values()] + list(result.frontier.listed)
    return list({point.number: point for point in points}.values())


def _proposals(result: Frontier) -> Iterator[str]:
    both = all_of(result)
    if result.skipped:
        told = [f"{s.file} ({s.why})" for s in result.skipped[:3]]
        more = f" and {len(result.skipped) - 3} more" if len(result.skipped) > 3 else ""
        yield f"Not placed, though in the folder: {listed(told)}{more}."
    if not result.frontier.total:
        return
    word = "both" if len(result.options.parties) == 2 else "all"
    said = (
        f"Could gain: {word}, the most that {both} could gain at once by going from the text to a point of the frontier"
    )
    texts = result.proposals
    if any(t.dominated and not t.distance for t in texts):
        said += f"; some, {both} not at once, but at nobody's cost one of them up to so much"
    if any(t.slack is not None and t.slack < 0 for t in texts):
        said += f"; beyond, {_none(result)} gives {both} as much as the text"
    yield f"{said}."
    if any(t.open_issues for t in result.proposals):
        yield "An open issue is left as no deal leaves it: it adds nothing to any gain, and crosses no line."


def _zone(result: Frontier) -> Iterator[str]:
    if result.zone is None:
        yield f"Who would accept how many packages was not counted: {result.zone_missing}."
        return
    shown = [point for _, point in singled(result).values()]
    if result.least_bad is None and result.zone.acceptable and shown and not any(point.all_accept for point in shown):
        against: dict[str, float] = {}
        for point in shown:
            for party, value in (point.gains | point.others).items():
                if party in point.asks and value < -TIE:
                    against[party] = min(value, against.get(party, 0.0))
        who = [f"{spoken(result.names[p])} ({gain(value)} at worst)" for p, value in against.items()]
        yield (
            f"None of the packages singled out is acceptable to all who are asked: {listed(who)} would lose. Name "
            "all of them with --parties to see what is efficient for them too."
        )
    hopeless = [spoken(result.names[p.id]) for p in result.zone.parties if p.asked_about and p.refuses == p.asked_about]
    if hopeless:
        them = "it" if len(hopeless) == 1 else "them"
        rest = ""
        if result.zone.acceptable:
            rest = f": only what does not ask {them} is acceptable to all"
        yield (
            f"{capital(listed(hopeless))} {'refuses' if len(hopeless) == 1 else 'each refuse'} every feasible "
            "package that asks "
            f"{them}, on expected gains{rest}."
        )
    if result.zone.nobody_asked:
        yield f"{result.zone.nobody_asked:,} feasible packages ask nobody with positions, and count as no agreement."


def _exactness(result: Frontier) -> Iterator[str]:
    found = result.frontier
    if found.epsilon:
        yield (
            f"Approximate (--epsilon {result.options.epsilon:g}): for every possible package some point of the "
            f"frontier gives each party at most {guarantee(found.epsilon)} less, all at once. Distances may be that "
            "much too small. Points are singled out of those kept, and packages of a point are not counted."
        )
    elif result.options.epsilon:
        yield f"Exact: --epsilon {result.options.epsilon:g} had nothing to spare, since no step had many sums."
    elif found.resolution > 1e-9:
        yield f"Gains so dense that values up to {found.resolution:.1g} apart count as equal."


def _breaks(result: Frontier) -> Iterator[str]:
    shown = sorted(_shown(result), key=lambda p: p.number)
    broken = {b.id: b for point in shown for b in point.breaks}
    for found in broken.values():
        some = [f"{p.number:,}" for p in shown if any(b.id == found.id for b in p.breaks)]
        points = f"Point {some[0]} breaks" if len(some) == 1 else f"Points {listed(some)} break"
        if len(some) == len(shown) > 1:
            points = f"All {len(some)} points told break"
        yield f"{points} {found.id} ({found.severity}), which only warns here: {found.why}"
