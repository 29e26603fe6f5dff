"""Whose gains a frontier is of, and what stays as in the text: what was asked for, checked, and the defaults."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.frontier.result import PartiesBy
from sim.analysis.shared.parties import known_party
from sim.engine.profiles import Case


def chosen_parties(case: Case, parties: Sequence[str] | None) -> tuple[tuple[str, ...], PartiesBy]:
    """The parties named, else the principals, else all with positions that are no ratifiers.

    Raises ValueError for parties that there are not, that are silent, named twice, or fewer than two.
    """
    if parties is None:
        heard = [p for p in case.profiles if not p.silent]
        principals = tuple(p.id for p in heard if p.role == "principal")
        if len(principals) >= 2:
            return principals, "principals"
        return _enough(tuple(p.id for p in heard if p.role != "ratifier")), "positions"
    for party in parties:
        if known_party(case, party).silent:
            raise ValueError(f"{party}: the sources say nothing of this party, so that all packages are alike to it")
    if twice := [p for k, p in enumerate(parties) if p in parties[:k]]:
        raise ValueError(f"{twice[0]}: named twice")
    return _enough(tuple(parties)), "named"


def kept_issues(case: Case, keep: Sequence[str]) -> tuple[str, ...]:
    """Issues that stay as in the text. Raises ValueError for what is none, or is open there."""
    for issue in keep:
        if issue not in case.space.issues:
            raise ValueError(f"{issue}: no such issue; there are {', '.join(case.space.issues)}")
        if issue in case.open_issues:
            raise ValueError(f"{issue}: the text leaves this issue open, so there is nothing to keep")
    return tuple(dict.fromkeys(keep))


def _enough(parties: tuple[str, ...]) -> tuple[str, ...]:
    if len(parties) < 2:
        raise ValueError(f"a frontier is one of two parties or more; there is {parties[0] if parties else 'none'}")
    return parties
