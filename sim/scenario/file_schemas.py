"""JSON Schemas of the files that people write, for editors: made from the models, with the short forms and with words.

They describe one file at a time, as the models do. What needs two files (whether an issue exists, whether evidence is
cited) only ``sim validate`` can say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel

from sim.scenario import schema
from sim.scenario.edit_paths import CELL

Json: TypeAlias = dict[str, Any]

#: Which draft of JSON Schema: the newest that the common language server for YAML promises to read.
DRAFT = "http://json-schema.org/draft-07/schema#"
#: What each kind of file is, and the model of it. Edits have none: a path says which model a value belongs to.
KINDS: Mapping[str, tuple[str, type[BaseModel] | None]] = {
    "scenario": ("A text on the table: FILE.yaml beside domain/.", schema.Scenario),
    "issues": ("What is negotiated: domain/issues.yaml.", schema.Issues),
    "positions": ("What a party wants: domain/positions/PARTY.yaml.", schema.Party),
    "sources": ("Documents and actors: domain/sources.yaml.", schema.Sources),
    "edits": ("Changes for one run: a file for --with.", None),
}
#: Keys that only saved runs have, or that follow from the file's name, by model.
_SAVED = {"Scenario": ("id", "domain", "edits"), "Term": ("default",)}

#: What keys mean that mean the same in most models.
ALIKE: Mapping[str, str] = {
    "evidence": "Ids of rows of evidence.csv.",
    "why": "The reason, in a sentence.",
    "id": "A name of its own.",
    "from": "The day it begins to apply, YYYY-MM-DD.",
    "note": "How the sources were read.",
    "label": "A short name for tables, sentences and figures.",
    "if": "Condition: issue: [options, any of which].",
    "name": "As tables show it.",
    "holds": "The share of people it binds, from a poll: a number or a range in [0, 1].",
}
#: What the keys mean, by model and key, for completion; scenarios/README.md says more.
DESCRIPTIONS: Mapping[str, Mapping[str, str]] = {
    "Scenario": {
        "title": "A short name for tables.",
        "label": "A still shorter one, for figures and sentences.",
        "proposal": "The text itself.",
        "as_of": "The day whose positions are used, YYYY-MM-DD; without it, the date of the proposal.",
        "no_deal": "Name of a no-deal lottery of issues.yaml; without it, the latest that has begun on that day.",
        "negotiation": "What the parties do with the text; without it, it is put to the vote.",
        "rules": "How single parties judge, where not as all others do: rules of your own, by name.",
        "draws": "How many preference profiles are drawn; best left out, so that texts share draws.",
        "seed": "Seed of the draws; best left out.",
        "evidence": "all; articles: what rests only on background is assumed; firm: so is what rests on graded claims.",
    },
    "PartyRules": {
        "utility": "By party, the name of the rule by which it values packages; without it, sum.",
        "acceptance": "By party, the name of the rule of the least gain that it accepts; without it, no_loss.",
    },
    "Proposal": {
        "date": "The day the text was on the table, YYYY-MM-DD.",
        "summary": "What the text says, in one or two sentences.",
        "consent_not_modelled": "Actors of sources.yaml whose yes is needed and on whom the sources are silent.",
        "terms": "One entry for every issue of the domain.",
        "note": "Traps that a reader of the score should know.",
    },
    "Term": {
        "option": "The option that the text chooses on this issue.",
        "open": "true where the text leaves the issue for later.",
        "basis": "What the term rests on.",
        "evidence": "Ids of rows of evidence.csv; stated and inferred terms need one.",
        "note": "How the text was read.",
    },
    "NegotiationSettings": {
        "protocol": "vote, alternating_offers or single_text, or one that a package brings.",
        "rounds": "After so many rounds the talks are over.",
        "proposers": "Parties that make offers, in this order; without it, the principals.",
        "first_mover": "A party's id, or random.",
        "tactics": "Party: how it concedes, as a word or as a mapping with parameters.",
        "delay_cost": "Party: what a round costs it, a number or a range in [0, 1].",
        "candidates": "Which texts can be offered.",
        "temperature": "Of single_text: how readily parties take a loss.",
    },
    "Tactic": {
        "tactic": "How the party concedes.",
        "exponent": "Of boulware (1 to 100) and conceder (0 to 1): a number or a range.",
        "reciprocity": "Of tit_for_tat (0 to 10): a number or a range.",
    },
    "CandidateSettings": {
        "changes": "All feasible texts with at most so many terms other than the tabled text's.",
        "proposals": "Ids of other texts that are candidates too.",
        "texts": "Further texts by name: issue: option; an issue left out stays as tabled.",
    },
    "Issues": {
        "title": "What is negotiated, as a heading.",
        "issues": "The questions under negotiation, by id.",
        "constraints": "Which options exclude each other.",
        "effects": "Where terms make parties value a text as another one.",
        "no_deal": "What parties expect if nothing is agreed.",
    },
    "Issue": {
        "question": "The question in plain words.",
        "default": "What a text says that does not name the issue: an option, or open.",
        "since": "The day the issue begins, YYYY-MM-DD: texts of earlier days are as if it were not there.",
        "options": "Its possible answers: id and one plain sentence; two at least.",
    },
    "Option": {
        "text": "One plain sentence.",
        "like": "Another option of the issue, whose conditions and lines hold for this one until told otherwise.",
        "ranked_as": "Of saved runs, in place of like: the option whose place this one has where no ranking names it.",
    },
    "Constraint": {
        "then": "What must hold where the condition does: issue: [options, any of which].",
        "severity": "hard (a contradiction in terms), legal (against law) or political (unlikely).",
    },
    "Effect": {
        "then": "As what parties see the text then: issue: option.",
        "parties": "Only these parties; without it, all.",
        "basis": "What the effect rests on.",
    },
    "NoDeal": {
        "turning_issue": "The issue on which verdicts are known to hang.",
        "lotteries": "What may come of no deal, by name and from a day on.",
    },
    "Lottery": {
        "outcomes": "By name, what stands then: issue: option; an issue left out adds nothing to any gain.",
        "basis": "What the outcomes rest on.",
        "note": "How the outcomes were chosen.",
    },
    "Sources": {
        "sources": "The documents, by id.",
        "actors": "Everybody whose words or consent matter, by id; parties are among them.",
    },
    "Source": {
        "title": "As printed.",
        "publisher": "As printed, or: not named in the text.",
        "date": "When it was published, YYYY-MM-DD.",
        "date_basis": "printed, or inferred and then inferred_from says from what.",
        "inferred_from": "What an inferred date is inferred from.",
        "origin": "article (a text handed in for study) or background.",
        "status": "found, found_secondary (only a copy or summary) or recalled (from memory).",
        "file": "Name of the text's file, for those who hold it.",
        "sha256": "Of that file.",
        "url": "Where it was seen.",
        "note": "What a reader should know of it.",
    },
    "Actor": {"name": "As tables show it.", "note": "Who it is."},
    "Party": {
        "id": "The file's name without .yaml.",
        "role": "principal, guarantor, alliance or ratifier.",
        "members": "Of an alliance: parties without whose yes it cannot say yes.",
        "consent": "When its yes is needed: always, or when: a list of conditions, any of which.",
        "positions": "By issue, its stances, each in force from a day on.",
        "decides": "Of a ratifier whose yes the people give: how they vote.",
        "refuses": "Combinations of options that it rejects.",
        "asks": "What it says it must at least get: no share moves by it, but less is told.",
        "no_deal": "What it expects of no deal, and what that costs it.",
        "reservation": "The least it accepts, in place of no deal: a number or a range in [0, 1].",
    },
    "Position": {
        "ranking": "Options, best first; [a, b] in the list is a tie, rest all others; or unknown.",
        "values": "In place of a ranking: option: a number or a range in [0, 1].",
        "importance": "How much the issue weighs for the party.",
        "weight": "In place of importance: a number or a range in [0, 1].",
        "red_lines": "Options that it rejects whatever else the text holds.",
        "assumed": "Options whose place in the ranking, or value, is your own whatever the basis of the rest.",
        "searched": "The day on which the party's statements on this issue were last looked for, found or not.",
        "basis": "What ranking and importance rest on: one word for both, or one each.",
        "evidence": "Ids of rows of evidence.csv: one list for both, or one each.",
        "note": "How the sources were read; needed where evidence is younger than from.",
    },
    "CellBasis": {"ranking": "What the ranking rests on.", "importance": "What the importance rests on."},
    "CellEvidence": {"ranking": "Rows behind the ranking.", "importance": "Rows behind the importance."},
    "RedLine": {
        "option": "The option rejected.",
        "basis": "What the line rests on; stated needs a row of red-line or firm wording.",
        "like": "Of saved runs: the option whose red line this one is a copy of; both have the same share.",
    },
    "Refusal": {
        "label": "What is refused, in a few words.",
        "if": "Condition: issue: [options, any of which]; all named issues must meet it.",
        "until": "The last day it applies, YYYY-MM-DD.",
        "basis": "What it rests on.",
        "like": "Of saved runs: the refusal that this one is a copy of; both have the same share.",
    },
    "Demand": {
        "label": "What is asked for, in a few words.",
        "for": "issue: [options, any of which is enough]; all named issues must meet it.",
        "until": "The last day it stands, YYYY-MM-DD.",
        "basis": "stated where the words name it, inferred where it is read out of them.",
    },
    "Consent": {
        "always": "true: its yes is always needed.",
        "when": "Its yes is needed where any of these conditions holds.",
    },
    "Decision": {
        "by": "majority: more than the quota must vote yes.",
        "of": "Who votes: voters.",
        "quota": "The share of yes that must be exceeded, one half or more and below 1.",
    },
    "PartyNoDeal": {
        "beliefs": "By lottery, how likely it finds each outcome.",
        "cost": "Added to every gain, in units of utility: a number or a range in [-1, 1].",
    },
    "Beliefs": {
        "ranges": "Outcome: a probability or a range; together they must allow a sum of 1.",
        "basis": "What the beliefs rest on.",
    },
}


def file_schema(kind: str) -> Json:
    """The JSON Schema of a kind of file (a key of :data:`KINDS`), as plain data. Raises KeyError for another word."""
    title, model = KINDS[kind]
    content = _edits() if model is None else _of(model)
    return {"$schema": DRAFT, **content, "title": f"{kind} file", "description": title}


def schema_text(kind: str) -> str:
    """:func:`file_schema` as the text of a file."""
    return json.dumps(file_schema(kind), indent=1, ensure_ascii=False) + "\n"


def _of(model: type[BaseModel]) -> Json:
    """The schema of a model as a person may write it, keys described and nothing in it that needs no telling."""
    content = model.model_json_schema(by_alias=True)
    definitions = content.get("$defs", {})
    for name, definition in ({model.__name__: content} | definitions).items():
        saved = _SAVED.get(name, ())
        for key in saved:
            del definition["properties"][key]
        if saved:
            definition["required"] = [key for key in definition["required"] if key not in saved]
        for key, words in ({**ALIKE, **DESCRIPTIONS[name]} if name in DESCRIPTIONS else {}).items():
            if key in definition.get("properties", {}):
                value = definition["properties"][key]
                # in this draft nothing may stand beside a reference
                value = {"allOf": [{"$ref": value["$ref"]}]} if "$ref" in value else value
                definition["properties"][key] = {**value, "description": words}
        definition.pop("description", None)
    content = dict(_tidy(content))
    return content | ({"$defs": _reached(content, content["$defs"])} if definitions else {})


def _tidy(node: Any, names: bool = False) -> Any:
    """Without titles that only repeat a key or defaults that say nothing; no keys beside those of a pattern.

    ``names`` says that the keys here are those of the files, not words of JSON Schema.
    """
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    if names:
        return {key: _tidy(value) for key, value in node.items()}
    idle = {"title"} if isinstance(node.get("default"), str | int | float) else {"title", "default"}
    named = ("properties", "patternProperties", "$defs")
    out = {key: _tidy(value, names=key in named) for key, value in node.items() if key not in idle}
    if "patternProperties" in out and "additionalProperties" not in out:
        out["additionalProperties"] = False
    return out


def _reached(content: Json, definitions: Json) -> Json:
    """The definitions that the schema refers to, by way of others too."""
    reached: set[str] = set()
    todo = [{k: v for k, v in content.items() if k != "$defs"}]
    while todo:
        text = json.dumps(todo.pop())
        new = {name for name in definitions if f'"#/$defs/{name}"' in text} - reached
        reached |= new
        todo += [definitions[name] for name in new]
    return {name: definition for name, definition in definitions.items() if name in reached}


_NONE: Json = {"const": "none"}
#: A range as edits may write it besides [low, high].
_DOTS: Json = {"type": "string", "pattern": r"^\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\.\.[-+]?[0-9.]+([eE][-+]?[0-9]+)?\s*$"}


def _edits() -> Json:
    """Paths with the values that they take. What a path names, only the domain of a scenario can say."""
    party, scenario = _of(schema.Party), _of(schema.Scenario)
    definitions: Json = {**party["$defs"], **scenario["$defs"]}
    cell, talks = definitions["Position"]["properties"], definitions["NegotiationSettings"]["properties"]
    name = definitions["Term"]["properties"]["option"]["anyOf"][0]
    span = {"anyOf": [*(x for x in cell["weight"]["anyOf"] if x != {"type": "null"}), _DOTS]}
    of_line = definitions["RedLine"]["properties"]
    line = {
        "type": "object",
        "additionalProperties": False,
        "required": ["option"],
        "properties": {"option": of_line["option"], "holds": {**span, "description": of_line["holds"]["description"]}},
    }
    forms: Json = {
        "ranking": _present(cell["ranking"]),
        "values": {**_present(cell["values"]), "patternProperties": {name["pattern"]: span}},
        "importance": _present(cell["importance"]),
        "weight": span,
        "red_lines": {"anyOf": [_NONE, {"type": "array", "items": {"anyOf": [name, line]}}]},
    }
    values = {key: {**form, "description": cell[key]["description"]} for key, form in forms.items()}
    assert set(values) == set(CELL)
    whole = {"type": "object", "additionalProperties": False, "properties": values, "minProperties": 1}
    part = r"[^.]+"
    party_ = rf"(?!proposal\.|negotiation\.|rules\.){part}"
    issue = rf"(?!red_lines$|refuses|asks|no_deal\.|reservation$|consent$){part}"
    paths: Json = {rf"^{party_}\.{issue}\.{key}$": value for key, value in values.items()}
    paths |= {
        rf"^{party_}\.{issue}$": {"anyOf": [{"const": "unknown"}, whole]},
        rf"^{party_}\.red_lines$": _NONE,
        rf"^{party_}\.refuses(\.{part})?$": {"anyOf": [_NONE, {"type": "object", "minProperties": 1}]},
        rf"^{party_}\.asks(\.{part})?$": _NONE,
        rf"^{party_}\.reservation$": span,
        rf"^{party_}\.consent$": party["properties"]["consent"],
        rf"^proposal\.{part}$": name,
        rf"^rules\.(utility|acceptance)\.{part}$": name,
        r"^negotiation\.(protocol|rounds|first_mover)$": {
            "anyOf": [_present(talks[key]) for key in ("protocol", "rounds", "first_mover")]
        },
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["title", "edits"],
        "properties": {
            "title": {"type": "string", "description": "What the edits say together."},
            "edits": {
                "description": "Paths, as for --set, and values; or PARTY.ISSUE with several keys at once.",
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": rf"^{part}(\.{part})+$"},
                "patternProperties": paths,
            },
        },
        "$defs": _reached(paths, definitions),
    }


def _present(value: Json) -> Json:
    """The schema of a value that is there."""
    each = [x for x in value.get("anyOf", ()) if x != {"type": "null"}]
    rest = {k: v for k, v in value.items() if k != "default"}
    return each[0] if len(each) == 1 else rest | ({"anyOf": each} if each else {})
