"""Grouped Sobol' indices as a page and as tidy rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sim.analysis.sobol.groups import Kind
from sim.analysis.sobol.result import OUTPUTS, GroupIndices, GroupName, Order, Output, SobolResult
from sim.analysis.sobol.sobol import LEADING
from sim.files.grammar import listed
from sim.report.english import filler_caution, rules_words
from sim.report.numbers import compact, percent
from sim.report.outcome import heading_of
from sim.report.page import Column, Page, Sheet, by_column
from sim.report.verdict import caveat
from sim.results.records import Interval
from sim.scenario.labels import capital
from sim.scenario.labels import spoken as called

HEADER = ("scenario", "level", "party", "kind", "issue", "output", "index", "estimate", "low", "high", "reason")
Row = tuple[str, str, str, str | None, str | None, str, str, float | None, float | None, float | None, str | None]

#: What is not known, by kind, in a table.
KINDS: dict[Kind, str] = {
    "weights": "weights of issues",
    "values": "values of options",
    "no_deal": "view of no deal",
    "lines": "lines from polls",
}
_SPOKEN: dict[Kind, str] = {
    "weights": "how much each issue weighs for {}",
    "values": "how {} values the options",
    "no_deal": "what {} expects of no deal",
    "lines": "whether the lines of {} that polls give with a probability bind",
}
#: Rows of the sheet by issue; the rest is in the other formats.
TOP = 12
#: Rows a party where parties do not compare.
EACH = 3


def rows(result: SobolResult) -> Iterator[Row]:
    """Two rows (first order, total) for each group and output."""
    for g in result.groups:
        for output in OUTPUTS:
            indices = g.index(output)
            caution = g.acceptance_caution if output == "acceptance" else None
            reason = "; ".join(x for x in (caution, g.reason(output) or g.idle) if x is not None) or None
            for index in ("first", "total"):
                figures = (None, None, None) if indices is None else getattr(indices, index).figures
                yield result.scenario.id, g.level, g.party, g.kind, g.issue, output, index, *figures, reason


def page(result: SobolResult) -> Page:
    """What most of the spread comes from, then by party, by kind, by issue."""
    first, *others = _sheets(result)
    return Page(
        heading=heading_of(result.scenario, result.settings),
        lead=" ".join(_lead(result)),
        sheets=(replace(first, title=None), *others),
        notes=tuple(_notes(result)),
        caveat=caveat([result.settings]),
    )


# --- words ----------------------------------------------------------------------------------------


def spoken(result: SobolResult, group: GroupName) -> str:
    """A group in plain words."""
    name = called(result.name(group.party))
    if group.kind is None:
        return name
    if group.issue is not None:
        return f"how {name} values the options on {result.labels.issue(group.issue)}"
    return _SPOKEN[group.kind].format(name)


def main_output(result: SobolResult) -> Output:
    """Joint acceptance where its variance can be divided, else each party's gain."""
    return "joint" if result.joint_reason is None and any(g.joint is not None for g in result.groups) else "gain"


def _leading(result: SobolResult, level: str, output: Output, party: str | None = None) -> list[GroupIndices]:
    groups = [g for g in result.groups if g.level == level and party in (None, g.party) and g.idle is None]
    varying = [(index.total.estimate, g) for g in groups if (index := g.index(output)) is not None]
    return [g for _, g in sorted(varying, key=lambda x: -x[0])]


def _joint(group: GroupIndices) -> str:
    assert group.joint is not None
    return f"{share(group.joint.first.estimate)} alone, {share(group.joint.total.estimate)} in all"


def _lead(result: SobolResult) -> Iterator[str]:
    joint = result.joint_acceptability
    if joint is None:
        yield "No party with positions has to consent, so there is no joint acceptance to explain."
    elif result.joint_reason is not None:
        yield f"There is nothing to divide in joint acceptance: {result.joint_reason}."
    elif main_output(result) == "joint":
        yield f"All whose consent is needed accept together in {percent(joint.estimate)} of draws."
        if not result.sourced_veto:
            yield from filler_caution(result.assumed_terms, result.terms, result.settings)
        parties = [f"{called(result.name(g.party))} ({_joint(g)})" for g in _leading(result, "party", "joint")]
        if len(parties) > 1:
            yield f"Whether they do depends most on what we do not know about {parties[0]}, then {parties[1]}."
        for group in _leading(result, "kind", "joint")[:1]:
            largest = f"{spoken(result, group)} ({_joint(group)})"
            yield f"The largest single group, counting what it does together with others, is {largest}."
        return
    yield from _gain_lead(result)


def _gain_lead(result: SobolResult) -> Iterator[str]:
    by_kind: dict[Kind, list[str]] = {}
    unsure = []
    for p in result.parties:
        kinds = _leading(result, "kind", "gain", p.id)
        if any(o.party == p.id and o.level == "kind" and o.output == "gain" and not o.settled for o in result.orders):
            unsure.append(called(p.name))
        elif kinds and kinds[0].kind is not None:
            by_kind.setdefault(kinds[0].kind, []).append(called(p.name))
    for kind, names in by_kind.items():
        yield f"The gain of {listed(names)} varies most with the {KINDS[kind]}."
    if unsure:
        yield f"For {listed(unsure)} the order of the leading groups is still open."


def share(value: float) -> str:
    """An index in whole per cents, as estimated: also below 0 and above 100."""
    if 0 < value < 0.005:
        return "<1%"
    text = f"{100 * value:.0f}%"
    return "0%" if text == "-0%" else text


def _interval(index: Interval) -> str:
    low, high = (f"{100 * (0.0 if abs(x) < 0.005 else x):.0f}" for x in (index.low, index.high))
    return f"{share(index.estimate)} [{low}, {high}]"


# --- sheets ---------------------------------------------------------------------------------------


def _sheets(result: SobolResult) -> Iterator[Sheet]:
    joint = main_output(result) == "joint"
    if joint and result.party is None:
        yield _by_party(result)
    outputs: tuple[Output, ...] = OUTPUTS if joint else ("acceptance", "gain")
    kinds = [g for g in result.groups if g.level == "kind"]
    yield _groups(result, kinds, outputs, "what we do not know", "By party and kind")
    ranked = _leading(result, "issue", "joint")
    most, order = TOP, "largest first"
    if not joint:
        # gains of different parties do not compare
        most, order = len(result.groups), f"the leading {EACH} of each"
        each = None if result.party is not None else EACH
        ranked = [g for p in result.parties for g in _leading(result, "issue", "gain", p.id)[:each]]
    leading = ranked if result.party is not None else ranked[:most]
    if leading:
        left = sum(g.level == "issue" for g in result.groups) - len(leading)
        more = f" ({left} more rows as csv or json)" if left else ""
        title = f"By party and issue, {order}: the values of options on it; in brackets, what belongs to no issue{more}"
        yield _groups(result, leading, outputs, "issue", title)


def _by_party(result: SobolResult) -> Sheet:
    shares = {p.id: compact(p.acceptability.estimate) for p in result.parties}
    groups = [g for g in result.groups if g.level == "party"]
    alone = ["not needed" if g.joint is None else _interval(g.joint.first) for g in groups]
    columns = (
        (Column("party", width=20), [result.name(g.party) for g in groups]),
        (Column("accepts", right=True), [shares[g.party] for g in groups]),
        (Column("joint: alone", right=True), alone),
        (Column("joint: in all", right=True), ["" if g.joint is None else _interval(g.joint.total) for g in groups]),
    )
    return by_column(columns, tones={k: "faint" for k, g in enumerate(groups) if g.joint is None})


_HEADINGS: dict[Output, str] = {"joint": "joint", "acceptance": "accepts", "gain": "gain"}


def _groups(
    result: SobolResult, groups: Sequence[GroupIndices], outputs: Sequence[Output], what: str, title: str
) -> Sheet:
    columns = [Column("party", width=16), Column(what, width=19)]
    for k, output in enumerate(outputs):
        alone, least = f"{_HEADINGS[output]}: alone", 80 if k else 0
        columns.append(Column(alone, right=True, width=8 if k else 9, least=least))
        columns.append(Column("in all" if k else "in all [95%]", right=True, width=7 if k else 13, least=least))
    rows = []
    few = _rare(result)
    for g in groups:
        cells: list[str] = []
        for k, output in enumerate(outputs):
            if (index := g.index(output)) is None:
                cells += ["-", "-"]
            elif output == "acceptance" and g.party in few:
                cells += ["rare", "rare"]
            else:
                cells += [share(index.first.estimate), share(index.total.estimate) if k else _interval(index.total)]
        assert g.kind is not None
        words = KINDS[g.kind] if g.level == "kind" else f"({KINDS[g.kind]})"
        rows.append((result.name(g.party), words if g.issue is None else result.labels.issue(g.issue), *cells))
    tones = {k: "faint" for k, g in enumerate(groups) if g.index(outputs[0]) is None}
    return Sheet(tuple(columns), tuple(rows), title=title, tones=tones)


def _rare(result: SobolResult) -> dict[str, int]:
    """Parties that hardly ever refuse, or hardly ever accept, with the number of such draws."""
    rare = {g.party for g in result.groups if g.acceptance_caution is not None}
    rarer = {p.id: min(p.acceptability.estimate, 1 - p.acceptability.estimate) for p in result.parties}
    return {p: round(rarer[p] * result.settings.draws) for p in rarer if p in rare}


# --- notes ----------------------------------------------------------------------------------------


def _notes(result: SobolResult) -> Iterator[str]:
    yield (
        "Alone (first-order index, S1): the share of the variance that would go on average if that group alone became "
        "known. In all (total index, ST): the share that would stay on average if all else became known; it counts "
        "what the group does together with others, so totals add up to more than 100%."
    )
    if main_output(result) == "joint":
        yield "Joint: whether all whose consent is needed accept. Accepts, gain: of that party by itself."
    yield from _settled(result)
    yield from _constant(result)
    if few := _rare(result):
        named = [
            f"{called(p.name)} ({'refuses' if p.acceptability.estimate > 0.5 else 'accepts'} in {few[p.id]:,})"
            for p in result.parties
            if p.id in few
        ]
        draws = f"too few of {result.settings.draws:,} draws for indices of a party's own acceptance"
        yield f"Rare: {draws}, which json and csv have: {listed(named)}."
    printed = [g.index(o) for g in result.groups for o in OUTPUTS if o != "acceptance" or g.party not in few]
    if any(x is not None and (x.first.estimate < 0 or x.total.estimate > 1) for x in printed):
        yield "Estimates a little below 0%, or above 100%, are sampling error around small, or large, indices."
    if others := [called(p.name) for p in result.parties if not p.asked]:
        yield f"Not in the joint share: {listed(others)} (consent not needed, or the sources are silent)."
    yield (
        f"Two samples of {result.n:,} draws, seed {result.settings.seed}; {result.evaluations:,} evaluations; "
        f"intervals from {result.resamples} bootstrap resamples of the draws, sampling error only."
        + (" An alliance's acceptance is its own." if any(p.role == "alliance" for p in result.parties) else "")
        + rules_words(result.settings.rules)
    )


def _settled(result: SobolResult) -> Iterator[str]:
    """Whether more draws could change which groups lead."""
    joint = main_output(result) == "joint"
    orders = [o for o in result.orders if o.level in (("kind", "issue") if joint else ("kind",)) and len(o.leaders) > 1]
    if firm := [o for o in orders if o.settled]:
        moved = f"{result.n // 2:,} and {result.n:,} draws their totals moved by at most "
        moved += share(max(o.largest_shift for o in firm))
        yield f"The order of the {_leaders(firm)} is settled {_where(result, firm)}: between {moved}."
    for order in orders:
        if not order.settled:
            where = _where(result, [order])
            yield f"The order of the {_leaders([order])} is still open {where}; more draws (--n) may tell."


def _leaders(orders: Sequence[Order]) -> str:
    most = max(len(o.leaders) for o in orders)
    return f"{most} leading groups" + (", and that no other goes before them," if most == LEADING else "")


def _where(result: SobolResult, orders: Sequence[Order]) -> str:
    if orders[0].party is not None:
        return f"for the gain of {listed([called(result.name(o.party)) for o in orders if o.party is not None])}"
    return f"by {listed([str(o.level) for o in orders])}"


def _constant(result: SobolResult) -> Iterator[str]:
    reasons = {g.party: g.acceptance_reason for g in result.groups if g.acceptance_reason is not None}
    constant = [f"{called(result.name(party))} {reason}" for party, reason in reasons.items()]
    if new := [x for x in constant if x not in (result.joint_reason or "")]:
        yield f"{capital(listed(new))}: no variance of acceptance to divide."
