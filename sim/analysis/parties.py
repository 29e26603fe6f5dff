"""What analyses of one party share: finding it, and the lines the text crosses."""

from __future__ import annotations

from sim.complaints import closest
from sim.profiles import Case, Line, Profile


def known_party(case: Case, party: str) -> Profile:
    """The party of that id. Raises ValueError, with what would be right, where there is none."""
    known = [p.id for p in case.profiles]
    if party in known:
        return case.profile(party)
    near = closest(party, known)
    raise ValueError(
        f"{party}: no such party; there are {', '.join(known)}" + (f"; did you mean {near}?" if near else "")
    )


def lines_crossed(case: Case, profile: Profile) -> list[Line]:
    """The party's red lines and refusals that the text crosses, whether or not they bind in every draw."""
    written = case.text[None]
    seen = case.space.seen(written, profile.id)
    return [x for x in profile.lines if x.condition.holds(written if x.kind == "red_line" else seen)[0]]


def vetoes(case: Case, profile: Profile) -> list[Line]:
    """Those of :func:`lines_crossed` that bind in every draw, firmest first: the party refuses whatever else holds."""
    return sorted((x for x in lines_crossed(case, profile) if x.holds is None), key=lambda x: x.layer)
