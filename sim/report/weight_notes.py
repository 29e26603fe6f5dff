"""What a run says of the weight that its positions carry: how much on old ones, on young ones, on silence."""

from __future__ import annotations

import math

from sim.files.complaints import listed
from sim.report.looked_for import LOOKED_FOR, NOT_LOOKED_FOR
from sim.report.percents import percent
from sim.results.records import SLACK, PartyResult, Result, Settings
from sim.scenario.labels import possessive, spoken

#: Positions older than the text by more than this many days draw a warning.
OLD_DAYS = 180
#: Silence of the sources on more than this share of a party's weight is said under the table.
SILENCE = 0.5


def unsourced(settings: Settings) -> bool:
    """Whether nothing in the domain rests on a source, so that filler and evidence are no words for it."""
    return settings.sources == "none"


def age_warnings(result: Result) -> dict[str, str]:
    """By party: the share of its weight on positions long before, or after, the text."""
    text = result.scenario.date
    said = {}
    for party in result.parties:
        age = party.weight_by_age
        parts = [
            f"{percent(share)} of its weight rests on positions {words}"
            for share, words in (
                (age.older, f"over {OLD_DAYS} days older than the text"),
                (age.younger, "younger than the text"),
            )
            if share > 0
        ]
        if parts:
            said[party.id] = f"{party.name}: {' and '.join(parts)} ({text})."
    return said


def age_lines(result: Result) -> list[str]:
    """The age warnings of all parties, in a line a kind."""
    lines = []
    for words, shares in (
        (f"over {OLD_DAYS} days older than the text", [(p.name, p.weight_by_age.older) for p in result.parties]),
        ("younger than the text", [(p.name, p.weight_by_age.younger) for p in result.parties]),
    ):
        who = [f"{percent(share)} for {spoken(name)}" for name, share in shares if share > 0]
        if who:
            lines.append(f"Warning: positions {words} carry weight: {listed(who)}.")
    return lines


def silence_note(result: Result) -> str | None:
    """Needed parties on whose weightiest issues the sources say nothing."""
    who = [
        f"{percent(p.weight_by_basis.unknown)} of {possessive(p.name)} weight"
        + ("" if unsourced(result.settings) else f" ({_searched(p)})")
        for p in result.asked
        if p.weight_by_basis.unknown > SILENCE
    ]
    silent = "Nothing is given for" if unsourced(result.settings) else "The sources are silent on"
    return f"{silent} {listed(who)}. Read such figures as ignorance, not as doubt." if who else None


def _searched(party: PartyResult) -> str:
    """How much of the weight on which the sources are silent was looked for."""
    there = math.fsum(i.weight for i in party.issues if i.basis == "unknown" and i.searched is not None)
    left = party.weight_by_basis.unknown - there
    if min(there, left) < SLACK:
        return NOT_LOOKED_FOR if there < left else LOOKED_FOR
    return f"{percent(there)} {LOOKED_FOR}, {percent(left)} {NOT_LOOKED_FOR}"
