"""A small valid scenario with its domain: four issues, three parties (one of them an alliance), six claims."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SCENARIO = """\
title: A small deal
proposal:
  date: 2022-03-29
  summary: Neutrality against guarantees.
  consent_not_modelled: [turkey]
  terms:
    fighting: {option: stops, basis: stated, evidence: [E1]}
    status: {option: neutral, basis: stated, evidence: [E1]}
    guarantee: {option: armed, basis: inferred, evidence: [E1, E4]}
    land: {open: true, basis: assumed}
"""

ISSUES = """\
title: A small space
issues:
  fighting:
    question: Does the fighting stop?
    options:
      stops: It stops.
      continues: It goes on.
  status:
    question: What is the country's place?
    options:
      member: It joins.
      undecided: It may join one day.
      neutral: It stays out.
  guarantee:
    question: What must a guarantor do?
    options:
      armed: Send troops.
      consult: Meet.
      none: Nothing.
  land:
    question: Who holds the land?
    options:
      returned: All of it goes back.
      frozen: The line stays.
      ceded: It is given up.
constraints:
  - id: members_are_defended
    if: {status: [member]}
    then: {guarantee: [armed]}
    severity: hard
    why: Membership brings a guarantee with it.
  - id: neutrals_stay_out
    if: {status: [neutral]}
    then: {guarantee: [consult, armed]}
    severity: legal
    why: A neutral may be guaranteed.
    evidence: [E4]
effects:
  - id: empty_words
    if: {guarantee: [armed], land: [ceded]}
    then: {guarantee: consult}
    parties: [blue]
    basis: inferred
    evidence: [E2]
    why: Nobody fights for land given up.
no_deal:
  turning_issue: fighting
  lotteries:
    "2022":
      from: 2022-01-01
      outcomes:
        stalemate: {fighting: continues, status: undecided, guarantee: none, land: frozen}
        defeat: {fighting: continues, status: neutral, guarantee: none, land: ceded}
      basis: assumed
"""

SOURCES = """\
sources:
  A1: {title: First report, publisher: The Paper, date: 2022-03-20, date_basis: printed, origin: article, file: a1.txt}
  B1: {title: A treaty, publisher: A ministry, date: 2022-03-25, date_basis: printed, origin: background}
actors:
  red: {name: Red}
  blue: {name: Blue}
  league: {name: The League}
  turkey: {name: Turkey}
"""

EVIDENCE = """\
id,date,party,speaker,issue,claim,strength,attribution,source,place,note
E1,2022-03-10,red,A minister,status,Wants neutrality,demand,quote,A1,p1.s1,
E2,2022-03-10,red,,status,"Calls membership unacceptable, now as before",red_line,quote,A1,p1.s2-s3; p2.s1,
E3,2022-03-12,blue,,land,Will give up nothing,firm,reported,A1,p2.s1,
E4,2022-03-25,blue,,guarantee,The treaty names guarantors,fact,summary,B1,Article 2,
E5,2022-03-15,blue,,land,Most would refuse,poll,reported,B1,,A survey
E6,2022-03-15,league,,context,The League met,process,expert,A1,p2.s2,
"""

RED = """\
id: red
name: Red
role: principal
consent: always
positions:
  fighting:
    - from: 2022-01-01
      ranking: unknown
      importance: unknown
      basis: assumed
  status:
    - from: 2022-03-10
      ranking: [neutral, undecided, member]
      red_lines: [{option: member, basis: stated, evidence: [E2]}]
      importance: critical
      basis: {ranking: inferred, importance: stated}
      evidence: [E1, E2]
      note: Top and bottom stated.
    - from: 2025-01-01
      ranking: [neutral, [undecided, member]]
      importance: major
      basis: inferred
      evidence: {ranking: [E1], importance: [E2]}
  land:
    - from: 2022-03-10
      values: {ceded: 1, frozen: [0.3, 0.6], returned: 0}
      weight: [0.1, 0.3]
      basis: assumed
refuses:
  - id: armed_neighbour
    if: {guarantee: [armed], status: [member, undecided]}
    from: 2022-03-10
    basis: inferred
    evidence: [E2]
    why: It would be membership by another name.
no_deal:
  beliefs:
    "2022":
      ranges: {stalemate: [0.2, 0.6], defeat: [0.3, 0.8]}
      basis: assumed
"""

BLUE = """\
id: blue
name: Blue
role: principal
consent: always
positions:
  status:
    - from: 2022-03-10
      ranking: [member, rest]
      importance: major
      basis: assumed
  land:
    - from: 2022-03-15
      ranking: [returned, frozen]
      red_lines:
        - {option: ceded, basis: stated, evidence: [E3, E5]}
      importance: critical
      basis: stated
      evidence: [E3]
no_deal:
  cost: 0.05
"""

LEAGUE = """\
id: league
name: The League
role: alliance
members: [blue]
consent: {when: [{status: [member]}, {guarantee: [armed], land: [returned]}], why: Only then is it asked.}
positions:
  guarantee:
    - {from: 2022-01-01, ranking: [none, consult, armed], importance: minor, basis: assumed}
"""

#: A file of texts of the same space; no neighbour of it has the option that one of them names first.
TEXTS = """\
title: What came later
texts:
  truce:
    title: A truce and nothing else
    label: truce
    date: 2022-05-01
    summary: The fighting stops.
    sources: ["https://example.org/truce"]
    terms:
      fighting: {option: stops, basis: stated, note: In its first line.}
  bargain:
    title: Neutrality for arms
    date: 2022-05-02
    summary: Neutral and armed, and the land is leased.
    terms:
      fighting: {option: stops, basis: stated}
      status: {option: neutral, basis: inferred}
      guarantee: {option: armed, basis: assumed}
      land: {option: leased, basis: stated, else: ceded}
"""

#: What the parties answered later, a row of every kind.
ANSWERS = """\
id,date,party,text,issue,option,answer,firmness,share_accept,share_reject,subject,quality,own,left_out,sources,note
A1,2022-05-08,red,,land,ceded,accepts,firm,,,,strong,yes,,https://example.org/a https://example.org/b,Asks for it
A2,2022-05-08,blue,,land,ceded,refuses,red_line,,,,strong,,,,
A3,2022-05-08,blue,,land,frozen,accepts,soft,,,,fair,,,,
A4,2022-05-09,blue,,land,frozen,refuses,soft,,,,fair,,,,As if it had said nothing
A5,2022-05-09,blue,,status,member,refuses,firm,,,,fair,,,,
A6,2022-05-09,red,,status,undecided,accepts,firm,,,,fair,,,,
A7,2022-05-10,blue,bargain,,,refuses,firm,,,,strong,,,,
B1,2022-05-09,blue,,guarantee,armed,poll,,30,60,,fair,,,,
B2,2022-05-09,red,,guarantee,armed,conditional,firm,,,,fair,,,,
B3,2022-05-09,turkey,,guarantee,armed,accepts,firm,,,,fair,,,,
B4,2022-05-09,blue,,new:airspace,closed,accepts,firm,,,,fair,,,,
B5,2022-01-09,blue,,land,ceded,refuses,firm,,,,fair,,,,
B6,2022-05-09,blue,,status,undecided,refuses,firm,,,,weak,,,,
B7,2022-05-09,blue,,status,neutral,refuses,firm,,,,fair,,of another kind of neutrality,,
B8,2022-05-09,league,,status,neutral,divided,,,,,fair,,,,
B9,2022-05-09,red,truce,,,silent,,,,,fair,,,,
"""
#: The same as another reader coded them.
SECOND_ANSWERS = """\
id,date,party,text,issue,option,answer,firmness,quality
Z1,2022-05-08,red,,land,ceded,accepts,soft,strong
Z2,2022-05-08,blue,,land,ceded,refuses,firm,strong
Z3,2022-05-08,blue,,land,frozen,accepts,soft,strong
Z4,2022-05-09,red,,guarantee,armed,refuses,firm,fair
"""

#: The text of source A1, as far as evidence cites it.
TEXT = """\
The minister asked for neutrality. He called membership a danger. It will not be, he said.

Blue gives up nothing. The League met.
"""

FILES: dict[str, str] = {
    "deal.yaml": SCENARIO,
    "domain/issues.yaml": ISSUES,
    "domain/sources.yaml": SOURCES,
    "domain/evidence.csv": EVIDENCE,
    "domain/positions/red.yaml": RED,
    "domain/positions/blue.yaml": BLUE,
    "domain/positions/league.yaml": LEAGUE,
}


def write(folder: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write the scenario and its domain into a folder and return the scenario's path.

    ``changes`` replaces the content of files by name (``domain/positions/red.yaml``); None leaves a file out.
    """
    for name, content in {**FILES, **(changes or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return folder / "deal.yaml"


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """The content of one file with one place in it changed, for ``write``; the place must exist once."""
    text = FILES[name]
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    return {name: text.replace(old, new)}
