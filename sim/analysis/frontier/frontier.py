"""The efficient packages of the whole space, what bargaining theory picks of them, how far from them texts lie."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations
from numbers import Real
from typing import Literal, get_args

import numpy as np

from sim.analysis.frontier import packages
from sim.analysis.frontier import result as records
from sim.analysis.frontier.distance import Placement, placement, slack
from sim.analysis.frontier.pareto import Undominated, undominated, undominated_of
from sim.analysis.frontier.result import RedLines
from sim.analysis.frontier.solutions import CONCEPTS, Solution, ideals, rational, solution
from sim.analysis.frontier.space import Limits, asking, pieces
from sim.analysis.frontier.zone import MOST_LISTED, answers
from sim.analysis.shared.expected import Terms, expected
from sim.analysis.shared.own_rules import unanswered
from sim.analysis.shared.parties import known_issues, known_party
from sim.analysis.shared.records import about, weight_by_basis
from sim.analysis.shared.texts_beside import Texts, texts_beside
from sim.analysis.space import boxes
from sim.analysis.space.diagram import Diagram, diagram
from sim.engine.draws import Array
from sim.engine.neighbourhoods import SEVERITIES
from sim.engine.packages import OPEN, Packages
from sim.engine.profiles import Case
from sim.files.arguments import InvalidArgument, choice, several, whole_number
from sim.results.records import Interval, WeightByBasis
from sim.scenario import schema
from sim.scenario.loading import Loaded
from sim.simulation.cases import Progress, compiled

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
    texts: Texts | Iterable[Loaded] | None = None,
    progress: Progress | None = None,
) -> records.Frontier:
    """The Pareto frontier of expected gains over all possible packages of a scenario's domain, for some parties.

    Possible are packages that keep the constraints up to a severity, about which somebody is asked, and that no party
    asked rejects by a line of the layers ``red_lines`` names (:mod:`sim.analysis.space.binding`); whether it is one of
    ``parties`` makes no difference.

    Args:
        loaded: the scenario.
        parties: whose gains count, at least two, by id: by default every principal, or, where there are not two, every
            party that is no ratifier.
        red_lines: which lines bind: ``all``, ``inferred``, ``stated`` or ``none``.
        constraints: constraints bind up to this severity.
        keep: issues that stay as in the text, by id; other packages are left out everywhere.
        epsilon: the frontier may miss by so much gain, in units of utility; 0 is exact.
        top: how many points are listed.
        texts: placed beside the frontier; by default those in the scenario's folder.
        progress: called with (packages counted, packages in all).

    Returns:
        Points of the frontier with their packages, what bargaining theory picks, and the zone of possible agreement.

    Raises:
        InvalidArgument: for parties of whom the sources are silent, that are named twice or fewer than two, for issues
            to keep that the text leaves open, for an ``epsilon`` below 0, and for words that are no choice.
        UnknownName: for parties and issues that there are not.
        Complaints: where ranges leave almost nothing to draw from, and where a party's own utility, which is no sum
            over issues, would have to be worked out for too many packages.

    Example:
        >>> import sim
        >>> loaded = sim.load("austria_1955/state_treaty_1955", draws=100)
        >>> sim.frontier(loaded, parties=["ussr", "austria"]).options.parties
        ('ussr', 'austria')
    """
    if not isinstance(epsilon, Real) or not epsilon >= 0 or not math.isfinite(epsilon):
        raise InvalidArgument(f"epsilon is an amount of gain, 0 or more; not {epsilon}")
    choice("red_lines", red_lines, get_args(records.RedLines))
    choice("constraints", constraints, SEVERITIES)
    top, keep = whole_number("top", top, 0), several("keep", keep, "'sanctions'")
    parties = None if parties is None else several("parties", parties, "'russia', 'ukraine'")
    [case] = compiled([loaded])
    chosen, by = _chosen(case, parties)
    options = records.FrontierOptions(
        parties=chosen,
        parties_by=by,
        red_lines=red_lines,
        constraints=constraints,
        keep=_staying(case, keep),
        epsilon=epsilon,
        top=top,
    )
    if texts is None:
        beside = texts_beside(loaded)
    else:
        beside = texts if isinstance(texts, Texts) else Texts(tuple(several("texts", texts, "other")))
    if strange := [text for text in beside.loaded if not isinstance(text, Loaded)]:
        raise InvalidArgument(f"texts beside a frontier are loaded scenarios (sim.load), not {strange[0]!r}")
    try:
        work = _Work(case, options, [loaded.scenario, *(other.scenario for other in beside.loaded)])
    except NotASum as error:
        what = f"a frontier by a utility that is no sum lists all packages; there are {error.packages}"
        hint = f"name other parties than {error.party}, or leave fewer packages: keep issues as in the text"
        raise unanswered(loaded, case, error.party, what, hint) from None
    space = work.limits.size(work.diagram.count)
    zone: records.FrontierZone | None = None
    missing: str | None = f"{space.feasible:,} feasible packages are too many"
    if space.feasible <= MOST_COUNTED:
        try:
            zone, missing = work.zone(progress), None
        except InvalidArgument:  # a rule of a party's own that fails
            raise
        except ValueError as error:  # too tangled, or too many parties: the frontier stands all the same
            missing = str(error)
    return records.Frontier(
        options=options,
        space=space,
        parties=work.ranges(),
        frontier=work.points(),
        solutions=tuple(map(work.solution, work.solutions)),
        least_bad=None if work.least_bad is None else work.point(work.least_bad),
        better=None if work.better is None else work.point(work.better),
        polls=packages.poll_lines(case, red_lines),
        proposals=tuple(map(work.proposal, range(len(work.texts)))),
        skipped=beside.skipped,
        zone=zone,
        zone_missing=missing,
        **about(case, loaded, records.Frontier, {x.scenario.id: x.scenario.name for x in (loaded, *beside.loaded)}),
    ).with_every(work.every())


def chosen_parties(loaded: Loaded, parties: Sequence[str] | None) -> tuple[str, ...]:
    """Whose gains count. Raises InvalidArgument and Complaints as :func:`frontier` does."""
    [case] = compiled([loaded])
    return _chosen(case, parties)[0]


def _chosen(case: Case, parties: Sequence[str] | None) -> tuple[tuple[str, ...], records.PartiesBy]:
    """The parties named, else the principals, else all with positions that are no ratifiers.

    Raises InvalidArgument for parties that there are not, that are silent, named twice, or fewer than two.
    """
    by: records.PartiesBy = "named"
    if parties is None:
        heard = [p for p in case.profiles if not p.silent]
        parties, by = [p.id for p in heard if p.role == "principal"], "principals"
        if len(parties) < 2:
            parties, by = [p.id for p in heard if p.role != "ratifier"], "positions"
    for party in parties:
        if known_party(case, party).silent:
            raise InvalidArgument(
                f"{party}: the sources say nothing of this party, so that all packages are alike to it"
            )
    if twice := [p for k, p in enumerate(parties) if p in parties[:k]]:
        raise InvalidArgument(f"{twice[0]}: named twice")
    if len(parties) < 2:
        raise InvalidArgument(f"a frontier is one of two parties or more; there is {parties[0] if parties else 'none'}")
    return tuple(parties), by


def _staying(case: Case, keep: Sequence[str]) -> tuple[str, ...]:
    """Issues that stay as in the text. Raises InvalidArgument for what is none, or is open there."""
    known_issues(case, keep)
    for issue in keep:
        if issue in case.open_issues:
            raise InvalidArgument(f"{issue}: the text leaves this issue open, so there is nothing to keep")
    return tuple(dict.fromkeys(keep))


class NotASum(Exception):
    """A party's utility is no sum over issues, and there are too many packages to list them."""

    def __init__(self, party: str, packages: str) -> None:
        super().__init__(party, packages)
        self.party, self.packages = party, packages


class _Work:
    """A case, what is left out of its space, and its frontier for the parties chosen."""

    def __init__(self, case: Case, options: records.FrontierOptions, texts: Sequence[schema.Scenario]) -> None:
        """``texts`` are those to place, the tabled one first."""
        self.case, self.options, self.texts = case, options, texts
        self.terms = expected(case)
        by_party = {t.party: t for t in self.terms}
        self.chosen: tuple[Terms, ...] = tuple(by_party[p] for p in options.parties)
        self.limits = Limits(case, options)
        space = case.space
        self.diagram, self.efficient = self._efficient()
        self.gains: Array = self.efficient.gains
        count = len(self.gains)
        #: The package shown of each point, and whether all who are asked about it accept.
        self.packages = self.efficient.packages_of(np.arange(count))
        self.accepted = packages.accepted(case, self.terms, self.packages)
        self.rows = [space.package({i: t.proposal.terms[i].option for i in space.issues}) for t in texts]
        self.places: list[Placement | None] = [None] * len(texts)
        if count:
            self.places = [placement(self.gains, self._gains(row), self.efficient.resolution) for row in self.rows]
        self.solutions = [solution(concept, self.gains) for concept in CONCEPTS]
        #: Where no package gives all at least no deal: the point where the worst-off is best off.
        self.least_bad: int | None = None
        if count and not len(rational(self.gains)):
            self.least_bad = slack(self.gains, np.zeros(len(self.chosen)))[1]
        tabled = self.places[0]
        self.better = tabled.at if tabled is not None and tabled.improvable else None
        self.listed = np.unique(np.linspace(0, count - 1, min(options.top, count)).round().astype(int)).tolist()
        self.joint = self._joint()

    def _efficient(self) -> tuple[Diagram, Undominated]:
        """The possible packages, and the frontier among them. Raises NotASum."""
        case, space = self.case, self.case.space
        own = [t.party for t in self.chosen if not t.additive]
        added = [p for k, t in enumerate(self.chosen if not own else ()) for p in pieces(space, t.party, k, t.tables)]
        graph = diagram(space.sizes, self.limits.forbidden, added, len(self.chosen))
        if not own:
            fixed = np.array([t.fixed for t in self.chosen])
            return graph, undominated(graph, fixed, case.text, self.options.epsilon)
        if graph.count > MOST_LISTED:
            raise NotASum(own[0], f"{graph.count:,} possible packages, of at most {MOST_LISTED:,}")
        if not graph.count:
            return graph, undominated(graph, np.zeros(len(self.chosen)), case.text)
        rows = graph.rows()
        gains = np.stack([t.gain(space, rows) for t in self.chosen], axis=1)
        return graph, undominated_of(graph, rows, gains, case.text)

    def _gains(self, row: Packages) -> Array:
        """What a package gives the parties chosen."""
        return np.array([float(t.gain(self.case.space, row[None])[0]) for t in self.chosen])

    def _by_party(self, figures: Array) -> dict[str, float]:
        return dict(zip(self.options.parties, figures.tolist(), strict=True))

    def _joint(self) -> dict[bytes, Interval | None]:
        """Joint acceptability of every package that is shown, by its row."""
        singled = [s.point for s in self.solutions] + [self.least_bad, self.better]
        points = dict.fromkeys([*self.listed, *(k for k in singled if k is not None)])
        rows = np.array([*(self.packages[k] for k in points), *self.rows], np.int16)
        return {row.tobytes(): share for row, share in zip(rows, packages.joint_shares(self.case, rows), strict=True)}

    def ranges(self) -> tuple[records.PartyRange, ...]:
        ideal = ideals(self.gains)
        return tuple(
            records.PartyRange(
                id=party,
                asked=self._asked(party),
                least=float(self.gains[:, k].min()) if len(self.gains) else None,
                most=float(self.gains[:, k].max()) if len(self.gains) else None,
                ideal=None if ideal is None else float(ideal[k]),
                weight_by_basis=self._weight_by_basis(self.chosen[k]),
            )
            for k, party in enumerate(self.options.parties)
        )

    def _asked(self, party: str) -> Literal["always", "sometimes", "never"]:
        about = asking(self.case)[party]
        if not about:
            return "never"
        return "sometimes" if boxes.outside(about, self.case.space.sizes) else "always"

    def _weight_by_basis(self, terms: Terms) -> WeightByBasis:
        profile = self.case.profile(terms.party)
        return weight_by_basis((profile.ranking_basis(j, OPEN), w) for j, w in enumerate(terms.weights.tolist()))

    def points(self) -> records.Points:
        counts = self.efficient.packages
        return records.Points.copying(
            self.efficient,
            total=len(self.gains),
            packages=None if counts is None else sum(counts),
            at_least_no_deal=len(rational(self.gains)),
            all_accept=int(self.accepted.sum()),
            listed=tuple(map(self.point, self.listed)),
        )

    def every(self) -> tuple[records.PointGains, ...]:
        counts = self.efficient.packages or (None,) * len(self.gains)
        return tuple(
            records.PointGains(number=k, gains=tuple(gains), packages=n, all_accept=accepted)
            for k, (gains, n, accepted) in enumerate(
                zip(self.gains.tolist(), counts, self.accepted.tolist(), strict=True), 1
            )
        )

    def point(self, number: int) -> records.FrontierPoint:
        case, row, counts = self.case, self.packages[number], self.efficient.packages
        asked = packages.asked(case, row)
        return records.FrontierPoint(
            number=number + 1,
            gains=self._by_party(self.gains[number]),
            others={
                t.party: float(t.gain(case.space, row[None])[0])
                for t in self.terms
                if t.party in asked and t.party not in self.options.parties
            },
            packages=None if counts is None else counts[number],
            terms={i: o for i, o in case.space.terms(row).items() if o is not None},
            changes=case.space.changes(case.text, row),
            asks=asked,
            all_accept=bool(self.accepted[number]),
            joint_acceptability=self.joint[row.tobytes()],
            crosses=packages.crossed(case, row, "all"),
            breaks=packages.broken(case, row, SEVERITIES[SEVERITIES.index(self.options.constraints) + 1 :]),
        )

    def solution(self, singled: Solution) -> records.SolutionPoint:
        point = None if singled.point is None else self.point(singled.point)
        return records.SolutionPoint.copying(singled, point=point)

    def proposal(self, number: int) -> records.ProposalPlace:
        """A text of the same space; who is asked, and what is crossed, is by this case's positions."""
        case, row, place, scenario = self.case, self.rows[number], self.places[number], self.texts[number]
        space, options = case.space, self.options
        breaks = packages.broken(case, row, SEVERITIES[: SEVERITIES.index(options.constraints) + 1])
        crosses = packages.crossed(case, row, options.red_lines)
        departs = tuple(i for i in options.keep if row[space.issue(i)] != case.text[space.issue(i)])
        open_issues = tuple(i for i, o in zip(space.issues, row.tolist(), strict=True) if o == OPEN)
        nobody = not packages.asked(case, row)
        equals = case.equalled(row[None])
        impossible = breaks or crosses or nobody or departs or equals
        possible = False if impossible else None if open_issues else True
        exact = self.efficient.epsilon == 0
        beaten = place if place is not None and place.dominated else None
        return records.ProposalPlace.copying(
            scenario,
            date=scenario.proposal.date,
            tabled=number == 0,
            open_issues=open_issues,
            gains=self._by_party(self._gains(row)),
            breaks=breaks,
            crosses=crosses,
            nobody_asked=nobody,
            departs=departs,
            equals_no_deal=equals,
            possible=possible,
            all_accept=None if nobody else not crosses and bool(packages.accepted(case, self.terms, row[None])[0]),
            joint_acceptability=self.joint[row.tobytes()],
            efficient=possible and place is not None and place.equal if exact and possible is not None else None,
            slack=None if place is None else place.slack,
            distance=None if place is None else max(place.slack, 0.0),
            dominated=beaten is not None if beaten or exact else None,
            dominating=0 if beaten is None else beaten.dominating,
            sum_gain=None if beaten is None else beaten.total,
            most_gain=None if beaten is None else self._by_party(beaten.most),
            better=self._better(row, place.at) if place is not None and place.improvable else None,
        )

    def _better(self, row: Packages, point: int) -> records.Better:
        return records.Better(
            number=point + 1,
            gains=self._by_party(self.gains[point]),
            changes=self.case.space.changes(row, self.packages[point]),
        )

    def zone(self, progress: Progress | None) -> records.FrontierZone:
        limits = self.limits
        counted = answers(
            self.case,
            self.terms,
            self.options.constraints,
            self.options.red_lines,
            progress,
            left_out=[*limits.departing, *limits.absent.values()],
            departing=limits.turned or (),
        )
        return records.FrontierZone.copying(
            counted,
            acceptable=counted.zone,
            acceptable_turned=None if limits.turned is None else counted.departing,
            by_layer=records.ZoneByLayer(**dict(zip(schema.LAYERS, counted.layers, strict=True))),
            parties=tuple(map(counted.party, range(len(counted.parties)))),
            pairs=tuple(
                records.ZonePair(parties=(counted.parties[a], counted.parties[b]), packages=counted.unopposed((a, b)))
                for a, b in combinations(range(len(counted.parties)), 2)
            ),
            conflicts=tuple(counted.conflicts()),
        )
