"""Levers of talks in sentences: one function a kind of finding."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.analysis.levers import english as levers
from sim.analysis.levers import talks_result as kinds
from sim.analysis.levers.english import EditNames, every_tried, rests, tried
from sim.analysis.levers.result import RunWithEdit
from sim.analysis.levers.talks_result import TalksLevers
from sim.analysis.shared.english import people
from sim.analysis.shared.findings import TalksConduct
from sim.bargaining.lead import conduct, name_of
from sim.files.grammar import ending, listed, plural
from sim.report.english import by_kind
from sim.report.numbers import percent
from sim.results.records import Finding
from sim.results.talks import TalksHeld
from sim.scenario.catalogue import shipped_texts
from sim.scenario.labels import capital


@dataclass(frozen=True)
class TalksNames(EditNames):
    """Besides: by what the talks are held."""

    talks: TalksHeld
    #: What runs the scenario as it stands.
    command: str


def names_of(result: TalksLevers) -> TalksNames:
    """The names that a result carries."""
    return TalksNames(
        labels=result.labels,
        parties=result.names,
        edits={
            x.edit: levers.edit_name(result.names, x) for x in (*result.levers, *result.new_lines, *result.others_asked)
        },
        vetoes={},
        talks=result.talks,
        command=_command(result),
    )


def _command(result: TalksLevers) -> str:
    """What runs the scenario of a result as it stands: a shipped text by its id, another by its file's name."""
    info, how = result.scenario, result.settings
    shipped = info.id in {path.stem for path in shipped_texts()}
    words = ["sim", "run", info.id if shipped else f"{info.id}.yaml"]
    # a file may have a day and an evidence of its own, which the document does not tell; no shipped one has the latter
    words += ["--as-of", info.as_of.isoformat()]
    words += [] if shipped and how.evidence == "all" else ["--evidence", how.evidence]
    words += [word for edit in how.edits for word in ("--set", edit)]
    words += ["--protocol", result.talks.protocol, "--draws", str(how.draws), "--seed", str(how.seed)]
    return shlex.join(words)


def talks_base(finding: kinds.TalksBase, names: TalksNames) -> str:
    stands = "in no draw" if not finding.agreed else f"in {percent(finding.agreed)} of draws"
    failed = ""
    if finding.ratification_failed:
        failed = f", and one that fails in ratification in {percent(finding.ratification_failed)}"
    return f"Negotiated by {name_of(names.talks)}, an agreement that stands is reached {stands}{failed}."


def talks_moves(finding: kinds.TalksMoves, names: TalksNames) -> str:
    tried = every_tried(finding.tried, names)
    if not finding.moving:
        return f"None of {tried} moves the agreements that stand by more than sampling error."
    many = capital(tried) if finding.tried.edits == 1 else f"{finding.moving} of {tried}"
    moves = "moves" if finding.moving == 1 else "move"
    chance = ""
    if finding.by_chance:
        chance = f"; by chance alone up to about {finding.by_chance} would seem to"
    sentences = [f"{many} {moves} the agreements that stand by more than sampling error{chance}."]
    sentences += [
        f"Furthest {way} goes {rests(move.edit, names)}: {_span(move)}."
        for way, move in (("up", finding.up), ("down", finding.down))
        if move is not None
    ]
    return " ".join(sentences)


def _span(move: kinds.TalksShift) -> str:
    return f"{percent(move.before)} to {percent(move.after)}"


def talks_lines_added(finding: kinds.TalksLinesAdded, names: TalksNames) -> str:
    move = finding.furthest
    lines = f"{plural(finding.tried, 'red line')} that a party might draw {ending(finding.tried, 'stands', 'stand')}"
    return f"{lines} apart: furthest goes {rests(move.edit, names)}, {_span(move)}."


def talks_ratification(finding: kinds.TalksRatification, names: TalksNames) -> str:
    move = finding.furthest
    return f"The share that fails in ratification moves furthest under {rests(move.edit, names)}: {_span(move)}."


def talks_lines_dropped(finding: kinds.TalksLinesDropped, names: TalksNames) -> str:
    return (
        f"Without any red line or refusal of {people(finding.parties, names)} an agreement stands in "
        f"{percent(finding.after)}."
    )


def talks_obstacle(finding: kinds.TalksObstacle, names: TalksNames) -> str:
    first = f"{capital(names.spoken(finding.party))} {names.verb(finding.party, singular='is')} most often in the way"
    others = [f"{names.spoken(p)} under {n} edit{'s' * (n != 1)}" for p, n in finding.others.items()]
    return f"{first} ({percent(finding.share)} of draws); {listed(others) if others else 'so under each single edit'}."


def talks_conduct(finding: TalksConduct, names: TalksNames) -> str:
    by = conduct(names.talks, [names.party(p) for p in finding.proposers], finding.rounds)
    return f"{by} Talks have no figure on the evidence alone."


def talks_kinds(finding: kinds.TalksKinds, names: TalksNames) -> str:
    besides = ("options that the tabled text does not have", "how the talks are held")
    return tried(finding.turning_issue, "; apart, a new red line on it", besides)


def run_with_edit(finding: RunWithEdit, names: TalksNames) -> str:
    return f"The whole run under the first edit: {names.command} --set {shlex.quote(finding.edit)}"


#: The sentence of each kind of finding of levers of talks.
SENTENCES: Mapping[str, Callable[[Any, TalksNames], str]] = {**levers.SENTENCES, **by_kind(globals())}


def say(finding: Finding, names: TalksNames) -> str:
    """The sentence or two of a finding."""
    return SENTENCES[finding.kind](finding, names)
