"""Texts by parties: one row a text, one column a party, in each cell the share of draws in which the party accepts."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.compare.result import Row
from sim.interop.grids import FORMULA
from sim.results.records import Result

#: Columns before the parties'; ``joint`` is the share in which all whose consent is needed accept.
FIRST = ("text", "title", "date", "joint")


def wide(items: Sequence[Result | Row]) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Header and rows for CSV, in the order of the texts. Parties stand in the order in which they first come up.

    A cell is None where a text's domain has no such party, or its sources are silent on it.
    """
    names: dict[str, str] = {}
    for item in items:
        for party in item.parties:
            names.setdefault(party.id, party.name)
    twice = [name for name in names.values() if list(names.values()).count(name) > 1]
    header = (*FIRST, *(_text(f"{name} ({id})" if name in twice else name) for id, name in names.items()))
    rows: list[tuple[object, ...]] = []
    for item in items:
        shares = {p.id: None if p.silent else p.acceptability.estimate for p in item.parties}
        joint = item.joint_acceptability
        info = item.scenario
        id = item.name if isinstance(item, Row) else info.id
        first = (_text(id), _text(info.title), info.date.isoformat(), None if joint is None else joint.estimate)
        rows.append((*first, *(shares.get(party) for party in names)))
    return header, rows


def _text(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(FORMULA) else name
