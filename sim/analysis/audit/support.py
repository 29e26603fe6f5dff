"""What supports a claim: how many documents, how many of them independent, and how weak all of it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

from sim.engine.profiles import Line
from sim.scenario import schema
from sim.scenario.evidence import independent, repeats

#: What makes evidence weak, as far as the rows and the register tell; all rows that are cited must have it.
Weakness = Literal["one_source", "graded", "recalled", "secondary", "summaries", "younger"]


class Rows:
    """The rows of a domain, to look up what ids cite."""

    def __init__(self, domain: schema.Domain) -> None:
        self._rows = {row.id: row for row in domain.evidence}
        self._sources = domain.sources.sources
        self._same = repeats(domain.evidence)

    def cited(self, ids: Iterable[str]) -> list[schema.Evidence]:
        """The rows of some ids, each once."""
        return [self._rows[id] for id in dict.fromkeys(ids) if id in self._rows]

    def dating(self, party: str, line: Line) -> list[schema.Evidence]:
        """The rows that tell how old a line is: of a stated one those that make it so, else all that it cites."""
        cited = self.cited(line.evidence)
        if line.basis != "stated":
            return cited
        own = [row for row in cited if row.party == party and row.attribution != "expert"]
        return [row for row in own if row.strength in ("red_line", "firm")] or cited

    def independent(self, rows: Sequence[schema.Evidence]) -> int:
        """How many sources there are that do not repeat each other."""
        return independent(rows, self._same)

    def weaknesses(self, rows: Sequence[schema.Evidence], text: dt.date) -> tuple[Weakness, ...]:
        """In which ways what is cited is weak, at a text of that date; none where nothing is cited."""
        if not rows:
            return ()
        statuses = {self._status(row) for row in rows}
        holds: dict[Weakness, bool] = {
            "one_source": self.independent(rows) == 1,
            "graded": all(row.grade is not None for row in rows),
            "recalled": statuses == {"recalled"},
            "secondary": "found" not in statuses and statuses != {"recalled"},
            "summaries": all(row.attribution in ("summary", "expert") for row in rows),
            "younger": all(row.date > text for row in rows),
        }
        return tuple(weakness for weakness, true in holds.items() if true)

    def _status(self, row: schema.Evidence) -> str:
        source = self._sources.get(row.source)
        return "found" if source is None else source.status
