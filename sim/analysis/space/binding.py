"""What binds a whole package space, as boxes: constraints, red lines and refusals, consent, effects.

Unlike a search near a text (:mod:`sim.engine.neighbourhoods`), nothing is dropped because some text breaks it: over the
whole space every constraint up to the severity binds. A line forbids a package only where the consent of the party
that draws it is needed: a party that is not asked cannot reject.
"""

from __future__ import annotations

from collections.abc import Collection

from sim.analysis.space import boxes
from sim.analysis.space.boxes import EVERYTHING, Box
from sim.engine.neighbourhoods import SEVERITIES
from sim.engine.packages import Rule, SeenAs, Space
from sim.engine.profiles import Case, Line, Profile
from sim.scenario import schema


def rules(space: Space, severity: schema.Severity) -> tuple[Rule, ...]:
    """The constraints of a severity and of the graver ones."""
    wanted = SEVERITIES[: SEVERITIES.index(severity) + 1]
    return tuple(r for r in space.rules if r.constraint.severity in wanted)


def constraints(space: Space, severity: schema.Severity) -> list[Box]:
    """The packages that break some constraint up to a severity."""
    sizes = space.sizes
    return boxes.some(
        boxes.both(
            boxes.of(rule.when, sizes), boxes.box([(issue, boxes.full(sizes[issue]) & ~boxes.bits(mask))], sizes)
        )
        for rule in rules(space, severity)
        for issue, mask in rule.then.masks
    )


def crossing(space: Space, profile: Profile, line: Line) -> list[Box]:
    """The packages that cross a line: a red line as written, a refusal as the party sees them."""
    if line.kind == "red_line":
        return boxes.some([boxes.of(line.condition, space.sizes)])
    result = []
    for world, seen in sights(space, profile.id, [issue for issue, _ in line.condition.masks]):
        sides = []
        for issue, mask in line.condition.masks:
            if issue in seen:
                sides.append((issue, boxes.full(space.sizes[issue]) if mask[seen[issue]] else 0))
            else:
                sides.append((issue, boxes.bits(mask)))
        result.append(boxes.both(world, boxes.box(sides, space.sizes)))
    return boxes.some(result)


def absent(case: Case) -> dict[str, Box]:
    """By outcome of no deal: the packages that equal it (:attr:`sim.engine.profiles.Case.absences`)."""
    equal = ((name, boxes.of(condition, case.space.sizes)) for name, condition in case.absences.items())
    return {name: box for name, box in equal if box is not None}


# --- effects ------------------------------------------------------------------------------


def sights(space: Space, party: str, issues: Collection[int]) -> list[tuple[Box, dict[int, int]]]:
    """How a party sees some issues: boxes that split the space, and in each what effects put in their place.

    Later effects override earlier ones and all are judged on the text as written
    (:meth:`sim.engine.packages.Space.seen`). Raises :class:`sim.analysis.space.boxes.TooTangled` where effects split
    the space too finely.
    """
    result: list[tuple[Box, dict[int, int]]] = [(EVERYTHING, {})]
    for effect in effects(space, party):
        then = {issue: option for issue, option in effect.then if issue in issues}
        when = boxes.of(effect.when, space.sizes)
        if not then or when is None:
            continue
        split: list[tuple[Box, dict[int, int]]] = []
        for world, seen in result:
            if (both := world.meets(when)) is not None:
                split.append((both, {**seen, **then}))
            split += [(rest, seen) for rest in world.without(when, space.sizes)]
            if len(split) > boxes.MOST_BOXES:
                raise boxes.TooTangled(boxes.MOST_BOXES)
        result = split
    return result


def effects(space: Space, party: str) -> list[SeenAs]:
    """The effects that bear on what a party sees."""
    return [e for e in space.effects if e.effect.parties is None or party in e.effect.parties]
