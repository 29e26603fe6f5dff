"""What a run says: its sentences by the kind of the finding."""

from __future__ import annotations

from sim.report.english import names_of, say
from sim.results.findings import findings
from sim.results.result import Result


def sentences(result: Result, kind: str) -> list[str]:
    """Every sentence of a kind."""
    return [say(x, names_of(result)) for x in findings(result) if x.kind == kind]


def sentence(result: Result, kind: str) -> str | None:
    """The one sentence of a kind; None where nothing of it is said."""
    said = sentences(result, kind)
    assert len(said) < 2, said
    return said[0] if said else None
