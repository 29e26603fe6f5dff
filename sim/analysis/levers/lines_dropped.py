"""Sets of edits that drop all lines of the parties which reject a text in every draw.

Where a party crosses several lines at once no single edit helps, nor two; what is left when all of them are gone says
whether the lines are what stands in the way.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis.levers.edits import certain_vetoes
from sim.engine.profiles import Case, Profile


@dataclass(frozen=True)
class Drop:
    """Edits that drop all red lines and refusals of some parties, those that do not bear on the text too."""

    parties: tuple[str, ...]
    edits: tuple[str, ...]
    lines: int


def drops(case: Case, party: str | None = None) -> list[Drop]:
    """One of each asked party that rejects the text in every draw and, where there are several, one of all of them.

    With ``party``, its own and the one of all. Neither where no line rejects the text in every draw.
    """
    barring = [p for p in case.profiles if p.id in case.asked and certain_vetoes(case, p)]
    found = [_drop([p]) for p in barring if party in (None, p.id)]
    if len(barring) > 1 and found:
        found.append(_drop(barring))
    return found


def _drop(profiles: list[Profile]) -> Drop:
    edits = []
    for profile in profiles:
        kinds = {line.kind for line in profile.lines}
        if "red_line" in kinds:
            edits.append(f"{profile.id}.red_lines=none")
        if "refusal" in kinds:
            edits.append(f"{profile.id}.refuses=none")
    return Drop(tuple(p.id for p in profiles), tuple(edits), sum(len(p.lines) for p in profiles))
