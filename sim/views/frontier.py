"""The frontier of a package space as text: points singled out, texts and their distance, the zone of agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.analysis.frontier_results import Difference, Frontier, Point, ProposalPlace
from sim.sheets import Column, Page, Sheet
from sim.verdict import CAVEAT, listed, percent
from sim.views.frontier_notes import notes
from sim.views.frontier_words import CONCEPTS, all_of, gain, spoken, who_vetoes

HEADER = ("scenario", "what", "name", "party", "measure", "value")


def rows(result: Frontier) -> Iterator[tuple[object, ...]]:
    """Tidy: every point of the frontier, the points singled out, the proposals and the zone; a row a figure."""
    id = result.scenario.id
    for point in result.every:
        for party, value in zip(result.options.parties, point.gains, strict=True):
            yield (id, "frontier", point.number, party, "gain", value)
        yield (id, "frontier", point.number, None, "packages", point.packages)
        yield (id, "frontier", point.number, None, "all_accept", int(point.all_accept))
    for solution in result.solutions:
        if solution.point is not None:
            yield (id, "solution", solution.concept, None, "frontier_point", solution.point.number)
            for party, value in (solution.point.gains | solution.point.others).items():
                yield (id, "solution", solution.concept, party, "gain", value)
    for text in result.proposals:
        for party, value in text.gains.items():
            yield (id, "proposal", text.id, party, "gain", value)
        yield (id, "proposal", text.id, None, "distance", text.distance)
        yield (id, "proposal", text.id, None, "slack", text.slack)
    if result.zone is not None:
        yield (id, "zone", None, None, "feasible", result.zone.feasible)
        yield (id, "zone", None, None, "acceptable", result.zone.acceptable)
        for person in result.zone.parties:
            for measure in ("asked_about", "would_accept", "refuses", "refuses_by_line"):
                yield (id, "zone", None, person.id, measure, getattr(person, measure))


def page(result: Frontier) -> Page:
    """What is efficient; then points, proposals, a walk along the frontier, and who would accept how much."""
    info = result.scenario
    positions = f", positions of {info.as_of}" if info.as_of != info.date else ""
    who = listed([result.names[p] for p in result.options.parties])
    sheets = (_singled(result), _proposals(result), _walk(result), _zone(result))
    return Page(
        heading=f"{info.title} ({info.id}, {info.date}{positions}): frontier for {who}",
        lead=" ".join(_lead(result)),
        sheets=tuple(sheet for sheet in sheets if sheet is not None and sheet.rows),
        notes=tuple(notes(result)),
        caveat=CAVEAT,
    )


# --- the lead -------------------------------------------------------------------------------


def _lead(result: Frontier) -> Iterator[str]:
    space, found = result.space, result.frontier
    who, both = listed([result.names[p] for p in result.options.parties]), all_of(result)
    kind = {"hard": "hard", "legal": "hard and legal", "political": ""}[result.options.constraints]
    kept = f"{space.feasible:,} of {space.combinations:,} packages keep the {kind} constraints".replace("  ", " ")
    if result.options.red_lines != "none":
        yield f"{kept}; {space.possible:,} of these cross no red line of a party asked."
    else:
        yield f"{kept}; no red line binds."
    if not found.total:
        yield "Nothing is possible, so there is no frontier."
        yield from _zone_lead(result)
        return
    many = f"{found.total:,} points" if found.total > 1 else "one point"
    if found.packages is None:
        yield (
            f"Approximately efficient for {who} are {many}: for every possible package one of them gives every party "
            f"at most {found.epsilon:.3g} less."
        )
    else:
        packages = f"{found.packages:,} packages" if found.packages > 1 else "one package"
        yield (
            f"Efficient for {who} are {packages}, {many} by what they give: none of them can get more unless another "
            "gets less."
        )
    if found.at_least_no_deal == found.total:
        yield f"Every one gives {both} at least no deal."
    elif found.at_least_no_deal:
        yield f"{found.at_least_no_deal:,} of the points give {both} at least no deal."
    else:
        yield f"None gives {both} at least no deal{_losers(result)}."
    if found.all_accept:
        at = "every point" if found.all_accept == found.total else f"{found.all_accept:,} of the points"
        yield f"At {at} all who are asked would accept, on expected gains."
    else:
        yield "At none of the points would all who are asked accept, on expected gains."
    yield from _text_lead(result.proposals[0], both)
    yield from _zone_lead(result)


def _losers(result: Frontier) -> str:
    """Who gets less than no deal at every point, asked or not."""
    losers = [p for p in result.parties if p.most is not None and p.most < 0]
    told = [f"{result.names[p.id]} loses {gain(-p.most)} or more" for p in losers if p.most is not None]
    return f": {listed(told)} at every point, asked or not" if told else ""


def _text_lead(text: ProposalPlace, both: str) -> Iterator[str]:
    left = f" (what is open, {listed(text.open_issues)}, left as no deal leaves it)" if text.open_issues else ""
    if text.distance:
        far = gain(text.distance)
        yield f"The text as tabled{left} is {far} from the frontier: {both} could gain that much at once."
    elif text.efficient:
        yield "The text as tabled is on the frontier."
    elif text.slack is not None and text.slack < 0:
        yield f"No possible package gives {both} as much as the text as tabled{left}."
    else:
        yield f"From the text as tabled{left} no possible package lets {both} gain at once."


def _zone_lead(result: Frontier) -> Iterator[str]:
    zone = result.zone
    if zone is None:
        return
    if zone.acceptable:
        many = f"{zone.acceptable:,} of the {zone.feasible:,} feasible packages"
        share = percent(zone.acceptable / zone.feasible)
        yield f"The zone of possible agreement, what all who are asked would accept, holds {many} ({share})."
        return
    yield (
        f"The zone of possible agreement is empty: none of the {zone.feasible:,} feasible packages is accepted by all "
        "who are asked, on expected gains."
    )
    if zone.conflicts:
        sets = [listed([result.names[p] for p in parties]) for parties in zone.conflicts]
        yield (
            f"No package is left between {listed(sets, 'or between')}."
            if len(zone.conflicts[0]) > 1
            else (
                f"{listed(sets)} {'refuses' if len(sets) == 1 else 'each refuse'} everything by "
                f"{'itself' if len(sets) == 1 else 'themselves'}."
            )
        )


# --- the tables -----------------------------------------------------------------------------


def _gains(result: Frontier) -> tuple[Column, ...]:
    return tuple(Column(result.names[p].replace(" ", "\n"), right=True) for p in result.options.parties)


def _singled(result: Frontier) -> Sheet | None:
    """Solution points, a row a point; where there are none, the least bad point. What all change is told once."""
    at: dict[int, tuple[list[str], Point]] = {}
    for solution in result.solutions:
        if solution.point is not None:
            at.setdefault(solution.point.number, ([], solution.point))[0].append(CONCEPTS[solution.concept])
    if result.least_bad is not None:
        at[result.least_bad.number] = (["least bad for the worst off"], result.least_bad)
    if not at:
        return None
    shared = [c for c in next(iter(at.values()))[1].changes if all(c in point.changes for _, point in at.values())]
    told = [
        (
            ",\n".join(names),
            f"{point.number:,}",
            *(gain(point.gains[p]) for p in result.options.parties),
            "-" if point.packages is None else f"{point.packages:,}",
            _changes([c for c in point.changes if c not in shared or len(at) == 1]),
            _others(result, point),
        )
        for names, point in at.values()
    ]
    if shared and len(at) > 1:
        told.insert(0, ("all of these", *[""] * (len(result.options.parties) + 2), _changes(shared), ""))
    return Sheet(
        columns=(
            Column("point", width=17),
            Column("no.", right=True),
            *_gains(result),
            Column("packages", right=True, least=70),
            Column("terms changed from the text", width=36),
            Column("others asked,\ntheir gain", width=18, least=60),
        ),
        rows=tuple(told),
        title="Points singled out",
    )


def _changes(changes: Sequence[Difference]) -> str:
    return "\n".join(spoken(c) for c in changes) or "none"


def _others(result: Frontier, point: Point) -> str:
    lines = [f"{result.names[p]} {gain(value)}" for p, value in point.others.items()]
    lines += [f"({b.id}, {b.severity}, broken)" for b in point.breaks]
    return "\n".join(lines) or "nobody"


def _proposals(result: Frontier) -> Sheet:
    first, *others = result.proposals
    others.sort(key=lambda t: (t.possible is False, t.distance or 0.0, -(t.slack or 0.0), t.id))
    texts = [first, *others]
    tones = {k: "good" for k, t in enumerate(texts) if t.efficient}
    tones |= {k: "faint" for k, t in enumerate(texts) if t.possible is False}
    return Sheet(
        columns=(
            Column("text", width=24),
            *_gains(result),
            Column("all could\ngain", right=True),
            Column("stands", width=44),
        ),
        rows=tuple(
            (
                f"{t.id} (tabled)" if t.tabled else t.id,
                *(gain(t.gains[p]) for p in result.options.parties),
                _distance(t),
                _standing(result, t),
            )
            for t in texts
        ),
        title="Proposals under these positions, and how much all could gain at once by a package of the frontier",
        tones={
            k: "good" if t.efficient else "faint" for k, t in enumerate(texts) if t.efficient or t.possible is False
        },
    )


def _distance(text: ProposalPlace) -> str:
    if text.distance is None:
        return "-"
    if text.distance:
        return gain(text.distance)
    return "beyond" if text.slack is not None and text.slack < 0 else "nothing"


def _standing(result: Frontier, text: ProposalPlace) -> str:
    parts = []
    if text.open_issues:
        parts.append(f"open: {', '.join(text.open_issues)}")
    if text.breaks:
        parts.append(f"breaks {', '.join(b.id for b in text.breaks)}")
    if text.crosses:
        parts.append(f"vetoed by {who_vetoes(result, text.crosses)}")
    if text.nobody_asked:
        parts.append("asks nobody")
    if text.efficient:
        parts.append("efficient")
    elif text.possible:
        parts.append("possible, not efficient")
    return "; ".join(parts) or "possible"


def _walk(result: Frontier) -> Sheet | None:
    """Some points from first to last, and what changes from each to the next."""
    points = result.frontier.listed
    if len(points) < 2:
        return None
    lines = []
    for k, point in enumerate(points):
        if k == 0:
            told = "begins here"
        else:
            before = points[k - 1].terms
            told = "\n".join(
                f"{issue}: {before[issue]} -> {option}"
                for issue, option in point.terms.items()
                if before[issue] != option
            )
        lines.append(
            (
                f"{point.number:,}",
                *(gain(point.gains[p]) for p in result.options.parties),
                "-" if point.packages is None else f"{point.packages:,}",
                told,
                "yes" if point.all_accept else "no",
            )
        )
    total, first = result.frontier.total, result.names[result.options.parties[0]]
    some = f"{len(points)} of its {total:,} points" if len(points) < total else f"its {total:,} points"
    return Sheet(
        columns=(
            Column("no.", right=True),
            *_gains(result),
            Column("packages", right=True, least=70),
            Column("what changes from the row above", width=40),
            Column("all asked\naccept", least=60),
        ),
        rows=tuple(lines),
        title=f"Along the frontier: {some}, from the best for {first} down",
        tones={k: "good" for k, point in enumerate(points) if point.all_accept},
    )


def _zone(result: Frontier) -> Sheet | None:
    zone = result.zone
    if zone is None:
        return None
    return Sheet(
        columns=(
            Column("party", width=20),
            Column("asked about", right=True),
            Column("would accept", right=True),
            Column("refuses\nwhen asked", right=True),
            Column("of which by\na red line", right=True),
        ),
        rows=tuple(
            (
                result.names[p.id],
                f"{p.asked_about:,}",
                f"{p.would_accept:,}",
                f"{p.refuses:,}",
                f"{p.refuses_by_line:,}",
            )
            for p in zone.parties
        ),
        title=f"Win-sets: who would accept how many of the {zone.feasible:,} feasible packages, on expected gains",
    )
