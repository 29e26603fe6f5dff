"""From gains and lines to acceptance: layers, bounds, blockers, objections, shares, intervals.

A party accepts a package iff its gain is at least zero (or what a rule of its own asks for) and the package crosses
none of its red lines (as written) and matches none of its refusals (after effects) that bind in the draw
(:meth:`sim.engine.preferences.Memo.holds`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import BLOCK, Array, Index, in_draws
from sim.engine.packages import Mask, Packages, Space
from sim.engine.preferences import Preferences, weight_plan
from sim.engine.profiles import TIE as TIE
from sim.engine.profiles import Line
from sim.results.records import Interval
from sim.scenario import schema

#: Classes of the turning-issue strip, lightest first.
STRIP: tuple[schema.Importance, ...] = ("none", "minor", "moderate", "major", "critical")
#: Two-sided 95% point of the normal distribution.
Z95 = 1.959963984540054
#: The numbers of all draws of a block.
EVERY: Index = np.arange(BLOCK)


def wilson(count: int, total: int, z: float = Z95) -> Interval:
    """Share and Wilson score interval of ``count`` in ``total`` draws.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927). Raises ValueError for no draws.

    >>> share = wilson(580, 1000)
    >>> share.estimate, round(share.low, 3), round(share.high, 3)
    (0.58, 0.549, 0.61)
    """
    if total < 1:
        raise ValueError("a share needs at least one draw")
    p = count / total
    centre = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    # At the ends the exact limits are 0 and 1; rounding must not move them.
    low = 0.0 if count == 0 else centre - half
    high = 1.0 if count == total else centre + half
    return Interval(estimate=p, low=low, high=high)


@dataclass(frozen=True)
class OnTable:
    """Texts that are put to one party, an entry a draw, and what it makes of them.

    Attributes:
        texts: as written, option numbers with -1 for open; shape ``(n, issues)``.
        gains: what they bring it over no deal, in units of utility; shape ``(n,)``.
        crosses: whether a red line or refusal of its own that binds in the draw is crossed; shape ``(n,)``.
        draws: which draws these are, numbers in the block; shape ``(n,)``.
        usual: whether it would accept by the scenario: by itself no loss, and no line crossed; shape ``(n,)``.

    Example:
        >>> import sim
        >>> class Reckless(sim.Party):
        ...     def accepts(self, on):
        ...         return on.usual | (on.gains > 0.1)
        >>> talks = sim.Talks("istanbul", draws=100, parties={"ukrainian_public": Reckless})
        >>> talks.run_model()
        >>> talks.figures["acceptability.ukrainian_public"] > 0.4
        True
    """

    texts: Packages
    gains: Array
    crosses: Mask
    draws: Index
    usual: Mask


def on_table(preferences: Preferences, texts: Packages, gains: Array, crosses: Mask, draws: Index) -> OnTable:
    """Texts as they are put to a party; arguments as those of :func:`accepted`."""
    usual = (gains >= in_draws(preferences.enough, draws)) & ~crosses
    shape = len(gains), texts.shape[-1]
    # Copies: gains that are yielded are overwritten, and who is handed an array might write to it.
    return OnTable(np.broadcast_to(texts, shape), gains.copy(), crosses.copy(), draws, usual)


def accepted(preferences: Preferences, texts: Packages, gains: Array, crosses: Mask, draws: Index) -> Mask:
    """Whether a party accepts texts, an entry a draw: by its own decision where it takes one.

    ``texts`` has shape ``(n, issues)``, or ``(issues,)`` where it is one for all; the others have shape ``(n,)``.
    """
    if preferences.decision is not None:
        mask: Mask = preferences.decision(on_table(preferences, texts, gains, crosses, draws))
        return mask
    return (gains >= in_draws(preferences.enough, draws)) & ~crosses


class EvidenceMasks(NamedTuple):
    """Acceptance whatever, and for some value of, all that is not evidence, the latter with inferred lines too."""

    necessary: Mask
    possible: Mask
    with_inferred: Mask


@dataclass
class Judgement:
    """What one party makes of one text in a block; arrays over draws.

    ``by_layer`` has one mask a layer of :data:`sim.scenario.schema.LAYERS`; the last one is acceptance as modelled.
    ``strip`` has one mask a class of :data:`STRIP`, or None without a turning issue or where its weight, or a range of
    weights, is given. ``agrees`` are the draws in which the gain is enough, whatever lines bind; ``terms`` are what
    each issue adds to the gain, None where nothing. ``crossed`` are the lines the text crosses, with the draws in which
    they bind; ``weights`` are the party's, shape ``(issues, BLOCK)``.
    """

    gain: Array
    agrees: Mask
    weights: Array
    terms: list[Array | None]
    by_layer: list[Mask]
    bounds: EvidenceMasks
    strip: list[Mask] | None
    crossed: list[tuple[Line, Mask]]

    @property
    def accepts(self) -> Mask:
        """Acceptance as modelled, all lines binding, shape ``(BLOCK,)``."""
        return self.by_layer[-1]


def crossed_lines(preferences: Preferences, space: Space, packages: Packages) -> list[tuple[Line, Mask]]:
    """Every line of the party with the packages that cross it, shape ``(packages,)``."""
    seen = space.seen(packages, preferences.profile.id)
    return [(line, line.crossed_by(packages, seen)) for line in preferences.profile.lines]


def accepts_each(preferences: Preferences, space: Space, packages: Packages) -> Mask:
    """Acceptance of many packages as modelled, shape ``(packages, BLOCK)``.

    >>> import sim
    >>> from sim.engine.preferences import Memo
    >>> from sim.engine.profiles import compile_case
    >>> case = compile_case(sim.load("istanbul").scenario)
    >>> russia = Preferences(case.profile("russia"), case.space.sizes, Memo(seed=1, block=0))
    >>> accepts = accepts_each(russia, case.space, case.text[None])
    >>> accepts.shape, bool((judge(russia, case.space, case.text, None).accepts == accepts[0]).all())
    ((1, 4096), True)
    """
    result = np.zeros((len(packages), BLOCK), bool)
    seen = space.seen(packages, preferences.profile.id)
    lines = [(line, line.crossed_by(packages, seen)) for line in preferences.profile.lines]
    vetoed = np.zeros(len(packages), bool)
    for line, crossing in lines:
        if line.holds is None:
            vetoed |= crossing
    rest = np.flatnonzero(~vetoed if preferences.decision is None else np.ones(len(packages), bool))
    if not len(rest):
        return result
    enough = preferences.enough
    for number, gain in preferences.gains(seen[rest]):
        if preferences.decision is None:
            np.greater_equal(gain, enough, out=result[rest[number]])
        else:
            crosses = any_of([preferences.binds(line) for line, crossing in lines if crossing[number]])
            result[number] = accepted(preferences, packages[number], gain, crosses, EVERY)
    if preferences.decision is not None:
        return result
    for line, crossing in lines:
        if line.holds is not None:
            result[crossing] &= ~preferences.binds(line)
    return result


def judge(preferences: Preferences, space: Space, text: NDArray[np.int16], turning: int | None) -> Judgement:
    """Judge one text in every respect that a run reports.

    ``text`` has shape ``(issues,)``; ``turning`` is the number of the turning issue, if any.
    """
    profile = preferences.profile
    seen = space.seen(text[None], profile.id)[0]
    gain = preferences.gain(seen)
    crossed = [(line, preferences.binds(line)) for line in profile.crossed(space, text)]
    agrees = accepted(preferences, text, gain, np.zeros(BLOCK, bool), EVERY)
    # Nested, but for decisions of their own.
    by_layer = [_with_lines(preferences, text, gain, crossed, layer) for layer in range(len(schema.LAYERS))]
    strip = None
    # Where weights are given as ranges, another class may leave nothing that fits them.
    ranged = any(c.weight is not None and not c.weight.fixed for c in profile.cells)
    if turning is not None and profile.cells[turning].weight is None and not ranged:
        strip = []
        for importance in STRIP:
            weights = preferences.weights_for(weight_plan(profile, issue=turning, importance=importance))
            strip.append(_with_lines(preferences, text, preferences.gain_with(weights, seen), crossed))
    bounds = evidence_masks(preferences, space, text)
    return Judgement(gain, agrees, preferences.weights, preferences.terms(seen), by_layer, bounds, strip, crossed)


def any_of(masks: Sequence[Mask]) -> Mask:
    """Draws in which any of some lines binds, shape ``(BLOCK,)``; none without lines."""
    together: Mask = np.logical_or.reduce([np.zeros(BLOCK, bool), *masks])
    return together


def _with_lines(
    preferences: Preferences,
    text: Packages,
    gain: Array,
    crossed: Sequence[tuple[Line, Mask]],
    layer: int = len(schema.LAYERS) - 1,
) -> Mask:
    """Acceptance with the lines up to a layer binding; without one, with all."""
    crosses = any_of([binds for line, binds in crossed if line.layer <= layer])
    return accepted(preferences, text, gain, crosses, EVERY)


def evidence_masks(preferences: Preferences, space: Space, text: NDArray[np.int16]) -> EvidenceMasks:
    """Acceptance whatever, and for some value of, everything that is not evidence.

    All lines bind in the first: an assumed line may be there. Stated ones alone bind in the
    second, inferred ones too in the third. An assumed effect may or may not be there.
    """
    profile = preferences.profile
    # Assumed importance left unknown, and as assumed: what is assumed is one of the things that may be.
    plans = dict.fromkeys((weight_plan(profile, evidence=True), weight_plan(profile)))
    weighings = [preferences.weights_for(plan) for plan in plans]
    necessary = np.ones(BLOCK, bool)
    possible = np.zeros(BLOCK, bool)
    with_inferred = np.zeros(BLOCK, bool)
    for seen in space.sights(text, profile.id):
        bounds = [preferences.bounds(weights, seen) for weights in weighings]
        worst = np.minimum.reduce([low for low, _ in bounds])
        best = np.maximum.reduce([high for _, high in bounds])
        lines = [line for line in profile.lines if line.crossed_by(text[None], seen[None])[0]]
        firm = any_of([preferences.binds(line, "high") for line in lines])
        read = any_of([preferences.binds(line, "low") for line in lines if line.layer <= 1])
        soft = any_of([preferences.binds(line, "low") for line in lines if line.layer == 0])
        necessary &= accepted(preferences, text, worst, firm, EVERY)
        possible |= accepted(preferences, text, best, soft, EVERY)
        with_inferred |= accepted(preferences, text, best, read, EVERY)
    return EvidenceMasks(necessary, possible, with_inferred)


def joint_each(preferences: Sequence[Preferences], needed: Mask, space: Space, packages: Packages) -> Mask:
    """Draws in which all needed parties accept, for many packages: ``(packages, BLOCK)``.

    ``needed`` has shape ``(parties, packages)``: whose consent each package needs.
    """
    result = np.ones((len(packages), BLOCK), bool)
    alive = np.ones(len(packages), bool)
    for party, wanted in zip(preferences, needed, strict=True):
        rows = np.flatnonzero(wanted & alive)
        if len(rows):
            result[rows] &= accepts_each(party, space, packages[rows])
            alive[rows] = result[rows].any(axis=1)
    return result


def joint(accepts: Sequence[Mask]) -> Mask:
    """Draws in which every one accepts, shape ``(BLOCK,)``; all draws when nobody is asked."""
    together: Mask = np.logical_and.reduce([np.ones(BLOCK, bool), *accepts])
    return together


def sole_blockers(accepts: Sequence[Mask]) -> list[Mask]:
    """For each party, the draws in which it alone refuses. Shapes ``(BLOCK,)``.

    Of three draws one is refused by nobody, one by the second party alone, one by both:

    >>> [mask.tolist() for mask in sole_blockers([np.array([True, True, False]), np.array([True, False, False])])]
    [[False, False, False], [False, True, False]]
    """
    refusals = np.sum([~a for a in accepts], axis=0) if accepts else np.zeros(BLOCK, int)
    return [(refusals == 1) & ~a for a in accepts]
