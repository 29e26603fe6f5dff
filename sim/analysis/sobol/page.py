"""Grouped Sobol' indices as a page and as tidy rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sim.analysis.sobol.groups import Kind
from sim.analysis.sobol.sobol import LEADING, OUTPUTS, GroupIndices, GroupName, Index, Order, Output, SobolResult
from sim.files.grammar import listed
from sim.report.english import filler_caution
from sim.report.numbers import percent
from sim.report.outcome import heading_of
from sim.report.page import Column, Page, Sheet
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
            found = g.index(output)
            reason = g.reason(output) or g.idle
            if output == "acceptance" and g.acceptance_caution is not None:
                reason = g.acceptance_caution if reason is None else f"{g.acceptance_caution}; {reason}"
            for index in ("first", "total"):
                share: Interval | None = None if found is None else getattr(found, index)
                ends = (None, None, None) if share is None else (share.estimate, share.low, share.high)
                yield result.scenario.id, g.level, g.party, g.kind, g.issue, output, index, *ends, reason


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
    found = [g for g in result.groups if g.level == level and g.index(output) is not None and g.idle is None]
    found = [g for g in found if party in (None, g.party)]
    return sorted(found, key=lambda g: -_index(g, output).total.estimate)


def _index(group: GroupIndices, output: Output) -> Index:
    found = group.index(output)
    assert found is not None
    return found


def _both(group: GroupIndices, output: Output) -> str:
    found = _index(group, output)
    return f"{share(found.first.estimate)} alone, {share(found.total.estimate)} in all"


def _lead(result: SobolResult) -> Iterator[str]:
    joint = result.joint_acceptability
    if joint is None:
        yield "No party with positions has to consent, so there is no joint acceptance to explain."
    elif result.joint_reason is not None:
        yield f"There is nothing to divide in joint acceptance: {result.joint_reason}."
    elif main_output(result) == "joint":
        yield f"All whose consent is needed accept together in {percent(joint.estimate)} of draws."
        caution = filler_caution(result.assumed_terms, result.terms, result.settings)
        if caution is not None and not result.sourced_veto:
            yield caution
        parties = _leading(result, "party", "joint")
        if len(parties) > 1:
            first, second = parties[:2]
            yield (
                f"Whether they do depends most on what we do not know about {called(result.name(first.party))} "
                f"({_both(first, 'joint')}), then {called(result.name(second.party))} ({_both(second, 'joint')})."
            )
        kinds = _leading(result, "kind", "joint")
        if kinds:
            yield (
                f"The largest single group, counting what it does together with others, is "
                f"{spoken(result, kinds[0])} ({_both(kinds[0], 'joint')})."
            )
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


def _interval(found: Interval) -> str:
    low, high = (
        f"{100 * x:.0f}".replace("-0", "0") if abs(x) < 0.005 else f"{100 * x:.0f}" for x in (found.low, found.high)
    )
    return f"{share(found.estimate)} [{low}, {high}]"


# --- sheets ---------------------------------------------------------------------------------------


def _sheets(result: SobolResult) -> Iterator[Sheet]:
    joint = main_output(result) == "joint"
    if joint and result.party is None:
        yield _by_party(result)
    outputs: tuple[Output, ...] = OUTPUTS if joint else ("acceptance", "gain")
    kinds = [g for g in result.groups if g.level == "kind"]
    yield _groups(result, kinds, outputs, "what we do not know", "By party and kind")
    ranked = _leading(result, "issue", "joint")
    most, kept = TOP, "largest first"
    if not joint:
        # gains of different parties do not compare
        most, kept = len(result.groups), f"the leading {EACH} of each"
        each = None if result.party is not None else EACH
        ranked = [g for p in result.parties for g in _leading(result, "issue", "gain", p.id)[:each]]
    told = ranked if result.party is not None else ranked[:most]
    if told:
        left = len([g for g in result.groups if g.level == "issue"]) - len(told)
        title = f"By party and issue, {kept}: the values of options on it; in brackets, what belongs to no issue"
        yield _groups(result, told, outputs, "issue", f"{title} ({left} more rows as csv or json)" if left else title)


def _by_party(result: SobolResult) -> Sheet:
    columns = (
        Column("party", width=20),
        Column("accepts", right=True),
        Column("joint: alone", right=True),
        Column("joint: in all", right=True),
    )
    made, tones = [], {}
    names = {p.id: p for p in result.parties}
    for number, g in enumerate(x for x in result.groups if x.level == "party"):
        p = names[g.party]
        cells = ("not needed", "") if g.joint is None else (_interval(g.joint.first), _interval(g.joint.total))
        if g.joint is None:
            tones[number] = "faint"
        made.append((p.name, percent(p.acceptability.estimate).replace("under ", "<").replace("over ", ">"), *cells))
    return Sheet(columns, tuple(made), tones=tones)


_HEADINGS: dict[Output, str] = {"joint": "joint", "acceptance": "accepts", "gain": "gain"}


def _groups(
    result: SobolResult, groups: Sequence[GroupIndices], outputs: Sequence[Output], what: str, title: str
) -> Sheet:
    columns = [Column("party", width=16), Column(what, width=19)]
    for k, output in enumerate(outputs):
        columns.append(Column(f"{_HEADINGS[output]}: alone", right=True, width=8 if k else 9, least=80 if k else 0))
        columns.append(
            Column("in all" if k else "in all [95%]", right=True, width=7 if k else 13, least=80 if k else 0)
        )
    made, tones = [], {}
    few = _rare(result)
    for number, g in enumerate(groups):
        cells: list[str] = []
        for k, output in enumerate(outputs):
            found = g.index(output)
            if found is None:
                cells += ["-", "-"]
            elif output == "acceptance" and g.party in few:
                cells += ["rare", "rare"]
            else:
                cells += [share(found.first.estimate), share(found.total.estimate) if k else _interval(found.total)]
        assert g.kind is not None
        words = KINDS[g.kind] if g.level == "kind" else f"({KINDS[g.kind]})"
        made.append((result.name(g.party), words if g.issue is None else result.labels.issue(g.issue), *cells))
        if g.index(outputs[0]) is None:
            tones[number] = "faint"
    return Sheet(tuple(columns), tuple(made), title=title, tones=tones)


def _rare(result: SobolResult) -> dict[str, int]:
    """Parties that hardly ever refuse, or hardly ever accept, with the number of such draws."""
    found = {}
    for p in result.parties:
        rarer = min(p.acceptability.estimate, 1 - p.acceptability.estimate)
        if any(g.party == p.id and g.acceptance_caution is not None for g in result.groups):
            found[p.id] = round(rarer * result.settings.draws)
    return found


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
    few = _rare(result)
    if few:
        named = [
            f"{called(p.name)} ({'refuses' if p.acceptability.estimate > 0.5 else 'accepts'} in {few[p.id]:,})"
            for p in result.parties
            if p.id in few
        ]
        yield (
            f"Rare: too few of {result.settings.draws:,} draws for indices of a party's own acceptance, which json and "
            f"csv have: {listed(named)}."
        )
    shown = [
        x
        for g in result.groups
        for o in OUTPUTS
        if (x := g.index(o)) is not None and not (o == "acceptance" and g.party in few)
    ]
    if any(x.first.estimate < 0 or x.total.estimate > 1 for x in shown):
        yield "Estimates a little below 0%, or above 100%, are sampling error around small, or large, indices."
    others = [called(p.name) for p in result.parties if not p.asked]
    if others:
        yield f"Not in the joint share: {listed(others)} (consent not needed, or the sources are silent)."
    yield (
        f"Two samples of {result.n:,} draws, seed {result.settings.seed}; {result.evaluations:,} evaluations; "
        f"intervals from {result.resamples} bootstrap resamples of the draws, sampling error only."
        + (" An alliance's acceptance is its own." if any(p.role == "alliance" for p in result.parties) else "")
    )


def _settled(result: SobolResult) -> Iterator[str]:
    """Whether more draws could change which groups lead."""
    joint = main_output(result) == "joint"
    orders = [o for o in result.orders if o.level in (("kind", "issue") if joint else ("kind",)) and len(o.leaders) > 1]
    firm = [o for o in orders if o.settled]
    if firm:
        moved = share(max(o.largest_shift for o in firm))
        yield (
            f"The order of the {_leaders(firm)} is settled {_where(result, firm)}: between {result.n // 2:,} and "
            f"{result.n:,} draws their totals moved by at most {moved}."
        )
    for order in orders:
        if not order.settled:
            said = f"The order of the {_leaders([order])} is still open {_where(result, [order])}"
            yield f"{said}; more draws (--n) may tell."


def _leaders(orders: Sequence[Order]) -> str:
    most = max(len(o.leaders) for o in orders)
    return f"{most} leading groups" + (", and that no other goes before them," if most == LEADING else "")


def _where(result: SobolResult, orders: Sequence[Order]) -> str:
    if orders[0].party is not None:
        return f"for the gain of {listed([called(result.name(o.party)) for o in orders if o.party is not None])}"
    return f"by {listed([str(o.level) for o in orders])}"


def _constant(result: SobolResult) -> Iterator[str]:
    seen = {g.party: g.acceptance_reason for g in result.groups if g.acceptance_reason is not None}
    told = [f"{called(result.name(party))} {reason}" for party, reason in seen.items()]
    told = [x for x in told if x not in (result.joint_reason or "")]
    if told:
        yield f"{capital(listed(told))}: no variance of acceptance to divide."
