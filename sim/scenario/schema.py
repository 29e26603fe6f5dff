"""What the files may say: one frozen pydantic model for each thing a person writes.

The models check one file at a time (keys, types, closed word lists, ranges); rules that need two files live in
:mod:`sim.scenario.domain_checks` and :mod:`sim.scenario.checks`. Short forms are normalised here and in
:mod:`sim.scenario.fields`, so the rest of the package meets one shape only: a number or ``[low, high]`` becomes a
:class:`Span`, one word of basis becomes a :class:`CellBasis`, a level of a ranking becomes a tuple of options.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from sim.files.ceilings import MOST_DRAWS, MOST_SEED
from sim.scenario import fields
from sim.scenario.fields import STRICT, Cost, Day, Level, Name, Probability, Quota, Text, describe, fault

# The negotiation block has a module of its own; others say schema.Tactic all the same, and schema.Span.
from sim.scenario.fields import Package as Package
from sim.scenario.fields import Span as Span
from sim.scenario.negotiation_schema import CandidateSettings as CandidateSettings
from sim.scenario.negotiation_schema import NegotiationSettings as NegotiationSettings
from sim.scenario.negotiation_schema import Protocol as Protocol
from sim.scenario.negotiation_schema import Tactic as Tactic
from sim.scenario.negotiation_schema import TacticName as TacticName

#: In the context of a validation: the content comes from a file that a person writes, not from a saved run.
BY_HAND = {"by_hand": True}


def _not_by_hand(basis: str, info: ValidationInfo) -> str:
    if basis == "edited" and info.context == BY_HAND:
        raise fault("basis", "edited is the mark of an edit (--set, --with) in a saved run; nobody writes it by hand")
    return basis


def _not_of_a_text(basis: object) -> object:
    if basis == "proposed":
        raise fault("basis", "proposed is for terms of a text alone; for what a party holds write assumed")
    return basis


Basis = Annotated[
    Literal["stated", "inferred", "assumed", "edited"],
    BeforeValidator(_not_of_a_text),
    AfterValidator(_not_by_hand),
    fields.Without("edited"),
]
#: Of a term: ``proposed`` is its author's own, which no source need give and which is no filler.
TermBasis = Annotated[
    Literal["stated", "inferred", "proposed", "assumed", "edited"],
    AfterValidator(_not_by_hand),
    fields.Without("edited"),
]
Importance = Literal["critical", "major", "moderate", "minor", "none", "unknown"]
Severity = Literal["hard", "legal", "political"]
Role = Literal["principal", "guarantor", "alliance", "ratifier"]
Origin = Literal["article", "background"]
Attribution = Literal["quote", "reported", "summary", "expert"]
#: Of a claim that little stands behind: one page alone carries it; its voice is anonymous, relayed or doubtful.
Grade = Literal["single", "weak"]
#: What counts as evidence: every claim, those of articles, or those without a grade.
EvidenceMode = Literal["all", "articles", "firm"]
Strength = Literal[
    "red_line",  # called unacceptable, a red line, never
    "firm",  # must-wording, or a flat refusal of the moment
    "demand",  # asked for, without must-wording
    "objection",  # called a threat, a mistake, an obstacle
    "preference",  # wanted, aimed at
    "concession",  # given up, or admitted
    "flexibility",  # an option explored, left open or offered in trade
    "proposal",  # a text or an arrangement put forward
    "commitment",  # a pledge made to somebody
    "pressure",  # sanctions, threats and other coercion
    "process",  # how talks go, not what they are about
    "fact",  # an event, a law, a definition
    "assessment",  # a judgement by an expert or an author
    "poll",  # a survey figure
]

#: What a party said of a text; ``proposes``: the text is its own, so that its yes answers nobody.
Reply = Literal["accepts", "refuses", "conditional", "proposes"]

#: The order in which importance classes constrain weights, heaviest first.
CLASSES: tuple[Importance, ...] = ("critical", "major", "moderate", "minor")
#: Layers in which a red line or refusal may start to bind, firmest first.
LAYERS: tuple[Literal["stated", "inferred", "assumed"], ...] = ("stated", "inferred", "assumed")
#: Stands in a ranking for every option that it does not name.
REST = "rest"


def _ranking(value: object) -> object:
    if value == "unknown":
        return ()
    if not isinstance(value, (list, tuple)):
        raise fault("ranking", f"expected a list of options, best first, or the word unknown; found {describe(value)}")
    if not value:
        raise fault("ranking", "an empty ranking; write the word unknown if the sources are silent")
    return value


Ranking = Annotated[tuple[Level, ...], BeforeValidator(_ranking), fields.OrShort(const="unknown", least=1)]


def _for_both(*kinds: type) -> BeforeValidator:
    """A value of these kinds stands for both parts of a cell."""
    return BeforeValidator(lambda value: {"ranking": value, "importance": value} if isinstance(value, kinds) else value)


def _consent(value: object) -> object:
    if value == "always":
        return {"always": True}
    if not isinstance(value, dict):
        never = "; to leave a party out, name a condition that the text does not meet" if value == "never" else ""
        what = f"expected the word always, or when: with a list of conditions; found {describe(value)}{never}"
        raise fault("consent", what)
    return value


def _decides(value: object, info: ValidationInfo) -> object:
    """An edit takes the rule away with the word none; in a file there is then nothing to write."""
    if value != "none":
        return value
    if info.context == BY_HAND:
        raise fault("decides", "none is for edits (--set PARTY.decides=none); in a file leave decides out")
    return None


Terms = dict[Name, tuple[Name, ...]]  # issue -> options, any of which satisfies the condition
EvidenceIds = tuple[Name, ...]


class Model(BaseModel):
    """A part of a file: frozen, without further keys."""

    model_config = STRICT


# --- domain/issues.yaml ---------------------------------------------------------------


class Option(Model):
    """A possible answer: one plain sentence, and a short name for tables, sentences and figures.

    ``like`` is another option of the issue whose conditions it inherits; written out, ``ranked_as`` is the option whose
    place it has wherever a party gives it none of its own (:mod:`sim.scenario.expansion`).
    """

    text: Text
    label: Text | None = None
    like: Name | None = None
    ranked_as: Name | None = None


_SENTENCE = fields.short_of("text", "option", "one plain sentence, or a mapping with text:")
Answer = Annotated[Option, BeforeValidator(_SENTENCE), fields.OrOnly("text")]


class Issue(Model):
    """A question under negotiation and its possible answers; ``label`` is its short name.

    ``default``, an option or the word open, is what a text says that does not name the issue. On days before ``since``
    the issue is not in force (:mod:`sim.scenario.issues_in_force`).
    """

    question: Text
    label: Text | None = None
    default: Name | None = None
    since: Day | None = None
    options: Annotated[dict[Name, Answer], Field(min_length=2)]

    @property
    def likes(self) -> dict[str, str]:
        """The options that are read as another is, and that other."""
        return {name: option.ranked_as for name, option in self.options.items() if option.ranked_as is not None}


class Constraint(Model):
    """Which options exclude each other: if all of ``when`` hold, all of ``then`` must."""

    id: Name
    when: Annotated[Terms, Field(alias="if", min_length=1)]
    then: Annotated[Terms, Field(min_length=1)]
    severity: Severity
    why: Text
    evidence: EvidenceIds = ()

    def broken_by(self, package: Mapping[str, str]) -> bool:
        """Whether a package (issue -> option) breaks the constraint, whatever its missing (open) issues become."""
        return bool(self.breaches(package))

    def breaches(self, package: Mapping[str, str]) -> list[str]:
        """The issues in which a package breaks the constraint."""
        if not all(package.get(issue) in options for issue, options in self.when.items()):
            return []
        return [i for i, options in self.then.items() if i in package and package[i] not in options]


class Effect(Model):
    """If all of ``when`` hold in a package, parties value it as if ``then`` stood there."""

    id: Name
    when: Annotated[Terms, Field(alias="if", min_length=1)]
    then: Annotated[Package, Field(min_length=1)]
    parties: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    basis: Basis
    evidence: EvidenceIds = ()
    why: Text


class Lottery(Model):
    """The outcomes a party may expect if nothing is agreed, from a date on."""

    start: Annotated[Day, Field(alias="from")]
    outcomes: Annotated[dict[Name, Package], Field(min_length=1)]
    basis: Basis
    evidence: EvidenceIds = ()
    note: Text | None = None


class NoDeal(Model):
    """What holds if nothing is agreed: lotteries by name, and the issue on which verdicts are known to hang."""

    turning_issue: Name | None = None
    lotteries: dict[Name, Lottery] = {}


class Issues(Model):
    """``domain/issues.yaml``."""

    title: Text
    issues: Annotated[dict[Name, Issue], Field(min_length=1)]
    constraints: tuple[Constraint, ...] = ()
    effects: tuple[Effect, ...] = ()
    no_deal: NoDeal = NoDeal()


# --- domain/sources.yaml and domain/evidence.csv ----------------------------------------


class Source(Model):
    """A document: what it is, when it was published and how we know that."""

    title: Text
    publisher: Text
    date: Day
    date_basis: Literal["printed", "inferred"]
    inferred_from: Text | None = None
    origin: Origin
    status: Literal["found", "found_secondary", "recalled"] = "found"
    file: Text | None = None
    sha256: Text | None = None
    url: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _says_how_dated(self) -> Source:
        if self.date_basis == "inferred" and not self.inferred_from:
            raise fault("source", "an inferred date needs inferred_from: what it is inferred from")
        return self


class Actor(Model):
    """Somebody whose words or consent matter, with or without positions of their own."""

    name: Text
    note: Text | None = None


class Sources(Model):
    """``domain/sources.yaml``."""

    sources: dict[Name, Source]
    actors: dict[Name, Actor]


class Evidence(Model):
    """One row of ``domain/evidence.csv``: one claim, in our own words, and its place."""

    id: Name
    date: Day
    party: Name
    speaker: Text | None = None
    issue: Name
    claim: Text
    strength: Strength
    attribution: Attribution
    source: Name
    place: Text | None = None
    note: Text | None = None
    grade: Grade | None = None


class Reaction(Model):
    """One row of ``domain/reactions.csv``: what a party said of a text, and the claims that tell it.

    No part of a :class:`Domain`: nothing is computed from it, and no saved run holds it.
    """

    text: Name
    party: Name
    word: Reply
    evidence: EvidenceIds = ()
    note: Text | None = None


# --- domain/positions/*.yaml ------------------------------------------------------------


class CellBasis(Model):
    """What the two parts of a cell rest on."""

    ranking: Basis
    importance: Basis


class CellEvidence(Model):
    """The rows of evidence of the two parts of a cell."""

    ranking: EvidenceIds = ()
    importance: EvidenceIds = ()

    @property
    def all(self) -> EvidenceIds:
        """Both lists without repeats, in order."""
        return tuple(dict.fromkeys(self.ranking + self.importance))


class RedLine(Model):
    """An option a party rejects whatever else the package holds.

    ``holds`` is the share of voters who refuse, where a poll supports one; of an edited line of a party that does not
    decide by voters, the probability with which it binds. ``like`` is the option whose line was written out as this
    one: both have the same share in every draw.
    """

    option: Name
    basis: Basis
    evidence: EvidenceIds = ()
    holds: Probability | None = None
    note: Text | None = None
    like: Name | None = None


class Position(Model):
    """A party's stance on one issue from a date on.

    ``ranking`` is a tuple of levels, best first, each a tuple of tied options; the level
    ``("rest",)`` stands for all options not named; the empty tuple is an unknown ranking.
    ``values`` and ``weight`` are cardinal input that replaces the draw. ``assumed`` are options whose
    place in the ranking, or whose value, is the modeller's own whatever the basis of the rest.
    ``searched`` is the day on which statements of the party on the issue were last looked for.
    """

    model_config = ConfigDict(json_schema_extra=fields.one_of_each(("ranking", "values"), ("importance", "weight")))

    start: Annotated[Day, Field(alias="from")]
    ranking: Ranking | None = None
    values: dict[Name, Probability] | None = None
    importance: Importance | None = None
    weight: Probability | None = None
    red_lines: tuple[RedLine, ...] = ()
    assumed: tuple[Name, ...] = ()
    searched: Day | None = None
    basis: Annotated[CellBasis, _for_both(str), fields.OrOnly("ranking")]
    evidence: Annotated[CellEvidence, _for_both(list, tuple), fields.OrOnly("ranking")] = CellEvidence()
    note: Text | None = None

    def compares(self, options: Iterable[str]) -> bool:
        """Whether the ranking says anything of the issue's options: one alone, or ``rest`` alone, compares nothing."""
        ranking = self.ranking or ()
        if len(ranking) != 1:
            return len(ranking) > 1
        [level] = ranking
        return {*level} >= {*options} or (level != (REST,) and len(level) > 1)

    @model_validator(mode="after")
    def _one_of_each(self) -> Position:
        if (self.ranking is None) == (self.values is None):
            raise fault("position", "give either ranking (unknown is a ranking) or values")
        if (self.importance is None) == (self.weight is None):
            raise fault("position", "give either importance (unknown is a class) or weight")
        return self


def in_force(entries: Iterable[Position], day: dt.date) -> Position | None:
    """The latest entry dated on or before the day."""
    return max((entry for entry in entries if entry.start <= day), key=lambda entry: entry.start, default=None)


class Refusal(Model):
    """A combination of options the party rejects, judged after effects; ``label`` says it in a few words.

    ``like`` is the refusal that was written out as this one: both have the same share in every draw.
    """

    id: Name
    label: Text | None = None
    when: Annotated[Terms, Field(alias="if", min_length=1)]
    start: Annotated[Day, Field(alias="from")]
    until: Day | None = None
    basis: Basis
    evidence: EvidenceIds = ()
    holds: Probability | None = None
    why: Text
    like: Name | None = None

    def in_force(self, day: dt.date) -> bool:
        """Both ends count."""
        return self.start <= day and (self.until is None or day <= self.until)


class Demand(Model):
    """What a party says it must at least get: of every issue in ``terms``, one of these options.

    An aspiration beside the reservation: no share moves by it, but a text that gives less is told to be no worse than
    no deal and still less than asked. ``label`` says it in a few words.
    """

    id: Name
    label: Text | None = None
    terms: Annotated[Terms, Field(alias="for", min_length=1)]
    start: Annotated[Day, Field(alias="from")]
    until: Day | None = None
    basis: Basis
    evidence: EvidenceIds = ()
    why: Text

    def in_force(self, day: dt.date) -> bool:
        """Both ends count."""
        return self.start <= day and (self.until is None or day <= self.until)


class Consent(Model):
    """When a party's yes is needed: always, or when any of the conditions holds."""

    always: bool = False
    when: tuple[Annotated[Terms, Field(min_length=1)], ...] = ()
    why: Text | None = None


class Decision(Model):
    """How a ratifier decides: a text passes where more than the share ``quota`` of the voters say yes."""

    by: Literal["majority"]
    of: Literal["voters"]
    quota: Quota


class Beliefs(Model):
    """How likely a party finds each outcome of a lottery, as ranges."""

    ranges: Annotated[dict[Name, Probability], Field(min_length=1)]
    basis: Basis
    evidence: EvidenceIds = ()
    note: Text | None = None


class PartyNoDeal(Model):
    """``cost`` is added to every gain, in units of utility: what no deal costs besides."""

    beliefs: dict[Name, Beliefs] = {}
    cost: Cost | None = None


class Party(Model):
    """``domain/positions/<id>.yaml``."""

    id: Name
    name: Text
    role: Role
    members: tuple[Name, ...] = ()
    consent: Annotated[Consent, BeforeValidator(_consent), fields.OrShort(const="always")]
    decides: Annotated[Decision | None, BeforeValidator(_decides)] = None
    positions: dict[Name, tuple[Position, ...]] = {}
    refuses: tuple[Refusal, ...] = ()
    asks: tuple[Demand, ...] = ()
    no_deal: PartyNoDeal = PartyNoDeal()
    reservation: Probability | None = None
    note: Text | None = None

    def position(self, issue: str, day: dt.date) -> Position | None:
        """The position in force on a day: the latest entry from that day or before."""
        return in_force(self.positions.get(issue, ()), day)

    @model_validator(mode="after")
    def _members_of_alliances(self) -> Party:
        if self.role != "alliance" and self.members:
            raise fault("party", "only an alliance (role: alliance) has members")
        if not self.consent.always and not self.consent.when:
            raise fault("party", "consent is never needed; write always, or at least one condition under when")
        return self


# --- a scenario ---------------------------------------------------------------------------


class Term(Model):
    """What a proposal says on one issue: an option, or that it is left open.

    ``default`` marks a term that the text does not name and the program took from the issue's default.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["option"], "properties": {"option": {"type": "string"}, "open": {"const": False}}},
                {"required": ["open"], "properties": {"option": {"type": "null"}, "open": {"const": True}}},
            ]
        }
    )

    option: Name | None = None
    open: bool = False
    basis: TermBasis
    default: bool = False
    evidence: EvidenceIds = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _option_or_open(self) -> Term:
        if (self.option is None) == (not self.open):
            raise fault("term", "give either option: or open: true")
        return self


class Proposal(Model):
    """The text that was put forward."""

    date: Day
    summary: Text
    consent_not_modelled: tuple[Name, ...] = ()
    terms: Annotated[dict[Name, Term], Field(min_length=1)]
    note: Text | None = None


class Domain(Model):
    """The four parts that the scenarios of a folder share."""

    issues: Issues
    sources: Sources
    evidence: tuple[Evidence, ...]
    positions: Annotated[dict[Name, Party], Field(min_length=1)]


class PartyRules(Model):
    """How single parties judge, where not as all others do: names of rules by party, the modeller's assumption.

    ``utility`` is how a party values packages, else the weighted sum of their values; ``acceptance`` is the least gain
    to which it says yes, else none. Which names there are, :mod:`sim.files.own_rules` knows.
    """

    utility: dict[Name, Name] = {}
    acceptance: dict[Name, Name] = {}


class Scenario(Model):
    """A scenario with its domain merged in: everything a run depends on."""

    id: Name
    title: Text
    label: Text | None = None
    proposal: Proposal
    as_of: Day | None = None
    no_deal: Name | None = None
    negotiation: NegotiationSettings = NegotiationSettings()
    rules: PartyRules = PartyRules()
    draws: Annotated[int, Field(ge=1, le=MOST_DRAWS)] = 10_000
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = 1
    evidence: EvidenceMode = "all"
    edits: tuple[Text, ...] = ()
    domain: Domain

    @property
    def name(self) -> str:
        """What to call the text in tables and sentences."""
        return self.label or self.title

    @property
    def day(self) -> dt.date:
        """The day on which positions must be in force."""
        return self.as_of or self.proposal.date

    @property
    def lottery(self) -> str | None:
        """The no-deal lottery that the scenario names, else the latest begun by its day, else the earliest."""
        if self.no_deal is not None:
            return self.no_deal
        starts = {name: lottery.start for name, lottery in self.domain.issues.no_deal.lotteries.items()}
        begun = [name for name, start in starts.items() if start <= self.day]
        return max(begun, key=starts.__getitem__) if begun else min(starts, key=starts.__getitem__, default=None)

    @property
    def proposers(self) -> tuple[str, ...]:
        """Who makes offers in alternating offers: the parties that the block names, else every principal."""
        principals = (name for name, party in self.domain.positions.items() if party.role == "principal")
        return self.negotiation.proposers or tuple(principals)
