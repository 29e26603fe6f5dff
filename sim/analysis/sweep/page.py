"""A sweep as text: where the joint share and each party's cross one half, and the figures behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.analysis.shared.counting import too_near
from sim.analysis.shared.english import VERDICT_WORDS
from sim.analysis.sweep.english import STILL, at_values
from sim.analysis.sweep.english import say as say_talks
from sim.analysis.sweep.findings import distinct, turns
from sim.analysis.sweep.result import Boundary, Sweep, SweepPath, SweepPoint
from sim.analysis.sweep.tables import OWN, grids, marked, thin_title, thinned
from sim.analysis.sweep.talks_page import LEGEND, talks_rows, talks_sheets
from sim.analysis.sweep.words import COST, line_notes, noun, path_words, unknown, value_words
from sim.files.grammar import ending, listed, plural
from sim.report.english import Names, draws_words, filler_caution, say
from sim.report.numbers import change, compact, interval, percent
from sim.report.outcome import dated
from sim.report.page import Column, Page, Sheet, by_column
from sim.report.verdict import INFERRED, MARKS, UNKNOWN, UNKNOWN_LEGEND, caveat, evidence_word, word
from sim.results.findings import evidence_settles
from sim.results.records import beyond_error
from sim.results.verdicts import HALF, unsourced
from sim.scenario.labels import Labels, capital, spaced, spoken

HEADER = ("scenario", "path_1", "value_1", "path_2", "value_2", "own", "party", "measure", "value", "low", "high")

VERDICTS = {**VERDICT_WORDS, "none": "nobody asked"}
#: The same in a sentence.
_IN_WORDS = {**VERDICTS, "singly": "accepted by each but not by all"}
#: What the evidence settles, in a cell and in a sentence.
_TONES = {"accepted": "good", "refused": "bad", "divided": "open", "singly": "open"}
#: Lists of values are cut after this many.
_LONGEST = 6


def rows(result: Sweep) -> Iterator[tuple[object, ...]]:
    """Tidy: a row a grid point, party (empty for the joint share) and measure; the scenario as it stands first."""
    first, second = (*(p.path for p in result.paths), None)[:2]
    for point in (result.base, *result.points):
        one, other = (*point.values, None, None)[:2]
        head = (result.scenario.id, first, one, second, other, "yes" if point.own else "no")
        if point.joint_acceptability is not None and point.change is not None:
            yield (*head, None, "joint_acceptability", *point.joint_acceptability.figures)
            yield (*head, None, "change", *point.change.figures)
        if point.talks is not None:
            yield from talks_rows(point.talks, head)
        for rule in point.breaks:
            yield (*head, None, f"breaks {rule.id}", None, None, None)
        for party in point.parties:
            yield (*head, party.id, "acceptability", *party.acceptability.figures)
            yield (*head, party.id, "change", *party.change.figures)


def page(result: Sweep) -> Page:
    """A line of values, or a grid of two."""
    two, varied = len(result.paths) == 2, listed([path_words(result, p) for p in result.paths])
    talks = {finding.kind: say_talks(finding, result) for finding in result.findings}
    conduct = talks.pop("talks_conduct", None)
    vote = tuple(_grid(result)) if two else (_line(result),)
    lead = [*talks.values(), *(["What follows is the vote on the text as tabled."] if talks else [])]
    return Page(
        heading=f"{dated(result.scenario)}: {'talks, ' if conduct else ''}varying {varied}",
        lead=" ".join([*lead, *_evidence_lead(result), _lead(result), *_caution(result)]),
        sheets=(*talks_sheets(result), *vote) if conduct else vote,
        notes=((conduct, LEGEND) if conduct else ()) + tuple(_notes(result)),
        caveat=caveat([result.settings]),
    )


# --- the lead -------------------------------------------------------------------------------


def _evidence_lead(result: Sweep) -> Iterator[str]:
    """What the evidence settles as the scenario stands, and whether that is so at every value."""
    base = result.base.on_evidence
    if base is None or unsourced(result.settings):
        return
    settled = evidence_settles(base, {p: base.ranges[p] for p in base.parties}, result.settings)
    yield say(settled, Names(Labels(), result.names))
    others = [(p, evidence_word(e)) for p in distinct(result, result.points) if (e := p.on_evidence) is not None]
    otherwise: dict[str, list[SweepPoint]] = {}
    for point, settles in others:
        if settles != evidence_word(base):
            otherwise.setdefault(settles, []).append(point)
    if otherwise:
        # neither a day nor a term of the text puts anything into what the sources say
        positions = any(
            path.path.partition(".")[0] not in ("as_of", "proposal", "negotiation") for path in result.paths
        )
        edited = "With values put in as if a source stated them, " if positions else ""
        each = [f"{settles} {_at(result, some, len(others))}" for settles, some in otherwise.items()]
        yield f"{capital(f'{edited}the evidence alone makes of the text')}: {'; '.join(each)}."
    elif others:
        yield "What the evidence settles is the same at every value here."


def _at(result: Sweep, points: Sequence[SweepPoint], count: int) -> str:
    """At which points: of one path by their values, of two how many of all."""
    if len(result.paths) == 1:
        return f"at {_values(result, [p.values[0] for p in points])}"
    return f"in {len(points)} of {plural(count, 'combination')}"


def _lead(result: Sweep) -> str:
    scored = [p for p in result.points if p.joint_acceptability is not None]
    if not scored:
        if no_deal := [p for p in result.points if p.says_no_more]:
            rest = "" if len(no_deal) == len(result.points) else "; the others have none either"
            return f"There is no verdict: {len(no_deal)} of {len(result.points)} points say no more than no deal{rest}."
        return "No party with positions has to consent at any of these points, so there is no verdict."
    least, most = min(scored, key=_joint), max(scored, key=_joint)
    low, high, verdict = percent(_joint(least)), percent(_joint(most)), _verdict_line(result, scored)
    base = None if result.base.joint_acceptability is None else _joint(result.base)
    stands = "" if base is None else f" As the scenario stands it is {percent(base)}."
    if _joint(least) == _joint(most):
        same = f"As modelled, the joint share is {high} at every value of"
        paths = listed([path_words(result, p) for p in result.paths])
        if base in (None, _joint(most)):
            return f"{same} {paths}: it does not hang on that. {verdict}"
        return f"{same} {paths} here.{stands} {verdict}"
    return (
        f"As modelled, the joint share ranges from {low} ({at_values(result, least.values)}) to {high} "
        f"({at_values(result, most.values)}).{stands}{_still(result, scored)} {_half_line(result, scored)} {verdict}"
    )


def _still(result: Sweep, scored: Sequence[SweepPoint]) -> str:
    """That no value moves the joint share by more than sampling error, where that is so."""
    changes = [point.change for point in scored if point.change is not None]
    return "" if not changes or any(map(beyond_error, changes)) else f" {STILL}"


def _caution(result: Sweep) -> Iterator[str]:
    """That most terms of the text are filler, where there is a verdict at all."""
    if any(p.joint_acceptability is not None for p in result.points):
        yield from filler_caution(result.assumed_terms, result.terms, result.settings)


def _verdict_line(result: Sweep, scored: Sequence[SweepPoint]) -> str:
    """Whether the verdict, which hangs on each party and not on the joint share alone, is another somewhere."""
    once = distinct(result, scored)
    words = [_IN_WORDS[point.verdict or "none"] for point in once]
    by_verdict = {v: [p for p, word in zip(once, words, strict=True) if word == v] for v in dict.fromkeys(words)}
    before = None if result.base.joint_acceptability is None else _IN_WORDS[result.base.verdict or "none"]
    if len(by_verdict) == 1:
        [verdict] = by_verdict
        if before in (None, verdict):
            return f"None of these values turns the verdict as modelled, which is {verdict}."
        return f"The verdict as modelled is {verdict} throughout; as the scenario stands, {before}."
    if len(result.paths) == 1:
        each = [f"{verdict} {_at(result, some, len(once))}" for verdict, some in by_verdict.items()]
    else:
        each = [f"{verdict} in {len(some)}" for verdict, some in by_verdict.items()]
        each[0] += f" of {len(once)} combinations"
    return f"The verdict as modelled turns: {'; '.join(each)}."


def _near(result: Sweep, party: str | None) -> str:
    """Where one half lies within sampling error of the joint share (party None) or a party's; starts with a comma."""
    once = distinct(result, result.points)
    near = [p for p in once if (share := p.acceptability(party)) is not None and too_near(share)]
    if not near:
        return ""
    one = len(result.paths) == 1
    where = f"at {_values(result, [p.values[0] for p in near])}" if one else f"in {plural(len(near), 'combination')}"
    return f", too near to call {where}"


def _half_line(result: Sweep, scored: Sequence[SweepPoint]) -> str:
    """Where the joint share reaches one half."""
    above = [p for p in scored if _joint(p) >= HALF]
    near = _near(result, None)
    if not above:
        return f"It stays below one half throughout{near}."
    if len(above) == len(scored):
        return f"It stays at or above one half throughout{near}."
    if len(result.paths) == 1:
        return f"It {_crossing(result, result.paths[0], None)}{near}."
    sides = [_dependence(result, None, axis) for axis in range(2)]
    if sides[0] != sides[1]:
        path, other = result.paths if sides[0] else result.paths[::-1]
        return f"It {_crossing(result, path, None)}, whatever {path_words(result, other)} is{near}."
    once = distinct(result, scored)
    count = sum(_joint(p) >= HALF for p in once)
    return f"{count} of {len(once)} combinations reach{ending(count, 'es', '')} one half{near}."


def _joint(point: SweepPoint) -> float:
    assert point.joint_acceptability is not None
    return point.joint_acceptability.estimate


def _dependence(result: Sweep, party: str | None, axis: int) -> bool:
    """Whether a share changes along one path while the other stays."""
    groups: dict[tuple[str, ...], set[float | None]] = {}
    for point in result.points:
        if point.feasible:
            groups.setdefault((*point.values[:axis], *point.values[axis + 1 :]), set()).add(point.share(party))
    return any(len(shares) > 1 for shares in groups.values())


def _crossing(result: Sweep, path: SweepPath, party: str | None) -> str:
    """Where a share that hangs on one path alone crosses one half, in words. It must cross somewhere."""
    axis = result.paths.index(path)
    shares = {point.values[axis]: point.share(party) for point in result.points if point.feasible}
    known = {value: share for value, share in shares.items() if share is not None}
    crossed = list(turns(known.items()))
    if len(crossed) == 1:
        one, other = crossed[0]
        way = "falls below" if known[one] >= HALF else "reaches"
        ends = f"{value_words(result, path, one)} and {value_words(result, path, other)}"
        return f"{way} one half between {noun(path)}{ends}"
    yes, no = ([value for value, share in known.items() if (share >= HALF) is side] for side in (True, False))
    return f"is at least one half at {_values(result, yes, axis)}, below it at {_values(result, no, axis)}"


def _values(result: Sweep, values: Sequence[str], axis: int = 0) -> str:
    path = result.paths[axis]
    words = [value_words(result, path, v) for v in values]
    if len(words) <= _LONGEST:
        return noun(path) + listed(words)
    return f"{noun(path)}{', '.join(words[:_LONGEST])} and {len(words) - _LONGEST} more"


# --- the tables -----------------------------------------------------------------------------


def _asked(result: Sweep) -> list[str]:
    """Parties whose consent some point needs, and on whom the sources are not silent, in order."""
    points = (result.base, *result.points)
    return [p.id for p in result.base.parties if any(point.needs(p.id) for point in points)]


def _line(result: Sweep) -> Sheet:
    [path] = result.paths
    names = {p: Column(result.names[p], right=True, width=9, folds=True) for p in _asked(result)}
    points = [result.points[k] for k in thinned(result)]
    title = thin_title(result)
    return by_column(
        [
            (Column(path_words(result, path), width=24), [marked(result, path, p.values[0]) for p in points]),
            (Column("joint", width=15), map(_joint_cell, points)),
            (Column("verdict", width=11, least=80), [_verdict(result, point) for point in points]),
            *((name, [_figure(result, point, p) for point in points]) for p, name in names.items()),
        ],
        f"The vote, in shares of draws{title}" if title or result.talks is not None else None,
        tones={k: _tone(result, p) for k, p in enumerate(points) if p.verdict != "none"},
    )


def _tone(result: Sweep, point: SweepPoint) -> str:
    if point.verdict is None:
        return "faint"
    return "open" if unknown(result, point) else _TONES.get(point.verdict, "open")


def _joint_cell(point: SweepPoint) -> str:
    """The joint share, below it its change."""
    if point.joint_acceptability is None:
        return "-"
    share = interval(point.joint_acceptability)
    return share if point.own or point.change is None else f"{share}\n{change(point.change)}"


def _verdict(result: Sweep, point: SweepPoint) -> str:
    """What the evidence settles at a point; where it does not, in brackets the verdict as modelled."""
    if point.verdict is None:
        return "infeasible" if not point.feasible else "no deal"
    modelled = VERDICTS[point.verdict]
    if point.on_evidence is None or unsourced(result.settings):
        return modelled
    return f"{UNKNOWN}\n({modelled})" if unknown(result, point) else evidence_word(point.on_evidence)


def _figure(result: Sweep, point: SweepPoint, party: str) -> str:
    if not point.feasible:
        return "-"
    row = point.party(party)
    share = "silent" if row.silent else compact(row.acceptability.estimate)
    evidence = None if unsourced(result.settings) else row.on_evidence
    if not row.silent and (mark := MARKS.get(word(row.verdict, evidence))):
        share = f"{mark}\n{share}"
    return share if row.consent_needed else f"({share})"


def _grid(result: Sweep) -> Iterator[Sheet]:
    """Joint shares."""
    return grids(
        result,
        "Joint share as modelled",
        lambda p: "-" if p.joint_acceptability is None else compact(_joint(p)),
    )


# --- the notes ------------------------------------------------------------------------------


def _notes(result: Sweep) -> Iterator[str]:
    still: list[str] = []
    asked = _asked(result)
    for party in asked:
        shares = [share for p in result.points if (share := p.share(party)) is not None]
        if not shares:
            continue
        if percent(min(shares)) == percent(max(shares)):
            still.append(f"{spoken(result.names[party])} ({percent(shares[0])})")
        else:
            yield _party_note(result, party, shares)
    if still:
        yield f"The same at every value, to a per cent: {listed(still)}."
    yield from _boundary_notes(result)
    if changing := [x for x in asked if len({p.needs(x) for p in result.points if p.feasible}) > 1]:
        names = listed([spoken(result.names[x]) for x in changing])
        mark = "; a figure in brackets is not asked for" if len(result.paths) == 1 else ""
        yield f"Whether {names} must consent depends on the value{mark}: joint shares are over different parties."
    yield from _infeasible_notes(result)
    yield from _no_agreement_notes(result)
    yield from line_notes(result)
    yield from _same_values(result)
    figures = [_figure(result, p, x) for p in result.points for x in asked if len(result.paths) == 1]
    if any(figure.startswith("inferred") for figure in figures):
        yield INFERRED
    if any(figure.startswith(UNKNOWN) for figure in figures):
        yield f"{UNKNOWN_LEGEND}. Below it in its cell stands what the assumptions make of it: a share or verdict."
    if unmarked := [path_words(result, p) for p in result.paths if not p.own]:
        stands = "" if result.base.joint_acceptability is None else f" ({percent(_joint(result.base))} joint)"
        yield f"Not among these values: the scenario's own of {listed(unmarked)}{stands}."
    if any(p.path.endswith(".no_deal.cost") for p in result.paths):
        yield COST
    if short := [path_words(result, p) for p in result.paths if p.rounded]:
        yield f"Values of {listed(short)} are rounded here; --format json and csv have them in full."
    if any(p.own for p in result.paths):
        yield f"{OWN} marks the scenario's own value, or one scored alike."
    if len(result.paths) == 1:
        yield "Below a joint share its change from the scenario as it stands, in points, draw by draw."
    if result.settings.edits:
        yield f"Edited before the sweep: {'; '.join(result.settings.edits)}."
    if result.consent_not_modelled:
        yield f"Consent of {len(result.consent_not_modelled)} others is needed but not modelled, and left out."
    yield draws_words(result.settings)


def _party_note(result: Sweep, party: str, shares: Sequence[float]) -> str:
    name = capital(spoken(result.names[party]))
    ranges = f"{name} accepts in {percent(min(shares))} to {percent(max(shares))} of draws"
    near = _near(result, party)
    always = f", always {'above' if min(shares) >= HALF else 'below'} one half{near}."
    crosses = min(shares) < HALF <= max(shares)
    along = [axis for axis in range(len(result.paths)) if _dependence(result, party, axis)]
    if len(along) == 1:
        path = result.paths[along[0]]
        if len(result.paths) == 2:
            ranges += f", and only {path_words(result, path)} moves it"
        return f"{ranges}; its share {_crossing(result, path, party)}{near}." if crosses else ranges + always
    if crosses:
        once = [s for p in distinct(result, result.points) if (s := p.share(party)) is not None]
        count = sum(share >= HALF for share in once)
        return f"{ranges}; at least one half in {count} of {len(once)} combinations{near}."
    return ranges + always


def _infeasible_notes(result: Sweep) -> Iterator[str]:
    """Which points have a dash, and the constraints that they break."""
    for rule in dict.fromkeys(rule for point in result.points for rule in point.breaks):
        where = _where(result, [point for point in result.points if rule in point.breaks])
        yield f"-: not scored, for the text would break the hard constraint '{spaced(rule.id)}' ({where}). {rule.why}"


def _no_agreement_notes(result: Sweep) -> Iterator[str]:
    """Which points have no joint share since their text equals an outcome of no deal."""
    if points := [p for p in result.points if p.says_no_more]:
        where = _where(result, points)
        yield f"no deal: the text says no more than no deal ({where}); a yes to it is no agreement and is not counted."


def _where(result: Sweep, points: Sequence[SweepPoint]) -> str:
    """All of the points by name, of a grid their number and the first."""
    if len(result.paths) == 1:
        return listed([at_values(result, point.values) for point in points])
    return f"{len(points)} combinations, such as {at_values(result, points[0].values)}"


def _same_values(result: Sweep) -> Iterator[str]:
    """Values of a grid that are one and the same."""
    for path in result.paths:
        if len(result.paths) == 2 and len(path.own) > 1:
            same = f"{listed([value_words(result, path, v) for v in path.own])} of {path_words(result, path)}"
            yield f"{same} are scored alike, and combinations with them counted once."


def _boundary_notes(result: Sweep) -> Iterator[str]:
    """On a grid: row by row, where the joint share crosses one half."""
    if len(result.paths) == 1 or not all(_dependence(result, None, axis) for axis in range(2)):
        return
    first, second = result.paths
    crossed = [b for b in result.boundaries if b.party is None and b.path == second.path]
    if crossed and len(crossed) <= 2 * _LONGEST:
        words = [(value_words(result, first, b.elsewhere or ""), *_ends(result, second, b)) for b in crossed]
        rows = "; ".join(f"with {elsewhere} between {below} (below) and {above}" for elsewhere, below, above in words)
        yield f"One half is crossed along {path_words(result, second)}, by {path_words(result, first)}: {rows}."


def _ends(result: Sweep, path: SweepPath, between: Boundary) -> tuple[str, str]:
    """The two values of a boundary by name."""
    return value_words(result, path, between.below), value_words(result, path, between.above)
