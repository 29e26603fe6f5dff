"""What a run says of its edits: which they are, and what they change on the same draws."""

from __future__ import annotations

from collections.abc import Sequence

from sim.report.percents import per_cents
from sim.results.records import Result
from sim.scenario.edit_paths import EditsFile


def edit_note(result: Result, before: Result | None, files: Sequence[EditsFile] = ()) -> str | None:
    """What was edited and, where the result without the edits is at hand, what that changed.

    ``files`` are the files that the first edits of this run come from, each told by its title.
    """
    if not result.settings.edits:
        return None
    if before is None:
        return f"Edited: {'; '.join(result.settings.edits)}."
    earlier = before.settings.edits
    single = result.settings.edits[len(earlier) + sum(file.count for file in files) :]
    whole = [f"'{x.title}' ({x.count} edit{'s' * (x.count != 1)})" for x in files]
    said = f"Edited for this run: {'; '.join((*whole, *single))}" + ("; json has each edit." if whole else ".")
    if earlier:
        said = f"Edited before, in the saved run: {'; '.join(earlier)}. {said}"
    changes = []
    if result.joint_acceptability is not None and before.joint_acceptability is not None:
        changes.append(("joint", before.joint_acceptability.estimate, result.joint_acceptability.estimate))
    old = {p.id: p.acceptability.estimate for p in before.parties}
    changes += [(p.name, old[p.id], p.acceptability.estimate) for p in result.parties if p.id in old]
    if (now := result.negotiation) is not None and (then := before.negotiation) is not None:
        changes.append(("agreements that stand", then.agreed.estimate, now.agreed.estimate))
        changes.append(("fail in ratification", then.ratification_failed.estimate, now.ratification_failed.estimate))
        changes.append(("break down", then.broke_down.estimate, now.broke_down.estimate))
    moved = [
        f"{name} {per_cents(a, 1)}% to {per_cents(b, 1)}%"
        for name, a, b in changes
        if f"{100 * a:.1f}" != f"{100 * b:.1f}"
    ]
    if not moved:
        return f"{said} No share changes by 0.1% or more."
    rest = ", the other shares unchanged" if len(moved) < len(changes) else ""
    return f"{said} Effect, on the same draws: {', '.join(moved)}{rest}."
