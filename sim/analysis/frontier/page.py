"""The frontier of a package space as text: points singled out, texts and their distance, the zone of agreement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from sim.analysis.frontier.english import agreed, gain, in_all_points, lead, notes, people, singled, who_vetoes
from sim.analysis.frontier.result import Frontier, FrontierPoint, ProposalPlace
from sim.report.page import Column, Page, Sheet
from sim.report.verdict import caveat
from sim.results.records import TermChange

#: With more parties than this the table of points singled out has no room for numbers of packages.
_FEW = 3
HEADER = ("scenario", "what", "name", "party", "measure", "value")


def rows(result: Frontier) -> Iterator[tuple[object, ...]]:
    """Tidy: every point of the frontier, the points singled out, the proposals and the zone; a row a figure."""
    return ((result.scenario.id, *row) for row in _figures(result))


def _figures(result: Frontier) -> Iterator[tuple[object, ...]]:
    for every in result.every:
        for party, value in zip(result.options.parties, every.gains, strict=True):
            yield "frontier", every.number, party, "gain", value
        yield "frontier", every.number, None, "packages", every.packages
        yield "frontier", every.number, None, "all_accept", int(every.all_accept)
    for solution in result.solutions:
        yield from _point("solution", solution.concept, solution.point)
    yield from _point("least_bad", None, result.least_bad)
    yield from _point("better", None, result.better)
    for point in result.frontier.listed:
        yield from _point("listed", point.number, point)
    for text in result.proposals:
        for party, value in text.gains.items():
            yield "proposal", text.id, party, "gain", value
        for party, value in (text.most_gain or {}).items():
            yield "proposal", text.id, party, "most_gain", value
        for measure in ("distance", "slack", "dominated", "dominating", "sum_gain", "all_accept"):
            value = getattr(text, measure)
            yield "proposal", text.id, None, measure, int(value) if isinstance(value, bool) else value
        yield "proposal", text.id, None, "joint_acceptability", _estimate(text)
    for person in result.parties:
        for basis, weight in person.weight_by_basis.model_dump().items():
            yield "party", None, person.id, f"weight.{basis}", weight
    if result.zone is not None:
        yield "zone", None, None, "feasible", result.zone.feasible
        yield "zone", None, None, "acceptable", result.zone.acceptable
        for layer, many in result.zone.by_layer.model_dump().items():
            yield "zone", None, None, f"by_layer.{layer}", many
        for answers in result.zone.parties:
            for measure in ("asked_about", "accepts", "refuses", "refuses_by_line", "would_accept"):
                yield "zone", None, answers.id, measure, getattr(answers, measure)


def _point(what: str, name: object, point: FrontierPoint | None) -> Iterator[tuple[object, ...]]:
    """A point with its package: its gains, how it is received, and a row a term."""
    if point is None:
        return
    yield what, name, None, "frontier_point", point.number
    for party, value in (point.gains | point.others).items():
        yield what, name, party, "gain", value
    yield what, name, None, "all_accept", int(point.all_accept)
    yield what, name, None, "joint_acceptability", _estimate(point)
    for issue, option in point.terms.items():
        yield what, name, None, f"terms.{issue}", option


def _estimate(item: FrontierPoint | ProposalPlace) -> float | None:
    return None if item.joint_acceptability is None else item.joint_acceptability.estimate


def page(result: Frontier) -> Page:
    """What is efficient; then points, proposals, a walk along the frontier, and who would accept how much."""
    info = result.scenario
    positions = f", positions of {info.as_of}" if info.as_of != info.date else ""
    who = people(result, result.options.parties)
    sheets = (_singled(result), _proposals(result), _walk(result), _zone(result))
    return Page(
        heading=f"{info.title} ({info.id}, {info.date}{positions}): frontier for {who}",
        lead=" ".join(lead(result)),
        sheets=tuple(sheet for sheet in sheets if sheet is not None and sheet.rows),
        notes=tuple(notes(result)),
        caveat=caveat([result.settings]),
    )


# --- the tables -----------------------------------------------------------------------------


def _columns(result: Frontier) -> tuple[Column, ...]:
    """A column of gains for each of the parties."""
    return tuple(Column(result.names[p].replace(" ", "\n"), right=True, folds=True) for p in result.options.parties)


def _gains(result: Frontier, gains: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(gain(gains[p]) for p in result.options.parties)


def _packages(point: FrontierPoint) -> str:
    return "-" if point.packages is None else f"{point.packages:,}"


def _changes(result: Frontier, changes: Iterable[TermChange], none: str = "") -> str:
    return "\n".join(result.labels.change(c.issue, c.before, c.to) for c in changes) or none


def _singled(result: Frontier) -> Sheet | None:
    """Points singled out, a row a point. What all of them change stands once, in the notes."""
    at = list(singled(result).values())
    if not at:
        return None
    shared = in_all_points(result)
    others = any(point.others or point.breaks for _, point in at)
    counted = len(result.options.parties) <= _FEW
    lines = tuple(
        (
            ",\n".join(names),
            f"{point.number:,}",
            *_gains(result, point.gains),
            agreed(point.all_accept, point.joint_acceptability),
            *([_packages(point)] if counted else []),
            _changes(result, (c for c in point.changes if c not in shared), "nothing more" if shared else "nothing"),
            *([_others(result, point)] if others else []),
        )
        for names, point in at
    )
    return Sheet(
        columns=(
            Column("point", width=17),
            Column("no.", right=True),
            *_columns(result),
            Column("all\naccept", right=True),
            *([Column("packages", right=True, least=70)] if counted else []),
            Column("terms changed from the text", width=36),
            *([Column("others asked,\ntheir gain", width=18, least=60)] if others else []),
        ),
        rows=lines,
        title="Points singled out",
    )


def _others(result: Frontier, point: FrontierPoint) -> str:
    lines = [f"{result.names[p]} {gain(value)}" for p, value in point.others.items()]
    lines += [f"({b.id}, {b.severity}, broken)" for b in point.breaks]
    return "\n".join(lines) or "nobody"


def _proposals(result: Frontier) -> Sheet:
    first, *others = result.proposals
    others.sort(key=lambda t: (t.possible is False, t.distance or 0.0, t.sum_gain or 0.0, -(t.slack or 0.0), t.id))
    texts = [first, *others]
    return Sheet(
        columns=(
            Column("text", width=24),
            *_columns(result),
            Column("could gain", right=True),
            Column("all\naccept", right=True),
            Column("stands", width=42),
        ),
        rows=tuple(
            (
                result.labels.text(t.id) + (" (tabled)" if t.tabled else ""),
                *_gains(result, t.gains),
                _could_gain(result, t),
                agreed(t.all_accept, t.joint_acceptability),
                _standing(result, t),
            )
            for t in texts
        ),
        title="Proposals under these positions, and what could be gained by going to a point of the frontier",
        detail=True,
        tones={
            k: "good" if t.efficient else "faint" for k, t in enumerate(texts) if t.efficient or t.possible is False
        },
    )


def _could_gain(result: Frontier, text: ProposalPlace) -> str:
    if text.distance is None:
        return "-"
    if text.distance:
        return f"{'both' if len(result.options.parties) == 2 else 'all'} {gain(text.distance)}"
    if text.most_gain is not None:
        return f"some {gain(max(text.most_gain.values()))}"
    return "beyond" if text.slack is not None and text.slack < 0 else "nothing"


def _standing(result: Frontier, text: ProposalPlace) -> str:
    issues = result.labels.issue
    parts = []
    if text.open_issues:
        parts.append(f"open: {', '.join(map(issues, text.open_issues))}")
    if text.departs:
        parts.append(f"not as the text, though kept: {', '.join(map(issues, text.departs))}")
    if text.equals_no_deal:
        parts.append("says no more than no deal")
    if text.breaks:
        parts.append(f"breaks {', '.join(b.id for b in text.breaks)}")
    if text.crosses:
        parts.append(f"vetoed by {who_vetoes(result, text.crosses)}")
    if text.nobody_asked:
        parts.append("asks nobody")
    if text.efficient:
        parts.append("efficient")
    elif text.possible:
        parts.append("possible, not efficient" if text.efficient is False or text.dominated else "possible")
    return "; ".join(parts) or "possible"


def _walk(result: Frontier) -> Sheet | None:
    """Some points from first to last, and what changes from each to the next."""
    points = result.frontier.listed
    if len(points) < 2:
        return None
    steps = [
        [
            TermChange(issue=issue, before=before.terms[issue], to=option)
            for issue, option in after.terms.items()
            if before.terms[issue] != option
        ]
        for before, after in pairwise(points)
    ]
    total, first = result.frontier.total, result.names[result.options.parties[0]]
    some = f"{len(points)} of its {total:,} points" if len(points) < total else f"its {total:,} points"
    return Sheet(
        columns=(
            Column("no.", right=True),
            *_columns(result),
            Column("packages", right=True, least=70),
            Column("what changes from the row above", width=40),
            Column("all\naccept", right=True, least=60),
        ),
        rows=tuple(
            (
                f"{point.number:,}",
                *_gains(result, point.gains),
                _packages(point),
                "begins here" if step is None else _changes(result, step),
                agreed(point.all_accept, point.joint_acceptability),
            )
            for point, step in zip(points, [None, *steps], strict=True)
        ),
        title=f"Along the frontier: {some}, from the best for {first} down",
        detail=True,
        tones={k: "good" for k, point in enumerate(points) if point.all_accept},
    )


def _zone(result: Frontier) -> Sheet | None:
    zone = result.zone
    if zone is None:
        return None
    counts = {
        "asked about": "asked_about",
        "accepts\nwhen asked": "accepts",
        "refuses\nwhen asked": "refuses",
        "of which by\na red line": "refuses_by_line",
        "would accept,\nasked or not": "would_accept",
    }
    return Sheet(
        columns=(Column("party", width=20), *(Column(heading, right=True) for heading in counts)),
        rows=tuple(
            (result.names[p.id], *(f"{getattr(p, count):,}" for count in counts.values())) for p in zone.parties
        ),
        title=f"Win-sets: who would accept how many of the {zone.feasible:,} feasible packages, on expected gains",
        detail=True,
    )
