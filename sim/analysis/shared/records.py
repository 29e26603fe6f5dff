"""Records that several questions share, and how they are made: of a text, and of lines and constraints in its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.analysis.shared.counting import Count, Counts, Verdict, alone, change, interval, verdict_of
from sim.analysis.shared.evidence_alone import EvidenceAlone, allowed
from sim.bargaining.endings import AGREED, BREAKDOWN, UNRATIFIED
from sim.bargaining.summary import breakdown, own_rules, talks_settings, turned_down
from sim.bargaining.tally import TalksTally
from sim.engine.acceptability import wilson
from sim.engine.packages import Rule
from sim.engine.profiles import Case, Line
from sim.results.documents import Document, scored_in_short
from sim.results.records import Interval, Record, ScenarioInfo, Settings, Share, ShareInterval, WeightByBasis, versions
from sim.results.result import LineName
from sim.results.talks import Refuser, TalksHeld
from sim.results.verdicts import stance
from sim.scenario import schema
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.simulation.summary import scenario_info, settings


class Question(Document):
    """What the document of a question begins with: its form, which text it is on, and how that is scored."""

    scenario: ScenarioInfo
    settings: Settings

    def _summary(self) -> str:
        """Which text it is about, and how that was scored."""
        return scored_in_short(self.scenario, self.settings)


class ConstraintRef(Record):
    """A constraint, by what a reader needs of it."""

    id: str
    severity: schema.Severity
    why: str


def constraint_ref(rule: Rule) -> ConstraintRef:
    """How a result names a constraint."""
    return ConstraintRef.copying(rule.constraint)


class PartyLine(LineName):
    """A line, and who draws it."""

    party: str


def blocking_line(line: Line) -> LineName:
    """How a result names a red line or a refusal."""
    return LineName(
        kind=line.kind,
        issue=line.issue,
        option=line.id if line.kind == "red_line" else None,
        refusal=line.id if line.kind == "refusal" else None,
        basis=line.basis,
    )


def party_line(party: str, line: Line) -> PartyLine:
    """As :func:`blocking_line`, with who draws it."""
    return PartyLine.copying(blocking_line(line), party=party)


#: What is scored alike differs in no draw, whatever the sample.
NO_CHANGE = Interval(estimate=0.0, low=0.0, high=0.0)


class TalksEnds(Record):
    """How talks end, as ``negotiation`` of a run has it; ``change`` is of agreements that stand, draw by draw.

    ``unavoidable`` and ``in_the_way`` are of the draws in which talks break down, ``turned_down`` of those in which
    what is agreed is not ratified.
    """

    agreed: ShareInterval
    change: Interval
    ratification_failed: ShareInterval
    broke_down: ShareInterval
    unavoidable: Share | None
    in_the_way: tuple[Refuser, ...]
    turned_down: tuple[Refuser, ...]

    @property
    def obstacles(self) -> dict[str, float]:
        """By party the share of all draws in which it is in the way or turns down what is agreed, most first."""
        shares: dict[str, float] = {}
        for end, refusers in ((self.broke_down, self.in_the_way), (self.ratification_failed, self.turned_down)):
            for refuser in refusers:
                shares[refuser.party] = shares.get(refuser.party, 0.0) + refuser.share * end.estimate
        return dict(sorted(shares.items(), key=lambda item: -item[1]))


def talks_ends(tally: TalksTally, agreed: Count | None) -> TalksEnds:
    """How talks end, as :func:`sim.bargaining.summary.summarise_talks` has it.

    ``agreed`` counts agreements that stand against others; None of talks that go as those do.
    """
    why = breakdown(tally)
    return TalksEnds(
        agreed=wilson(int(tally.outcomes[AGREED]), tally.draws),
        change=NO_CHANGE if agreed is None else change(agreed, tally.draws),
        ratification_failed=wilson(int(tally.outcomes[UNRATIFIED]), tally.draws),
        broke_down=wilson(int(tally.outcomes[BREAKDOWN]), tally.draws),
        unavoidable=None if why is None else why.unavoidable,
        in_the_way=() if why is None else why.in_the_way,
        turned_down=turned_down(tally),
    )


def talks_held(tally: TalksTally) -> TalksHeld:
    """By what talks were held."""
    protocol = tally.candidates.case.scenario.negotiation.protocol
    return TalksHeld(protocol=protocol, own_rules=own_rules(tally.candidates), settings=talks_settings(tally))


class Standing(Record):
    """A party as the text is tabled: its share, and its mean gain in units of utility."""

    id: str
    acceptability: Interval
    gain: float


class PartyEffect(Record):
    """A party under a changed text, and against the text as tabled: an alliance accepts with its members."""

    id: str
    consent_needed: bool
    acceptability: Interval
    change: Interval
    gain: float
    gain_change: float


def party_effect(party: str, on: Case, count: Counts, gain: float, before: float) -> PartyEffect:
    """Of a party under a changed text, by its count there and its mean gains there and before."""
    draws = on.scenario.draws
    return PartyEffect(
        id=party,
        consent_needed=party in on.asked,
        acceptability=interval(count.parties[party], draws),
        change=change(count.parties[party], draws),
        gain=gain,
        gain_change=gain - before,
    )


class Base(Record):
    """The text as tabled, against which others are measured."""

    joint_acceptability: Interval
    verdict: Verdict
    on_evidence: EvidenceAlone
    weakest_party: str
    open_issues: tuple[str, ...]
    may_be_open: bool
    assumed_terms: int
    terms: int
    parties: tuple[Standing, ...]


def tabled(case: Case, count: Counts, draws: int, gains: Sequence[float]) -> Base:
    """The text's figures from its count; ``gains`` are the parties' expected gains, in the order of the profiles."""
    shares = alone(case, count, draws)
    joint = interval(count.joint, draws)
    return Base(
        joint_acceptability=joint,
        verdict=judged(joint, shares),
        on_evidence=allowed([case], draws, case.scenario.seed)[0].alone,
        weakest_party=min(shares, key=lambda p: shares[p].estimate),
        open_issues=case.open_issues,
        may_be_open=all(p.reservation is None for p in case.profiles),
        assumed_terms=len(case.assumed_issues),
        terms=len(case.space.issues),
        parties=tuple(
            Standing(id=p.id, acceptability=interval(count.parties[p.id], draws), gain=gain)
            for p, gain in zip(case.profiles, gains, strict=True)
            if p.id in case.asked
        ),
    )


def judged(joint: Interval, shares: dict[str, Interval]) -> Verdict:
    """The verdict on a text from the joint figure and the own shares of those asked."""
    return verdict_of(joint, [stance(s) for s in shares.values()])


def weight_by_basis(weights: Iterable[tuple[str, float]]) -> WeightByBasis:
    """Weights with the basis of what they lie on, added up."""
    shares = dict.fromkeys(WeightByBasis.model_fields, 0.0)
    for basis, weight in weights:
        shares[basis] += weight
    return WeightByBasis(**shares)


def about(case: Case, loaded: Loaded, record: type[Question], texts: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Fields that a record has: the scenario, how it is scored, what its parties, issues and other texts are called.

    ``texts`` are names of other texts that the result names, by id.
    """
    fields = {
        "scenario": scenario_info(case, loaded.sha256),
        "settings": settings(case),
        "names": {p.id: p.name for p in case.profiles},
        "consent_not_modelled": case.scenario.proposal.consent_not_modelled,
        "labels": labels_of(case.scenario.domain, texts),
        "versions": versions(),
    }
    return {name: value for name, value in fields.items() if name in record.model_fields}
