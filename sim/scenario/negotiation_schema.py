"""What the ``negotiation`` block of a scenario may say, as frozen pydantic models."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, Field

from sim.scenario.fields import STRICT, Amount, Name, OrShort, Package, Probability, Range, Span, short_of

Protocol = Literal["vote", "alternating_offers", "single_text"]
TacticName = Literal["boulware", "linear", "conceder", "hardliner", "ultimatum", "tit_for_tat", "micro"]
#: Of a boulware tactic without an exponent.
BOULWARE = Span(2.0, 5.0)


_tactic = short_of("tactic", "tactic", "the name of a tactic, or a mapping with one")


class Block(BaseModel):
    """A part of the block: frozen, without further keys."""

    model_config = STRICT


class Tactic(Block):
    """How a party concedes; see :mod:`sim.bargaining.tactics` for what each word means.

    Which word takes which parameter, and in which range, is a rule of :mod:`sim.scenario.checks`.
    """

    tactic: TacticName
    exponent: Range | None = None
    reciprocity: Range | None = None


class CandidateSettings(Block):
    """Which packages may be proposed: those near the tabled text, and further texts.

    An issue that a text leaves out stays as tabled. ``proposals`` names scenario files beside this one; loading writes
    their texts out under ``texts`` by the same names (:mod:`sim.scenario.expansion`), so that what is saved
    stands by itself.
    """

    changes: Annotated[int, Field(ge=1, le=3)] = 2
    proposals: tuple[Name, ...] = ()
    texts: dict[Name, Package] = {}


class NegotiationSettings(Block):
    """What the parties do with the text; all of it the modeller's assumption.

    ``delay_cost`` and ``temperature`` are in units of utility. No ``proposers`` means the principals, see
    :attr:`sim.scenario.schema.Scenario.proposers`.
    """

    protocol: Protocol = "vote"
    rounds: Annotated[int, Field(ge=1, le=500)] = 20
    proposers: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    first_mover: Name = "random"
    tactics: dict[Name, Annotated[Tactic, BeforeValidator(_tactic), OrShort(enum=list(get_args(TacticName)))]] = {}
    delay_cost: dict[Name, Probability] = {}
    candidates: CandidateSettings = CandidateSettings()
    temperature: Amount = Span(0.0, 0.0)
