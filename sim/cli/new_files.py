"""New files, valid as they stand, with every choice in a comment: of a whole negotiation, or of one more text."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Sequence
from pathlib import Path

from sim.files import nodes
from sim.files.complaints import Place
from sim.files.ids import ids
from sim.files.yaml import read_yaml
from sim.scenario import edit_paths, schema
from sim.scenario.file_schemas import KINDS, schema_text
from sim.scenario.labels import spaced

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
        if issue.since is not None and issue.since > day:
            continue  # nobody can say anything on it yet
        lines.append(f"    {name}:    # {issue.question}\n")
        if issue.since is not None:
            lines.append(f"      # in force since {issue.since}: leave it out where the day is an earlier one\n")
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


# --- a whole negotiation ------------------------------------------------------------------

#: The two options that each issue starts with, the text's first, and what stands without a deal.
OPTIONS = {"changed": "It is changed as the text says.", "as_now": "It stays as it is."}
#: The file of the text.
TEXT = "first_text.yaml"

_ISSUES = """\
{line}
# What is negotiated. All of it is assumed until you say otherwise: sources.yaml (documents and actors) and evidence.csv
# (one row a claim) may be put beside this file, and then be cited by ids under evidence: [...].
# The header of evidence.csv is
#   {columns}

title: {title}
issues:
{issues}
{constraints}
no_deal:                        # what parties expect if nothing is agreed
  lotteries:
    no_deal:
      from: {day}
      outcomes:                 # one or more; the parties' beliefs about them stand in their files
        nothing_changes: {{{outcome}}}
      basis: assumed
"""

_CONSTRAINTS = """\
# constraints:                  # which options exclude each other: where "if" holds, "then" must
#   - id: K01
#     if: {{{first}: [changed]}}
#     then: {{{last}: [changed]}}
#     severity: hard            # hard (a contradiction), legal (against law), political (unlikely)
#     why: Why the one does not go without the other.
"""

_ISSUE = """\
  {id}:
    question: {question}{label}
    options:                    # two or more: a name, and one plain sentence
{options}
"""

_PARTY = """\
{line}
id: {id}
name: {name}
role: principal                 # principal, guarantor, alliance (with members: [...]) or ratifier
consent: always                 # or when its yes is needed, for instance {{when: [{{{first}: [changed]}}]}}
positions:
{positions}
# refuses:                      # combinations of options that it rejects, whatever else the text holds
#   - id: not_together
#     if: {{{together}}}
#     from: {day}
#     basis: assumed
#     why: Why it rejects them together.
"""

_POSITION = """\
  {issue}:
    - from: {day}          # in force from this day on; a later entry replaces it
      ranking: unknown          # options, best first: {ranking}
      importance: unknown       # critical, major, moderate, minor or none
      # red_lines: [{{option: {worst}, basis: assumed}}]
      basis: assumed            # stated or inferred once evidence: [...] says so
"""


def negotiation(
    parties: Sequence[str], issues: Sequence[str], folder: Path, day: dt.date | None = None
) -> dict[str, str]:
    """Files by name, for a folder: the domain of a negotiation of these parties over these issues, and one text.

    Names may be any text; ids are made of them. Raises ValueError (one line) where a list is empty or a name is twice.
    """
    for names, what in ((parties, "party"), (issues, "issue")):
        if not names:
            raise ValueError(f"name one {what} or more, with commas between them")
        if len(twice := [name for k, name in enumerate(names) if name in names[:k]]):
            raise ValueError(f"the {what} {twice[0]} is named twice")
    day = day or dt.date.today()
    party_ids = ids(parties, "party", edit_paths.RESERVED_PARTIES)
    issue_ids = ids(issues, "issue", (*edit_paths.RESERVED_ISSUES, "context"))
    ends = {"first": issue_ids[0], "last": issue_ids[-1]}
    together = ", ".join(f"{id}: [changed]" for id in dict.fromkeys(ends.values()))
    best, worst = OPTIONS
    out = {
        "domain/issues.yaml": _ISSUES.format(
            line=editor_line("issues", "../"),
            columns=",".join(schema.Evidence.model_fields),
            title=_quoted(f"Negotiation of {', '.join(parties)}"),
            issues="".join(
                _ISSUE.format(
                    id=id,
                    question=_quoted(f"What is agreed on {name}?"),
                    label="" if spaced(id) == name else f"\n    label: {_quoted(name)}",
                    options="\n".join(f"      {id}: {meaning}" for id, meaning in OPTIONS.items()),
                )
                for id, name in zip(issue_ids, issues, strict=True)
            ),
            constraints=_CONSTRAINTS.format(**ends) if len(issue_ids) > 1 else "",
            outcome=", ".join(f"{id}: as_now" for id in issue_ids),
            day=day,
        )
    }
    for id, name in zip(party_ids, parties, strict=True):
        positions = "".join(
            _POSITION.format(issue=issue, day=day, ranking=f"[{best}, {worst}]", worst=worst) for issue in issue_ids
        )
        out[f"domain/positions/{id}.yaml"] = _PARTY.format(
            line=editor_line("positions", "../../"),
            id=id,
            name=_quoted(name),
            positions=positions,
            first=ends["first"],
            together=together,
            day=day,
        )
    out[TEXT] = starting_text(_domain(out), folder / "domain", day, closed=True, schemas="")
    return out | {f"{SCHEMAS}/{kind}.json": schema_text(kind) for kind in KINDS}


def _domain(files: dict[str, str]) -> schema.Domain:
    """The domain of these files."""
    trees = {Path(name).stem: nodes.to_plain(read_yaml(text, name)) for name, text in files.items()}
    issues = trees.pop("issues")
    content = {"issues": issues, "sources": {"sources": {}, "actors": {}}, "evidence": (), "positions": trees}
    return schema.Domain.model_validate(content, by_alias=True, by_name=False)


def _quoted(text: str) -> str:
    return nodes.flow(nodes.from_plain(text, Place("", 1, 1)))
