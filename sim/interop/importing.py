"""What was imported as a folder of scenarios: the files of ``domain/``, and a scenario a text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.files.complaints import Complaint, Complaints, Place, did_you_mean, raise_all
from sim.files.grammar import listed
from sim.files.ids import ids as ids_of
from sim.files.nodes import dump_yaml, from_plain
from sim.interop.additive import ROUNDS, File, Imported, NamedIssue
from sim.interop.formats import read_files
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
    def of(cls, issues: Sequence[NamedIssue], parties: Sequence[str], files: Sequence[File]) -> Ids:
        """Ids for names, those of a kind different from each other."""
        return cls(
            ids_of((i.name for i in issues), "issue", (*RESERVED_ISSUES, "context")),
            tuple(ids_of(i.options, "option", _RESERVED_OPTIONS) for i in issues),
            ids_of(parties, "party", RESERVED_PARTIES),
            ids_of((f.stem for f in files), "file"),
        )


@dataclass(frozen=True)
class ScenarioFolder:
    """What an import makes: files by name, and what there is to say of them.

    ``texts`` are the files that hold one, ``first`` the one to begin with; ``renamed`` are names that their ids do not
    show, ``unknown`` what is, since nothing is said of it; ``origin`` says what all of it rests on.
    """

    files: Mapping[str, str]
    texts: tuple[str, ...]
    first: str | None
    parties: int
    renamed: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    warnings: tuple[Complaint, ...]
    origin: str


def import_profiles(
    paths: Sequence[Path], day: dt.date, terms: Sequence[str] = (), steps: int | None = None, as_written: bool = False
) -> ScenarioFolder:
    """The folder that files of a format make, positions and texts dated ``day``.

    ``terms`` are ``ISSUE=OPTION`` of a further text. Raises as :func:`sim.interop.formats.read_files` and
    :func:`chosen_package`.
    """
    imported = read_files(paths, steps, as_written)
    domain = imported.domain
    names = [party.name for party in domain.parties]
    ids = Ids.of(domain.issues, names, imported.files)
    package = chosen_package(terms, imported, ids) if terms else None
    files = scenario_texts(imported, ids, day, package)
    texts = sorted(name for name in files if "/" not in name)
    return ScenarioFolder(
        files,
        tuple(texts),
        "text.yaml" if package else texts[0],
        len(names),
        tuple(renamed(domain.issues, names, ids)),
        (),
        imported.warnings,
        "all figures of the files are assumed; no proposal is in them",
    )


def renamed(issues: Sequence[NamedIssue], parties: Sequence[str], ids: Ids) -> list[tuple[str, str]]:
    """Names that their ids do not show, with these: issues, options with their issue before them, parties.

    Capitals and blanks alone are not told of, nor the letter before a number.
    """
    pairs = [("", "", i.name, id) for i, id in zip(issues, ids.issues, strict=True)]
    for issue, id, own in zip(issues, ids.issues, ids.options, strict=True):
        pairs += [(f"{issue.name}: ", f"{id}: ", o, k) for o, k in zip(issue.options, own, strict=True)]
    pairs += [("", "", name, id) for name, id in zip(parties, ids.parties, strict=True)]

    def plain(name: str) -> tuple[str, str]:
        text = re.sub(r"[\s_-]+", "_", name.lower())
        return text, f"n{text}"

    return [(a + name, b + id) for a, b, name, id in pairs if id not in plain(name)]


def chosen_package(terms: Sequence[str], imported: Imported, ids: Ids) -> tuple[int, ...]:
    """The package that ``ISSUE=OPTION`` texts give, by ids or by names of the files.

    Raises Complaints, located as ``--text[1]:1:1``, where they name what there is not or leave an issue out.
    """
    package = chosen_terms(terms, imported.domain.issues, ids)
    missing = [id for j, id in enumerate(ids.issues) if j not in package]
    if missing:
        hint = "an open issue stays as no deal leaves it, which reservation values do not say"
        place = Place(f"--text[{len(terms)}]", 1, 1, terms[-1])
        raise Complaints([Complaint(place, "--text", f"no option for {', '.join(missing)}", hint, code="format")])
    return tuple(package[j] for j in range(len(ids.issues)))


def chosen_terms(terms: Sequence[str], issues: Sequence[NamedIssue], ids: Ids) -> dict[int, int]:
    """The options that ``ISSUE=OPTION`` texts give, by number of the issue. Raises Complaints where one names none."""
    complaints: list[Complaint] = []
    package: dict[int, int] = {}
    for number, text in enumerate(terms, 1):
        place = Place(f"--text[{number}]", 1, 1, text)
        name, sign, option = text.partition("=")
        if not sign:
            complaints.append(
                Complaint(place, "--text", "expected ISSUE=OPTION", "for instance price=low", code="format")
            )
            continue
        j = _at(name, [i.name for i in issues], ids.issues)
        if j is None:
            hint = did_you_mean(name.strip(), ids.issues)
            complaints.append(Complaint(place, "--text", f"there is no issue {name.strip()}", hint, code="format"))
            continue
        o = _at(option, issues[j].options, ids.options[j])
        behind = Place(place.file, 1, len(name) + 2, text)
        if o is None:
            hint = did_you_mean(option.strip(), ids.options[j])
            what = f"{ids.issues[j]} has no option {option.strip()}"
            complaints.append(Complaint(behind, "--text", what, hint, code="format"))
        elif package.setdefault(j, o) != o:
            complaints.append(Complaint(behind, "--text", f"{ids.issues[j]} has another option already", code="format"))
    raise_all(complaints)
    return package


def _at(name: str, names: Sequence[str], own: Sequence[str]) -> int | None:
    """Where an id or a name stands, ids first."""
    for known in (own, names):
        for wanted in (name, name.strip()):
            if wanted in known:
                return known.index(wanted)
    return None


def scenario_texts(imported: Imported, ids: Ids, day: dt.date, package: Sequence[int] | None = None) -> dict[str, str]:
    """Files by name: the domain, and as texts what each party values highest, and ``package`` if there is one."""
    domain = imported.domain
    files = listed([file.name for file in imported.files])
    delays = {id: party.delay for id, party in zip(ids.parties, domain.parties, strict=True) if party.delay}

    def text(title: str, summary: str, package: Sequence[int]) -> str:
        chosen = zip(ids.issues, ids.options, package, strict=True)
        content = scenario(f"{domain.name}: {title}", day, summary, {i: own[o] for i, own, o in chosen}, files)
        return yaml(content | ({"negotiation": {"rounds": ROUNDS, "delay_cost": delays}} if delays else {}))

    out = domain_files(
        issues_file(domain.name, domain.issues, ids),
        {
            id: source(file, f"a {file.holds} of {imported.format}", day)
            for id, file in zip(ids.files, imported.files, strict=True)
        },
        [_party(imported, ids, number, day) for number in range(len(ids.parties))],
        (f"Imported from {file.name}." for file in imported.profiles),
    )
    if package is not None:
        summary = "A text chosen at the import; the files hold no proposal."
        out["text.yaml"] = text("a text chosen at the import", summary, package)
    for id, party in zip(ids.parties, domain.parties, strict=True):
        summary = f"What {party.name} values highest on every issue; the files hold no proposal."
        out[f"best_for_{id}.yaml"] = text(f"the best for {party.name}", summary, party.best)
    return out


def in_memory(imported: Imported, ids: Ids, day: dt.date, package: Sequence[int], summary: str) -> dict[str, Any]:
    """The content of a scenario with its domain, for :func:`sim.scenario.loading.from_dict`."""
    parties = [_party(imported, ids, number, day) for number in range(len(ids.parties))]
    chosen = zip(ids.issues, ids.options, package, strict=True)
    what = f"preferences as {imported.format} has them"
    sources = {id: source(file, what, day) for id, file in zip(ids.files, imported.files, strict=True)}
    actors = {party["id"]: {"name": party["name"], "note": f"Taken over from {imported.format}."} for party in parties}
    content = scenario(imported.domain.name, day, summary, {i: own[o] for i, own, o in chosen}, imported.format)
    domain = {
        "issues": issues_file(imported.domain.name, imported.domain.issues, ids),
        "sources": {"sources": sources, "actors": actors},
        "positions": {party["id"]: party for party in parties},
    }
    return {**content, "domain": domain}


# --- what tables and formats share ----------------------------------------------------------


def yaml(content: dict[str, Any]) -> str:
    """The text of a file."""
    return dump_yaml(from_plain(content, _HERE))


def domain_files(
    issues: dict[str, Any],
    sources: Mapping[str, dict[str, Any]],
    parties: Sequence[dict[str, Any]],
    notes: Iterable[str],
) -> dict[str, str]:
    """The files of ``domain/`` by name; ``notes`` say of each party where it comes from."""
    actors = {p["id"]: {"name": p["name"], "note": note} for p, note in zip(parties, notes, strict=True)}
    return {
        "domain/issues.yaml": yaml(issues),
        "domain/sources.yaml": yaml({"sources": dict(sources), "actors": actors}),
        "domain/evidence.csv": ",".join(schema.Evidence.model_fields) + "\n",
        **{f"domain/positions/{party['id']}.yaml": yaml(party) for party in parties},
    }


def principal(id: str, name: str, positions: dict[str, Any], note: str, **own: Any) -> dict[str, Any]:
    """The file of a party whose consent is always needed; ``own`` is what else it says."""
    role = {"role": "principal", "consent": "always"}
    return {"id": id, "name": name, **role, "positions": positions, **own, "note": note}


def source(file: File, what: str, day: dt.date) -> dict[str, Any]:
    """The entry of an imported file in ``sources.yaml``."""
    return {
        "title": f"{file.name}, {what}",
        "publisher": "not named in the file",
        "date": day.isoformat(),
        "date_basis": "inferred",
        "inferred_from": "the day given at the import; the file has none",
        "origin": "background",
        "sha256": file.sha256,
    }


def scenario(title: str, day: dt.date, summary: str, options: Mapping[str, str | None], files: str) -> dict[str, Any]:
    """A text: an option of each issue, None where it is open."""
    terms = {
        issue: {"open": True, "basis": "assumed"} if option is None else {"option": option, "basis": "proposed"}
        for issue, option in options.items()
    }
    note = f"Imported from {files}."
    return {"title": title, "proposal": {"date": day.isoformat(), "summary": summary, "terms": terms, "note": note}}


def issues_file(title: str, issues: Sequence[NamedIssue], ids: Ids) -> dict[str, Any]:
    """The content of ``issues.yaml`` but for no deal; what has no sentence of its own has its name as one."""
    entries = {}
    for id, issue, own in zip(ids.issues, issues, ids.options, strict=True):
        options: dict[str, Any] = {}
        for o, name, meaning in zip(own, issue.options, issue.meanings or [""] * len(own), strict=True):
            label = _label(o, name, meaning)
            options[o] = {"text": meaning or name, **label} if label else name
        question = {"question": issue.text or issue.name, **_label(id, issue.name, issue.text)}
        entries[id] = question | {"options": options}
    return {"title": title, "issues": entries}


def _label(id: str, name: str, sentence: str | None) -> dict[str, Any]:
    """The label that shows a name as it was written, where the id does not, or beside a sentence."""
    return {"label": name} if sentence or spaced(id) != name else {}


# --- files of a format ----------------------------------------------------------------------


def _party(imported: Imported, ids: Ids, number: int, day: dt.date) -> dict[str, Any]:
    party = imported.domain.parties[number]
    file = imported.profiles[number]
    source = ids.files[imported.files.index(file)]
    note = f"Weights, values and reservation value as in {file.name} (source {source}), which says nothing of why."
    # what lies beyond 0 or 1 is a cost of no deal, which is added to every gain
    inside = min(max(party.reservation, 0.0), 1.0)
    cost = {} if inside == party.reservation else {"no_deal": {"cost": inside - party.reservation}}
    positions = {
        issue: [
            {
                "from": day.isoformat(),
                "values": {o: value + 0.0 for o, value in zip(own, row, strict=True)},
                "weight": weight + 0.0,
                "basis": "assumed",
                "note": f"From {file.name}.",
            }
        ]
        for issue, own, weight, row in zip(ids.issues, ids.options, party.weights, party.values, strict=True)
    }
    notes = " ".join([note, *(f"{words}." for words in party.notes)])
    return principal(ids.parties[number], party.name, positions, notes, reservation=inside + 0.0, **cost)
