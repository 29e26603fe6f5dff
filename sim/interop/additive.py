"""What the field's formats have in common: issues with options, and parties with additive utilities in numbers.

This neutral form stands between each format and the schema. Utility of a package x (an option's number an issue) is
``U(x) = sum_j w_j v_j(x_j)``, weights summing to 1 and values in [0, 1]; a party accepts where ``U(x)`` is at least
its reservation value.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import starmap
from operator import mul
from pathlib import Path

from sim.files.complaints import Complaint
from sim.files.nodes import FORBIDDEN

#: How far from 1 weights may sum and count as 1: what decimals of a file and rounding leave.
SLACK = 1e-10
#: Utilities this near count as alike: what rounding leaves.
NEAR = 1e-12
#: Rounds of talks over which a format's cost of time is spread; a text's own default.
ROUNDS = 20


@dataclass(frozen=True)
class NamedIssue:
    """A question and its options, by the names they have in the format. ``text`` says more, where there is more."""

    name: str
    options: tuple[str, ...]
    text: str | None = None
    meanings: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Utilities:
    """One party: weights, shape ``(issues,)``, values, ``(issues, options)``, and the reservation value.

    ``delay`` is what a round of talks costs it, in units of utility; ``notes`` are what its file says that the schema
    cannot carry.
    """

    name: str
    weights: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    reservation: float = 0.0
    delay: float = 0.0
    notes: tuple[str, ...] = field(default=(), compare=False)

    def of(self, package: Sequence[int]) -> float:
        """The utility of a package, the sum correctly rounded."""
        return math.fsum(w * row[o] for w, row, o in zip(self.weights, self.values, package, strict=True))

    @property
    def best(self) -> tuple[int, ...]:
        """The package it values highest; of options valued alike the first."""
        return tuple(row.index(max(row)) for row in self.values)


@dataclass(frozen=True)
class UtilityDomain:
    """A domain with its parties."""

    name: str
    issues: tuple[NamedIssue, ...]
    parties: tuple[Utilities, ...]


@dataclass(frozen=True)
class File:
    """A file that was read: its name without folders, the hash of its content, and what it holds."""

    name: str
    sha256: str
    holds: str

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self.name.rpartition(".")[0] or self.name

    @classmethod
    def of(cls, path: Path, raw: bytes, holds: str) -> File:
        """A file by its path and content; what a name of a file may hold, a text of ours may not."""
        return cls(FORBIDDEN.sub("?", path.name), hashlib.sha256(raw).hexdigest(), holds)


@dataclass(frozen=True)
class Imported:
    """What files of one format say. ``files`` has the domain's own file first, if there is one."""

    format: str
    domain: UtilityDomain
    files: tuple[File, ...]
    warnings: tuple[Complaint, ...]

    @property
    def profiles(self) -> tuple[File, ...]:
        """The file of each party."""
        return tuple(file for file in self.files if file.holds == "profile")


def domain_file(ids: Sequence[str]) -> str:
    """The stem of the domain's file beside files named after the parties."""
    return next(stem for stem in ("domain", "the_domain", "domain_of_all") if stem not in ids)


def summing_to_one(party: Utilities) -> tuple[Utilities, str | None]:
    """The same preferences with weights that sum to 1, and in words what that took; all weights must not be 0.

    Where they sum to less, values shrink by as much as weights grow: every package keeps its utility. Where they sum
    to more, utilities and reservation value are divided by the sum, which leaves every acceptance as it was.
    """
    total = math.fsum(party.weights)
    if abs(total - 1) <= SLACK:
        return party, None
    fitted = replace(party, weights=tuple(w / total for w in party.weights))
    if total < 1:
        fitted = replace(fitted, values=tuple(tuple(v * total for v in row) for row in party.values))
        how = f"written as weights that sum to 1 and values times {total:g}, so that every package keeps its utility"
    else:
        fitted = replace(fitted, reservation=party.reservation / total)
        how = "weights and reservation value are divided by that; acceptance is as it was, utilities are not cut at 1"
    return fitted, f"the weights sum to {total:g}: {how}"


def topped(party: Utilities) -> tuple[Utilities, float]:
    """The same preferences with every issue's best option valued 1, and by how much all utilities rose.

    What an issue's best lacks is added to all its options, and its weight times that to the reservation value: what
    separates two packages, or a package from no deal, stays.
    """
    lacking = [1 - max(row) for row in party.values]
    values = tuple(
        tuple(1.0 if value == max(row) else value + lack for value in row)
        for row, lack in zip(party.values, lacking, strict=True)
    )
    rise = math.fsum(starmap(mul, zip(party.weights, lacking, strict=True)))
    return replace(party, values=values, reservation=party.reservation + rise), rise
