"""The ``negotiation`` of a result: what talks were held by, how they end and what they bring, as frozen records."""

from __future__ import annotations

from typing import ClassVar, Literal

from sim.results.records import (
    Count,
    Gain,
    Objection,
    Positive,
    Range,
    Record,
    Share,
    ShareInterval,
    Sparing,
    TermChange,
)


class TacticUsed(Record):
    """``tactic`` is None for a party that takes whatever is no worse than no deal."""

    party: str
    tactic: str | None
    parameter: str | None
    range: Range | None


class OwnRule(Record):
    """A tactic or protocol that is not built in, and who brought it.

    ``package`` and ``version`` are None for one that a program registered by itself, in ``module``. ``declares`` is
    what it says of itself: of a tactic ``reacts``, ``stands``, ``yields``, ``reachable``; of a protocol ``offers`` and
    the keys of the block that it reads. ``about`` is a protocol's own word on it.
    """

    kind: Literal["tactic", "protocol"]
    name: str
    package: str | None
    version: str | None
    module: str
    declares: tuple[str, ...]
    about: str | None


class TalksSettings(Record):
    """What the talks were held by; all of it the modeller's assumption."""

    rounds: Positive
    proposers: tuple[str, ...]
    first_mover: str | None
    table: tuple[str, ...]
    ratifiers: tuple[str, ...]
    tactics: tuple[TacticUsed, ...]
    delay_cost: dict[str, Range]
    candidates: Count
    every_text: bool
    changes: Count | None
    named_texts: tuple[str, ...]
    equal_no_deal: tuple[str, ...] = ()
    temperature: Range | None


class AgreementRounds(Record):
    """In which rounds agreements are reached: the middle, and the middle 90%."""

    median: Count
    p05: Count
    p95: Count


class TalksText(Record):
    """A text that is agreed on, and how often."""

    share: Share
    tabled: bool
    names: tuple[str, ...]
    terms: dict[str, str | None]
    changes: tuple[TermChange, ...]


class TalksIssue(Record):
    """What agreements say on one issue, by share."""

    issue: str
    tabled: str | None
    agreed: dict[str, Share] | None
    left_open: Share | None


class TalksMove(Record):
    """How far a proposer moves on one issue, from its opening to what is agreed."""

    issue: str
    opening: str | None
    opening_share: Share | None
    agreed: str | None
    agreed_share: Share | None
    moved: Share | None


class Proposer(Record):
    """A party that makes offers: how often its own is agreed, and how far it moves."""

    party: str
    proposed: Share | None
    prefers_no_deal: Share
    favourite_gain: float | None
    issues: tuple[TalksMove, ...]


class TalksGain(Gain):
    """What agreements bring a party, in units of utility."""

    mean: float
    best: float | None
    net_of_delay: float | None
    worse_off: Share


class TalksParty(Record):
    """A party in the talks, and what agreements bring it."""

    party: str
    at_table: bool
    prefers_no_deal: Share | None
    asked: Share | None
    gain: TalksGain | None


class Refuser(Record):
    """A party in the way, how often, how often alone, and over what."""

    party: str
    share: Share
    sole: Share
    objection: Objection | None


class Breakdown(Record):
    """Why talks break down: shares of the draws in which they do."""

    missed: Share
    unavoidable: Share | None
    in_the_way: tuple[Refuser, ...]
    nobody_alone: Share


class Efficiency(Record):
    """How often what is agreed leaves nothing to gain for all, and how much on average, in units of utility."""

    efficient: ShareInterval
    mean_slack: float


class AgainstVote(Record):
    """Shares of draws by what becomes of the tabled text taken or left, and of the talks."""

    accepted: ShareInterval
    both: Share
    agreed_only: Share
    accepted_only: Share
    neither: Share


class TalksHeld(Sparing):
    """By what talks are held."""

    _SPARED: ClassVar[tuple[str, ...]] = ("own_rules",)

    protocol: str
    own_rules: tuple[OwnRule, ...] = ()  # only where there are some
    settings: TalksSettings

    @property
    def mediated(self) -> bool:
        """Whether a mediator amends a single text, which may become one that nobody could have proposed."""
        return self.protocol == "single_text"

    @property
    def own(self) -> OwnRule | None:
        """What is known of a protocol that is not built in, None for one that is."""
        return next((rule for rule in self.own_rules if rule.kind == "protocol"), None)

    @property
    def offers(self) -> bool:
        """Whether parties make offers."""
        return self.protocol == "alternating_offers" if self.own is None else "offers" in self.own.declares

    def uses(self, key: str) -> bool:
        """Whether a protocol that is not built in reads a key of the ``negotiation`` block."""
        return self.own is not None and key in self.own.declares


class Negotiation(TalksHeld):
    """How the talks over the text end: ``negotiation`` of a result, None of a vote.

    Everything in it hangs on ``settings``, which are assumptions of the modeller.

    Example:
        >>> import sim
        >>> talks: sim.Negotiation = sim.run("istanbul", draws=200, protocol="alternating_offers").negotiation
        >>> bool(abs(talks.agreed.estimate + talks.ratification_failed.estimate + talks.broke_down.estimate - 1) < 1e-9)
        True
        >>> talks.settings.proposers, talks.settings.tactics[0].tactic
        (('russia', 'ukraine'), 'boulware')
    """

    agreed: ShareInterval
    ratification_failed: ShareInterval
    broke_down: ShareInterval
    agreements: Count
    rounds: AgreementRounds | None
    agreed_by_round: tuple[Share, ...]
    unratified_by_round: tuple[Share, ...]
    breakdown: Breakdown | None
    turned_down: tuple[Refuser, ...]
    all_asked: Share | None
    at_limit: Share | None
    texts_draws: Count
    different_texts: Count
    texts: tuple[TalksText, ...]
    unratified_texts: tuple[TalksText, ...]
    issues: tuple[TalksIssue, ...]
    proposers: tuple[Proposer, ...]
    parties: tuple[TalksParty, ...]
    efficiency: Efficiency | None
    against_vote: AgainstVote | None
