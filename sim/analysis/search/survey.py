"""What can be said of the packages in question before any is scored: how many there are, and who rejects them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sim.analysis.search.result import SearchSpace, Veto
from sim.analysis.search.scope import Scope
from sim.analysis.shared.parties import certain
from sim.analysis.shared.records import PartyLine, blocking_line, party_line
from sim.analysis.space import binding, boxes
from sim.analysis.space.boxes import TooTangled
from sim.analysis.space.diagram import diagram
from sim.engine.packages import OPEN
from sim.files.grammar import listed, plural


def why_empty(scope: Scope, keep: Sequence[str], ask: Sequence[str]) -> str:
    """Why there is no package in question."""
    case = scope.case
    bare = replace(scope, case=replace(case, lottery=None))
    if case.absences and bare.narrowed(bare.whole, lines=False) is not None:
        return f"every package left says no more than no deal ({listed(list(case.absences), 'or')})"
    wishes = []
    if keep:
        wishes.append(f"keeps {listed(list(dict.fromkeys(keep)))} as tabled")
    if scope.changes is not None:
        wishes.append(f"is within {plural(scope.changes, 'change')} of the text")
    if ask:
        wishes.append(f"asks {listed([case.profiles[i].name for i in sorted(scope.required)])}")
    return f"no package that the constraints allow {listed(wishes) or 'asks anybody with positions'}"


def size(scope: Scope) -> SearchSpace:
    """How many packages there are to choose from, and how many of them keep the constraints."""
    feasible = None
    closed = not any(OPEN in options for options in scope.whole)
    if scope.changes is None and closed and not scope.excused:
        with contextlib.suppress(TooTangled):
            feasible = diagram(scope.case.space.sizes, boxes.widest(_forbidden(scope))).count
    return SearchSpace(combinations=scope.size(scope.whole), feasible=feasible, equal_no_deal=_equalled(scope))


def _forbidden(scope: Scope) -> list[boxes.Box]:
    """Packages that break constraints, equal no deal, or are none of those thought of."""
    case, sizes = scope.case, scope.case.space.sizes
    outside = boxes.some(
        boxes.box([(j, boxes.full(sizes[j]) & ~sum(1 << o for o in options))], sizes)
        for j, options in enumerate(scope.whole)
        if len(options) < sizes[j]
    )
    return [*binding.constraints(case.space, scope.severity), *binding.absent(case).values(), *outside]


def _equalled(scope: Scope) -> tuple[str, ...]:
    """The outcomes of no deal that packages thought of equal, which break nothing for all that a box of them shows."""
    bare = replace(scope, case=replace(scope.case, lottery=None))
    names = []
    for name, condition in scope.case.absences.items():
        masks = dict(condition.masks)
        box = tuple(tuple(o for o in options if j not in masks or masks[j][o]) for j, options in enumerate(scope.whole))
        if all(box) and bare.narrowed(box, lines=False) is not None:
            names.append(name)
    return tuple(names)


def rejections(scope: Scope) -> Iterator[PartyLine]:
    """Lines for which every package in question is rejected in every draw, with who draws them."""
    whole = scope.narrowed(scope.whole, lines=False)
    if whole is None:
        return
    sure = scope.surely_asked(whole)
    for i, profile in enumerate(scope.case.profiles):
        for line in scope.surely_crossed(whole, i) if sure[i] else ():
            if certain(line):
                yield party_line(profile.id, line)


def vetoes(scope: Scope, feasible: int | None) -> Iterator[Veto]:
    """Of every party that all packages in question ask: how many cross lines of it that always bind, and which."""
    case = scope.case
    sure = scope.surely_asked(scope.whole)
    for profile in (p for p, asked in zip(case.profiles, sure, strict=True) if asked):
        crossing = {x: binding.crossing(case.space, profile, x) for x in profile.lines if certain(x)}
        lines = [x for x, crossed in crossing.items() if crossed]
        packages = None
        if feasible is not None:
            with contextlib.suppress(TooTangled):
                others = [*_forbidden(scope), *(b for x in lines for b in crossing[x])]
                packages = feasible - diagram(case.space.sizes, boxes.widest(others)).count
        if lines and packages != 0:
            yield Veto(party=profile.id, packages=packages, lines=tuple(map(blocking_line, lines)))
