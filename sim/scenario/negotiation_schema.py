"""What the ``negotiation`` block of a scenario may say, as frozen pydantic models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from sim.files.registry import BrokenPackage, Rules
from sim.scenario.fields import STRICT, Amount, Name, Package, Probability, Range, Span, describe, short_of

#: The words that are built in; see :data:`PROTOCOLS` and :data:`TACTICS` for all.
Protocol = Literal["vote", "alternating_offers", "single_text"]
TacticName = Literal["boulware", "linear", "conceder", "hardliner", "ultimatum", "tit_for_tat", "micro"]


class Setting(NamedTuple):
    """The parameter of a tactic: its key, the ends between which it lies (they count), what it is without being set."""

    key: str
    low: float
    high: float
    default: Span


@dataclass(frozen=True)
class TacticEntry:
    """What files must know of a tactic; what it does is in :mod:`sim.bargaining.tactics`."""

    setting: Setting | None = None


@dataclass(frozen=True)
class ProtocolEntry:
    """What files, results and pages must know of a protocol.

    ``uses`` are the keys of the block that it reads, besides ``protocol`` itself. With ``offers`` the proposers make
    them, so that each has a say in every text. ``about`` is a line on it, for one that is not built in.
    """

    uses: tuple[str, ...] = ()
    offers: bool = False
    about: str | None = None


TACTICS: Rules[TacticEntry] = Rules(
    "tactic",
    "sim.tactics",
    {
        "boulware": TacticEntry(Setting("exponent", 1.0, 100.0, Span(2.0, 5.0))),
        "linear": TacticEntry(),
        "conceder": TacticEntry(Setting("exponent", 0.0, 1.0, Span(0.2, 0.5))),
        "hardliner": TacticEntry(),
        "ultimatum": TacticEntry(),
        "tit_for_tat": TacticEntry(Setting("reciprocity", 0.0, 10.0, Span(1.0, 1.0))),
        "micro": TacticEntry(),
    },
)
PROTOCOLS: Rules[ProtocolEntry] = Rules(
    "protocol",
    "sim.protocols",
    {
        "vote": ProtocolEntry(),
        "alternating_offers": ProtocolEntry(
            ("rounds", "proposers", "first_mover", "tactics", "delay_cost", "candidates"), offers=True
        ),
        "single_text": ProtocolEntry(("rounds", "proposers", "candidates", "temperature")),
    },
)


class Registered:
    """Mark and validator of a name that stands in a registry."""

    def __init__(self, rules: Rules[Any]) -> None:
        self.rules = rules

    def __call__(self, value: object) -> object:
        """The name, if there is such a rule; an installed package that brings it is loaded."""
        rules = self.rules
        try:
            if rules.find(value) is not None:
                return value
        except BrokenPackage as error:
            raise PydanticCustomError("rule", "{message}", {"message": str(error), "hint": ""}) from None
        what, hint = rules.missing(value if isinstance(value, str) else "", describe(value))
        raise PydanticCustomError("rule", "{message}", {"message": what, "hint": hint})

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return self.words

    @property
    def words(self) -> JsonSchemaValue:
        """The names there are when the JSON Schema is written: those of packages not installed yet are not in it."""
        return {"type": "string", "enum": list(self.rules.names())}


class OrWord:
    """Mark of the tactic of a party: a word will do."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [Registered(TACTICS).words, handler(core)]}


def parameters() -> dict[str, list[str]]:
    """The keys of parameters, each with the tactics loaded so far that take it."""
    result: dict[str, list[str]] = {}
    for name in TACTICS:
        if (setting := TACTICS[name].setting) is not None:
            result.setdefault(setting.key, []).append(name)
    return result


_tactic = short_of("tactic", "tactic", "the name of a tactic, or a mapping with one")


class Block(BaseModel):
    """A part of the block: frozen, without further keys."""

    model_config = STRICT


class Tactic(Block):
    """How a party concedes; see :mod:`sim.bargaining.tactics` for what each word means.

    Which word takes which parameter, and in which range, is a rule of :mod:`sim.scenario.checks`. The parameter of a
    tactic that is not built in stands under its own key.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Range] = Field(init=False)

    tactic: Annotated[str, BeforeValidator(Registered(TACTICS)), Registered(TACTICS)]
    exponent: Range | None = None
    reciprocity: Range | None = None

    def span(self, key: str) -> Span | None:
        """What stands under the key of a parameter, None for nothing."""
        value = getattr(self, key) if key in type(self).model_fields else (self.model_extra or {}).get(key)
        return value if isinstance(value, Span) else None

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        content = handler.resolve_ref_schema(handler(core))
        if not any(TACTICS.own(name) for name in TACTICS.names()):
            content["additionalProperties"] = False
        return content

    @property
    def parameters(self) -> tuple[str, ...]:
        """The keys of parameters that stand here."""
        fields = (key for key in ("exponent", "reciprocity") if getattr(self, key) is not None)
        return (*fields, *(self.model_extra or ()))

    @model_validator(mode="wrap")
    @classmethod
    def _known_keys(cls, value: Any, handler: ModelWrapValidatorHandler[Tactic]) -> Tactic:
        """No key that no tactic has."""
        faults: list[InitErrorDetails] = []
        model = None
        try:
            model = handler(value)
        except ValidationError as error:
            faults = [_again(detail) for detail in error.errors(include_url=False)]
        unknown: list[str] = []
        # what a tactic would take that there is not, nobody knows
        if isinstance(value, dict) and not any(fault["loc"] == ("tactic",) for fault in faults):
            unknown = [key for key in value if key != "tactic" and key not in parameters()]
        if model is not None and not unknown:
            return model
        faults = [fault for fault in faults if fault.get("loc", ())[:1] not in [(key,) for key in unknown]]
        faults += [InitErrorDetails(type="extra_forbidden", loc=(key,), input=value[key]) for key in unknown]
        raise ValidationError.from_exception_data(cls.__name__, faults)


def _again(detail: Any) -> InitErrorDetails:
    """An error that pydantic has told, to be told once more."""
    context = detail.get("ctx", {})
    kind: Any = detail["type"]
    if kind not in _CORE:
        kind = PydanticCustomError(kind, "{message}", {**context, "message": detail["msg"]})
    return InitErrorDetails(type=kind, loc=detail["loc"], input=detail["input"], ctx=context)


_CORE = frozenset(get_args(core_schema.ErrorType))


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

    protocol: Annotated[str, BeforeValidator(Registered(PROTOCOLS)), Registered(PROTOCOLS)] = "vote"
    rounds: Annotated[int, Field(ge=1, le=500)] = 20
    proposers: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    first_mover: Name = "random"
    tactics: dict[Name, Annotated[Tactic, BeforeValidator(_tactic), OrWord()]] = {}
    delay_cost: dict[Name, Probability] = {}
    candidates: CandidateSettings = CandidateSettings()
    temperature: Amount = Span(0.0, 0.0)

    @property
    def rule(self) -> ProtocolEntry:
        """What the protocol says of itself."""
        return PROTOCOLS[self.protocol]

    @property
    def most_rounds(self) -> int:
        """How many rounds there are at most: one where the protocol counts none."""
        return self.rounds if self.uses("rounds") else 1

    def uses(self, key: str) -> bool:
        """Whether the protocol reads a key of the block."""
        return key in self.rule.uses
