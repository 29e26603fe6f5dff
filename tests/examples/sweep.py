"""Findings of sweeps of talks, over one path and over two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.shared.findings import TalksConduct
from sim.analysis.sweep import result as kinds
from sim.analysis.sweep.english import say
from sim.analysis.sweep.result import Obstacle, ShareAt, Sweep, SweepPath
from sim.report.english import Names
from sim.results.records import Finding, Objection
from sim.results.talks import TalksHeld

#: What is varied: a number, whose values somebody wrote by hand, one of them long, and an issue of the text.
_COST = SweepPath(
    path="us.no_deal.cost", values=("0", "0.03", "0.3333333333333333"), numbers=(0.0, 0.03, 0.3333333333333333), own=()
)
_LAND = SweepPath(path="proposal.land", values=("kept", "ceded"), numbers=None, own=("kept",))
#: A range whose numbers are rounded.
_RANGE = SweepPath(
    path="us.no_deal.cost",
    values=("0", "0.3333333333333333", "0.6666666666666666", "1"),
    numbers=(0.0, 0.3333333333333333, 0.6666666666666666, 1.0),
    own=("0",),
)


def _at(share: float, *values: str) -> ShareAt:
    return ShareAt(values=values, share=share)


def _objection(kind: Any, **more: Any) -> Objection:
    plain: dict[str, Any] = dict.fromkeys(("issue", "option", "refusal", "share", "mean_loss", "term_basis", "holds"))
    return Objection(kind=kind, evidence=(), **(plain | {"basis": "stated"} | more))


def _obstacle(party: str, points: int, values: Sequence[Sequence[str]], **more: Any) -> Obstacle:
    plain: dict[str, Any] = {"least": 0.2, "most": 0.6, "objection": None}
    return Obstacle(party=party, points=points, values=tuple(map(tuple, values)), **(plain | more))


def _ground(objection: Objection, points: int, values: Sequence[Sequence[str]]) -> kinds.Ground:
    return kinds.Ground(objection=objection, points=points, values=tuple(map(tuple, values)))


def _turn(below: str, above: str) -> kinds.TalksBoundary:
    return kinds.TalksBoundary(path="us.no_deal.cost", below=below, above=above, elsewhere=None)


_THIRD = "0.3333333333333333"
_LINE = _objection("red_line", issue="land", option="ceded", share=0.4)
_REFUSAL = _objection("refusal", refusal="bases", share=0.3, holds=(0.45, 0.63), basis="inferred")
_ISSUE = _objection("issue", issue="land", option="ceded", mean_loss=0.1, term_basis="stated")
_EXAMPLES: list[Finding] = [
    kinds.TalksRange(protocol="alternating_offers", least=_at(0.1, "0"), most=_at(0.62, "0.03"), base=0.1, moving=2),
    kinds.TalksRange(
        protocol="alternating_offers", least=_at(0, "0"), most=_at(1, "0.6666666666666666"), base=0.002, moving=1
    ),
    kinds.TalksRange(protocol="alternating_offers", least=_at(0.4, "0"), most=_at(0.4, "0.03"), base=0.4, moving=0),
    kinds.TalksRange(protocol="alternating_offers", least=_at(0.1, "0"), most=_at(0.11, "0.03"), base=0.1, moving=0),
    kinds.TalksRange(
        protocol="alternating_offers",
        least=_at(0.1, "0", "ceded"),
        most=_at(0.62, "0.3333333333333333", "kept"),
        base=0.3,
        moving=3,
    ),
    kinds.TalksHalf(points=3, above=0, turns=0, between=(), near=()),
    kinds.TalksHalf(points=3, above=3, turns=0, between=(), near=(("0",),)),
    kinds.TalksHalf(points=3, above=2, turns=1, between=(_turn("0", "0.03"),), near=(("0.03",),)),
    kinds.TalksHalf(points=3, above=1, turns=2, between=(_turn("0", "0.03"), _turn(_THIRD, "0.03")), near=()),
    kinds.TalksHalf(points=9, above=4, turns=5, between=(_turn("0.03", "0"),), near=()),
    kinds.TalksHalf(points=6, above=2, turns=0, between=(), near=(("0", "kept"), ("0.03", "kept"))),
    kinds.TalksObstacles(points=3, parties=(_obstacle("us", 3, [["0"], ["0.03"]], objection=_LINE),)),
    kinds.TalksObstacles(
        points=3,
        parties=(
            _obstacle("us", 3, [["0"], ["0.03"]], objection=_LINE, grounds=(_ground(_LINE, 3, [["0"], ["0.03"]]),)),
        ),
    ),
    kinds.TalksObstacles(
        points=4,
        parties=(
            _obstacle(
                "us",
                4,
                [["0"], ["0.03"]],
                objection=_LINE,
                grounds=(_ground(_LINE, 2, [["0"], ["0.03"]]), _ground(_ISSUE, 1, [[_THIRD]])),
            ),
        ),
    ),
    kinds.TalksObstacles(points=3, parties=(_obstacle("us", 3, [["0"], ["0.03"]], least=0.6),)),
    kinds.TalksObstacles(
        points=3,
        parties=(
            _obstacle("us", 2, [["0"], ["0.03"]], objection=_REFUSAL),
            _obstacle("red", 1, [["0.3333333333333333"]], objection=_ISSUE),
        ),
    ),
    kinds.TalksObstacles(points=9, parties=(_obstacle("us", 6, [["0"], ["0.3333333333333333"]]),)),
    kinds.TalksObstacles(points=6, parties=(_obstacle("us", 6, [["0", "kept"], ["0", "ceded"]]),)),
    kinds.TalksObstacles(
        points=6,
        parties=(
            _obstacle("us", 5, [["0", "kept"], ["0", "ceded"]], objection=_LINE),
            _obstacle("red", 1, [["0.03", "ceded"]]),
        ),
    ),
    kinds.TalksUnratified(least=_at(0.05, "0"), most=_at(0.74, "0.03"), parties=("voters",)),
    kinds.TalksUnratified(least=_at(0.1, "0"), most=_at(0.1, "0"), parties=("voters", "us")),
    kinds.TalksUnratified(least=_at(0, "0", "kept"), most=_at(0.3, "0.03", "ceded"), parties=("voters", "us")),
    TalksConduct(protocol="alternating_offers", proposers=("blue", "red"), rounds=100),
    TalksConduct(protocol="alternating_offers", proposers=(), rounds=1),
]
EXAMPLES: Sequence[Finding] = tuple(_EXAMPLES)


def _values(finding: Finding) -> tuple[str, ...]:
    """The values of some point that a finding names."""
    if isinstance(finding, kinds.TalksObstacles):
        return finding.parties[0].values[-1]
    if isinstance(finding, kinds.TalksHalf):
        return ("0", "kept") if finding.points == 6 else ("0",)
    if isinstance(finding, kinds.TalksRange | kinds.TalksUnratified):
        return finding.most.values
    return ("0",)


def sentence(finding: Finding, names: Names) -> str:
    """In a sweep over the paths that the finding has values of, the number as a range where it has such values."""
    values = _values(finding)
    first = _RANGE if values[0] in _RANGE.values[1:] else _COST
    talks = TalksHeld.model_construct(protocol="alternating_offers")
    paths = (first, _LAND)[: len(values)]
    return say(finding, Sweep.model_construct(paths=paths, names=names.parties, labels=names.labels, talks=talks))
