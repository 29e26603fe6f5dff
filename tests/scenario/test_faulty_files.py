"""Faulty files, one mistake each: one complaint, at the right character, in words that help.

In ``new`` the sign ``¤`` marks the character that the complaint must point at.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from sim.files import nodes
from sim.files import text as texts
from sim.files import yaml as reading
from sim.files.complaints import Complaint, Complaints, Place, render
from sim.scenario import schema
from sim.scenario.checker import KnownNames
from sim.scenario.checks import check_scenario
from sim.scenario.domain_checks import check_domain
from sim.scenario.loading import load, load_all, load_domain
from tests import small

DEAL = "deal.yaml"
ISSUES = "domain/issues.yaml"
SOURCES = "domain/sources.yaml"
TABLE = "domain/evidence.csv"
RED = "domain/positions/red.yaml"
BLUE = "domain/positions/blue.yaml"
LEAGUE = "domain/positions/league.yaml"

DEEP = "title: " + "[" * 60 + "]" * 60


class Case(NamedTuple):
    name: str
    file: str
    old: str  # the empty string stands for the whole file
    new: str
    what: str
    hint: str | None = None
    where: str | None = None
    severity: str = "error"


CASES = [
    # --- not plain YAML
    Case("empty file", DEAL, "", "¤", "the file is empty"),
    Case("only a comment", DEAL, "", "¤# nothing\n", "the file is empty"),
    Case("top level is a list", DEAL, "", "¤- a\n- b\n", "found a list"),
    Case("top level is a value", DEAL, "", "¤hello\n", "found a single value"),
    Case("directive", DEAL, "title: A small", "¤%YAML 1.2\n---\ntitle: A small", "a directive"),
    Case("unknown directive", DEAL, "title: A small", "¤%FOO bar\n---\ntitle: A small", "a directive"),
    Case(
        "second document",
        DEAL,
        "    land: {open: true, basis: assumed}\n",
        "    land: {open: true, basis: assumed}\n¤---\na: 1\n",
        "second document",
    ),
    Case("anchor", DEAL, "summary: Neutrality", "summary: ¤&x Neutrality", "an anchor (&x)"),
    Case("alias", DEAL, "summary: Neutrality against guarantees.", "summary: ¤*x", "an alias (*x)"),
    Case("alias for a word", BLUE, "importance: critical", "importance: ¤*x", "an alias (*x)"),
    Case("alias as key", DEAL, "title: A small", "¤*x : 1\ntitle: A small", "an alias (*x)"),
    Case("tag", DEAL, "summary: Neutrality", "summary: ¤!!str Neutrality", "a tag (!)"),
    Case(
        "merge key",
        DEAL,
        "    land: {open: true, basis: assumed}",
        "    land: {¤<<: 1, open: true, basis: assumed}",
        "a merge key",
    ),
    Case("list as key", DEAL, "title: A small", "¤[a, b]: 1\ntitle: A small", "cannot be a key"),
    Case("explicit mapping as key", DEAL, "title: A small", "? ¤{a: 1}\n: 1\ntitle: A small", "cannot be a key"),
    Case("very long key", DEAL, "title: A small", "¤" + "k" * 300 + ": 1\ntitle: A small", "a key of 300 characters"),
    Case("tab as indentation", DEAL, "  date: 2022-03-29\n", "¤\tdate: 2022-03-29\n", "a tab"),
    Case("tab in a text", DEAL, "A small deal", "A¤\tsmall deal", "a tab"),
    Case("control character", DEAL, "A small deal", "A ¤\x07small deal", "U+0007"),
    Case("NUL", DEAL, "A small deal", "A ¤\x00small deal", "U+0000"),
    Case("odd line end", DEAL, "A small deal", "A ¤\u2028small deal", "U+2028"),
    Case("escaped control character", DEAL, "title: A small deal", 'title: ¤"A \\x1b[31mdeal"', "control characters"),
    Case("nesting", DEAL, "", DEEP[:46] + "¤" + DEEP[46:], "nested more than 40"),
    Case(
        "colon in a text", DEAL, "title: A small deal", "title: A small¤: deal", "a colon where no key can end", "quote"
    ),
    Case(
        "unclosed list",
        DEAL,
        "consent_not_modelled: [turkey]",
        "consent_not_modelled: ¤[turkey",
        "lacks a comma or its end",
    ),
    Case(
        "no colon after a key",
        DEAL,
        "  summary: Neutrality against guarantees.\n",
        "  summary\n  ¤consent_not_modelled: [turkey]\n",
        "expected a colon",
    ),
    Case("value begins with a sign", DEAL, "title: A small deal", "title: ¤@home", "no value can begin"),
    Case(
        "unclosed quote",
        SOURCES,
        "name: Turkey}\n",
        'name: ¤"Turkey}\n',
        "a quoted text that never ends",
        "close the quote",
    ),
    # --- keys
    Case(
        "duplicate key",
        RED,
        "name: Red\n",
        "name: Red\n¤name: Rot\n",
        "the key name stands here twice; the first is in line 2",
    ),
    Case(
        "duplicate key, flow",
        DEAL,
        "land: {open: true,",
        "land: {open: true, ¤open: true,",
        "the key open stands here twice",
    ),
    Case(
        "unknown key",
        RED,
        "      importance: critical\n",
        "      importance: critical\n      ¤red_line: []\n",
        "unknown key red_line",
        "did you mean red_lines?",
        "red: status: 2022-03-10",
    ),
    Case(
        "unknown key, no likeness",
        SOURCES,
        "red: {name: Red}",
        "red: {name: Red, ¤zzz: 1}",
        "unknown key zzz",
        "there are: name, note",
    ),
    Case(
        "field name for its alias",
        RED,
        "    if: {guarantee: [armed]",
        "    ¤when: {guarantee: [armed]",
        "unknown key when",
        "did you mean if?",
    ),
    Case(
        "misspelt needed key",
        DEAL,
        "title: A small",
        "¤titel: A small",
        "unknown key titel",
        "did you mean title?",
        "scenario",
    ),
    Case(
        "missing key",
        RED,
        "    from: 2022-03-10\n    basis: inferred\n",
        "    basis: inferred\n",
        "the key from is missing",
        None,
        "red: refuses: armed_neighbour",
    ),
    Case(
        "missing key of a file",
        SOURCES,
        "actors:\n  red: {name: Red}\n  blue: {name: Blue}\n  league: {name: The League}\n  turkey: {name: Turkey}\n",
        "",
        "the key actors is missing",
    ),
    # --- types
    Case("bare no", DEAL, "land: {open: true,", "land: {open: ¤no,", "a bare no", "write false"),
    Case("bare yes", DEAL, "land: {open: true,", "land: {open: ¤Yes,", "a bare Yes", "write true"),
    Case("bare no meant as text", DEAL, "title: A small deal", "title: ¤no", "a bare no", 'quote it ("no")'),
    Case("bare on in a list", DEAL, "consent_not_modelled: [turkey]", "consent_not_modelled: [¤on]", "a bare on"),
    Case(
        "text for a number",
        RED,
        "weight: [0.1, 0.3]",
        'weight: [¤"0.1", 0.3]',
        "expected a number, found the text '0.1'",
        "without quotes",
    ),
    Case("number with a leading zero", BLUE, "cost: 0.05", "cost: ¤00.05", "expected a number", "no leading zero"),
    Case(
        "number with an underscore",
        DEAL,
        "title: A small deal\n",
        "title: A small deal\ndraws: ¤10_000\n",
        "expected a whole number",
        "plain digits",
    ),
    Case(
        "fraction for a whole number",
        DEAL,
        "title: A small deal\n",
        "title: A small deal\ndraws: ¤1e4\n",
        "expected a whole number",
    ),
    Case("no draws", DEAL, "title: A small deal\n", "title: A small deal\ndraws: ¤0\n", "must be at least 1"),
    Case("percent", BLUE, "cost: 0.05", "cost: ¤5%", "expected a number", "between 0 and 1"),
    Case("NaN", BLUE, "cost: 0.05", "cost: ¤.nan", "NaN and infinity are not values"),
    Case("infinite", RED, "{ceded: 1,", "{ceded: ¤.inf,", "NaN and infinity are not values"),
    Case("overflow", RED, "{ceded: 1,", "{ceded: ¤1e999,", "NaN and infinity are not values"),
    Case(
        "number for text",
        DEAL,
        "title: A small deal",
        "title: ¤2022",
        "expected text, found the number 2022",
        "quote it",
    ),
    Case("no text", DEAL, "title: A small deal", 'title: ¤" "', "expected some text"),
    Case("nothing for text", DEAL, "title: A small deal", "title:¤", "expected text, found nothing"),
    Case(
        "number for an option",
        DEAL,
        "status: {option: neutral",
        "status: {option: ¤1",
        "expected a name, found the number 1",
    ),
    Case("not a name", DEAL, "status: {option: neutral", "status: {option: ¤not a name", "is not a name"),
    Case("not a name as key", DEAL, "    status: {option", "    ¤the status: {option", "'the status' is not a name"),
    Case(
        "list for a mapping",
        DEAL,
        "land: {open: true, basis: assumed}",
        "land: ¤[open]",
        "expected a mapping (key: value), found a list",
        "write {option: ..., basis: ...}",
    ),
    Case("text for a list", RED, "evidence: [E1, E2]", "evidence: ¤E1", "expected a mapping"),
    Case(
        "text for a list of actors",
        DEAL,
        "consent_not_modelled: [turkey]",
        "consent_not_modelled: ¤turkey",
        "expected a list, found the text 'turkey'",
        "write [turkey]",
    ),
    Case("text for true", DEAL, "land: {open: true,", 'land: {open: ¤"true",', "expected true or false"),
    Case(
        "word not on the list",
        RED,
        "importance: critical",
        "importance: ¤critcal",
        "not one of critical, major",
        "did you mean critical?",
    ),
    Case(
        "one word of basis, unknown",
        BLUE,
        "      importance: critical\n      basis: stated",
        "      importance: critical\n      basis: ¤staded",
        "not one of stated",
        "did you mean stated?",
        "blue: land: 2022-03-15: basis",
    ),
    Case(
        "list for a basis",
        BLUE,
        "      importance: critical\n      basis: stated",
        "      importance: critical\n      basis: ¤[stated]",
        "expected a mapping",
        "write one word",
    ),
    Case(
        "importance as a number",
        RED,
        "importance: critical",
        "importance: ¤5",
        "the number 5 is not one of",
        "a number, the share of the issue in the utility, stands under weight in place of importance",
    ),
    Case("consent, unknown word", BLUE, "consent: always", "consent: ¤allways", "expected the word always"),
    Case(
        "consent, no condition",
        LEAGUE,
        "when: [{status: [member]}, {guarantee: [armed], land: [returned]}]",
        "when: []",
        "consent is never needed",
    ),
    Case(
        "members of no alliance",
        BLUE,
        "¤id: blue\nname: Blue\nrole: principal\n".replace("¤", ""),
        "¤id: blue\nname: Blue\nrole: principal\nmembers: [red]\n",
        "only an alliance",
    ),
    Case("empty ranking", BLUE, "ranking: [returned, frozen]", "ranking: ¤[]", "an empty ranking"),
    Case("empty tie", BLUE, "ranking: [returned, frozen]", "ranking: [returned, ¤[]]", "an empty tie"),
    Case(
        "ranking is a word",
        BLUE,
        "ranking: [returned, frozen]",
        "ranking: ¤returned",
        "expected a list of options, best first",
    ),
    Case(
        "number in a tie",
        RED,
        "ranking: [neutral, [undecided, member]]",
        "ranking: [neutral, [undecided, ¤3]]",
        "expected a name, found the number 3",
    ),
    Case(
        "ranking and values",
        BLUE,
        "    - from: 2022-03-15\n      ranking: [returned, frozen]",
        "    - ¤from: 2022-03-15\n      values: {returned: 1, ceded: 0}\n      ranking: [returned, frozen]",
        "either ranking",
    ),
    Case(
        "importance and weight",
        BLUE,
        "    - from: 2022-03-15\n",
        "    - ¤from: 2022-03-15\n      weight: 0.2\n",
        "either importance",
    ),
    Case(
        "option and open",
        DEAL,
        "land: {open: true,",
        "land: ¤{open: true, option: frozen,",
        "either option: or open: true",
    ),
    Case("empty condition", LEAGUE, "{status: [member]}", "¤{}", "must not be empty"),
    Case(
        "inferred date without grounds",
        SOURCES,
        "A1: {title: First report, publisher: The Paper, date: 2022-03-20, date_basis: printed",
        "A1: ¤{title: First report, publisher: The Paper, date: 2022-03-20, date_basis: inferred",
        "inferred_from",
    ),
    # --- dates and ranges
    Case("impossible date", DEAL, "date: 2022-03-29", "date: ¤2022-02-30", "not a day of the calendar"),
    Case(
        "date in another spelling", DEAL, "date: 2022-03-29", "date: ¤29.03.2022", "expected a date written YYYY-MM-DD"
    ),
    Case("date in a table", TABLE, "E1,2022-03-10,", "E1,¤2022-3-10,", "expected a date", None, "evidence: E1: date"),
    Case("range upside down", RED, "weight: [0.1, 0.3]", "weight: ¤[0.3, 0.1]", "upside down"),
    Case("range of three", RED, "weight: [0.1, 0.3]", "weight: ¤[0.1, 0.2, 0.3]", "a range has two ends"),
    Case("range out of bounds", RED, "weight: [0.1, 0.3]", "weight: ¤[0.1, 1.3]", "between 0 and 1"),
    Case("mapping for a range", RED, "weight: [0.1, 0.3]", "weight: ¤{low: 0.1}", "expected a number or a range"),
    Case(
        "refusal ends before it begins",
        RED,
        "    from: 2022-03-10\n    basis: inferred\n",
        "    from: 2022-03-10\n    until: ¤2022-03-01\n    basis: inferred\n",
        "before it begins",
    ),
    # --- tables
    Case("unknown column", TABLE, "speaker,issue", "¤speeker,issue", "unknown column speeker", "did you mean speaker?"),
    Case(
        "column without a name", TABLE, "speaker,issue", "speaker,¤,issue", "a column without a name", "give it a name"
    ),
    Case(
        "missing column",
        TABLE,
        "id,date,party,speaker,issue,claim,strength,attribution,source,place,note\n",
        "¤id,date,party,speaker,issue,claim,strength,attribution,place,note\n",
        "the column source is missing",
    ),
    Case(
        "misspelt column",
        TABLE,
        "claim,strength",
        "claim,¤strenght",
        "unknown column strenght",
        "did you mean strength?",
    ),
    Case("duplicate column", TABLE, "place,note\n", "place,¤place\n", "the column place stands here twice"),
    Case(
        "too many cells",
        TABLE,
        "Will give up nothing,firm,reported,A1,p2.s1,\n",
        "Will give up nothing, ever,firm,reported,A1,p2.s1,¤\n",
        "the row has 12 cells, the header has 11",
        "in quotes",
    ),
    Case("too few cells", TABLE, "firm,reported,A1,p2.s1,\n", "firm,reported,A1,¤p2.s1\n", "the row has 10 cells"),
    Case(
        "text after a quote",
        TABLE,
        '"Calls membership unacceptable, now as before"',
        '"Calls membership unacceptable, now"¤ as before',
        "text after the closing quote",
    ),
    Case("quote inside a cell", TABLE, "Most would refuse", 'Most ¤"would" refuse', "a quote inside a cell"),
    Case("unclosed cell", TABLE, "A survey\n", 'A survey\nE9,2022-03-15,red,,land,¤"Says no\n', "never ends"),
    Case("empty table", TABLE, "", "¤", "the file is empty", "its header is id,date"),
    Case("control character in a table", TABLE, "Most would", "Most ¤\x01would", "U+0001"),
    Case(
        "missing cell",
        TABLE,
        "E5,2022-03-15,blue,,land,Most would refuse",
        "E5,2022-03-15,blue,,land,¤",
        "expected text, found nothing",
    ),
    Case(
        "cell after a long one",
        TABLE,
        '"Calls membership unacceptable, now as before",red_line',
        '"Calls membership\nunacceptable",¤red_lines',
        "not one of red_line",
        "did you mean red_line?",
    ),
    Case("duplicate row", TABLE, "E6,2022", "¤E5,2022", "a second row with the id E5"),
    # --- names across files
    Case(
        "term of an unknown issue",
        DEAL,
        "    land: {open",
        "    ¤lnad: {open",
        "there is no issue lnad",
        "did you mean land?",
        "proposal: lnad",
    ),
    Case(
        "unknown option of a term",
        DEAL,
        "status: {option: neutral",
        "status: {option: ¤nuetral",
        "status has no option nuetral",
        "did you mean neutral?",
        "proposal: status",
    ),
    Case("missing term", DEAL, "    land: {open: true, basis: assumed}\n", "", "no term for land"),
    Case(
        "unknown evidence of a term",
        DEAL,
        "evidence: [E1, E4]",
        "evidence: [E1, ¤E44]",
        "there is no evidence E44",
        "did you mean E4?",
    ),
    Case("unknown actor", DEAL, "[turkey]", "[¤turky]", "there is no actor turky", "did you mean turkey?"),
    Case("actor twice", DEAL, "[turkey]", "[turkey, ¤turkey]", "turkey stands here twice"),
    Case("consent of a party not modelled", DEAL, "[turkey]", "[¤blue]", "its consent is modelled"),
    Case(
        "unknown lottery",
        DEAL,
        "title: A small deal\n",
        'title: A small deal\nno_deal: ¤"2023"\n',
        "no lottery of no deal called 2023",
        "did you mean 2022?",
    ),
    Case(
        "position on an unknown issue",
        BLUE,
        "  land:\n",
        "  ¤lands:\n",
        "there is no issue lands",
        "did you mean land?",
        "blue: lands",
    ),
    Case(
        "unknown option in a ranking",
        RED,
        "[neutral, [undecided, member]]",
        "[neutral, [undecided, ¤members]]",
        "no option members",
        "did you mean member?",
        "red: status: 2025-01-01: ranking",
    ),
    Case(
        "option ranked twice",
        RED,
        "[neutral, undecided, member]",
        "[neutral, undecided, ¤neutral]",
        "the option neutral stands here twice",
    ),
    Case(
        "option ranked twice, in a tie",
        RED,
        "[neutral, [undecided, member]]",
        "[neutral, [undecided, ¤neutral]]",
        "the option neutral stands here twice",
    ),
    Case("rest twice", BLUE, "[member, rest]", "[rest, member, ¤rest]", "rest stands here twice"),
    Case("rest in a tie", BLUE, "[member, rest]", "[[member, ¤rest]]", "rest cannot be tied"),
    Case("rest of nothing", BLUE, "[member, rest]", "[member, ¤rest, neutral, undecided]", "rest stands for nothing"),
    Case(
        "unknown option in values",
        RED,
        "{ceded: 1, frozen:",
        "{ceded: 1, ¤forzen:",
        "no option forzen",
        "did you mean frozen?",
    ),
    Case(
        "values leave one out",
        RED,
        "values: {ceded: 1, frozen: [0.3, 0.6], returned: 0}",
        "values: ¤{ceded: 1, returned: 0}",
        "no value for frozen",
    ),
    Case(
        "unknown option of a red line",
        BLUE,
        "{option: ceded,",
        "{option: ¤cede,",
        "land has no option cede",
        "did you mean ceded?",
    ),
    Case(
        "red line twice",
        RED,
        "red_lines: [{option: member, basis: stated, evidence: [E2]}]",
        "red_lines: [{option: member, basis: stated, evidence: [E2]}, {option: ¤member, basis: assumed}]",
        "a second red line on member",
    ),
    Case(
        "red line of no stake",
        RED,
        "      red_lines: [{option: member, basis: stated, evidence: [E2]}]\n      importance: critical",
        "      red_lines: [¤{option: member, basis: stated, evidence: [E2]}]\n      importance: none",
        "importance none",
    ),
    Case(
        "two entries of a day",
        RED,
        "    - from: 2025-01-01",
        "    - from: ¤2022-03-10",
        "a second entry from 2022-03-10",
    ),
    Case(
        "stated line on a demand",
        RED,
        "{option: member, basis: stated, evidence: [E2]}",
        "{option: member, basis: ¤stated, evidence: [E1]}",
        "none of its rows has strength red_line or firm",
        "inferred",
    ),
    Case(
        "stated line on another's words",
        RED,
        "{option: member, basis: stated, evidence: [E2]}",
        "{option: member, basis: ¤stated, evidence: [E3]}",
        "are not red's",
    ),
    Case("stated line on an expert's words", TABLE, "firm,reported", "firm,expert", "an expert's"),
    Case(
        "stated without evidence",
        RED,
        "evidence: {ranking: [E1], importance: [E2]}",
        "evidence: {ranking: [E1]}",
        "inferred without evidence",
        "write assumed",
        "red: status: 2025-01-01: basis: importance",
    ),
    Case(
        "wholly without evidence",
        BLUE,
        "      basis: stated\n      evidence: [E3]\n",
        "      basis: ¤stated\n",
        "stated without evidence",
        None,
        "blue: land: 2022-03-15: basis",
    ),
    Case(
        "effect without evidence",
        ISSUES,
        "    basis: inferred\n    evidence: [E2]\n",
        "    basis: ¤inferred\n",
        "inferred without evidence",
        None,
        "effects: empty_words: basis",
    ),
    Case(
        "holds without a poll",
        BLUE,
        "evidence: [E3, E5]",
        "evidence: [E3], holds: ¤[0.7, 0.9]",
        "no poll among its evidence",
    ),
    Case(
        "a share of voters in a red line of who does not decide by them",
        BLUE,
        "evidence: [E3, E5]",
        "evidence: [E3, E5], holds: ¤[0.7, 0.9]",
        "a share of voters, but blue does not decide by voters",
        "delete holds, or let a ratifier decide: {by: majority, of: voters, quota: 0.5}",
        "blue: land: 2022-03-15: red_lines: ceded: holds",
    ),
    Case(
        "a share of voters in a refusal of who does not decide by them",
        RED,
        "    evidence: [E2]\n    why: It would",
        "    evidence: [E2, E5]\n    holds: ¤0.6\n    why: It would",
        "a share of voters, but red does not decide by voters",
        "delete holds, or let a ratifier decide: {by: majority, of: voters, quota: 0.5}",
        "red: refuses: armed_neighbour: holds",
    ),
    Case(
        "decides of who is no ratifier",
        BLUE,
        "consent: always\n",
        "consent: always\n¤decides: {by: majority, of: voters, quota: 0.5}\n",
        "decides is for a ratifier, whose yes the people give; blue is of role principal",
        "write role: ratifier, or delete decides",
        "blue: decides",
    ),
    *(
        Case(
            f"a quota of {quota}",
            BLUE,
            "role: principal\nconsent: always\n",
            f"role: ratifier\nconsent: always\ndecides: {{by: majority, of: voters, quota: ¤{quota}}}\n",
            what,
            hint,
            "blue: decides: quota",
        )
        for quota, what, hint in (
            ("0.4", "a quota of 0.4 lies below one half, so a minority could pass a text", "write 0.5"),
            ("1", "a quota of 1 is not below 1, so nothing could pass", "write 0.5 for one half"),
            ("half", "expected a number, found the text 'half'", None),
        )
    ),
    Case(
        "decides with the word of an edit",
        BLUE,
        "role: principal\nconsent: always\n",
        "role: ratifier\nconsent: always\ndecides: ¤none\n",
        "none is for edits (--set PARTY.decides=none)",
        "in a file leave decides out",
        "blue: decides",
    ),
    Case(
        "decides by another rule",
        BLUE,
        "role: principal\nconsent: always\n",
        "role: ratifier\nconsent: always\ndecides: {by: ¤lot, of: voters, quota: 0.5}\n",
        "the text 'lot' is not one of majority",
        None,
        "blue: decides: by",
    ),
    Case(
        "unknown issue of a refusal",
        RED,
        "if: {guarantee: [armed], status",
        "if: {¤guarantees: [armed], status",
        "there is no issue guarantees",
        "did you mean guarantee?",
        "red: refuses: armed_neighbour: if: guarantees",
    ),
    Case(
        "unknown option of a refusal",
        RED,
        "if: {guarantee: [armed], status",
        "if: {guarantee: [¤arms], status",
        "guarantee has no option arms",
    ),
    Case(
        "option twice in a condition",
        RED,
        "status: [member, undecided]}",
        "status: [member, ¤member]}",
        "the option member stands here twice",
    ),
    Case(
        "nothing satisfies a condition",
        RED,
        "if: {guarantee: [armed], status",
        "if: {guarantee: ¤[], status",
        "an empty list of options",
    ),
    Case(
        "unknown issue of consent",
        LEAGUE,
        "{guarantee: [armed], land",
        "{¤garantee: [armed], land",
        "there is no issue garantee",
    ),
    Case("unknown lottery of beliefs", RED, '    "2022":\n', '    ¤"2021":\n', "no lottery of no deal called 2021"),
    Case(
        "unknown outcome of beliefs",
        RED,
        "defeat: [0.3, 0.8]",
        "¤defeats: [0.3, 0.8]",
        "the lottery has no outcome defeats",
        "did you mean defeat?",
        "red: no_deal: 2022",
    ),
    Case(
        "beliefs too low",
        RED,
        "ranges: {stalemate: [0.2, 0.6], defeat: [0.3, 0.8]}",
        "ranges: ¤{stalemate: [0.2, 0.4], defeat: 0.3}",
        "at most 0.7",
    ),
    Case(
        "beliefs too high",
        RED,
        "ranges: {stalemate: [0.2, 0.6], defeat: [0.3, 0.8]}",
        "ranges: ¤{stalemate: 0.7, defeat: [0.5, 0.8]}",
        "at least 1.2",
    ),
    Case(
        "weights too high",
        RED,
        "weight: [0.1, 0.3]",
        "weight: ¤1",
        "leave nothing for the issues without one",
        None,
        "red: weight",
    ),
    Case("party id differs", BLUE, "id: blue", "id: ¤bleu", "the id bleu differs", "id: blue"),
    Case(
        "party is no actor",
        SOURCES,
        "  league: {name: The League}\n",
        "",
        "there is no actor in sources.yaml called league",
    ),
    Case("unknown member", LEAGUE, "members: [blue]", "members: [¤blu]", "there is no party blu", "did you mean blue?"),
    Case("member twice", LEAGUE, "members: [blue]", "members: [blue, ¤blue]", "blue stands here twice"),
    Case("member of itself", LEAGUE, "members: [blue]", "members: [¤league]", "league is a member of itself"),
    Case(
        "two refusals of a name",
        RED,
        "    why: It would be membership by another name.\n",
        "    why: So.\n  - {id: ¤armed_neighbour, if: {land: [returned]}, from: 2022-01-01, basis: assumed, why: x}\n",
        "a second refusal",
    ),
    Case(
        "two constraints of a name",
        ISSUES,
        "- id: neutrals_stay_out",
        "- id: ¤members_are_defended",
        "a second constraint",
    ),
    Case(
        "unknown issue of a constraint",
        ISSUES,
        "    then: {guarantee: [armed]}\n",
        "    then: {¤guarante: [armed]}\n",
        "there is no issue guarante",
    ),
    Case(
        "unknown option of an effect",
        ISSUES,
        "    then: {guarantee: consult}",
        "    then: {guarantee: ¤consul}",
        "guarantee has no option consul",
    ),
    Case("unknown party of an effect", ISSUES, "parties: [blue]", "parties: [¤green]", "there is no party green"),
    Case(
        "unknown option of an outcome",
        ISSUES,
        "guarantee: none, land: ceded}",
        "guarantee: none, land: ¤lost}",
        "land has no option lost",
        "there are: returned, frozen, ceded",
    ),
    Case(
        "unknown turning issue", ISSUES, "turning_issue: fighting", "turning_issue: ¤fights", "there is no issue fights"
    ),
    Case(
        "two lotteries of a day",
        ISSUES,
        "      basis: assumed\n",
        "      basis: assumed\n    other: {from: ¤2022-01-01, outcomes: {a: {land: frozen}}, basis: assumed}\n",
        "the lottery 2022 is from 2022-01-01 too",
    ),
    Case(
        "reserved option",
        ISSUES,
        "      undecided: It may join one day.\n",
        "      undecided: It may join one day.\n      ¤rest: Other.\n",
        "a word of the format",
    ),
    Case(
        "reserved issue",
        ISSUES,
        "constraints:\n",
        "  ¤context: {question: What?, options: {a: One., b: Two.}}\nconstraints:\n",
        "a word of the format",
    ),
    Case(
        "unknown actor of a row",
        TABLE,
        "E6,2022-03-15,league",
        "E6,2022-03-15,¤leage",
        "there is no actor leage",
        "did you mean league?",
    ),
    Case(
        "unknown issue of a row",
        TABLE,
        "E3,2022-03-12,blue,,land",
        "E3,2022-03-12,blue,,¤lnad",
        "there is no issue lnad",
    ),
    Case("unknown source of a row", TABLE, "firm,reported,A1", "firm,reported,¤A2", "there is no source A2"),
    Case("unreadable place", TABLE, "p1.s2-s3; p2.s1", "¤p1.s2-s3 and p2.s1", "expected a place like p2.s3"),
    Case("place upside down", TABLE, "p1.s2-s3; p2.s1", "¤p1.s3-s2", "upside down"),
    Case("place from zero", TABLE, "expert,A1,p2.s2", "expert,A1,¤p0.s2", "count from 1"),
    Case("no place", TABLE, "expert,A1,p2.s2", "expert,A1,¤", "no place in a1.txt is given"),
    Case(
        "hard constraint",
        DEAL,
        "guarantee: {option: armed",
        "guarantee: ¤{option: consult",
        "breaks the hard constraint members_are_defended: status is member, so guarantee cannot be consult",
        "Membership brings",
    ),
    Case(
        "outcome under an effect",
        ISSUES,
        "defeat: {fighting: continues, status: neutral, guarantee: none, land: ceded}",
        "defeat: ¤{fighting: continues, status: neutral, guarantee: armed, land: ceded}",
        "the effect empty_words would change it",
        "as the parties see it",
        "no_deal: 2022: defeat",
    ),
    Case(
        "edited by hand",
        DEAL,
        "land: {open: true, basis: assumed}",
        "land: {open: true, basis: ¤edited}",
        "edited is the mark of an edit",
        "write stated, inferred or assumed",
        "proposal: land: basis",
    ),
    Case(
        "edited by hand, in a cell",
        BLUE,
        "      importance: critical\n      basis: stated",
        "      importance: critical\n      basis: ¤edited",
        "nobody writes it by hand",
    ),
    Case(
        "edited by hand, one aspect",
        RED,
        "basis: {ranking: inferred, importance: stated}",
        "basis: {ranking: inferred, importance: ¤edited}",
        "nobody writes it by hand",
    ),
    Case(
        "edited by hand, in a lottery", ISSUES, "      basis: assumed\n", "      basis: ¤edited\n", "nobody writes it"
    ),
    Case(
        "day before all positions",
        DEAL,
        "date: 2022-03-29",
        "date: ¤1990-01-01",
        "no position is in force on 1990-01-01; the earliest begin 2022-01-01",
        None,
        "proposal: date",
    ),
    Case(
        "other day before all positions",
        DEAL,
        "title: A small deal\n",
        "title: A small deal\nas_of: ¤2021-12-31\n",
        "no position is in force on 2021-12-31",
        None,
        "as_of",
    ),
    Case(
        "word for evidence",
        DEAL,
        "title: A small deal\n",
        "title: A small deal\nevidence: ¤article\n",
        "the text 'article' is not one of all, articles, firm",
        "did you mean articles?",
    ),
    *(
        Case(
            f"{key} under proposal",
            DEAL,
            "  date: 2022-03-29\n",
            f"  date: 2022-03-29\n  ¤{key}: {value}\n",
            f"unknown key {key}",
            f"{key} belongs at the top level, beside proposal",
            "proposal",
        )
        for key, value in (
            ("as_of", "2022-04-01"),
            ("no_deal", '"2022"'),
            ("negotiation", "{protocol: vote}"),
            ("draws", "100"),
            ("seed", "3"),
        )
    ),
    Case(
        "edits in a plain scenario",
        DEAL,
        "title: A small deal\n",
        "title: A small deal\n¤edits: [a]\n",
        "only in saved scenarios",
    ),
    # --- warnings
    Case(
        "legal constraint",
        DEAL,
        "guarantee: {option: armed",
        "guarantee: {option: none",
        "breaks the legal constraint neutrals_stay_out",
        "A neutral may",
        "proposal: guarantee",
        "warning",
    ),
    Case(
        "young evidence",
        BLUE,
        "    - from: 2022-03-15\n",
        "    - from: 2022-03-11\n",
        "E3 is from after 2022-03-11",
        None,
        None,
        "warning",
    ),
    Case(
        "claim after its source",
        TABLE,
        "E3,2022-03-12",
        "E3,¤2022-03-21",
        "after its source",
        None,
        "evidence: E3: date",
        "warning",
    ),
    Case(
        "no lottery yet",
        ISSUES,
        "      from: 2022-01-01\n      outcomes",
        "      from: 2023-01-01\n      outcomes",
        "the earliest, 2022, is used",
        None,
        "no_deal",
        "warning",
    ),
]

# Cases that need a second change to hold only one mistake.
ALSO: dict[str, tuple[str, str, str]] = {
    "hard constraint": (DEAL, "status: {option: neutral", "status: {option: member"),
    "holds without a poll": (
        BLUE,
        "role: principal\nconsent: always\n",
        "role: ratifier\nconsent: always\ndecides: {by: majority, of: voters, quota: 0.5}\n",
    ),
    "young evidence": (BLUE, "evidence: [E3, E5]", "evidence: [E3], note: Told later."),
    "party is no actor": (TABLE, "2022-03-15,league", "2022-03-15,turkey"),
    "reserved issue": (DEAL, "    land: {open", "    context: {open: true, basis: assumed}\n    land: {open"),
    "claim after its source": (BLUE, "importance: critical", "importance: critical\n      note: Told later."),
}


def faulty(case: Case) -> tuple[dict[str, str], tuple[int, int] | None]:
    """The changed files, and line and column of the mark."""
    text = small.FILES[case.file]
    if case.old:
        assert text.count(case.old) == 1, f"{case.old!r} stands {text.count(case.old)} times in {case.file}"
        text = text.replace(case.old, case.new)
    else:
        text = case.new
    files = {case.file: text}
    if case.name in ALSO:
        file, old, new = ALSO[case.name]
        base = files.get(file, small.FILES[file])
        assert base.count(old) == 1
        files[file] = base.replace(old, new)
    text = files[case.file]
    at = None
    if "¤" in text:
        before = text[: text.index("¤")]
        at = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        files[case.file] = text.replace("¤", "")
    return files, at


def found(path: Path) -> tuple[Complaint, ...]:
    try:
        return load(path).warnings
    except Complaints as error:
        return error.complaints


def test_the_small_scenario_is_sound(deal: Path) -> None:
    assert found(deal) == ()


def test_names_are_distinct() -> None:
    assert len({c.name for c in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_one_mistake_one_complaint(case: Case, tmp_path: Path) -> None:
    files, at = faulty(case)
    complaints = found(small.write(tmp_path, files))
    assert len(complaints) == 1, render(complaints)
    one = complaints[0]
    assert case.what in one.what, render(complaints)
    assert case.hint is None or case.hint in (one.hint or ""), render(complaints)
    assert case.where is None or one.where == case.where
    assert one.severity == case.severity
    if at is not None:
        assert (one.place.file, one.place.line, one.place.column) == (str(tmp_path / case.file), *at), render(
            complaints
        )


@pytest.mark.parametrize("case", [c for c in CASES if c.file != TABLE][:30], ids=lambda c: c.name)
def test_the_parser_in_python_finds_the_same_place(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LOADER", yaml.SafeLoader)
    files, at = faulty(case)
    complaints = found(small.write(tmp_path, files))
    assert len(complaints) == 1, render(complaints)
    assert "not readable as YAML" not in complaints[0].what
    if at is not None:
        assert (complaints[0].place.line, complaints[0].place.column) == at


def test_five_mistakes_five_complaints(tmp_path: Path) -> None:
    text = small.RED
    for old, new in [
        ("name: Red\n", "name: Red\nname: Rot\n"),
        ("importance: critical", "importance: critcal"),
        ("[neutral, [undecided, member]]", "[neutral, [undecided, membre]]"),
        ("weight: [0.1, 0.3]", "weight: [0.3, 0.1]"),
        ("status: [member, undecided]}", "stats: [member, undecided]}"),
    ]:
        assert text.count(old) == 1
        text = text.replace(old, new)
    complaints = found(small.write(tmp_path, {RED: text}))
    assert len(complaints) == 5, render(complaints)
    assert render(complaints).endswith("\n5 errors")


def test_mistakes_in_all_files_come_together(tmp_path: Path) -> None:
    files = {
        **small.changed(DEAL, "title: A small", "titel: A small"),
        **small.changed(ISSUES, "turning_issue: fighting", "turning_issue: fights"),
        **small.changed(SOURCES, "date: 2022-03-20", "date: 2022-03-32"),
        **small.changed(TABLE, "E6,2022-03-15,league", "E6,2022-03-15,leage"),
        **small.changed(RED, "role: principal", "role: principle"),
        **small.changed(LEAGUE, "members: [blue]", "members: [blu"),
    }
    complaints = found(small.write(tmp_path, files))
    assert [Path(c.place.file).name for c in complaints] == [
        "deal.yaml",
        "evidence.csv",
        "issues.yaml",
        "league.yaml",
        "red.yaml",
        "sources.yaml",
    ], render(complaints)


def test_a_faulty_issue_is_still_known_elsewhere(tmp_path: Path) -> None:
    files = small.changed(ISSUES, "    question: What is the country's place?\n", "    question: 5\n    colour: red\n")
    complaints = found(small.write(tmp_path, files))
    assert [c.what.split(",")[0] for c in complaints] == ["expected text", "unknown key colour"], render(complaints)


def test_a_faulty_entry_does_not_shift_the_places_of_the_next(tmp_path: Path) -> None:
    text = small.RED.replace("    - from: 2022-03-10\n      ranking: [n", "    - from: 2022-03-99\n      ranking: [n")
    text = text.replace("[neutral, [undecided, member]]", "[neutral, [undecided, membre]]")
    complaints = found(small.write(tmp_path, {RED: text}))
    lines = text.split("\n")
    assert ["2022-03-99" in lines[c.place.line - 1] for c in complaints] == [True, False]
    assert lines[complaints[1].place.line - 1][complaints[1].place.column - 1 :].startswith("membre")


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    raw = small.SCENARIO.encode().replace(b"A small", b"A sm\xe4ll")
    complaints = found(small.write(tmp_path, {DEAL: raw}))
    assert [(str(c.place.line), c.place.column, c.what) for c in complaints] == [("1", 12, "byte 0xe4 is not UTF-8")]


def test_utf16(tmp_path: Path) -> None:
    (one,) = found(small.write(tmp_path, {DEAL: small.SCENARIO.encode("utf-16")}))
    assert one.hint == "save the file as UTF-8"
    assert (one.place.line, one.place.column) == (1, 1)


@pytest.mark.parametrize("name", [DEAL, RED])
def test_byte_order_mark(name: str, tmp_path: Path) -> None:
    (one,) = found(small.write(tmp_path, {name: "\ufeff" + small.FILES[name]}))
    assert "byte order mark" in one.what
    assert (one.place.line, one.place.column) == (1, 1)


def test_huge_file(tmp_path: Path) -> None:
    (one,) = found(small.write(tmp_path, {RED: b"# " + b"x" * texts.SIZE}))
    assert "larger than 5 MB" in one.what


def test_windows_line_ends_are_fine(tmp_path: Path) -> None:
    files = {name: text.replace("\n", "\r\n") for name, text in small.FILES.items()}
    assert found(small.write(tmp_path, files)) == ()


def test_weights_alone_must_sum_to_one(tmp_path: Path) -> None:
    issues = "".join(
        f"  {issue}: [{{from: 2022-01-01, ranking: unknown, weight: 0.2, basis: assumed}}]\n"
        for issue in ("fighting", "status", "guarantee", "land")
    )
    text = f"id: blue\nname: Blue\nrole: principal\nconsent: always\npositions:\n{issues}"
    (one,) = found(small.write(tmp_path, {BLUE: text}))
    assert "add up to at most 0.8" in one.what
    (one,) = found(small.write(tmp_path / "high", {BLUE: text.replace("0.2", "0.4")}))
    assert "add up to at least 1.6" in one.what
    assert found(small.write(tmp_path / "even", {BLUE: text.replace("0.2", "0.25")})) == ()
    (one,) = found(small.write(tmp_path / "none", {BLUE: text.replace("weight: 0.2", "importance: none")}))
    assert "nothing is left to weigh" in one.what


def test_too_few_options(tmp_path: Path) -> None:
    files = small.changed(ISSUES, "      returned: All of it goes back.\n      frozen: The line stays.\n", "")
    first = next(c for c in found(small.write(tmp_path, files)) if c.where == "issues: land: options")
    assert first.what == "needs at least 2 entries"


def test_open_issue_and_reservation(tmp_path: Path) -> None:
    files = small.changed(BLUE, "no_deal:\n  cost: 0.05\n", "reservation: 0.5\n")
    (one,) = found(small.write(tmp_path, files))
    assert "land is open, and blue has a reservation in numbers" in one.what
    assert one.where == "proposal: land"


def test_no_deal_must_be_described(tmp_path: Path) -> None:
    issues = small.ISSUES[: small.ISSUES.index("no_deal:")]
    red = small.RED[: small.RED.index("no_deal:")]
    (one,) = found(small.write(tmp_path, {ISSUES: issues, RED: red}))
    assert "the domain says nothing of no deal" in one.what


def test_cycle_of_alliances_is_told_once(tmp_path: Path) -> None:
    league = small.LEAGUE.replace("members: [blue]", "members: [pact]")
    pact = "id: pact\nname: Pact\nrole: alliance\nmembers: [league]\nconsent: always\n"
    sources = small.SOURCES + "  pact: {name: Pact}\n"
    files = {LEAGUE: league, "domain/positions/pact.yaml": pact, SOURCES: sources}
    (one,) = found(small.write(tmp_path, files))
    assert "is a member of itself by way of" in one.what


def test_a_row_is_told_all_that_is_wrong_with_it(tmp_path: Path) -> None:
    old = "E3,2022-03-12,blue,,land,Will give up nothing,firm,reported,A1"
    new = "E3,2022-03-12,blue,,lnad,Will give up nothing,frim,reported,A2"
    files = small.changed(TABLE, old, new)
    complaints = found(small.write(tmp_path, files))
    assert [(c.where, c.hint) for c in complaints] == [
        ("evidence: E3: issue", "did you mean land?"),
        ("evidence: E3: strength", "did you mean firm?"),
        ("evidence: E3: source", "there are: A1, B1"),
    ], render(complaints)
    assert len({c.place.line for c in complaints}) == 1
    with pytest.raises(Complaints) as info:
        load_domain(tmp_path / "domain")
    assert len(info.value.complaints) == 3
    # what cannot be read is not looked up as well
    files = small.changed(TABLE, "E3,2022-03-12,blue,,land,", "E3,2022-03-32,the blue,,,")
    complaints = found(small.write(tmp_path / "b", files))
    assert [c.where for c in complaints] == [f"evidence: E3: {x}" for x in ("date", "party", "issue")]


def test_edited_is_not_offered_as_a_basis(tmp_path: Path) -> None:
    (one,) = found(small.write(tmp_path, small.changed(DEAL, "open: true, basis: assumed", "open: true, basis: edit")))
    assert one.what == "the text 'edit' is not one of stated, inferred, proposed, assumed"
    assert one.hint is None


def test_saved_runs_hold_what_was_edited(tmp_path: Path) -> None:
    edits = ["proposal.land=frozen", "red.status.ranking=unknown", "blue.land.red_lines=ceded"]
    path = small.write(tmp_path)
    text = nodes.dump_yaml(load(path, edits=edits).tree)
    saved = tmp_path / "saved.yaml"
    saved.write_text(text)
    assert load(saved).scenario.edits == tuple(edits)
    assert load(saved, edits=["proposal.land=ceded"]).scenario.proposal.terms["land"].basis == "edited"
    assert load(saved, domain=tmp_path / "domain").scenario.proposal.terms["land"].basis == "edited"
    # without the list of edits it is not what a run saved
    start = text.index("\nedits:")
    end = text.index("\ndomain:", start) if "\ndomain:" in text[start:] else len(text)
    saved.write_text(text[:start] + text[end:])
    complaints = found(saved)
    assert len(complaints) == 3, render(complaints)
    assert all("nobody writes it by hand" in c.what for c in complaints)


def test_a_domain_beside_a_saved_run_is_still_written_by_hand(tmp_path: Path) -> None:
    stated = "      importance: critical\n      basis: stated"
    path = small.write(tmp_path, small.changed(BLUE, stated, stated.replace("stated", "edited")))
    saved = tmp_path / "saved.yaml"
    saved.write_text(nodes.dump_yaml(load(small.write(tmp_path / "sound"), edits=["proposal.land=frozen"]).tree))
    with pytest.raises(Complaints, match="nobody writes it by hand"):
        load(saved, domain=path.parent / "domain")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the file is empty"),
        ("- a\n", "found a list"),
        ("title: [a\n", "lacks a comma or its end"),
        ("title: A text\n", "no scenario: it has no proposal"),
        (small.ISSUES, "no scenario: it has no proposal"),
        (small.BLUE, "no scenario: it has no proposal"),
        ("title: Less\nedits: {red.land: unknown}\n", "no scenario: it has no proposal"),
    ],
)
def test_a_faulty_file_is_told_before_its_missing_domain(text: str, what: str, tmp_path: Path) -> None:
    file = tmp_path / "lonely.yaml"
    file.write_text(text)
    (one,) = found(file)
    assert what in one.what
    assert (one.place.file, one.place.line) == (str(file), 1)
    with pytest.raises(Complaints):
        load(file, domain=tmp_path / "nowhere")


def test_what_else_a_file_without_proposal_may_be(tmp_path: Path) -> None:
    path = small.write(tmp_path, {"edits.yaml": "title: Less\nedits: {red.land: unknown}\n", "x.yaml": "title: X\n"})
    hints = [found(path.parent / name)[0].hint or "" for name in ("edits.yaml", ISSUES, SOURCES, RED, "x.yaml")]
    assert "--with" in hints[0]
    assert all("part of a domain" in hint for hint in hints[1:4])
    assert "sim new" in hints[4]
    # a slip in the one word is not the end of it
    complaints = found(small.write(tmp_path / "b", small.changed(DEAL, "proposal:", "propsal:")))
    assert complaints[0].hint == "did you mean proposal?"


def test_a_scenario_without_a_domain_is_told_where_it_belongs(tmp_path: Path) -> None:
    (tmp_path / "deal.yaml").write_text(small.SCENARIO)
    with pytest.raises(NotADirectoryError, match=r"is the folder domain/ beside it, or --domain DIR") as info:
        load(tmp_path / "deal.yaml")
    assert len(str(info.value).splitlines()) == 1


def test_a_day_before_all_positions_by_option(deal: Path) -> None:
    with pytest.raises(Complaints) as info:
        load(deal, as_of=dt.date(1990, 1, 1))
    (one,) = info.value.complaints
    assert (one.place.file, one.where) == ("--as-of", "as_of")
    # an edit takes hold on the day itself, so that there is a position then
    assert load(deal, as_of=dt.date(1990, 1, 1), edits=["red.land.importance=minor"]).scenario.day.year == 1990


def test_missing_things_are_not_complaints_about_content(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no such file$"):
        load(tmp_path / "nothing.yaml")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        load(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"issues\.yaml: no such file; it holds the issues"):
        load(small.write(tmp_path / "a", {ISSUES: None}))
    with pytest.raises(FileNotFoundError, match=r"evidence\.csv: no such file; it holds one row a claim"):
        load(small.write(tmp_path / "b", {TABLE: None}))
    with pytest.raises(FileNotFoundError, match="positions: holds no party"):
        load(small.write(tmp_path / "c", {RED: None, BLUE: None, LEAGUE: None}))
    with pytest.raises(NotADirectoryError, match="no such folder"):
        load(small.write(tmp_path / "d"), domain=tmp_path / "d" / "nowhere")


def test_stray_file_among_the_parties(tmp_path: Path) -> None:
    (one,) = found(small.write(tmp_path, {"domain/positions/green.yml": "id: green\n"}))
    assert "only files called <party>.yaml" in one.what


def test_name_of_the_file_is_the_id(tmp_path: Path) -> None:
    path = small.write(tmp_path)
    other = path.rename(tmp_path / "my-deal.yaml")
    (one,) = found(other)
    assert "'my-deal' is not a name" in one.what
    assert "rename the file" in (one.hint or "")


def test_all_scenarios_are_checked_before_any_is_refused(tmp_path: Path) -> None:
    first = small.write(tmp_path, small.changed(DEAL, "title: A small deal", "title: 5"))
    second = tmp_path / "second.yaml"
    second.write_text(small.SCENARIO.replace("neutral", "nuetral"))
    with pytest.raises(Complaints) as info:
        load_all([first, second])
    assert [Path(c.place.file).name for c in info.value.complaints] == ["deal.yaml", "second.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("domain:\n", "domain:\n  colour: red\n", "unknown key colour"),
        ("  evidence:\n", "  evidences:\n", "unknown key evidences"),
    ],
)
def test_faults_of_an_inline_domain(old: str, new: str, what: str, tmp_path: Path) -> None:
    text = nodes.dump_yaml(load(small.write(tmp_path)).tree)
    merged = tmp_path / "merged.yaml"
    index = text.index("\n" + old) + 1
    merged.write_text(text[:index] + new + text[index + len(old) :])
    assert what in found(merged)[0].what or any(what in c.what for c in found(merged))


@pytest.mark.parametrize("content", ["5", "[1]", "{issues: 1, sources: 2, evidence: 3, positions: 4}", "{}"])
def test_domain_of_the_wrong_shape(content: str, tmp_path: Path) -> None:
    path = tmp_path / "merged.yaml"
    path.write_text(small.SCENARIO + f"domain: {content}\n")
    assert all(c.severity == "error" for c in found(path))
    assert found(path)


def test_party_called_as_a_word_of_the_format(tmp_path: Path) -> None:
    files = {"domain/positions/proposal.yaml": small.BLUE[: small.BLUE.index("positions:")].replace("blue", "proposal")}
    (one,) = found(small.write(tmp_path, files))
    assert "a word of the format, not a name for a party" in one.what


def test_party_file_whose_name_is_no_name(tmp_path: Path) -> None:
    complaints = found(small.write(tmp_path, {"domain/positions/the-north.yaml": small.BLUE}))
    assert "'the-north' is not a name" in complaints[0].what


def test_party_that_cannot_be_read_is_still_known(tmp_path: Path) -> None:
    (one,) = found(small.write(tmp_path, {BLUE: "id: [blue\n"}))
    assert "lacks a comma or its end" in one.what


def test_table_that_cannot_be_read_is_no_reason_to_doubt_what_cites_it(tmp_path: Path) -> None:
    (one,) = found(small.write(tmp_path, {TABLE: small.EVIDENCE.replace("id,date", "date")}))
    assert one.what == "the column id is missing"


def test_check_by_itself(deal: Path) -> None:
    scenario = load(deal).scenario
    party = scenario.domain.positions["league"].model_copy(update={"members": ("green",)})
    positions = {**scenario.domain.positions, "league": party}
    domain = scenario.domain.model_copy(update={"positions": positions})
    asked: list[tuple[str | int, ...]] = []

    def place(path: tuple[str | int, ...]) -> Place:
        asked.append(path)
        return Place("nowhere", 1, 1)

    def check(scenario: schema.Scenario) -> list[Complaint]:
        names = KnownNames.of(scenario.model_dump(by_alias=True))
        return check_domain(scenario.domain, place, names) + check_scenario(scenario, place, names)

    assert check(scenario) == []
    (one,) = check(scenario.model_copy(update={"domain": domain}))
    assert one.what == "there is no party green"
    assert asked == [("domain", "positions", "league", "members", 0)]


def test_a_faulty_date_does_not_hide_the_rest_of_the_proposal(tmp_path: Path) -> None:
    text = small.SCENARIO.replace("2022-03-29", "2022-03-39").replace("[turkey]", "[turky]")
    text = text.replace("option: stops", "option: stop").replace("    land:", "    lnad:")
    complaints = found(small.write(tmp_path, {DEAL: text}))
    assert [c.place.line for c in complaints] == [3, 5, 7, 10], render(complaints)


def test_domain_by_itself(deal: Path, tmp_path: Path) -> None:
    assert load_domain(deal.parent / "domain") == load(deal).scenario.domain
    small.write(tmp_path / "b", small.changed(RED, "importance: critical", "importance: critcal\n      x: &a no"))
    with pytest.raises(Complaints) as info:
        load_domain(tmp_path / "b" / "domain")
    assert [c.what.split(",")[0] for c in info.value.complaints] == [
        "the text 'critcal' is not one of critical",
        "unknown key x",
        "a bare no",
        "an anchor (&a); files are plain YAML",
    ]
    small.write(tmp_path / "c", small.changed(RED, "option: member, basis", "option: membre, basis"))
    with pytest.raises(Complaints, match="no option membre"):
        load_domain(tmp_path / "c" / "domain")
    with pytest.raises(NotADirectoryError, match="no such folder"):
        load_domain(tmp_path / "nowhere")
