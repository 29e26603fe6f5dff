"""The space of a frontier: what is left out of it, and what options add to the parties' gains, as boxes."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from sim.analysis.frontier.result import FrontierOptions, FrontierSpace, RedLines
from sim.analysis.space import binding, boxes
from sim.analysis.space.boxes import Box
from sim.analysis.space.diagram import Piece, diagram
from sim.engine.draws import Array
from sim.engine.packages import Space
from sim.engine.profiles import Case, Line
from sim.scenario import schema

#: How many layers bind, by the word for it.
_LAYERS = {"all": 3, "inferred": 2, "stated": 1, "none": 0}


class Limits:
    """What a frontier leaves out of the space of a case, as boxes.

    ``departing``: packages that depart from the text on an issue to keep; ``infeasible``: those and what breaks a
    constraint; ``absent``: what equals an outcome of no deal, by outcome; ``forbidden``: as :func:`forbidden`;
    ``turned``: what has another option of the turning issue than the text, None where the text has none of its own.
    """

    def __init__(self, case: Case, options: FrontierOptions) -> None:
        self.case, self.options = case, options
        self.departing = departing(case, options.keep)
        self.infeasible = [*self.departing, *binding.constraints(case.space, options.constraints)]
        self.absent = binding.absent(case)
        self.forbidden = forbidden(case, options.constraints, options.red_lines, options.keep)
        turning = case.scenario.domain.issues.no_deal.turning_issue
        self.turned: list[Box] | None = None
        if turning is not None and turning not in case.open_issues:
            self.turned = departing(case, [turning])

    def size(self, possible: int) -> FrontierSpace:
        """How many packages there are, of which so many are possible."""
        space, turned = self.case.space, None
        if self.turned is not None:
            turned = possible - diagram(space.sizes, [*self.forbidden, *self.turned]).count
        return FrontierSpace(
            combinations=math.prod(
                n for i, n in zip(space.issues, space.sizes, strict=True) if i not in self.options.keep
            ),
            feasible=self._besides(self.absent.values()),
            possible=possible,
            possible_turned=turned,
            equal_no_deal=tuple(
                name for name, equal in self.absent.items() if self._besides(boxes.outside([equal], space.sizes))
            ),
        )

    def _besides(self, others: Collection[Box]) -> int:
        """How many feasible packages lie in none of some boxes."""
        return diagram(self.case.space.sizes, boxes.widest([*self.infeasible, *others])).count


def asking(case: Case) -> dict[str, tuple[Box, ...]]:
    """The packages that each party is asked about, as in :func:`sim.engine.consent.asked_each`.

    Of a silent party there are none.
    """
    sizes = case.space.sizes
    result: dict[str, list[Box]] = {}
    for profile in case.profiles:
        always, conditions = case.consent[profile.id]
        result[profile.id] = [boxes.EVERYTHING] if always else boxes.some(boxes.of(c, sizes) for c, _ in conditions)
    alliances = [p for p in case.profiles if p.members]
    # A member may be an alliance itself, so as often as there are alliances.
    for _ in alliances:
        for alliance in alliances:
            for member in alliance.members:
                result[member] += result[alliance.id]
    return {p.id: () if p.silent else boxes.widest(result[p.id]) for p in case.profiles}


def binds(line: Line, red_lines: RedLines) -> bool:
    """Whether a line binds in the central preferences.

    Those of the layer named and of the firmer ones do; one with a range (``holds``) if the middle of it does: where so
    many voters refuse that the others are not more than the quota, or where a chance is at least one half.
    """
    return line.layer < depth(red_lines) and line.likely


def depth(red_lines: RedLines) -> int:
    """How many layers of :data:`sim.scenario.schema.LAYERS` bind, firmest first."""
    return _LAYERS[red_lines]


def crossed(case: Case, party: str, red_lines: RedLines) -> tuple[Box, ...]:
    """The packages that cross some line of a party that binds, whether or not it is asked."""
    return boxes.widest(b for layer in crossed_by_layer(case, party)[: depth(red_lines)] for b in layer)


def crossed_by_layer(case: Case, party: str) -> tuple[tuple[Box, ...], ...]:
    """As :func:`crossed`, by the lines of each layer by itself."""
    profile = case.profile(party)
    result: list[list[Box]] = [[] for _ in schema.LAYERS]
    for line in profile.lines:
        if binds(line, "all"):
            result[line.layer] += binding.crossing(case.space, profile, line)
    return tuple(map(boxes.widest, result))


def forbidden(
    case: Case, severity: schema.Severity, red_lines: RedLines, keep: Collection[str] = ()
) -> tuple[Box, ...]:
    """The packages that are no possible agreement: infeasible, no deal, vetoed, or about which nobody is asked.

    Those that depart from the text on issues to keep are left out too.
    """
    left_out = [*departing(case, keep), *binding.constraints(case.space, severity)]
    no_agreement = [*binding.absent(case).values(), *vetoed(case, red_lines), *nobody_asked(case)]
    return boxes.widest([*left_out, *no_agreement])


def departing(case: Case, issues: Collection[str]) -> list[Box]:
    """The packages in which some of the issues has another option than in the text, which must close them."""
    sizes = case.space.sizes
    numbers = [case.space.issue(i) for i in issues]
    return boxes.some(boxes.box([(j, boxes.full(sizes[j]) & ~(1 << int(case.text[j])))], sizes) for j in numbers)


def vetoed(case: Case, red_lines: RedLines) -> list[Box]:
    """The packages that some party rejects by a line of its own where its consent is needed."""
    asked = asking(case)
    return [
        both
        for profile in case.profiles
        for line in crossed(case, profile.id, red_lines)
        for condition in asked[profile.id]
        if (both := line.meets(condition)) is not None
    ]


def nobody_asked(case: Case) -> list[Box]:
    """The packages about which no party with positions is asked: no agreement of theirs."""
    asked = asking(case).values()
    if any(boxes.EVERYTHING in some for some in asked):
        return []
    return boxes.outside([b for some in asked for b in some], case.space.sizes)


def pieces(space: Space, party: str, column: int, tables: Sequence[Array]) -> list[Piece]:
    """What a party's sum over issues is made of, effects included.

    ``tables`` has an array ``(options,)`` an issue, what each option adds as the party sees it. For every package the
    pieces in whose box it lies add up to its sum; of one issue exactly one piece holds.
    """
    result = []
    for j, table in enumerate(tables):
        for world, seen in binding.sights(space, party, [j]):
            if j in seen:
                result.append(Piece(world, column, float(table[seen[j]])))
                continue
            for option in range(space.sizes[j]):
                if (here := world.meets(Box(((j, 1 << option),)))) is not None:
                    result.append(Piece(here, column, float(table[option])))
    return result
