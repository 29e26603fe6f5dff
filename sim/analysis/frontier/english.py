"""A frontier in sentences: the lead, the notes under the tables, and the words that tables and figure share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from sim.analysis.frontier.result import Frontier, FrontierPoint, FrontierZone, PollLine, ProposalPlace
from sim.analysis.frontier.solutions import Concept
from sim.analysis.shared import english as shared
from sim.analysis.shared.findings import rests_on
from sim.analysis.shared.records import PartyLine
from sim.engine.acceptability import TIE
from sim.files.grammar import ending, listed
from sim.report.english import Names, draws_words, no_agreement
from sim.report.numbers import compact, compact_range, exact, percent
from sim.report.page import Detail
from sim.results.records import Interval, TermChange
from sim.scenario.labels import capital, spoken

#: How the points that bargaining theory singles out are called.
CONCEPTS: dict[Concept, str] = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "egalitarian",
    "utilitarian": "utilitarian",
}
_MEASURES: dict[Concept, str] = {
    "nash": "Nash: the greatest product of gains",
    "kalai_smorodinsky": "Kalai-Smorodinsky: the greatest least share of what each could get at best",
    "egalitarian": "egalitarian: the greatest least gain",
    "utilitarian": "utilitarian: the greatest sum of gains",
}
_LAYERS = {
    "all": "Red lines and refusals of all layers bind, assumed ones too; --red-lines drops some.",
    "inferred": "Red lines and refusals bind that are stated or inferred; assumed ones do not.",
    "stated": "Only stated red lines and refusals bind; inferred and assumed ones do not.",
    "none": "No red line and no refusal binds.",
}
_NUMBERS = {3: "three", 4: "four", 5: "five", 6: "six"}

#: So many lines of a party are named.
_LINES = 2
#: A text that gives a party so much more than a point singled out is said to.
_WORSE = 5e-4


# --- words ----------------------------------------------------------------------------------


def gain(value: float) -> str:
    """An expected gain or a difference of two, to three places; 0 only for what is."""
    if abs(value) < 5e-4:
        return "0" if abs(value) <= 1e-12 else "<0.001" if value > 0 else ">-0.001"
    return f"{value:.3f}"


def guarantee(epsilon: float) -> str:
    """How far an approximate frontier may be off, rounded up."""
    step = 10.0 ** (math.floor(math.log10(epsilon)) - 2)
    return f"{math.ceil(epsilon / step) * step:.3g}"


def agreed(on_means: bool | None, share: Interval | None) -> str:
    """Whether all who are asked accept on expected gains, and in which share of draws; a cell of a table."""
    if on_means is None or share is None:
        return "-"
    return f"{'yes' if on_means else 'no'}, {compact(share.estimate)}"


def people(result: Frontier, parties: Iterable[str], word: str = "and") -> str:
    """Parties as a sentence names them."""
    return listed([spoken(result.names[p]) for p in parties], word)


def all_of(result: Frontier) -> str:
    """The parties chosen, referred to."""
    count = len(result.options.parties)
    return "both" if count == 2 else f"all {_NUMBERS.get(count, str(count))}"


def singled(result: Frontier) -> dict[int, tuple[list[str], FrontierPoint]]:
    """The points singled out with why, by their number, in the order of the table."""
    named = [(CONCEPTS[solution.concept], solution.point) for solution in result.solutions]
    better = f"better for {all_of(result)} than the text"
    if not result.proposals[0].distance:
        better = "better than the text, at nobody's cost"
    named += [("least bad for the worst off", result.least_bad), (better, result.better)]
    at: dict[int, tuple[list[str], FrontierPoint]] = {}
    for name, point in named:
        if point is not None:
            at.setdefault(point.number, ([], point))[0].append(name)
    return at


def who_vetoes(result: Frontier, lines: Iterable[PartyLine]) -> str:
    """Parties with the lines that a text crosses, of each the first few."""
    by_party: dict[str, list[str]] = {}
    for line in lines:
        by_party.setdefault(line.party, []).append(_line(result, line))
    few = {p: what[:_LINES] + [f"{len(what) - _LINES} more"] * (len(what) > _LINES) for p, what in by_party.items()}
    return listed([f"{spoken(result.names[p])} ({', '.join(what)})" for p, what in few.items()])


def _line(result: Frontier, line: PartyLine) -> str:
    """A line by what it refuses."""
    if line.option is None:
        return result.labels.refusal(line.party, line.refusal)
    return result.labels.term(line.issue or "", line.option)


def _of_packages(part: int, whole: int) -> str:
    """A share of packages; below 1% with one decimal."""
    share = part / whole if whole else 0.0
    if not 0 < share < 0.01:
        return percent(share)
    return "under 0.1%" if share < 0.0005 else f"{100 * share:.1f}%"


def _no_package(result: Frontier) -> str:
    """No package at all; of an approximate frontier no more is known than of its points."""
    return "no point kept" if result.frontier.epsilon else "no possible package"


# --- the lead -------------------------------------------------------------------------------


def lead(result: Frontier) -> Iterator[str]:
    """What is possible and efficient, where the text stands, how large the zone is."""
    space, text = result.space, result.proposals[0]
    kind = {"hard": "hard ", "legal": "hard and legal ", "political": ""}[result.options.constraints]
    keeping = f"{space.feasible:,} of {space.combinations:,} packages keep the {kind}constraints"
    if space.equal_no_deal:
        keeping += " and are not no deal"
    if result.options.keep:
        keeping = f"With {listed([result.labels.issue(i) for i in result.options.keep])} as in the text, {keeping}"
    what = "no line binds" if result.options.red_lines == "none" else "no line of a party that they ask rules them out"
    yield f"{keeping}; {space.possible:,} of these are possible: they ask some party and {what}."
    if result.frontier.total:
        yield _efficient(result)
        yield _at_least_no_deal(result)
        yield _accepted(result)
        yield from _text(result, text)
    else:
        yield "Nothing is possible, so there is no frontier."
        if text.possible is False:
            yield f"{_ruled_out(result, text)}."
    yield from _zone_size(result)


def _efficient(result: Frontier) -> str:
    points, who = result.frontier, people(result, result.options.parties)
    many = f"{points.total:,} points" if points.total > 1 else "one point"
    if points.packages is None:
        return (
            f"Approximately efficient for {who} are {many}: for every possible package one of them gives every party "
            f"at most {guarantee(points.epsilon)} less."
        )
    packages = f"are {points.packages:,} packages" if points.packages > 1 else "is one package"
    if points.total == 1:
        return f"Efficient for {who} {packages}, at one point: no possible package gives any of them more."
    return (
        f"Efficient for {who} {packages}, {many} by what they give: no possible package gives one party more without "
        "giving another less."
    )


def _at_least_no_deal(result: Frontier) -> str:
    many, total = result.frontier.at_least_no_deal, result.frontier.total
    rest = f"{all_of(result)} at least no deal"
    if many == total:
        return f"{'Every one' if total > 1 else 'It'} gives {rest}."
    if many:
        return f"{many:,} of the points {ending(many, 'gives', 'give')} {rest}."
    return f"{'None gives' if total > 1 else 'It does not give'} {rest}{_losers(result)}."


def _losers(result: Frontier) -> str:
    """Who gets less than no deal at every point, asked or not."""
    losers = [(p.id, p.most) for p in result.parties if p.most is not None and p.most < -TIE]
    losses = [f"{spoken(result.names[p])} loses {gain(-most)} or more" for p, most in losers]
    at = " at every point" if result.frontier.total > 1 else ""
    return f": {listed(losses)}{at}, asked or not" if losses else ""


def _accepted(result: Frontier) -> str:
    """How many points all accept on expected gains, and the draws in which they accept those in the tables."""
    points = result.frontier
    shares = sorted(p.joint_acceptability.estimate for p in _in_tables(result) if p.joint_acceptability is not None)
    if points.total == 1:
        who = "All" if points.all_accept else "Not all"
        answer = f"{who} who are asked would accept the package shown, on expected gains; it is"
    else:
        at = f"{points.all_accept:,} of the points" if points.all_accept else "none of the points"
        at = "every point" if points.all_accept == points.total else at
        accept = "all who are asked would accept" if points.all_accept else "would all who are asked accept"
        answer = f"At {at} {accept}, on expected gains, the package shown; those shown are"
    over = compact_range(shares[0], shares[-1])
    lines = "" if result.options.red_lines == "all" else ", in which lines of all layers bind"
    return f"{answer} accepted by all in {over} of draws{lines}."


def _ruled_out(result: Frontier, text: ProposalPlace) -> str:
    why = []
    if text.crosses:
        who = people(result, dict.fromkeys(c.party for c in text.crosses))
        why.append(f"crosses {ending(len(text.crosses), 'a line', 'lines')} of {who}")
    if text.breaks:
        why.append(f"breaks {listed([b.id for b in text.breaks])}")
    if text.nobody_asked:
        why.append("asks nobody with positions")
    return f"The text as tabled is ruled out: it {listed(why)}, so it is not among the possible packages"


def _text(result: Frontier, text: ProposalPlace) -> Iterator[str]:
    """Where the text as tabled stands to the frontier."""
    both, far = all_of(result), gain(text.distance or 0.0)
    left = better = ""
    if text.open_issues:
        issues = listed([result.labels.issue(i) for i in text.open_issues])
        left = f" (what is open, {issues}, left as no deal leaves it)"
    if text.dominated and text.most_gain is not None:
        party, most = max(text.most_gain.items(), key=lambda item: item[1])
        points = f"{text.dominating:,} points give" if text.dominating > 1 else "one point gives"
        better = f"{points} nobody less and some more ({spoken(result.names[party])} up to {gain(most)})"
    beyond = text.slack is not None and text.slack < 0
    no_package = capital(_no_package(result))
    if text.possible is False:
        yield f"{_ruled_out(result, text)}{left}."
        if text.distance:
            yield f"A possible package gives {both} {far} more at once."
        elif better:
            yield f"{capital(better)}; none gives {both} more."
        elif beyond:
            yield f"{no_package} gives {both} as much."
    elif text.distance:
        yield f"The text as tabled{left} is {far} from the frontier: {both} could gain that much at once."
    elif text.efficient:
        yield "The text as tabled is on the frontier."
    elif better:
        yield f"The text as tabled{left} is not efficient: {better}; none gives {both} more."
    elif beyond:
        yield f"{no_package} gives {both} as much as the text as tabled{left}."
    else:
        yield f"No point found gives anybody more than the text as tabled{left} at nobody's cost."


def _zone_size(result: Frontier) -> Iterator[str]:
    zone = result.zone
    if zone is None:
        return
    if zone.acceptable:
        many = f"{zone.acceptable:,} of the {zone.feasible:,} feasible packages"
        size = _of_packages(zone.acceptable, zone.feasible)
        yield f"The zone of possible agreement, what all who are asked would accept, holds {many} ({size})."
        return
    yield (
        f"The zone of possible agreement is empty: none of the {zone.feasible:,} feasible packages is accepted by all "
        "who are asked, on expected gains."
    )
    yield from _emptied(result, zone)
    alone = [party for party, *others in zone.conflicts if not others]
    sets = [people(result, parties) for parties in zone.conflicts if len(parties) > 1]
    if alone:
        refuse, itself = ("refuses", "itself") if len(alone) == 1 else ("each refuse", "themselves")
        yield f"{capital(people(result, alone))} {refuse} everything by {itself}."
    if sets:
        yield f"No package is left between {listed(sets, 'or between')}."


def _emptied(result: Frontier, zone: FrontierZone) -> Iterator[str]:
    """Where lines that are not stated empty it: which."""
    layers, binding = zone.by_layer, result.options.red_lines
    if binding == "all" and layers.inferred:
        lines, others, left = "Assumed lines alone empty", "stated and inferred ones", layers.inferred
    elif binding in ("all", "inferred") and layers.stated:
        lines, others, left = "Inferred lines empty", "stated ones only", layers.stated
    else:
        return
    yield f"{lines} it: with {others} it holds {left:,} ({_of_packages(left, zone.feasible)})."


def _listed_one_by_one(result: Frontier) -> str:
    own = [x.party for x in result.settings.rules if x.kind == "utility"]
    return f"; of {listed(own)}, whose utility is their own, they are means over draws" if own else ""


# --- the notes ------------------------------------------------------------------------------


def notes(result: Frontier) -> Iterator[str]:
    """What binds, what each measure means, what is left out; first what the first screen needs."""
    yield _assumption(result)
    yield from _in_all_points(result)
    yield "Gains: expected, over no deal; best to worst on everything is 1."
    yield Detail(
        f"Gains follow in closed form from mean weights and beliefs over draws{_listed_one_by_one(result)}. "
        "The space is counted exactly."
        + (
            " Which packages are efficient follows from means over draws, so another --seed moves it a little."
            if result.settings.drawn
            else ""
        )
    )
    yield from _binding(result)
    yield from map(Detail, _turning(result))
    if (left_out := no_agreement(result.space.equal_no_deal)) is not None:
        yield Detail(left_out)
    yield from map(Detail, _parties(result))
    yield from _solutions(result)
    yield from map(Detail, _proposals(result))
    yield from _zone(result)
    yield from _exactness(result)
    yield from _breaks(result)
    names = Names(result.labels, result.names)
    for finding in rests_on(result.settings, result.consent_not_modelled):
        yield shared.SENTENCES[finding.kind](finding, names)
    yield draws_words(result.settings, "means and shares of draws carry a sampling error that is not shown")


def _assumption(result: Frontier) -> str:
    """What the result rests on that is not evidence; in every report."""
    size = ""
    if result.zone is not None:
        whole, layers = result.zone.feasible, result.zone.by_layer
        stated, inferred, assumed = (
            f"{n:,} packages ({_of_packages(n, whole)})" for n in (layers.stated, layers.inferred, layers.assumed)
        )
        size = (
            f"the zone holds {stated} if only stated lines bind, {inferred} if inferred ones do too, {assumed} with "
            "assumed ones too. "
        )
    weights = [
        f"{spoken(result.names[p.id])} {percent(p.weight_by_basis.assumed + p.weight_by_basis.unknown)}"
        for p in result.parties
    ]
    return (
        f"What rests on assumption: {size}Expected weight on issues whose ranking is assumed or unknown: "
        f"{listed(weights)}."
    )


def in_all_points(result: Frontier) -> list[TermChange]:
    """What all of several points singled out change in the text."""
    points = [point for _, point in singled(result).values()]
    if len(points) < 2:
        return []
    return [c for c in points[0].changes if all(c in point.changes for point in points)]


def _in_all_points(result: Frontier) -> Iterator[str]:
    if changes := [result.labels.change(c.issue, c.before, c.to) for c in in_all_points(result)]:
        yield f"All points singled out change this in the text: {'; '.join(changes)}."


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
    layers = _LAYERS[result.options.red_lines]
    if result.options.red_lines != "none":
        layers += (
            " A line rules a package out only if the party that draws it is asked about that package, whether or not "
            "its gain counts here."
        )
    yield Detail(layers)
    if result.polls:
        loose = [_poll(result, line) for line in result.polls if not line.binds]
        which = f"; so these do not: {listed(loose)}." if loose else "; all of them do."
        yield Detail(f"On expected gains a poll's line binds if its mean {_when_polls_bind(result)}{which}")
    yield "All accept: whether all who are asked would on expected gains, and in which share of draws."
    yield Detail(
        "A share of draws counts each draw with the lines that bind in it, as sim run does for that package or text."
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
    low, high = line.holds
    return (
        f"{_line(result, line)} of {spoken(result.names[line.party])} ({100 * low:.3g}% to {100 * high:.3g}%, mean "
        f"{100 * line.mean:.3g}%)"
    )


def _parties(result: Frontier) -> Iterator[str]:
    if result.options.parties_by == "principals":
        yield "Gains of the principals count, since no --parties are named."
    elif result.options.parties_by == "positions":
        yield "Gains of all with positions but ratifiers count, since no --parties are named and no two are principals."
    for asked, rest in (
        ("sometimes", "asked about some packages only; {its} gain counts in all of them, asked or not."),
        ("never", "never asked; the gain counts all the same."),
    ):
        if who := [p.id for p in result.parties if p.asked == asked]:
            be, its = ("is", "its") if len(who) == 1 else ("are", "their")
            yield f"{capital(people(result, who))} {be} {rest.format(its=its)}"


def _solutions(result: Frontier) -> Iterator[str]:
    reached = [s for s in result.solutions if s.point is not None]
    both = all_of(result)
    if reached:
        measures = "; ".join(_MEASURES[s.concept] for s in reached)
        yield Detail(
            f"Points are singled out among packages that give {both} at least no deal, and lie on the frontier. "
            f"{measures}. What ties is decided by the least gain (or share), then the next least. Egalitarian and "
            "utilitarian points compare gains of different parties, whose scales nothing ties together."
        )
    own = [x.party for x in result.settings.rules if x.kind == "acceptance" and x.party in result.options.parties]
    if own:
        yield (
            f"What {people(result, own)} insist{ending(len(own), 's', '')} on by a rule of acceptance counts in what "
            "all accept and in the zone; points of bargaining theory count from no deal all the same."
        )
    if missing := [s for s in result.solutions if s.reason == "nothing_to_gain"]:
        yield Detail(
            f"No {listed([CONCEPTS[s.concept] for s in missing], 'and no')} point: of what gives {both} at least no "
            f"deal {_no_package(result)} gives them all more."
        )
    if any(s.reason == "nobody_left_whole" for s in result.solutions) and result.frontier.total:
        yield (
            f"No point of bargaining theory: {_no_package(result)} gives {both} at least no deal. Singled out instead "
            "is where the worst off is best off."
        )
    for solution in reached:
        if solution.ties > 1:
            name = CONCEPTS[solution.concept]
            yield Detail(
                f"{solution.ties:,} points tie for the {name} point; the one best for the first party is told."
            )
    yield from _worse_off(result)
    if any(point.packages is not None and point.packages > 1 for point in _in_tables(result)):
        yield Detail(
            "Packages: how many give exactly these gains; of them the one is told that changes the fewest terms of the "
            "text, and whether all asked accept is said of that one."
        )


def _worse_off(result: Frontier) -> Iterator[str]:
    """Solution points compare with no deal, not with the text on the table."""
    tabled = result.proposals[0].gains
    worse = []
    for numbers, point in singled(result).values():
        names = [n for n in numbers if n in CONCEPTS.values()]
        less = [p for p in result.options.parties if point.gains[p] < tabled[p] - _WORSE]
        if names and less:
            losers = [f"{spoken(result.names[p])} ({gain(point.gains[p])}, not {gain(tabled[p])})" for p in less]
            worse.append(f"{listed(names)}: {listed(losers)}")
    if worse:
        yield f"Worse off than with the text as tabled at the point of {'; '.join(worse)}."


def _in_tables(result: Frontier) -> list[FrontierPoint]:
    """Points of which a table shows a package, each once."""
    points = [point for _, point in singled(result).values()] + list(result.frontier.listed)
    return list({point.number: point for point in points}.values())


def _proposals(result: Frontier) -> Iterator[str]:
    both = all_of(result)
    if result.skipped:
        files = [f"{s.file} ({s.why})" for s in result.skipped[:3]]
        more = f" and {len(result.skipped) - 3} more" if len(result.skipped) > 3 else ""
        yield f"Not placed, though in the folder: {listed(files)}{more}."
    if not result.frontier.total:
        return
    word = "both" if len(result.options.parties) == 2 else "all"
    meaning = (
        f"Could gain: {word}, the most that {both} could gain at once by going from the text to a point of the frontier"
    )
    if any(t.dominated and not t.distance for t in result.proposals):
        meaning += f"; some, {both} not at once, but at nobody's cost one of them up to so much"
    if any(t.slack is not None and t.slack < 0 for t in result.proposals):
        meaning += f"; beyond, {_no_package(result)} gives {both} as much as the text"
    yield f"{meaning}."
    if any(t.open_issues for t in result.proposals):
        yield "An open issue is left as no deal leaves it: it adds nothing to any gain, and crosses no line."


def _zone(result: Frontier) -> Iterator[str]:
    if result.zone is None:
        yield f"Who would accept how many packages was not counted: {result.zone_missing}."
        return
    points = [point for _, point in singled(result).values()]
    if result.least_bad is None and result.zone.acceptable and points and not any(p.all_accept for p in points):
        worst: dict[str, float] = {}
        for point in points:
            for party, value in (point.gains | point.others).items():
                if party in point.asks and value < -TIE:
                    worst[party] = min(value, worst.get(party, 0.0))
        who = [f"{spoken(result.names[p])} ({gain(value)} at worst)" for p, value in worst.items()]
        yield (
            f"None of the packages singled out is acceptable to all who are asked: {listed(who)} would lose. Name "
            "all of them with --parties to see what is efficient for them too."
        )
    if hopeless := [p.id for p in result.zone.parties if p.asked_about and p.refuses == p.asked_about]:
        refuse, them = ("refuses", "it") if len(hopeless) == 1 else ("each refuse", "them")
        rest = f": only what does not ask {them} is acceptable to all" if result.zone.acceptable else ""
        yield (
            f"{capital(people(result, hopeless))} {refuse} every feasible package that asks {them}, on expected "
            f"gains{rest}."
        )
    if result.zone.nobody_asked:
        nobody = f"{result.zone.nobody_asked:,} feasible packages ask nobody with positions"
        yield Detail(f"{nobody}, and count as no agreement.")


def _exactness(result: Frontier) -> Iterator[str]:
    points, asked_for = result.frontier, result.options.epsilon
    if points.epsilon:
        yield (
            f"Approximate (--epsilon {asked_for:g}): for every possible package some point of the frontier gives each "
            f"party at most {guarantee(points.epsilon)} less, all at once. Distances may be that much too small. "
            "Points are singled out of those kept, and packages of a point are not counted."
        )
    elif asked_for:
        yield f"Exact: --epsilon {asked_for:g} had nothing to spare, since no step had many sums."
    elif points.resolution > 1e-9:
        yield f"Gains so dense that values up to {points.resolution:.1g} apart count as equal."


def _breaks(result: Frontier) -> Iterator[str]:
    points = sorted(_in_tables(result), key=lambda p: p.number)
    broken = {b.id: b for point in points for b in point.breaks}
    for rule in broken.values():
        some = [f"{p.number:,}" for p in points if any(b.id == rule.id for b in p.breaks)]
        which = f"Point {some[0]} breaks" if len(some) == 1 else f"Points {listed(some)} break"
        if len(some) == len(points) > 1:
            which = f"All {len(some)} points told break"
        yield f"{which} {rule.id} ({rule.severity}), which only warns here: {rule.why}"
