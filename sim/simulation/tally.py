"""What a block of draws adds to a result: counts and sums, nothing that grows with draws.

Counts are integers and sums of floats are exact, so that a result does not depend on how the blocks were grouped.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from sim.bargaining.tally import TalksTally
from sim.engine.acceptability import Judgement, joint, sole_blockers
from sim.engine.exact_sums import ExactSum
from sim.engine.histogram import GAIN_BIN, Counts, Histogram, count_gains, quantile
from sim.engine.packages import Mask
from sim.engine.profiles import Case, Profile
from sim.scenario import schema


@dataclass
class PartyTally:
    """Sums over draws for one party. Counts unless said otherwise.

    ``own`` counts own acceptance as modelled, necessary, possible and with inferred lines; ``layers``, ``bounds`` (the
    same three), ``strip`` and ``decided`` are the alliance's where the party is one (its members accept too), else its
    own. ``agrees`` counts the draws in which the gain is enough, whatever lines bind. ``gains`` is a histogram,
    ``lowest`` and ``highest`` are the ends of what it counts, exactly, ``gain_sum`` its sum. ``crossed`` has one entry
    a line of the profile. ``weights``, ``terms`` and ``refused_terms`` have one entry an issue.
    """

    own: Counts
    own_layers: Counts
    own_strip: Counts
    decided: Counts
    layers: Counts
    bounds: Counts
    strip: Counts
    sole: Counts
    crossed: Counts
    agrees: Counts
    gains: Histogram
    lowest: float
    highest: float
    gain_sum: ExactSum
    weights: ExactSum
    terms: ExactSum
    refused_terms: ExactSum

    def __iadd__(self, other: PartyTally) -> PartyTally:
        for f in fields(self):
            mine, others = getattr(self, f.name), getattr(other, f.name)
            join = {"lowest": min, "highest": max}.get(f.name, operator.add)
            setattr(self, f.name, join(mine, others))
        return self


@dataclass
class FirmTally:
    """Counts of a party's own acceptance on the evidence without graded claims, ``claims``: as ``bounds`` above."""

    claims: tuple[str, ...]
    bounds: Counts

    def __iadd__(self, other: FirmTally) -> FirmTally:
        self.bounds = self.bounds + other.bounds
        return self


@dataclass
class Tally:
    """Sums over draws for one case.

    ``signed`` counts those in which all accept whose yes signs the text (:attr:`sim.engine.profiles.Case.signing`),
    ``filled`` draws were used for the fillings, ``talks`` is None without any; ``firm`` has parties of whom something
    rests on graded claims alone.
    """

    draws: int
    joint: Counts
    signed: Counts
    joint_layers: Counts
    some: int
    every: int
    completions: Counts
    filled: int
    fillings: Counts
    parties: dict[str, PartyTally]
    talks: TalksTally | None = None
    firm: dict[str, FirmTally] = field(default_factory=dict)

    def __iadd__(self, other: Tally) -> Tally:
        for f in fields(self):
            if f.name in ("parties", "firm"):
                for name, tally in getattr(self, f.name).items():
                    tally += getattr(other, f.name)[name]
            elif f.name == "talks":
                if self.talks is not None and other.talks is not None:
                    self.talks += other.talks
            else:
                setattr(self, f.name, getattr(self, f.name) + getattr(other, f.name))
        return self


def quantiles(tally: PartyTally, shares: Sequence[float]) -> list[float]:
    """Gains below which shares of the draws lie; where all draws lie within a bin's width, no further out than they.

    So a gain that is the same in every draw is told as it is, and not as a place in a bin.
    """
    ends = [quantile(tally.gains, share) for share in shares]
    if tally.highest - tally.lowest >= GAIN_BIN:
        return ends
    return [min(max(x, tally.lowest), tally.highest) for x in ends]


def tally_block(
    draws: int, case: Case, judgements: Mapping[str, Judgement], closed: Mask, filled: Mask | None
) -> Tally:
    """Count one block.

    ``draws`` is how many of the block's draws count; ``closed`` and ``filled`` are joint
    acceptance of each completion and filling, shape ``(packages, BLOCK)`` (no completions: no
    rows; fillings not scored: None).
    """
    asked = case.asked
    own = {party: j.accepts for party, j in judgements.items()}
    alone = dict(zip(asked, sole_blockers([own[p] for p in asked]), strict=True))
    together = [joint([judgements[p].by_layer[k] for p in asked]) for k in range(len(schema.LAYERS))]
    some: Mask = np.any(closed, axis=0) if len(closed) else together[-1]
    every: Mask = np.all(closed, axis=0) if len(closed) else together[-1]
    return Tally(
        draws=draws,
        joint=count([together[-1]], draws),
        signed=count([joint([own[p] for p in case.signing])], draws),
        joint_layers=count(together, draws),
        some=int(some[:draws].sum()),
        every=int(every[:draws].sum()),
        completions=closed[:, :draws].sum(axis=1, dtype=np.int64),
        filled=0 if filled is None else draws,
        fillings=np.zeros(1, np.int64) if filled is None else filled[:, :draws].sum(axis=1, dtype=np.int64),
        parties={
            p.id: _tally_party(draws, p, [judgements[v] for v in case.voters(p.id)], alone.get(p.id))
            for p in case.profiles
        },
    )


def _tally_party(draws: int, profile: Profile, votes: Sequence[Judgement], alone: Mask | None) -> PartyTally:
    """One party's sums; ``votes`` are its own judgement and, of an alliance, its members'."""
    mine = votes[0]
    refuses = ~mine.accepts[:draws]
    terms = [None if t is None else t[:draws] for t in mine.terms]
    crossed = dict(mine.crossed)
    members = [v.accepts for v in votes[1:]]
    return PartyTally(
        own=count([mine.accepts, *mine.bounds], draws),
        own_layers=count(mine.by_layer, draws),
        own_strip=count(mine.strip or [], draws),
        decided=count([joint([v.accepts for v in votes])], draws),
        layers=count([joint([v.by_layer[k] for v in votes]) for k in range(len(schema.LAYERS))], draws),
        bounds=count([joint(masks) for masks in zip(*(v.bounds for v in votes), strict=True)], draws),
        strip=count([joint([s, *members]) for s in mine.strip or []], draws),
        sole=count([] if alone is None else [alone], draws),
        crossed=count([crossed.get(line, np.zeros(draws, bool)) for line in profile.lines], draws),
        agrees=count([mine.agrees], draws),
        gains=count_gains(mine.gain[:draws]),
        lowest=float(mine.gain[:draws].min()),
        highest=float(mine.gain[:draws].max()),
        gain_sum=ExactSum.of(mine.gain[:draws].sum()),
        weights=ExactSum.of(mine.weights[:, :draws].sum(axis=1)),
        terms=ExactSum.of(np.array([0.0 if t is None else t.sum() for t in terms])),
        refused_terms=ExactSum.of(np.array([0.0 if t is None else t[refuses].sum() for t in terms])),
    )


def count(masks: Sequence[Mask], draws: int) -> Counts:
    """In how many of the first draws each mask is true."""
    return np.array([m[:draws].sum() for m in masks], np.int64)
