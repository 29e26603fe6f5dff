"""An imported domain as a folder of scenarios: the files of ``domain/``, and a scenario a text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.files.complaints import Complaint, Complaints, Place, did_you_mean
from sim.files.grammar import listed
from sim.files.ids import ids
from sim.files.nodes import dump_yaml, from_plain
from sim.interop.cardinal import ROUNDS, File, Imported, Issue, Utilities
from sim.scenario import schema
from sim.scenario.edit_paths import RESERVED_ISSUES, RESERVED_PARTIES
from sim.scenario.labels import spaced

#: Words that mean something else where the id of an option may stand.
_RESERVED_OPTIONS = (schema.REST, "open", "unknown")
_HERE = Place("", 1, 1)


@dataclass(frozen=True)
class Ids:
    """The ids of issues, of their options, of parties and of files, each in the order of what they stand for."""

    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    parties: tuple[str, ...]
    files: tuple[str, ...]

    @classmethod
    def of(cls, imported: Imported) -> Ids:
        cardinal = imported.cardinal
        return cls.for_names(cardinal.issues, [p.name for p in cardinal.parties], imported.files)

    @classmethod
    def for_names(cls, issues: Sequence[Issue], parties: Sequence[str], files: Sequence[File]) -> Ids:
        return cls(
            ids((i.name for i in issues), "issue", (*RESERVED_ISSUES, "context")),
            tuple(ids(i.options, "option", _RESERVED_OPTIONS) for i in issues),
            ids(parties, "party", RESERVED_PARTIES),
            ids((f.name.rpartition(".")[0] or f.name for f in files), "file"),
        )


def renamed(issues: Sequence[Issue], parties: Sequence[str], made: Ids) -> list[tuple[str, str]]:
    """Names that their ids do not show, with these: issues, options with their issue before them, parties.

    Capitals and blanks alone are not told of, nor the letter before a number.
    """
    pairs = [("", "", i.name, id) for i, id in zip(issues, made.issues, strict=True)]
    for issue, id, own in zip(issues, made.issues, made.options, strict=True):
        pairs += [(f"{issue.name}: ", f"{id}: ", o, k) for o, k in zip(issue.options, own, strict=True)]
    pairs += [("", "", name, id) for name, id in zip(parties, made.parties, strict=True)]

    def plain(name: str) -> tuple[str, str]:
        text = re.sub(r"[\s_-]+", "_", name.lower())
        return text, f"n{text}"

    return [(a + name, b + id) for a, b, name, id in pairs if id not in plain(name)]


def chosen_package(terms: Sequence[str], imported: Imported, made: Ids) -> tuple[int, ...]:
    """The package that ``ISSUE=OPTION`` texts give, by ids or by names of the files.

    Raises Complaints, located as ``--text[1]:1:1``, where they name what there is not or leave an issue out.
    """
    package = chosen_terms(terms, imported.cardinal.issues, made)
    missing = [id for j, id in enumerate(made.issues) if j not in package]
    if missing:
        hint = "an open issue stays as no deal leaves it, which reservation values do not say"
        place = Place(f"--text[{len(terms)}]", 1, 1, terms[-1])
        raise Complaints([Complaint(place, "--text", f"no option for {', '.join(missing)}", hint)])
    return tuple(package[j] for j in range(len(made.issues)))


def chosen_terms(terms: Sequence[str], issues: Sequence[Issue], made: Ids) -> dict[int, int]:
    """The options that ``ISSUE=OPTION`` texts give, by number of the issue. Raises Complaints where one names none."""
    complaints: list[Complaint] = []
    package: dict[int, int] = {}
    for number, text in enumerate(terms, 1):
        place = Place(f"--text[{number}]", 1, 1, text)
        name, sign, option = text.partition("=")
        if not sign:
            complaints.append(Complaint(place, "--text", "expected ISSUE=OPTION", "for instance price=low"))
            continue
        j = _at(name, [i.name for i in issues], made.issues)
        if j is None:
            hint = did_you_mean(name.strip(), made.issues)
            complaints.append(Complaint(place, "--text", f"there is no issue {name.strip()}", hint))
            continue
        o = _at(option, issues[j].options, made.options[j])
        behind = Place(place.file, 1, len(name) + 2, text)
        if o is None:
            hint = did_you_mean(option.strip(), made.options[j])
            what = f"{made.issues[j]} has no option {option.strip()}"
            complaints.append(Complaint(behind, "--text", what, hint))
        elif package.setdefault(j, o) != o:
            complaints.append(Complaint(behind, "--text", f"{made.issues[j]} has another option already"))
    if complaints:
        raise Complaints(complaints)
    return package


def _at(name: str, names: Sequence[str], own: Sequence[str]) -> int | None:
    """Where an id or a name stands, ids first."""
    for known in (own, names):
        for wanted in (name, name.strip()):
            if wanted in known:
                return known.index(wanted)
    return None


def scenario_texts(imported: Imported, made: Ids, day: dt.date, package: Sequence[int] | None = None) -> dict[str, str]:
    """Files by name: the domain, and as texts what each party values highest, and ``package`` if there is one."""
    cardinal = imported.cardinal
    out = {
        "domain/issues.yaml": yaml(_issues(imported, made)),
        "domain/sources.yaml": yaml(_sources(imported, made, day)),
        "domain/evidence.csv": ",".join(schema.Evidence.model_fields) + "\n",
    }
    for number, id in enumerate(made.parties):
        out[f"domain/positions/{id}.yaml"] = yaml(_party(imported, made, number, day))
    if package is not None:
        summary = "A text chosen at the import; the files hold no proposal."
        title = f"{cardinal.name}: a text chosen at the import"
        out["text.yaml"] = yaml(_scenario(imported, made, day, title, summary, package))
    for id, party in zip(made.parties, cardinal.parties, strict=True):
        summary = f"What {party.name} values highest on every issue; the files hold no proposal."
        title = f"{cardinal.name}: the best for {party.name}"
        out[f"best_for_{id}.yaml"] = yaml(_scenario(imported, made, day, title, summary, party.best))
    return out


def yaml(content: dict[str, Any]) -> str:
    return dump_yaml(from_plain(content, _HERE))


def _issues(imported: Imported, made: Ids) -> dict[str, Any]:
    cardinal = imported.cardinal
    return {
        "title": cardinal.name,
        "issues": {
            id: {
                "question": issue.name,
                **labelled(id, issue.name),
                "options": {o: option_entry(o, name) for o, name in zip(own, issue.options, strict=True)},
            }
            for id, issue, own in zip(made.issues, cardinal.issues, made.options, strict=True)
        },
    }


def labelled(id: str, name: str) -> dict[str, Any]:
    """The label that shows a name as it was written, where the id does not."""
    return {} if spaced(id) == name else {"label": name}


def option_entry(id: str, name: str) -> Any:
    """An option whose sentence is its name."""
    label = labelled(id, name)
    return {"text": name, **label} if label else name


def _sources(imported: Imported, made: Ids, day: dt.date) -> dict[str, Any]:
    return {
        "sources": {
            id: {
                "title": f"{file.name}, a {file.holds} of {imported.format}",
                "publisher": "not named in the file",
                "date": day.isoformat(),
                "date_basis": "inferred",
                "inferred_from": "the day given at the import; the file has none",
                "origin": "background",
                "sha256": file.sha256,
            }
            for id, file in zip(made.files, imported.files, strict=True)
        },
        "actors": {
            id: {"name": party.name, "note": f"Imported from {file.name}."}
            for id, party, file in zip(made.parties, imported.cardinal.parties, imported.profiles, strict=True)
        },
    }


def _party(imported: Imported, made: Ids, number: int, day: dt.date) -> dict[str, Any]:
    party = imported.cardinal.parties[number]
    file = imported.profiles[number]
    source = made.files[imported.files.index(file)]
    note = f"Weights, values and reservation value as in {file.name} (source {source}), which says nothing of why."
    out: dict[str, Any] = {
        "id": made.parties[number],
        "name": party.name,
        "role": "principal",
        "consent": "always",
        "positions": {
            issue: [
                {
                    "from": day.isoformat(),
                    "values": {o: value + 0.0 for o, value in zip(own, row, strict=True)},
                    "weight": weight + 0.0,
                    "basis": "assumed",
                    "note": f"From {file.name}.",
                }
            ]
            for issue, own, weight, row in zip(made.issues, made.options, party.weights, party.values, strict=True)
        },
    }
    out |= _no_deal(party)
    out["note"] = " ".join([note, *(f"{words}." for words in imported.notes[number])])
    return out


def _no_deal(party: Utilities) -> dict[str, Any]:
    """The reservation value; what lies beyond 0 or 1 as a cost of no deal, which is added to every gain."""
    inside = min(max(party.reservation, 0.0), 1.0)
    out: dict[str, Any] = {"reservation": inside + 0.0}
    if inside != party.reservation:
        out["no_deal"] = {"cost": inside - party.reservation}
    return out


def _scenario(
    imported: Imported, made: Ids, day: dt.date, title: str, summary: str, package: Sequence[int]
) -> dict[str, Any]:
    files = listed([file.name for file in imported.files])
    delays = {id: cost for id, cost in zip(made.parties, imported.delays, strict=False) if cost}
    out: dict[str, Any] = {
        "title": title,
        "proposal": {
            "date": day.isoformat(),
            "summary": summary,
            "terms": {
                issue: {"option": own[option], "basis": "proposed"}
                for issue, own, option in zip(made.issues, made.options, package, strict=True)
            },
            "note": f"Imported from {files}.",
        },
    }
    if delays:
        out["negotiation"] = {"rounds": ROUNDS, "delay_cost": delays}
    return out
