"""The first sentences on a frontier: what is possible and efficient, where the text stands, how large the zone is."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.frontier.result import Frontier, ProposalPlace, Zone
from sim.analysis.frontier.words import all_of, gain, guarantee, share, singled
from sim.engine.acceptability import TIE
from sim.files.grammar import listed
from sim.report.numbers import compact
from sim.scenario.labels import capital, spoken


def lead(result: Frontier) -> Iterator[str]:
    space, found = result.space, result.frontier
    who, both = listed([spoken(result.names[p]) for p in result.options.parties]), all_of(result)
    kind = {"hard": "hard", "legal": "hard and legal", "political": ""}[result.options.constraints]
    kept = f"{space.feasible:,} of {space.combinations:,} packages keep the {kind} constraints".replace("  ", " ")
    if space.equal_no_deal:
        kept += " and are not no deal"
    if result.options.keep:
        kept = f"With {listed([result.labels.issue(i) for i in result.options.keep])} as in the text, {kept}"
    what = "no line binds" if result.options.red_lines == "none" else "no line of a party that they ask rules them out"
    yield f"{kept}; {space.possible:,} of these are possible: they ask some party and {what}."
    if not found.total:
        yield "Nothing is possible, so there is no frontier."
        if result.proposals[0].possible is False:
            yield f"{_ruled_out(result, result.proposals[0])}."
        yield from _zone(result)
        return
    many = f"{found.total:,} points" if found.total > 1 else "one point"
    if found.packages is None:
        yield (
            f"Approximately efficient for {who} are {many}: for every possible package one of them gives every party "
            f"at most {guarantee(found.epsilon)} less."
        )
    else:
        packages = f"{found.packages:,} packages" if found.packages > 1 else "one package"
        are = "are" if found.packages > 1 else "is"
        yield (
            f"Efficient for {who} {are} {packages}, {many} by what they give: no possible package gives one party more "
            "without giving another less."
            if found.total > 1
            else f"Efficient for {who} {are} {packages}, at one point: no possible package gives any of them more."
        )
    if found.at_least_no_deal == found.total:
        yield f"{'Every one' if found.total > 1 else 'It'} gives {both} at least no deal."
    elif found.at_least_no_deal:
        give = "give" if found.at_least_no_deal > 1 else "gives"
        yield f"{found.at_least_no_deal:,} of the points {give} {both} at least no deal."
    elif found.total > 1:
        yield f"None gives {both} at least no deal{_losers(result)}."
    else:
        yield f"It does not give {both} at least no deal{_losers(result)}."
    yield _accepted(result)
    yield from _text(result, result.proposals[0])
    yield from _zone(result)


def _losers(result: Frontier) -> str:
    """Who gets less than no deal at every point, asked or not."""
    losers = [p for p in result.parties if p.most is not None and p.most < -TIE]
    told = [f"{spoken(result.names[p.id])} loses {gain(-p.most)} or more" for p in losers if p.most is not None]
    at = " at every point" if result.frontier.total > 1 else ""
    return f": {listed(told)}{at}, asked or not" if told else ""


def _accepted(result: Frontier) -> str:
    """How many points all accept on expected gains, and the draws in which they accept those told."""
    found = result.frontier
    told = [*found.listed, *(point for _, point in singled(result).values())]
    shares = sorted(p.joint_acceptability.estimate for p in told if p.joint_acceptability is not None)
    if found.total == 1:
        who = "All" if found.all_accept else "Not all"
        said = f"{who} who are asked would accept the package shown, on expected gains"
    else:
        at = "none" if not found.all_accept else f"{found.all_accept:,}"
        at = "every point" if found.all_accept == found.total else f"{at} of the points"
        accept = "all who are asked would accept" if found.all_accept else "would all who are asked accept"
        said = f"At {at} {accept}, on expected gains, the package shown"
    low, high = compact(shares[0]), compact(shares[-1])
    over = low if low == high else f"{low} to {high}"
    points = "those shown are" if found.total > 1 else "it is"
    lines = "" if result.options.red_lines == "all" else ", in which lines of all layers bind"
    return f"{said}; {points} accepted by all in {over} of draws{lines}."


def _ruled_out(result: Frontier, text: ProposalPlace) -> str:
    why = []
    if text.crosses:
        who = dict.fromkeys(spoken(result.names[c.party]) for c in text.crosses)
        why.append(f"crosses {'a line' if len(text.crosses) == 1 else 'lines'} of {listed(list(who))}")
    if text.breaks:
        why.append(f"breaks {listed([b.id for b in text.breaks])}")
    if text.nobody_asked:
        why.append("asks nobody with positions")
    return f"The text as tabled is ruled out: it {listed(why)}, so it is not among the possible packages"


def _text(result: Frontier, text: ProposalPlace) -> Iterator[str]:
    both = all_of(result)
    left = (
        f" (what is open, {listed([result.labels.issue(i) for i in text.open_issues])}, left as no deal leaves it)"
        if text.open_issues
        else ""
    )
    better = ""
    if text.dominated and text.most_gain is not None:
        party, most = max(text.most_gain.items(), key=lambda item: item[1])
        points = f"{text.dominating:,} points give" if text.dominating > 1 else "one point gives"
        better = f"{points} nobody less and some more ({spoken(result.names[party])} up to {gain(most)})"
    far = gain(text.distance or 0.0)
    kept = "point kept" if result.frontier.epsilon else "possible package"
    if text.possible is False:
        yield f"{_ruled_out(result, text)}{left}."
        if text.distance:
            yield f"A possible package gives {both} {far} more at once."
        elif better:
            yield f"{better[0].upper()}{better[1:]}; none gives {both} more."
        elif text.slack is not None and text.slack < 0:
            yield f"No {kept} gives {both} as much."
    elif text.distance:
        yield f"The text as tabled{left} is {far} from the frontier: {both} could gain that much at once."
    elif text.efficient:
        yield "The text as tabled is on the frontier."
    elif better:
        yield f"The text as tabled{left} is not efficient: {better}; none gives {both} more."
    elif text.slack is not None and text.slack < 0:
        yield f"No {kept} gives {both} as much as the text as tabled{left}."
    else:
        yield f"No point found gives anybody more than the text as tabled{left} at nobody's cost."


def _zone(result: Frontier) -> Iterator[str]:
    zone = result.zone
    if zone is None:
        return
    if zone.acceptable:
        many = f"{zone.acceptable:,} of the {zone.feasible:,} feasible packages"
        size = share(zone.acceptable, zone.feasible)
        yield f"The zone of possible agreement, what all who are asked would accept, holds {many} ({size})."
        return
    yield (
        f"The zone of possible agreement is empty: none of the {zone.feasible:,} feasible packages is accepted by all "
        "who are asked, on expected gains."
    )
    yield from _emptied(result, zone)
    alone = [spoken(result.names[party]) for party, *others in zone.conflicts if not others]
    sets = [listed([spoken(result.names[p]) for p in parties]) for parties in zone.conflicts if len(parties) > 1]
    if alone:
        refuse, itself = ("refuses", "itself") if len(alone) == 1 else ("each refuse", "themselves")
        yield f"{capital(listed(alone))} {refuse} everything by {itself}."
    if sets:
        yield f"No package is left between {listed(sets, 'or between')}."


def _emptied(result: Frontier, zone: Zone) -> Iterator[str]:
    """Where lines that are not stated empty it: which."""
    if result.options.red_lines == "all" and zone.by_layer.inferred:
        yield (
            f"Assumed lines alone empty it: with stated and inferred ones it holds {zone.by_layer.inferred:,} "
            f"({share(zone.by_layer.inferred, zone.feasible)})."
        )
    elif result.options.red_lines in ("all", "inferred") and zone.by_layer.stated:
        yield (
            f"Inferred lines empty it: with stated ones only it holds {zone.by_layer.stated:,} "
            f"({share(zone.by_layer.stated, zone.feasible)})."
        )
