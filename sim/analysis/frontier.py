"""The efficient packages of the whole space, what bargaining theory picks of them, how far from them texts lie."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim import schema
from sim.acceptability import TIE
from sim.analysis import binding, boxes, zopa
from sim.analysis.amendments import ConstraintRef, constraint_ref
from sim.analysis.binding import RedLines
from sim.analysis.diagram import diagram
from sim.analysis.frontier_results import (
    Better,
    CrossedLine,
    Difference,
    Frontier,
    FrontierPoint,
    Options,
    PartiesBy,
    PartyRange,
    Point,
    Points,
    ProposalPlace,
    SolutionPoint,
    SpaceSize,
    Zone,
    ZonePair,
    ZoneParty,
)
from sim.analysis.maxima import NEAR
from sim.analysis.means import Terms, expected
from sim.analysis.pareto import Undominated
from sim.analysis.pareto import frontier as undominated
from sim.analysis.parties import known_party
from sim.analysis.solutions import CONCEPTS, Concept, ideals, rational, slack, solution
from sim.analysis.texts_beside import Texts, texts_beside
from sim.api import compiled
from sim.consent import asked_each
from sim.draws import Array
from sim.loading import Loaded
from sim.neighbourhoods import SEVERITIES
from sim.packages import OPEN, Mask, Packages, Rule
from sim.profiles import Case, Line
from sim.results import versions
from sim.runner import Progress
from sim.summary import scenario_info, settings

#: More feasible packages than this are not set against each other to count those that all accept.
MOST_COUNTED = 10_000_000_000


def frontier(
    loaded: Loaded,
    *,
    parties: Sequence[str] | None = None,
    red_lines: RedLines = "all",
    constraints: schema.Severity = "hard",
    epsilon: float = 0.0,
    top: int = 10,
    texts: Texts | None = None,
    progress: Progress | None = None,
) -> Frontier:
    """The Pareto frontier of expected gains over all possible packages of a scenario's domain, for some parties.

    Possible are packages that keep the constraints up to a severity, about which somebody is asked, and that no party
    asked rejects by a line of the layers ``red_lines`` names (:mod:`sim.analysis.binding`); whether it is one of
    ``parties`` makes no difference. ``parties`` (at least two) are those whose gains count: by default every
    principal, or, where there are not two, every party that is no ratifier. With ``epsilon`` the frontier is
    approximate, to within so much gain. ``top`` points are listed. ``texts`` are placed beside the frontier; by
    default those in the scenario's folder. ``progress`` is called with (packages counted, packages in all).

    Raises ValueError for parties that there are not, of whom the sources are silent, that are named twice or fewer
    than two, and for an ``epsilon`` below 0; Complaints where ranges leave almost nothing to draw from.
    """
    if not epsilon >= 0 or not math.isfinite(epsilon):
        raise ValueError(f"epsilon is an amount of gain, 0 or more; not {epsilon}")
    [case] = compiled([loaded])
    chosen, by = _chosen(case, parties)
    options = Options(
        parties=chosen, parties_by=by, red_lines=red_lines, constraints=constraints, epsilon=epsilon, top=top
    )
    work = _Work(case, options)
    found = texts_beside(loaded) if texts is None else texts
    space = work.space()
    count = space.feasible <= MOST_COUNTED
    made = Frontier(
        scenario=scenario_info(case, loaded.sha256),
        settings=settings(case),
        options=options,
        space=space,
        parties=work.ranges(),
        frontier=work.points(),
        solutions=tuple(work.solution(concept) for concept in CONCEPTS),
        least_bad=work.least_bad(),
        proposals=(
            work.proposal(loaded.scenario, True),
            *(work.proposal(other.scenario, False) for other in found.loaded),
        ),
        skipped=found.skipped,
        zone=work.zone(progress) if count else None,
        names={p.id: p.name for p in case.profiles},
        consent_not_modelled=case.scenario.proposal.consent_not_modelled,
        versions=versions(),
    )
    return made.with_every(work.every())


def _chosen(case: Case, parties: Sequence[str] | None) -> tuple[tuple[str, ...], PartiesBy]:
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


def _enough(parties: tuple[str, ...]) -> tuple[str, ...]:
    if len(parties) < 2:
        raise ValueError(f"a frontier is one of two parties or more; there is {parties[0] if parties else 'none'}")
    return parties


class _Work:
    """A case, what binds in it, and its frontier for the parties chosen."""

    def __init__(self, case: Case, options: Options) -> None:
        self.case, self.options = case, options
        self.terms = expected(case)
        by_party = {t.party: t for t in self.terms}
        self.chosen: tuple[Terms, ...] = tuple(by_party[p] for p in options.parties)
        self.severities = SEVERITIES[: SEVERITIES.index(options.constraints) + 1]
        space = case.space
        forbidden = binding.forbidden(case, options.constraints, options.red_lines)
        pieces = [p for k, t in enumerate(self.chosen) for p in binding.pieces(space, t.party, k, t.tables)]
        self.diagram = diagram(space.sizes, forbidden, pieces, len(self.chosen))
        fixed = np.array([t.fixed for t in self.chosen])
        self.found: Undominated = undominated(self.diagram, fixed, case.text, options.epsilon)
        self.gains: Array = self.found.gains
        #: The package told of each point, and whether all who are asked about it accept.
        self.packages = self.found.packages_of(np.arange(len(self.found)))
        self.accepted = self._accepted(self.packages)

    def space(self) -> SpaceSize:
        sizes = self.case.space.sizes
        feasible = diagram(sizes, boxes.widest(binding.constraints(self.case.space, self.options.constraints)))
        return SpaceSize(combinations=math.prod(sizes), feasible=feasible.count, possible=self.diagram.count)

    def ranges(self) -> tuple[PartyRange, ...]:
        asked = binding.asking(self.case)
        ideal = ideals(self.gains)
        result = []
        for k, party in enumerate(self.options.parties):
            found = asked[party]
            mine = self.gains[:, k]
            result.append(
                PartyRange(
                    id=party,
                    asked="never" if not found else "always" if boxes.EVERYTHING in found else "sometimes",
                    least=float(mine.min()) if len(mine) else None,
                    most=float(mine.max()) if len(mine) else None,
                    ideal=None if ideal is None else float(ideal[k]),
                )
            )
        return tuple(result)

    def points(self) -> Points:
        found = self.found
        listed = np.unique(np.linspace(0, len(found) - 1, min(self.options.top, len(found))).round().astype(int))
        return Points(
            total=len(found),
            packages=None if found.packages is None else sum(found.packages),
            at_least_no_deal=len(rational(self.gains)),
            all_accept=int(self.accepted.sum()),
            epsilon=found.epsilon,
            resolution=found.resolution,
            listed=tuple(self.point(k) for k in listed.tolist()),
        )

    def every(self) -> tuple[FrontierPoint, ...]:
        counts = self.found.packages or (None,) * len(self.found)
        return tuple(
            FrontierPoint(number=k, gains=tuple(gains), packages=n, all_accept=accepted)
            for k, (gains, n, accepted) in enumerate(
                zip(self.gains.tolist(), counts, self.accepted.tolist(), strict=True), 1
            )
        )

    def point(self, number: int) -> Point:
        case, row = self.case, self.packages[number]
        asked = self._asked(row)
        gains = {t.party: float(t.gain(case.space, row[None])[0]) for t in self.terms}
        crosses = self._crossed(row, "all")
        return Point(
            number=number + 1,
            gains=dict(zip(self.options.parties, self.gains[number].tolist(), strict=True)),
            others={p: gains[p] for p in asked if p not in self.options.parties},
            packages=None if self.found.packages is None else self.found.packages[number],
            terms={i: o for i, o in case.space.terms(row).items() if o is not None},
            changes=self._differences(case.text, row),
            asks=asked,
            all_accept=bool(self.accepted[number]),
            crosses=crosses,
            breaks=self._broken(row, [s for s in SEVERITIES if s not in self.severities]),
        )

    def solution(self, concept: Concept) -> SolutionPoint:
        found = solution(concept, self.gains)
        return SolutionPoint(
            concept=found.concept,
            reason=found.reason,
            value=found.value,
            ties=found.ties,
            point=None if found.point is None else self.point(found.point),
        )

    def least_bad(self) -> Point | None:
        """Where no package gives all at least no deal: the point where the worst-off is best off."""
        if not len(self.gains) or len(rational(self.gains)):
            return None
        return self.point(slack(self.gains, np.zeros(len(self.chosen)))[1])

    def proposal(self, scenario: schema.Scenario, tabled: bool) -> ProposalPlace:
        """A text of the same space; what is asked of whom, and crossed, is told by this case's positions."""
        case = self.case
        terms = scenario.proposal.terms
        row = case.space.package({i: terms[i].option for i in case.space.issues})
        gains = np.array([float(t.gain(case.space, row[None])[0]) for t in self.chosen])
        breaks, crosses = self._broken(row, self.severities), self._crossed(row, self.options.red_lines)
        open_issues = tuple(i for i, o in zip(case.space.issues, row.tolist(), strict=True) if o == OPEN)
        nobody = not self._asked(row)
        possible = False if breaks or crosses or nobody else None if open_issues else True
        far = at = None
        if len(self.gains):
            far, at = slack(self.gains, gains)
        efficient = None
        if possible is not None and self.options.epsilon == 0:
            efficient = possible and bool((np.abs(self.gains - gains) <= 10 * NEAR).all(axis=1).any())
        better = None
        if far is not None and at is not None and far > NEAR:
            better = Better(
                number=at + 1,
                gains=dict(zip(self.options.parties, self.gains[at].tolist(), strict=True)),
                changes=self._differences(row, self.packages[at]),
            )
        return ProposalPlace(
            id=scenario.id,
            title=scenario.title,
            date=scenario.proposal.date,
            tabled=tabled,
            open_issues=open_issues,
            gains=dict(zip(self.options.parties, gains.tolist(), strict=True)),
            breaks=breaks,
            crosses=crosses,
            nobody_asked=nobody,
            possible=possible,
            efficient=efficient,
            slack=far,
            distance=None if far is None else far if far > NEAR else 0.0,
            better=better,
        )

    def zone(self, progress: Progress | None) -> Zone:
        found = zopa.answers(self.case, self.terms, self.options.constraints, self.options.red_lines, progress)
        people = range(len(found.parties))
        return Zone(
            feasible=found.feasible,
            acceptable=found.zone,
            nobody_asked=found.nobody_asked,
            parties=tuple(
                ZoneParty(
                    id=found.parties[k],
                    asked_about=found.asked(k),
                    would_accept=found.win_set(k),
                    refuses=found.refused(k),
                    refuses_by_line=found.line_crossed(k),
                )
                for k in people
            ),
            pairs=tuple(
                ZonePair(parties=(found.parties[a], found.parties[b]), packages=found.unopposed((a, b)))
                for a in people
                for b in people
                if a < b
            ),
            conflicts=tuple(found.conflicts()),
        )

    # --- what a package is -------------------------------------------------------------------

    def _accepted(self, rows: Packages) -> Mask:
        """Which possible packages all who are asked accept on expected gains, shape ``(packages,)``."""
        asked = asked_each(self.case, rows)
        gains = np.stack([t.gain(self.case.space, rows) for t in self.terms])
        return np.asarray((~asked | (gains >= -TIE)).all(axis=0), bool)

    def _asked(self, row: Packages) -> tuple[str, ...]:
        asked = asked_each(self.case, row[None])[:, 0]
        return tuple(p.id for p, yes in zip(self.case.profiles, asked.tolist(), strict=True) if yes)

    def _crossed(self, row: Packages, red_lines: RedLines) -> tuple[CrossedLine, ...]:
        """Lines of those asked that a package crosses, of the layers that bind; an open issue crosses none."""
        asked = self._asked(row)
        result = []
        for profile in self.case.profiles:
            if profile.id not in asked:
                continue
            seen = self.case.space.seen(row[None], profile.id)
            for line in profile.lines:
                text = row[None] if line.kind == "red_line" else seen
                if binding.binds(line, red_lines) and line.condition.holds(text)[0]:
                    result.append(_line(profile.id, line))
        return tuple(result)

    def _broken(self, row: Packages, severities: Sequence[str]) -> tuple[ConstraintRef, ...]:
        rules: list[Rule] = [r for r in self.case.space.rules if r.constraint.severity in severities]
        return tuple(constraint_ref(r) for r in rules if r.broken_by(row[None])[0])

    def _differences(self, before: Packages, after: Packages) -> tuple[Difference, ...]:
        space = self.case.space
        return tuple(
            Difference(
                issue=space.issues[j],
                before=None if before[j] == OPEN else space.options[j][before[j]],
                after=space.options[j][after[j]],
            )
            for j in np.flatnonzero(before != after).tolist()
        )


def _line(party: str, line: Line) -> CrossedLine:
    return CrossedLine(
        party=party,
        kind=line.kind,
        issue=line.issue,
        option=line.id if line.kind == "red_line" else None,
        refusal=line.id if line.kind == "refusal" else None,
        basis=line.basis,
    )
