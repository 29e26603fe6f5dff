"""``results/library.md``: the outcome of every shipped scenario, made anew by a command.

A domain has its scenarios beside it. The first has ``scenarios/`` to itself, every further one a folder in it, and in
the document a part of its own: parties and figures of different domains have nothing to do with each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sim import tables
from sim.api import score
from sim.loading import Loaded
from sim.results import PartyResult, Result
from sim.verdict import CAVEAT
from sim.written import markdown_line, markdown_row

_HEAD = """# The shipped scenarios, scored

Made by `sim library`; a test fails when it is stale. {draws} draws, seed {seed}.

Each figure is the share of draws in which a party accepts the text, a draw being one preference
profile that agrees with the sources; in brackets where the text does not need its consent. *Joint*
is the share in which all who are needed accept. *On the evidence* is what remains when everything
assumed is left open, and who decides it. *Filler* counts the terms of the text that are not in the
sources, with the range of the joint figure over other feasible fillings; *decides* marks a range that crosses one
half. {caveat}
"""


def texts_of(folder: Path) -> list[Path]:
    """The scenario files of a folder, and of those folders in it that have a domain of their own."""
    domains = sorted(x.parent for x in folder.glob("*/domain") if x.is_dir())
    return [file for place in (folder, *domains) for file in sorted(place.glob("*.yaml"))]


def library_text(loaded: Sequence[Loaded]) -> str:
    """The whole document: domains as they come, scenarios in the order of their texts' dates.

    Raises as :func:`sim.score`.
    """
    results = score(loaded)
    domains: dict[str, list[Result]] = {}
    for item, result in zip(loaded, results, strict=True):
        domains.setdefault(item.scenario.domain.issues.title, []).append(result)
    settings = results[0].settings
    parts = [_HEAD.format(draws=f"{settings.draws:,}", seed=settings.seed, caveat=CAVEAT)]
    for title, found in domains.items():
        parts += _domain(title, sorted(found, key=lambda r: (r.scenario.date, r.scenario.id)))
    return "\n".join(parts)


def _domain(title: str, results: Sequence[Result]) -> list[str]:
    return [
        f"## {markdown_line(title)}\n",
        tables.overview(results),
        "\n### By layer\n\nAcceptability with stated red lines and refusals, with inferred ones too, with assumed ones"
        " too (the last is the figure above).\n",
        layers(results),
        "\n### On the evidence alone\n\nLeast and greatest acceptability over everything that is assumed or unknown.\n",
        bounds(results),
        "\n### Verdicts\n",
        *(f"**{markdown_line(tables.heading(r))}.** {markdown_line(r.verdict)}\n" for r in results),
    ]


def _parties(results: Sequence[Result]) -> dict[str, str]:
    return {p.id: p.name for r in results for p in r.parties}


def layers(results: Sequence[Result]) -> str:
    """A Markdown table: stated / inferred / assumed for each party."""
    return _by_party(
        results, lambda p: "{stated:.2f} / {inferred:.2f} / {assumed:.2f}".format(**p.by_layer.model_dump())
    )


def bounds(results: Sequence[Result]) -> str:
    """A Markdown table: the interval on the evidence for each party."""
    return _by_party(results, lambda p: f"{p.on_evidence.necessary:.2f} to {p.on_evidence.possible:.2f}")


def _by_party(results: Sequence[Result], words: Callable[[PartyResult], str]) -> str:
    parties = _parties(results)
    lines = [
        markdown_row(["scenario", *parties.values()]),
        markdown_row(["---"] * (1 + len(parties))),
    ]
    for result in results:
        rows = {p.id: p for p in result.parties}
        figures = []
        for party in parties:
            row = rows.get(party)
            text = "-" if row is None else words(row)
            figures.append(text if row is None or row.consent_needed else f"({text})")
        lines.append(markdown_row([result.scenario.id, *figures]))
    return "\n".join(lines)
