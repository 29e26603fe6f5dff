"""Options of which a party's file says nothing, while its lines bear on their neighbours: they would slip past it.

Whoever adds an option to an issue finds it in no ranking, red line, refusal or poll, so that the lines on its
neighbours fall silent. Not every option without a word is such a slip: rankings leave some open on purpose. Warned of
is an option that a party's file names on no date, where the party draws lines at other options of the issue; unless
``rest`` stands for it, two parties or more name it, so that it has been thought of, or a constraint says when it must
stand (an option like "not applicable").
"""

from __future__ import annotations

import datetime as dt

from sim.files.complaints import Complaint
from sim.files.grammar import listed, plural
from sim.scenario import schema
from sim.scenario.checker import ISSUES, PlaceOf

#: So many parties that name an option show that it is not just left out.
ENOUGH = 2

#: How the warning begins of options on which a party's file is silent.
NOTHING_SAYS = "nothing says where"
#: Counts of lines of which a verb is in the singular.
ONE = ("1 red line", "1 refusal", "1 polled refusal")
#: Verbs and pronouns of the warning, of one option and of several.
_ONE_OPTION, _OPTIONS = ("stands", "it is", "its", "it"), ("stand", "they are", "their", "them")


def check_options(scenario: schema.Scenario, place: PlaceOf) -> list[Complaint]:
    """One warning a party, at the first of its options without a word; for a scenario without faults.

    ``place`` finds the place of a path in the merged scenario.
    """
    warnings = []
    for name, silent in unheard(scenario).items():
        if silent:
            issue, option = next(iter(silent))
            which = listed([f"{o} of {i}" for i, o in silent])
            covers = listed(list(dict.fromkeys(silent.values())))
            stand, are, their, them = _ONE_OPTION if len(silent) == 1 else _OPTIONS
            do = "does" if covers in ONE else "do"
            what = (
                f"{NOTHING_SAYS} {which} {stand}, so {are} drawn anywhere; "
                f"{covers} on {their} neighbours {do} not cover {them}"
            )
            hint = "rank it and draw its lines, or write like: OPTION under it, an option whose conditions it shares"
            path = (*ISSUES, "issues", issue, "options", option, "[key]")
            warnings.append(Complaint(place(path), name, what, hint, "warning"))
    return warnings


def unheard(scenario: schema.Scenario) -> dict[str, dict[tuple[str, str], str]]:
    """By party, the (issue, option) on which its file is silent, with its lines on the issue, counted in words."""
    parties = scenario.domain.positions
    result: dict[str, dict[tuple[str, str], str]] = {name: {} for name in parties}
    for name, party in parties.items():
        for issue, its in scenario.domain.issues.issues.items():
            entry = party.position(issue, scenario.day)
            lines = _lines(party, issue, entry, scenario.day)
            if not lines or (entry is not None and (schema.REST,) in (entry.ranking or ())):
                continue
            own, every = _named(party, issue), [_named(p, issue) for p in parties.values()]
            for option, its_own in its.options.items():
                if its_own.ranked_as is not None:
                    continue
                heard = sum(option in named for named in every)
                if option not in own and heard < ENOUGH and not _forced(scenario, issue, option):
                    result[name][issue, option] = lines
    return result


def _named(party: schema.Party, issue: str) -> set[str]:
    """The options of an issue that a party's file names, on whatever date."""
    conditions = (*(refusal.when for refusal in party.refuses), *party.consent.when)
    options = {o for when in conditions for o in when.get(issue, ())}
    for entry in party.positions.get(issue, ()):
        options |= {o for level in entry.ranking or () for o in level} - {schema.REST}
        options |= {*(entry.values or ()), *(line.option for line in entry.red_lines)}
    return options


def _lines(party: schema.Party, issue: str, entry: schema.Position | None, day: dt.date) -> str:
    """The party's lines in force on an issue, counted in words; empty for none.

    A refusal of a combination counts where the party ranks the issue too: else it singles out what it names.
    """
    drawn = len(entry.red_lines) if entry else 0
    ranked = entry is not None and bool(entry.ranking or entry.values)
    here = [r for r in party.refuses if r.in_force(day) and issue in r.when]
    refused = [r for r in here if ranked or len(r.when) == 1]
    polled = sum(r.holds is not None for r in refused)
    counts = [(drawn, "red line"), (len(refused) - polled, "refusal"), (polled, "polled refusal")]
    return listed([plural(n, line) for n, line in counts if n])


def _forced(scenario: schema.Scenario, issue: str, option: str) -> bool:
    """Whether some constraint leaves the issue that option alone."""
    return any(tuple(k.then.get(issue, ())) == (option,) for k in scenario.domain.issues.constraints)
