"""The frontier of a package space as text: points singled out, texts and their distance, the zone of agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.analysis.frontier.more_notes import notes
from sim.analysis.frontier.notes import lead
from sim.analysis.frontier.result import Difference, Frontier, Point, ProposalPlace
from sim.analysis.frontier.words import agreed, changed, gain, singled, who_vetoes
from sim.files.grammar import listed
from sim.report.page import Column, Page, Sheet
from sim.report.verdict import caveat
from sim.scenario.labels import spoken

#: With more parties than this the table of points singled out has no room for numbers of packages.
_FEW = 3
HEADER = ("scenario", "what", "name", "party", "measure", "value")


def rows(result: Frontier) -> Iterator[tuple[object, ...]]:
    """Tidy: every point of the frontier, the points singled out, the proposals and the zone; a row a figure."""
    id = result.scenario.id
    for every in result.every:
        for party, value in zip(result.options.parties, every.gains, strict=True):
            yield (id, "frontier", every.number, party, "gain", value)
        yield (id, "frontier", every.number, None, "packages", every.packages)
        yield (id, "frontier", every.number, None, "all_accept", int(every.all_accept))
    for solution in result.solutions:
        if solution.point is not None:
            yield from _told(id, "solution", solution.concept, solution.point)
    if result.least_bad is not None:
        yield from _told(id, "least_bad", None, result.least_bad)
    if result.better is not None:
        yield from _told(id, "better", None, result.better)
    for point in result.frontier.listed:
        yield from _told(id, "listed", point.number, point)
    for text in result.proposals:
        for party, value in text.gains.items():
            yield (id, "proposal", text.id, party, "gain", value)
        for party, value in (text.most_gain or {}).items():
            yield (id, "proposal", text.id, party, "most_gain", value)
        for measure in ("distance", "slack", "dominated", "dominating", "sum_gain", "all_accept"):
            value = getattr(text, measure)
            yield (id, "proposal", text.id, None, measure, int(value) if isinstance(value, bool) else value)
        yield (id, "proposal", text.id, None, "joint_acceptability", _estimate(text))
    for person in result.parties:
        for basis, weight in person.weight_by_basis.model_dump().items():
            yield (id, "party", None, person.id, f"weight.{basis}", weight)
    if result.zone is not None:
        yield (id, "zone", None, None, "feasible", result.zone.feasible)
        yield (id, "zone", None, None, "acceptable", result.zone.acceptable)
        for layer, many in result.zone.by_layer.model_dump().items():
            yield (id, "zone", None, None, f"by_layer.{layer}", many)
        for answers in result.zone.parties:
            for measure in ("asked_about", "accepts", "refuses", "refuses_by_line", "would_accept"):
                yield (id, "zone", None, answers.id, measure, getattr(answers, measure))


def _told(id: str, what: str, name: object, point: Point) -> Iterator[tuple[object, ...]]:
    """A point of which the package is told: its gains, how it is received, and a row a term."""
    yield (id, what, name, None, "frontier_point", point.number)
    for party, value in (point.gains | point.others).items():
        yield (id, what, name, party, "gain", value)
    yield (id, what, name, None, "all_accept", int(point.all_accept))
    yield (id, what, name, None, "joint_acceptability", _estimate(point))
    for issue, option in point.terms.items():
        yield (id, what, name, None, f"terms.{issue}", option)


def _estimate(told: Point | ProposalPlace) -> float | None:
    return None if told.joint_acceptability is None else told.joint_acceptability.estimate


def page(result: Frontier) -> Page:
    """What is efficient; then points, proposals, a walk along the frontier, and who would accept how much."""
    info = result.scenario
    positions = f", positions of {info.as_of}" if info.as_of != info.date else ""
    who = listed([spoken(result.names[p]) for p in result.options.parties])
    sheets = (_singled(result), _proposals(result), _walk(result), _zone(result))
    return Page(
        heading=f"{info.title} ({info.id}, {info.date}{positions}): frontier for {who}",
        lead=" ".join(lead(result)),
        sheets=tuple(sheet for sheet in sheets if sheet is not None and sheet.rows),
        notes=tuple(notes(result)),
        caveat=caveat([result.settings]),
    )


# --- the tables -----------------------------------------------------------------------------


def _gains(result: Frontier) -> tuple[Column, ...]:
    return tuple(Column(result.names[p].replace(" ", "\n"), right=True, folds=True) for p in result.options.parties)


def _singled(result: Frontier) -> Sheet | None:
    """Points singled out, a row a point. What all of them change is told once."""
    at = singled(result)
    if not at:
        return None
    shared = [c for c in next(iter(at.values()))[1].changes if all(c in point.changes for _, point in at.values())]
    apart = bool(shared) and len(at) > 1
    others = any(point.others or point.breaks for _, point in at.values())
    counted = len(result.options.parties) <= _FEW
    told = [
        (
            ",\n".join(names),
            f"{point.number:,}",
            *(gain(point.gains[p]) for p in result.options.parties),
            agreed(point.all_accept, point.joint_acceptability),
            *(["-" if point.packages is None else f"{point.packages:,}"] if counted else []),
            _changes(result, [c for c in point.changes if c not in shared], "nothing more")
            if apart
            else _changes(result, point.changes, "nothing"),
            *([_others(result, point)] if others else []),
        )
        for names, point in at.values()
    ]
    if apart:
        blank = [""] * (len(result.options.parties) + 2 + counted)
        told.insert(0, ("in all of these points", *blank, _changes(result, shared, ""), *([""] if others else [])))
    return Sheet(
        columns=(
            Column("point", width=17),
            Column("no.", right=True),
            *_gains(result),
            Column("all\naccept", right=True),
            *([Column("packages", right=True, least=70)] if counted else []),
            Column("terms changed from the text", width=36),
            *([Column("others asked,\ntheir gain", width=18, least=60)] if others else []),
        ),
        rows=tuple(told),
        title="Points singled out",
    )


def _changes(result: Frontier, changes: Sequence[Difference], none: str) -> str:
    return "\n".join(changed(result, c) for c in changes) or none


def _others(result: Frontier, point: Point) -> str:
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
            *_gains(result),
            Column("could gain", right=True),
            Column("all\naccept", right=True),
            Column("stands", width=42),
        ),
        rows=tuple(
            (
                f"{result.labels.text(t.id)} (tabled)" if t.tabled else result.labels.text(t.id),
                *(gain(t.gains[p]) for p in result.options.parties),
                _could_gain(result, t),
                agreed(t.all_accept, t.joint_acceptability),
                _standing(result, t),
            )
            for t in texts
        ),
        title="Proposals under these positions, and what could be gained by going to a point of the frontier",
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
    parts = []
    if text.open_issues:
        parts.append(f"open: {', '.join(map(result.labels.issue, text.open_issues))}")
    if text.departs:
        parts.append(f"not as the text, though kept: {', '.join(map(result.labels.issue, text.departs))}")
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
    lines = []
    for k, point in enumerate(points):
        if k == 0:
            told = "begins here"
        else:
            before = points[k - 1].terms
            told = "\n".join(
                f"{result.labels.issue(issue)}: {result.labels.option(issue, before[issue])} -> "
                f"{result.labels.option(issue, option)}"
                for issue, option in point.terms.items()
                if before[issue] != option
            )
        lines.append(
            (
                f"{point.number:,}",
                *(gain(point.gains[p]) for p in result.options.parties),
                "-" if point.packages is None else f"{point.packages:,}",
                told,
                agreed(point.all_accept, point.joint_acceptability),
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
            Column("all\naccept", right=True, least=60),
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
            Column("accepts\nwhen asked", right=True),
            Column("refuses\nwhen asked", right=True),
            Column("of which by\na red line", right=True),
            Column("would accept,\nasked or not", right=True),
        ),
        rows=tuple(
            (
                result.names[p.id],
                f"{p.asked_about:,}",
                f"{p.accepts:,}",
                f"{p.refuses:,}",
                f"{p.refuses_by_line:,}",
                f"{p.would_accept:,}",
            )
            for p in zone.parties
        ),
        title=f"Win-sets: who would accept how many of the {zone.feasible:,} feasible packages, on expected gains",
    )
