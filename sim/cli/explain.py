"""``sim explain``: the table behind a score."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.names import known_party, load_files
from sim.cli.options import OneFile, Printing, Scoring, bundled, shared_work
from sim.cli.output import name_libraries, say
from sim.cli.run import print_results, scored

if TYPE_CHECKING:
    from sim.report.explain import Cited
    from sim.results.records import PartyResult
    from sim.scenario.loading import Loaded


@bundled
@shared_work()
def explain(
    file: OneFile,
    party: Annotated[str | None, typer.Option(metavar="PARTY", help="Only this party.")] = None,
    *,
    inputs: Scoring,
    output: Printing,
) -> None:
    """Show the table behind a score, cell by cell, with its evidence."""
    loaded = load_files([file], inputs)
    party = known_party(party, loaded[0].scenario.domain.positions.values())
    [result] = scored(loaded)
    parties = [p for p in result.parties if party in (None, p.id)]
    if output.format in ("json", "csv"):
        print_results([result.model_copy(update={"parties": tuple(parties)})], output)
        name_libraries(output.format)
        return
    from sim.report import explain as explaining
    from sim.report.terminal import show

    cited = _cited(loaded[0], parties)
    if output.format == "md":
        say(explaining.explanation_markdown(result, parties, cited))
    else:
        show(explaining.explanation(result, parties, cited))
    name_libraries(output.format)


def _cited(loaded: Loaded, parties: list[PartyResult]) -> list[Cited]:
    """Rows behind the parties' cells and lines, then those behind the terms of the text alone."""
    from sim.report.explain import Cited

    domain = loaded.scenario.domain
    lines = [line.evidence for party in parties for line in party.lines]
    demands = [demand.evidence for party in parties for demand in party.demands]
    cells = [issue.evidence + issue.importance_evidence for party in parties for issue in party.issues]
    beliefs = [party.beliefs.evidence for party in parties if party.beliefs is not None]
    ids = set(chain.from_iterable([*lines, *demands, *cells, *beliefs]))
    terms = {i for term in loaded.scenario.proposal.terms.values() for i in term.evidence}
    return [
        Cited(
            row.id,
            str(row.date),
            row.party,
            row.claim,
            row.strength,
            domain.sources.sources[row.source].title,
            row.place,
            text=row.id not in ids,
        )
        for row in domain.evidence
        if row.id in ids | terms
    ]
