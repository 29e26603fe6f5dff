"""Genius XML written: ``domain.xml`` and ``<party>.xml`` for each party."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from sim.interop.cardinal import Cardinal, Issue, Utilities, domain_file, topped


def written(cardinal: Cardinal, ids: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Texts by file name, and what was done to utilities to fit the format. ``ids`` name the parties' files.

    Genius divides evaluations by the largest of the issue, so every issue's best option is written as 1
    (:func:`sim.interop.cardinal.topped`).
    """
    files = {f"{domain_file(ids)}.xml": _domain(cardinal)}
    shifts = []
    for id, party in zip(ids, cardinal.parties, strict=True):
        raised, rise = topped(party)
        if rise > 1e-12:
            shifts.append(
                f"{party.name}: utilities and reservation value are all {rise:.4g} higher than here, so that"
                " every issue's best option is worth 1, by which Genius divides; gains are the same"
            )
        if not 0 <= raised.reservation <= 1:
            shifts.append(
                f"{party.name}: the reservation value {raised.reservation:.4g} lies outside 0 to 1, where utilities lie"
            )
        files[f"{id}.xml"] = _profile(cardinal, raised)
    return files, shifts


def _attributes(**given: str | int | float) -> str:
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in given.items())


def _objective(cardinal: Cardinal) -> str:
    return f"<objective{_attributes(index=0, name=cardinal.name, description='', type='objective', etype='objective')}>"


def _head(number: int, issue: Issue) -> str:
    kind = "discrete"
    about = issue.text or ""
    return f"<issue{_attributes(index=number, name=issue.name, description=about, type=kind, etype=kind, vtype=kind)}>"


def _domain(cardinal: Cardinal) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<negotiation_template>",
        f'  <utility_space number_of_issues="{len(cardinal.issues)}">',
        f"    {_objective(cardinal)}",
    ]
    for number, issue in enumerate(cardinal.issues, 1):
        lines.append(f"      {_head(number, issue)}")
        for k, option in enumerate(issue.options):
            about = "" if issue.meanings is None else issue.meanings[k]
            lines.append(f"        <item{_attributes(index=k + 1, value=option, description=about)}/>")
        lines.append("      </issue>")
    lines += ["    </objective>", "  </utility_space>", "</negotiation_template>"]
    return "\n".join(lines) + "\n"


def _profile(cardinal: Cardinal, party: Utilities) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<utility_space type="linear" number_of_issues="{len(cardinal.issues)}">',
        f"  {_objective(cardinal)}",
    ]
    lines += [
        f"    <weight{_attributes(index=number, value=weight)}/>" for number, weight in enumerate(party.weights, 1)
    ]
    for number, (issue, row) in enumerate(zip(cardinal.issues, party.values, strict=True), 1):
        lines.append(f"    {_head(number, Issue(issue.name, issue.options))}")
        for k, (option, value) in enumerate(zip(issue.options, row, strict=True), 1):
            lines.append(f"      <item{_attributes(index=k, value=option, evaluation=value)}/>")
        lines.append("    </issue>")
    lines += [
        "  </objective>",
        '  <discount_factor value="1.0"/>',
        f"  <reservation{_attributes(value=party.reservation)}/>",
        "</utility_space>",
    ]
    return "\n".join(lines) + "\n"
