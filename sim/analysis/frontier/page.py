"""The frontier of a package space as text: points singled out, texts and their distance, the zone of agreement."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from sim.analysis.frontier.english import agreed, gain, in_all_points, lead, notes, people, singled, who_vetoes
from sim.analysis.frontier.result import Frontier, FrontierPoint, ProposalPlace
from sim.report.outcome import dated
from sim.report.page import Column, Page, Sheet, by_column
from sim.report.verdict import caveat
from sim.results.records import TermChange

#: With more parties than this the table of points singled out has no room for numbers of packages.
_FEW = 3
HEADER = ("scenario", "what", "name", "party", "measure", "value")


def rows(result: Frontier) -> Iterator[tuple[object, ...]]:
    """Tidy: every point of the frontier, the points singled out, the proposals and the zone; a row a figure."""
    if not result.whole:
        warnings.warn(
            f"the table has none of the {result.frontier.total:,} points of the frontier, which JSON leaves out",
            stacklevel=2,
        )
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
        for gains, what in ((text.gains, "gain"), (text.most_gain or {}, "most_gain")):
            yield from (("proposal", text.id, party, what, value) for party, value in gains.items())
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
    who = people(result, result.options.parties)
    sheets = (_singled(result), _proposals(result), _walk(result), _zone(result))
    return Page(
        heading=f"{dated(result.scenario)}: frontier for {who}",
        lead=" ".join(lead(result)),
        sheets=tuple(sheet for sheet in sheets if sheet is not None and sheet.rows),
        notes=tuple(notes(result)),
        caveat=caveat([result.settings]),
    )


# --- the tables -----------------------------------------------------------------------------


#: A heading, and its cells.
_Cells = tuple[Column, Iterable[str]]


def _gains(result: Frontier, rows: Sequence[FrontierPoint | ProposalPlace]) -> list[_Cells]:
    """A column of gains for each of the parties."""
    heads = {p: result.names[p].replace(" ", "\n") for p in result.options.parties}
    return [(Column(head, right=True, folds=True), [gain(x.gains[p]) for x in rows]) for p, head in heads.items()]


def _numbers(points: Iterable[FrontierPoint]) -> _Cells:
    return Column("no.", right=True), [f"{point.number:,}" for point in points]


def _accepted(rows: Sequence[FrontierPoint | ProposalPlace], least: int = 0) -> _Cells:
    cells = [agreed(x.all_accept, x.joint_acceptability) for x in rows]
    return Column("all\naccept", right=True, least=least), cells


def _packages(points: Iterable[FrontierPoint]) -> _Cells:
    counts = ["-" if point.packages is None else f"{point.packages:,}" for point in points]
    return Column("packages", right=True, least=70), counts


def _changes(result: Frontier, changes: Iterable[TermChange], none: str = "") -> str:
    return "\n".join(result.labels.change(c.issue, c.before, c.to) for c in changes) or none


def _singled(result: Frontier) -> Sheet | None:
    """Points singled out, a row a point. What all of them change stands once, in the notes."""
    at = list(singled(result).values())
    if not at:
        return None
    points = [point for _, point in at]
    shared = in_all_points(result)
    none = "nothing more" if shared else "nothing"
    changes = [_changes(result, (c for c in point.changes if c not in shared), none) for point in points]
    columns = [
        (Column("point", width=17), [",\n".join(names) for names, _ in at]),
        _numbers(points),
        *_gains(result, points),
        _accepted(points),
        *([_packages(points)] if len(result.options.parties) <= _FEW else []),
        (Column("terms changed from the text", width=36), changes),
    ]
    if any(point.others or point.breaks for point in points):
        others = Column("others asked,\ntheir gain", width=18, least=60)
        columns.append((others, [_others(result, point) for point in points]))
    return by_column(columns, "Points singled out")


def _others(result: Frontier, point: FrontierPoint) -> str:
    lines = [f"{result.names[p]} {gain(value)}" for p, value in point.others.items()]
    lines += [f"({b.id}, {b.severity}, broken)" for b in point.breaks]
    return "\n".join(lines) or "nobody"


def _proposals(result: Frontier) -> Sheet:
    first, *others = result.proposals
    others.sort(key=lambda t: (t.possible is False, t.distance or 0.0, t.sum_gain or 0.0, -(t.slack or 0.0), t.id))
    texts = [first, *others]
    names = [result.labels.text(t.id) + (" (tabled)" if t.tabled else "") for t in texts]
    return by_column(
        [
            (Column("text", width=24), names),
            *_gains(result, texts),
            (Column("could gain", right=True), [_could_gain(result, t) for t in texts]),
            _accepted(texts),
            (Column("stands", width=42), [_standing(result, t) for t in texts]),
        ],
        "Proposals under these positions, and what could be gained by going to a point of the frontier",
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
    beaten = text.efficient is False or text.dominated
    parts = {
        f"open: {', '.join(map(issues, text.open_issues))}": text.open_issues,
        f"not as the text, though kept: {', '.join(map(issues, text.departs))}": text.departs,
        "says no more than no deal": text.equals_no_deal,
        f"breaks {', '.join(b.id for b in text.breaks)}": text.breaks,
        f"vetoed by {who_vetoes(result, text.crosses)}": text.crosses,
        "asks nobody": text.nobody_asked,
        "efficient": text.efficient,
        "possible, not efficient": text.possible and not text.efficient and beaten,
    }
    return "; ".join(what for what, so in parts.items() if so) or "possible"


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
    changes = ["begins here", *(_changes(result, step) for step in steps)]
    return by_column(
        [
            _numbers(points),
            *_gains(result, points),
            _packages(points),
            (Column("what changes from the row above", width=40), changes),
            _accepted(points, least=60),
        ],
        f"Along the frontier: {some}, from the best for {first} down",
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
    columns = [(Column(x, right=True), [f"{getattr(p, count):,}" for p in zone.parties]) for x, count in counts.items()]
    return by_column(
        [(Column("party", width=20), [result.names[p.id] for p in zone.parties]), *columns],
        f"Win-sets: who would accept how many of the {zone.feasible:,} feasible packages, on expected gains",
        detail=True,
    )
