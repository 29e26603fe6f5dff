"""Which claims repeat each other, as far as notes say, and how many sources are left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from sim.scenario import schema


def independent(rows: Sequence[schema.Evidence], same: Mapping[str, str]) -> int:
    """How many sources there are that do not repeat each other.

    Rows of one document count once, and so do rows of which a note says that one repeats the other; ``same`` is what
    :func:`repeats` finds.
    """
    groups: list[set[str]] = []
    for row in rows:
        marks = {f"document {row.source}", f"remark {same.get(row.id, row.id)}"}
        touched = [g for g in groups if g & marks]
        groups = [g for g in groups if not g & marks] + [marks.union(*touched)]
    return len(groups)


def repeats(evidence: Iterable[schema.Evidence]) -> Mapping[str, str]:
    """Which rows are one remark in several reports, as far as notes say: row to the first row of its group.

    A note says so by naming another row in the sentence that says ``count once``.
    """
    rows = {row.id: row for row in evidence}
    first = {id: id for id in rows}
    for id, row in rows.items():
        for sentence in re.split(r"[.;]\s", row.note or ""):
            if "count once" in sentence.lower():
                for other in re.findall(r"\w+", sentence):
                    if other in rows and first[other] != first[id]:
                        gone, kept = first[other], first[id]
                        first = {k: kept if v == gone else v for k, v in first.items()}
    return first
