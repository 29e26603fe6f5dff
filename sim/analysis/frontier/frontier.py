"""The efficient packages of the whole space, what bargaining theory picks of them, how far from them texts lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from sim.analysis.frontier import package_facts
from sim.analysis.frontier import zone as zopa
from sim.analysis.frontier.frontier_options import chosen_parties, kept_issues
from sim.analysis.frontier.joint_counts import joint_shares
from sim.analysis.frontier.pareto import Undominated
from sim.analysis.frontier.pareto import frontier as undominated
from sim.analysis.frontier.result import (
    Better,
    Frontier,
    FrontierPoint,
    Options,
    PartyRange,
    Point,
    Points,
    ProposalPlace,
    SolutionPoint,
    SpaceSize,
    Zone,
    ZoneByLayer,
    ZonePair,
    ZoneParty,
)
from sim.analysis.frontier.solutions import CONCEPTS, Solution, ideals, rational, slack, solution
from sim.analysis.frontier.standing import Standing, standing
from sim.analysis.shared.expected_gains import Terms, expected
from sim.analysis.shared.texts_beside import Texts, texts_beside
from sim.analysis.space import binding, boxes
from sim.analysis.space.binding import RedLines
from sim.analysis.space.diagram import diagram
from sim.engine.draws import Array
from sim.engine.neighbourhoods import SEVERITIES
from sim.engine.packages import OPEN, Packages
from sim.engine.profiles import Case
from sim.results.records import Interval, WeightByBasis, versions
from sim.scenario import schema
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.simulation.runner import Progress
from sim.simulation.score import compiled
from sim.simulation.summary import scenario_info, settings

#: More feasible packages than this are not set against each other to count those that all accept.
MOST_COUNTED = 10_000_000_000


def frontier(
    loaded: Loaded,
    *,
    parties: Sequence[str] | None = None,
    red_lines: RedLines = "all",
    constraints: schema.Severity = "hard",
    keep: Sequence[str] = (),
    epsilon: float = 0.0,
    top: int = 10,
    texts: Texts | None = None,
    progress: Progress | None = None,
) -> Frontier:
    """The Pareto frontier of expected gains over all possible packages of a scenario's domain, for some parties.

    Possible are packages that keep the constraints up to a severity, about which somebody is asked, and that no party
    asked rejects by a line of the layers ``red_lines`` names (:mod:`sim.analysis.space.binding`); whether it is one of
    ``parties`` makes no difference. ``parties`` (at least two) are those whose gains count: by default every
    principal, or, where there are not two, every party that is no ratifier. Issues to ``keep`` stay as in the text:
    other packages are left out everywhere. With ``epsilon`` the frontier is
    approximate, to within so much gain. ``top`` points are listed. ``texts`` are placed beside the frontier; by
    default those in the scenario's folder. ``progress`` is called with (packages counted, packages in all).

    Raises ValueError for parties that there are not, of whom the sources are silent, that are named twice or fewer
    than two, for issues to keep that there are not or that the text leaves open, and for an ``epsilon`` below 0;
    Complaints where ranges leave almost nothing to draw from.
    """
    if not epsilon >= 0 or not math.isfinite(epsilon):
        raise ValueError(f"epsilon is an amount of gain, 0 or more; not {epsilon}")
    [case] = compiled([loaded])
    chosen, by = chosen_parties(case, parties)
    options = Options(
        parties=chosen,
        parties_by=by,
        red_lines=red_lines,
        constraints=constraints,
        keep=kept_issues(case, keep),
        epsilon=epsilon,
        top=top,
    )
    found = texts_beside(loaded) if texts is None else texts
    work = _Work(case, options, [loaded.scenario, *(other.scenario for other in found.loaded)])
    space = work.space()
    zone: Zone | None = None
    missing: str | None = f"{space.feasible:,} feasible packages are too many"
    if space.feasible <= MOST_COUNTED:
        try:
            zone, missing = work.zone(progress), None
        except ValueError as error:  # too tangled, or too many parties: the frontier stands all the same
            missing = str(error)
    made = Frontier(
        scenario=scenario_info(case, loaded.sha256),
        settings=settings(case),
        options=options,
        space=space,
        parties=work.ranges(),
        frontier=work.points(),
        solutions=tuple(work.solution(found) for found in work.solutions),
        least_bad=None if work.least_bad is None else work.point(work.least_bad),
        better=None if work.better is None else work.point(work.better),
        polls=package_facts.polled(case, red_lines),
        proposals=tuple(work.proposal(number) for number in range(len(work.texts))),
        skipped=found.skipped,
        zone=zone,
        zone_missing=missing,
        names={p.id: p.name for p in case.profiles},
        consent_not_modelled=case.scenario.proposal.consent_not_modelled,
        labels=labels_of(case.scenario.domain, {x.scenario.id: x.scenario.name for x in (loaded, *found.loaded)}),
        versions=versions(),
    )
    return made.with_every(work.every())


class _Work:
    """A case, what binds in it, and its frontier for the parties chosen."""

    def __init__(self, case: Case, options: Options, texts: Sequence[schema.Scenario]) -> None:
        """``texts`` are those to place, the tabled one first."""
        self.case, self.options, self.texts = case, options, texts
        self.terms = expected(case)
        by_party = {t.party: t for t in self.terms}
        self.chosen: tuple[Terms, ...] = tuple(by_party[p] for p in options.parties)
        self.severities = SEVERITIES[: SEVERITIES.index(options.constraints) + 1]
        space = case.space
        forbidden = binding.forbidden(case, options.constraints, options.red_lines, options.keep)
        pieces = [p for k, t in enumerate(self.chosen) for p in binding.pieces(space, t.party, k, t.tables)]
        self.diagram = diagram(space.sizes, forbidden, pieces, len(self.chosen))
        fixed = np.array([t.fixed for t in self.chosen])
        self.found: Undominated = undominated(self.diagram, fixed, case.text, options.epsilon)
        self.gains: Array = self.found.gains
        #: The package told of each point, and whether all who are asked about it accept.
        self.packages = self.found.packages_of(np.arange(len(self.found)))
        self.accepted = package_facts.accepted(case, self.terms, self.packages)
        self.rows = [case.space.package({i: t.proposal.terms[i].option for i in case.space.issues}) for t in texts]
        self.places = [self._standing(row) for row in self.rows]
        self.solutions = [solution(concept, self.gains) for concept in CONCEPTS]
        #: Where no package gives all at least no deal: the point where the worst-off is best off.
        self.least_bad: int | None = None
        if len(self.gains) and not len(rational(self.gains)):
            self.least_bad = slack(self.gains, np.zeros(len(self.chosen)))[1]
        tabled = self.places[0]
        self.better = tabled.at if tabled is not None and _betters(tabled) else None
        count = min(options.top, len(self.found))
        self.listed = np.unique(np.linspace(0, len(self.found) - 1, count).round().astype(int)).tolist()
        self.joint = self._joint()

    def _standing(self, row: Packages) -> Standing | None:
        gains = np.array([float(t.gain(self.case.space, row[None])[0]) for t in self.chosen])
        return standing(self.gains, gains, self.found.resolution) if len(self.gains) else None

    def _joint(self) -> dict[bytes, Interval | None]:
        """Joint acceptability of whatever package is told, by its row."""
        singled = [s.point for s in self.solutions] + [self.least_bad, self.better]
        told = [*self.listed, *(k for k in singled if k is not None)]
        rows = np.array([*(self.packages[k] for k in dict.fromkeys(told)), *self.rows], np.int16)
        return {row.tobytes(): share for row, share in zip(rows, joint_shares(self.case, rows), strict=True)}

    @cached_property
    def turned(self) -> list[boxes.Box] | None:
        """The packages with another option of the turning issue than the text; None where it has none of its own."""
        name = self.case.scenario.domain.issues.no_deal.turning_issue
        if name is None or name in self.case.open_issues:
            return None
        return binding.departing(self.case, [name])

    @cached_property
    def infeasible(self) -> list[boxes.Box]:
        """The packages that break a constraint, or depart from the text on an issue to keep."""
        kept = binding.departing(self.case, self.options.keep)
        return [*kept, *binding.constraints(self.case.space, self.options.constraints)]

    @cached_property
    def absent(self) -> dict[str, boxes.Box]:
        return binding.absent(self.case)

    @property
    def equalled(self) -> tuple[str, ...]:
        """The outcomes of no deal that some package equals which breaks nothing and keeps what is to be kept."""
        sizes = self.case.space.sizes
        others = {name: boxes.outside([equal], sizes) for name, equal in self.absent.items()}
        return tuple(
            name for name, rest in others.items() if diagram(sizes, boxes.widest([*self.infeasible, *rest])).count
        )

    def space(self) -> SpaceSize:
        space, keep = self.case.space, self.options.keep
        turned = None
        if self.turned is not None:
            forbidden = binding.forbidden(self.case, self.options.constraints, self.options.red_lines, keep)
            turned = self.diagram.count - diagram(space.sizes, [*forbidden, *self.turned]).count
        return SpaceSize(
            combinations=math.prod(n for i, n in zip(space.issues, space.sizes, strict=True) if i not in keep),
            feasible=diagram(space.sizes, boxes.widest([*self.infeasible, *self.absent.values()])).count,
            possible=self.diagram.count,
            possible_turned=turned,
            equal_no_deal=self.equalled,
        )

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
                    asked="never"
                    if not found
                    else "sometimes"
                    if boxes.outside(found, self.case.space.sizes)
                    else "always",
                    least=float(mine.min()) if len(mine) else None,
                    most=float(mine.max()) if len(mine) else None,
                    ideal=None if ideal is None else float(ideal[k]),
                    weight_by_basis=self._weight_by_basis(self.chosen[k]),
                )
            )
        return tuple(result)

    def _weight_by_basis(self, terms: Terms) -> WeightByBasis:
        shares = dict.fromkeys(WeightByBasis.model_fields, 0.0)
        profile = self.case.profile(terms.party)
        for j, weight in enumerate(terms.weights.tolist()):
            shares[profile.ranking_basis(j, OPEN)] += weight
        return WeightByBasis(**shares)

    def points(self) -> Points:
        found = self.found
        return Points(
            total=len(found),
            packages=None if found.packages is None else sum(found.packages),
            at_least_no_deal=len(rational(self.gains)),
            all_accept=int(self.accepted.sum()),
            epsilon=found.epsilon,
            resolution=found.resolution,
            listed=tuple(self.point(k) for k in self.listed),
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
        asked = package_facts.asked(case, row)
        gains = {t.party: float(t.gain(case.space, row[None])[0]) for t in self.terms}
        return Point(
            number=number + 1,
            gains=dict(zip(self.options.parties, self.gains[number].tolist(), strict=True)),
            others={p: gains[p] for p in asked if p not in self.options.parties},
            packages=None if self.found.packages is None else self.found.packages[number],
            terms={i: o for i, o in case.space.terms(row).items() if o is not None},
            changes=package_facts.differences(case, case.text, row),
            asks=asked,
            all_accept=bool(self.accepted[number]),
            joint_acceptability=self.joint[row.tobytes()],
            crosses=package_facts.crossed(case, row, "all"),
            breaks=package_facts.broken(case, row, [s for s in SEVERITIES if s not in self.severities]),
        )

    def solution(self, found: Solution) -> SolutionPoint:
        return SolutionPoint(
            concept=found.concept,
            reason=found.reason,
            value=found.value,
            ties=found.ties,
            point=None if found.point is None else self.point(found.point),
        )

    def proposal(self, number: int) -> ProposalPlace:
        """A text of the same space; what is asked of whom, and crossed, is told by this case's positions."""
        case, row, place, scenario = self.case, self.rows[number], self.places[number], self.texts[number]
        gains = [float(t.gain(case.space, row[None])[0]) for t in self.chosen]
        breaks = package_facts.broken(case, row, self.severities)
        crosses = package_facts.crossed(case, row, self.options.red_lines)
        departs = tuple(i for i in self.options.keep if row[case.space.issue(i)] != case.text[case.space.issue(i)])
        open_issues = tuple(i for i, o in zip(case.space.issues, row.tolist(), strict=True) if o == OPEN)
        nobody = not package_facts.asked(case, row)
        equals = case.equalled(row[None])
        impossible = breaks or crosses or nobody or departs or equals
        possible = False if impossible else None if open_issues else True
        exact = self.found.epsilon == 0
        dominated = place is not None and not place.equal and place.dominating > 0
        better = None
        if place is not None and _betters(place):
            better = Better(
                number=place.at + 1,
                gains=dict(zip(self.options.parties, self.gains[place.at].tolist(), strict=True)),
                changes=package_facts.differences(case, row, self.packages[place.at]),
            )
        return ProposalPlace(
            id=scenario.id,
            title=scenario.title,
            date=scenario.proposal.date,
            tabled=number == 0,
            open_issues=open_issues,
            gains=dict(zip(self.options.parties, gains, strict=True)),
            breaks=breaks,
            crosses=crosses,
            nobody_asked=nobody,
            departs=departs,
            equals_no_deal=equals,
            possible=possible,
            all_accept=None if nobody else not crosses and bool(package_facts.accepted(case, self.terms, row[None])[0]),
            joint_acceptability=self.joint[row.tobytes()],
            efficient=possible and place is not None and place.equal if exact and possible is not None else None,
            slack=None if place is None else place.slack,
            distance=None if place is None else max(place.slack, 0.0),
            dominated=dominated if dominated or exact else None,
            dominating=place.dominating if place is not None and dominated else 0,
            sum_gain=place.total if place is not None and dominated else None,
            most_gain=dict(zip(self.options.parties, place.most.tolist(), strict=True))
            if place is not None and dominated
            else None,
            better=better,
        )

    def zone(self, progress: Progress | None) -> Zone:
        found = zopa.answers(
            self.case,
            self.terms,
            self.options.constraints,
            self.options.red_lines,
            progress,
            left_out=[*binding.departing(self.case, self.options.keep), *self.absent.values()],
            departing=self.turned or (),
        )
        people = range(len(found.parties))
        return Zone(
            feasible=found.feasible,
            acceptable=found.zone,
            acceptable_turned=None if self.turned is None else found.departing,
            by_layer=ZoneByLayer(**dict(zip(schema.LAYERS, found.layers, strict=True))),
            nobody_asked=found.nobody_asked,
            parties=tuple(
                ZoneParty(
                    id=found.parties[k],
                    asked_about=found.asked(k),
                    would_accept=found.win_set(k),
                    accepts=found.accepted(k),
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


def _betters(place: Standing) -> bool:
    """Whether the point at which the parties gain most at once gives nobody less than the package and somebody more."""
    return place.slack > 0 or (not place.equal and place.dominating > 0)
