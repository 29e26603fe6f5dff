"""What analyses of one party share: finding it, and the lines the text crosses."""

from __future__ import annotations

from collections.abc import Iterable

from sim.engine.profiles import Case, Line, Profile, always
from sim.files.arguments import UnknownName
from sim.results.records import LineRecord
from sim.scenario.labels import row_of_party


def known_party(case: Case, party: str) -> Profile:
    """The party of that id. Raises UnknownName, with what would be right, where there is none."""
    return row_of_party(party, case.profiles)


def known_issues(case: Case, names: Iterable[str]) -> None:
    """Raises UnknownName, with what may be meant, for the first that is no issue."""
    for name in names:
        if name not in case.space.issues:
            raise UnknownName("issue", name, case.space.issues)


def lines_crossed(case: Case, profile: Profile) -> list[Line]:
    """The party's red lines and refusals that the text crosses, whether or not they bind in every draw."""
    return profile.crossed(case.space, case.text)


def certain(line: Line | LineRecord) -> bool:
    """Whether a line binds in every draw: it is no poll's, or a poll's that leaves no doubt."""
    return always(line.holds, line.quota)


def sourced_veto(case: Case) -> bool:
    """Whether a party asked rejects the text in every draw over terms none of which is filler.

    Other filler cannot change such a verdict. A line that effects of other terms bring about does not count.
    """
    for party in case.asked:
        profile = case.profile(party)
        seen = case.space.seen(case.text[None], party)[0]
        plain = {i for j, i in enumerate(case.space.issues) if seen[j] == case.text[j]} - set(case.assumed_issues)
        if any({issue for issue, _ in line.terms} <= plain for line in vetoes(case, profile)):
            return True
    return False


def vetoes(case: Case, profile: Profile) -> list[Line]:
    """Those of :func:`lines_crossed` that bind in every draw, firmest first: the party refuses whatever else holds."""
    return sorted((x for x in lines_crossed(case, profile) if certain(x)), key=lambda x: x.layer)
