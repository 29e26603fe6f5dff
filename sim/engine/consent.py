"""Whose consent each of many packages needs."""

from __future__ import annotations

import numpy as np

from sim.engine.packages import Mask, Packages
from sim.engine.profiles import Case


def asked_each(case: Case, packages: Packages) -> Mask:
    """Which parties are asked about which packages, shape ``(parties, packages)``; these are ``(packages, issues)``.

    Parties stand in the order of the case's profiles. A party is asked where its consent is
    needed (:meth:`sim.engine.profiles.Case.need`; members of an alliance are needed where it is) and the
    sources are not silent on it.

    >>> import sim
    >>> from sim.engine.profiles import compile_case
    >>> case = compile_case(sim.load("istanbul").scenario)
    >>> asked = asked_each(case, case.text[None])[:, 0]
    >>> tuple(p.id for p, needed in zip(case.profiles, asked, strict=True) if needed) == case.asked
    True
    """
    needed = np.zeros((len(case.profiles), len(packages)), bool)
    number = {p.id: i for i, p in enumerate(case.profiles)}
    for i, profile in enumerate(case.profiles):
        always, conditions = case.consent[profile.id]
        needed[i] = always
        for condition, _ in conditions:
            needed[i] |= condition.holds(packages)
    passed_on = [number[p.id] for p in case.profiles if p.members]
    # A member may be an alliance itself, so as often as there are alliances.
    for _ in passed_on:
        for i in passed_on:
            for member in case.profiles[i].members:
                needed[number[member]] |= needed[i]
    needed[np.array([profile.silent for profile in case.profiles], bool)] = False
    return needed
