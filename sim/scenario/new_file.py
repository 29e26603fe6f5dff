"""The text of a new scenario file: valid as it stands, with every choice in a comment."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path

from sim.scenario import schema

#: Where the schemas of files are, beside the text that begins.
SCHEMAS = ".schema"

_HEAD = """\
{line}
# A new scenario. It is valid as it stands: {state}. Fill it in, then run
#   sim validate FILE     and     sim run FILE
# The file's name is the scenario's id. sim schema scenario explains every key, and editors show it.

title: A new text
proposal:
  date: {day}              # when the text was on the table; picks the positions in force that day
  summary: What the text says, in a sentence.
  # consent_not_modelled: [{actor}]     # actors whose yes is needed and on whom the sources are silent
  terms:
    # basis: stated (a source says so), inferred (read out of one),
    # proposed (your own), assumed (filler for what nobody says; its range of figures is shown);
    # stated and inferred need evidence: [ids], see: sim show evidence --domain {domain}
"""

_TALKS = """\
# negotiation: {protocol: vote}     # or how talks over the text might go, in a block of your own assumptions
"""

_TAIL = """\
# as_of: {day}               # positions of another day than the text's
# no_deal: "{lottery}"                   # which no-deal lottery; by date if left out
"""


def editor_line(kind: str, to: str = "") -> str:
    """The comment by which editors of YAML find the schema of a file; ``to`` leads to the folder that holds it."""
    return f"# yaml-language-server: $schema={to}{SCHEMAS}/{kind}.json"


def starting_text(
    domain: schema.Domain, folder: Path, day: dt.date | None = None, *, closed: bool = False, schemas: str = ""
) -> str:
    """A scenario with every issue of the domain in ``folder`` open, dated ``day`` (today if not given).

    With ``closed`` every issue has its first option. ``schemas`` leads to the folder where :data:`SCHEMAS` is. Where
    some party has a reservation value in numbers, every issue has its first option too: what is open stays as no
    deal leaves it, and such a value does not say how that is.
    """
    day = day or dt.date.today()
    closed |= any(party.reservation is not None for party in domain.positions.values())
    state = "every issue has its first option" if closed else "every issue is open"
    actor = next((a for a in domain.sources.actors if a not in domain.positions), "somebody")
    lines = [
        _HEAD.format(
            line=editor_line("scenario", schemas), day=day, actor=actor, domain=shlex.quote(str(folder)), state=state
        )
    ]
    for name, issue in domain.issues.issues.items():
        lines.append(f"    {name}:    # {issue.question}\n")
        width = max(len(o) for o in issue.options)
        for number, (option, meaning) in enumerate(issue.options.items()):
            if closed and number == 0:
                lines.append(f"      option: {option:<{width}}     # {meaning.text}\n")
            else:
                lines.append(f"      # option: {option:<{width}}   {meaning.text}\n")
        lines.append("      basis: proposed\n" if closed else "      open: true\n      basis: proposed\n")
    lottery = next(iter(domain.issues.no_deal.lotteries), None)
    if lottery is not None:
        lines.append(_TAIL.format(day=day, lottery=lottery))
    lines.append(_TALKS)
    return "".join(lines)
