"""The rules of the engine once more, for one draw at a time, in plain Python floats and names.

Nothing here uses numpy or the engine's compiled forms: every rule is read off the scenario as written. The
random numbers of a draw come in as plain numbers (:class:`Draw`); all else is worked out again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from sim.scenario import schema

LAYER = {"stated": 0, "edited": 0, "inferred": 1, "assumed": 2}
Numbers = Mapping[str, float]
#: issue -> option, None where open
Text = Mapping[str, str | None]


@dataclass
class Draw:
    """What chance gave one party in one draw.

    ``raw`` is an exponential for each issue; ``binds`` says of each line with a probability whether it binds.
    ``weights`` are given only where a range of weights was drawn by rejection.
    """

    raw: dict[str, float]
    values: dict[str, dict[str, float]]
    beliefs: dict[str, float]
    cost: float
    reservation: float | None
    binds: dict[tuple[str, str], bool]
    weights: dict[str, float] | None = None


# --- draws ----------------------------------------------------------------------------------


def ordered(raw: Sequence[float], classes: Sequence[int | None]) -> list[float]:
    """Exponentials rearranged so that heavier classes hold larger ones; unknown (None) keeps its own."""
    out = list(raw)
    purse = sorted((x for x, c in zip(raw, classes, strict=True) if c is not None), reverse=True)
    for level in sorted({c for c in classes if c is not None}):
        members = [j for j, c in enumerate(classes) if c == level]
        share, purse = purse[: len(members)], purse[len(members) :]
        # the larger an issue's own number, the larger its part of what the class holds
        for j, x in zip(sorted(members, key=lambda j: -raw[j]), share, strict=True):
            out[j] = x
    return out


def levels(spacings: Sequence[float]) -> list[float]:
    """Values of ranked levels from the spacings between them: partial sums over their total, best first."""
    total = math.fsum(spacings)
    return [math.fsum(spacings[:k]) / total for k in range(len(spacings), -1, -1)]


def with_unknown(raw: Sequence[float], ranked: int) -> tuple[list[float], list[float]]:
    """Levels (best first) and unknown options from uniforms: the first ``ranked`` are put in order, all rescaled."""
    low, high = min(raw), max(raw)
    scaled = [(x - low) / (high - low) for x in raw]
    return sorted(scaled[:ranked], reverse=True), scaled[ranked:]


def extensions(ranking: Sequence[Sequence[str]], options: Sequence[str]) -> Iterator[tuple[frozenset[str], ...]]:
    """Every full order (best first, ties as sets) that agrees with a ranking, ``rest`` and silence included."""
    named = [o for level in ranking for o in level if o != schema.REST]
    left = [o for o in options if o not in named]
    items = [frozenset(level) for level in ranking if tuple(level) != (schema.REST,)]
    has_rest = any(tuple(level) == (schema.REST,) for level in ranking)

    def insert(order: tuple[frozenset[str], ...], more: Sequence[str]) -> Iterator[tuple[frozenset[str], ...]]:
        if not more:
            yield order
            return
        for k in range(len(order) + 1):
            yield from insert((*order[:k], frozenset({more[0]}), *order[k:]), more[1:])

    if has_rest:
        at = [tuple(level) for level in ranking].index((schema.REST,))
        for middle in insert((), left):
            yield (*items[:at], *middle, *items[at:])
    else:
        yield from insert(tuple(items), left)


# --- the text --------------------------------------------------------------------------------


def holds(when: Mapping[str, Iterable[str]], text: Text) -> bool:
    return all(text[issue] is not None and text[issue] in options for issue, options in when.items())


def seen(scenario: schema.Scenario, text: Text, party: str, without: Sequence[str] = ()) -> dict[str, str | None]:
    """The text after effects, all judged on the text as written."""
    result = dict(text)
    for effect in scenario.domain.issues.effects:
        if effect.parties is not None and party not in effect.parties:
            continue
        if effect.id not in without and holds(effect.when, text):
            result.update({i: o for i, o in effect.then.items() if text[i] is not None})
    return result


def breaks(rule: schema.Constraint, text: Text) -> bool:
    return holds(rule.when, text) and any(text[i] is not None and text[i] not in o for i, o in rule.then.items())


def completions(scenario: schema.Scenario, text: Text) -> list[dict[str, str | None]]:
    """Every closing of the open issues that breaks no hard or legal constraint which the text spares, but no deal."""
    spaces = scenario.domain.issues.issues
    rules = [c for c in scenario.domain.issues.constraints if c.severity != "political" and not breaks(c, text)]
    gaps = [i for i in spaces if text[i] is None]
    closed = [dict(text) | dict(zip(gaps, pick, strict=True)) for pick in product(*(spaces[i].options for i in gaps))]
    return [x for x in closed if not any(breaks(c, x) for c in rules) and not no_deal(scenario, x)]


def written(scenario: schema.Scenario) -> dict[str, str | None]:
    return {i: scenario.proposal.terms[i].option for i in scenario.domain.issues.issues}


def needed(scenario: schema.Scenario, text: Text) -> dict[str, bool]:
    """Whose consent a text needs."""
    people = scenario.domain.positions
    result = {k: p.consent.always or any(holds(c, text) for c in p.consent.when) for k, p in people.items()}
    for k, p in people.items():
        if result[k]:
            result.update(dict.fromkeys(p.members, True))
    return result


# --- one party ---------------------------------------------------------------------------------


def in_force(scenario: schema.Scenario, party: str, issue: str) -> schema.Position | None:
    entry = None
    for candidate in scenario.domain.positions[party].positions.get(issue, ()):
        if candidate.start <= scenario.day and (entry is None or candidate.start > entry.start):
            entry = candidate
    return entry


def given_weights(scenario: schema.Scenario, party: str) -> dict[str, schema.Span]:
    """Weights in numbers, in equal proportion made to sum to 1 where nothing else weighs and they cannot."""
    entries = {i: in_force(scenario, party, i) for i in scenario.domain.issues.issues}
    numbers = {i: e.weight for i, e in entries.items() if e is not None and e.weight is not None}
    drawn = [i for i, e in entries.items() if i not in numbers and (e is None or e.importance != "none")]
    least, most = sum(w.low for w in numbers.values()), sum(w.high for w in numbers.values())
    if drawn or not numbers or (least <= 1 + 1e-9 and most >= 1 - 1e-9):
        return numbers
    nearest = least if least > 1 else most
    return {i: schema.Span(w.low / nearest, w.high / nearest) for i, w in numbers.items()}


def classes(
    scenario: schema.Scenario, party: str, evidence: bool = False, put: Mapping[str, str] | None = None
) -> dict[str, int | str | schema.Span | None]:
    """How each weight is drawn; ``put`` replaces an issue's importance."""
    result: dict[str, int | str | schema.Span | None] = {}
    numbers = given_weights(scenario, party)
    for issue in scenario.domain.issues.issues:
        entry = in_force(scenario, party, issue)
        importance: str | None = "unknown" if entry is None else entry.importance
        if put and issue in put:
            importance = put[issue]
        elif entry is None or (evidence and entry.basis.importance == "assumed"):
            importance = "unknown"
        elif issue in numbers:
            result[issue] = numbers[issue]
            continue
        order = {c: k for k, c in enumerate(schema.CLASSES)}
        result[issue] = "none" if importance == "none" else order.get(str(importance))  # type: ignore[call-overload]
    return result


def weights(plan: Mapping[str, int | str | schema.Span | None], raw: Numbers) -> dict[str, float]:
    """Weights of all issues: fixed ones first, none at zero, the rest shares of what is left. No ranges."""
    out = dict.fromkeys(plan, 0.0)
    for issue, share in plan.items():
        if isinstance(share, schema.Span):
            assert share.fixed, "ranges of weights are drawn by rejection"
            out[issue] = share.low
    free = [i for i, share in plan.items() if share is None or isinstance(share, int)]
    left = 1.0 - sum(out.values())
    numbers = ordered([raw[i] for i in free], [plan[i] for i in free])  # type: ignore[misc]
    for issue, x in zip(free, numbers, strict=True):
        out[issue] = left * x / sum(numbers)
    return out


def outcomes(scenario: schema.Scenario) -> dict[str, dict[str, str]]:
    """The outcomes of the lottery in force (tests have one lottery at most)."""
    return {k: dict(v) for lot in scenario.domain.issues.no_deal.lotteries.values() for k, v in lot.outcomes.items()}


def no_deal(scenario: schema.Scenario, text: Text) -> bool:
    """Whether a text says no more than an outcome of no deal; an open issue stays as that leaves it."""
    if any(p.reservation is not None for p in scenario.domain.positions.values()):
        return False
    return any(o and all(text[i] in (None, x) for i, x in o.items()) for o in outcomes(scenario).values())


def gain(scenario: schema.Scenario, draw: Draw, weight: Numbers, sight: Text) -> float:
    """``c + sum_k p_k sum_j w_j (v_j(x_j) - v_j(y_kj))``, or ``c + U(x) - r``."""
    total = draw.cost
    if draw.reservation is not None:
        return total + sum(weight[i] * draw.values[i][o] for i, o in sight.items() if o is not None) - draw.reservation
    for name, outcome in outcomes(scenario).items():
        for issue, option in sight.items():
            if option is not None and issue in outcome and outcome[issue] != option:
                difference = draw.values[issue][option] - draw.values[issue][outcome[issue]]
                total += draw.beliefs[name] * weight[issue] * difference
    return total


def crossed(scenario: schema.Scenario, draw: Draw, party: str, text: Text, sight: Text) -> list[int]:
    """Layers of the lines that the text crosses and that bind in this draw."""
    result = []
    for issue in text:
        entry = in_force(scenario, party, issue)
        for red in entry.red_lines if entry else ():
            if text[issue] == red.option and draw.binds.get(("red_line", f"{issue}:{red.option}"), True):
                result.append(LAYER[red.basis])
    for refusal in scenario.domain.positions[party].refuses:
        in_time = refusal.start <= scenario.day and (refusal.until is None or scenario.day <= refusal.until)
        if in_time and holds(refusal.when, sight) and draw.binds.get(("refusal", refusal.id), True):
            result.append(LAYER[refusal.basis])
    return result


def modelled_weights(scenario: schema.Scenario, party: str, draw: Draw) -> Numbers:
    return draw.weights or weights(classes(scenario, party), draw.raw)


def accepts(
    scenario: schema.Scenario, party: str, draw: Draw, text: Text, layer: int = 2, weight: Numbers | None = None
) -> bool:
    """Whether a party accepts a text in one draw, lines binding up to a layer."""
    sight = seen(scenario, text, party)
    value = gain(scenario, draw, weight or modelled_weights(scenario, party, draw), sight)
    return value >= -1e-12 and not any(at <= layer for at in crossed(scenario, draw, party, text, sight))


def decides(scenario: schema.Scenario, party: str, draws: Mapping[str, Draw], text: Text, layer: int = 2) -> bool:
    """A party's decision: an alliance needs its own acceptance and that of every modelled member."""
    people = scenario.domain.positions
    voters = [party, *(m for m in people[party].members if m in people)]
    return all(accepts(scenario, v, draws[v], text, layer) for v in voters)


def together(scenario: schema.Scenario, draws: Mapping[str, Draw], text: Text, silent: Sequence[str] = ()) -> bool:
    """Whether all whose consent the text needs accept it."""
    asked = [p for p, need in needed(scenario, text).items() if need and p not in silent]
    return all(accepts(scenario, p, draws[p], text) for p in asked)


def on_evidence(scenario: schema.Scenario, party: str, draw: Draw, high: Draw, text: Text) -> tuple[bool, bool, bool]:
    """Acceptance for all and for some of what is not evidence, by trying it all; last, for some with inferred lines.

    In ``draw`` lines bind with the low end of their ranges, in ``high``, alike in all else, with the high one.

    The gain is linear in the values of a cell and in the beliefs, so its extremes lie where every open value is 0
    or 1 and, where the beliefs are open, one outcome is certain; every set of assumed effects is tried too.
    """
    spaces = scenario.domain.issues.issues
    ways = (
        [draw.weights]
        if draw.weights
        else [weights(classes(scenario, party, evidence=e), draw.raw) for e in (True, False)]
    )
    unsure = [i for i in spaces if _open(in_force(scenario, party, i))]
    held = scenario.domain.positions[party].no_deal.beliefs
    certain = [draw.beliefs]
    if draw.reservation is None and (not held or next(iter(held.values())).basis == "assumed"):
        names = list(outcomes(scenario))
        certain = [{k: float(k == sure) for k in names} for sure in names]
    assumed = [e.id for e in scenario.domain.issues.effects if e.basis == "assumed"]
    verdicts = set()
    for n in range(len(assumed) + 1):
        for without in combinations(assumed, n):
            sight = seen(scenario, text, party, without)
            least, most = (min(crossed(scenario, d, party, text, sight), default=3) for d in (draw, high))
            # only options that matter take both values: what is proposed and what no deal may hold
            matter = [(i, o) for i in spaces for o in _relevant(scenario, i, sight[i])]
            vary = [(i, o) for i, o in matter if i in unsure or _left_out(in_force(scenario, party, i), o)]
            for ends in product((0.0, 1.0), repeat=len(vary)):
                values = {i: dict(v) for i, v in draw.values.items()}
                for (issue, option), end in zip(vary, ends, strict=True):
                    values[issue][option] = end
                for beliefs in certain:
                    guess = Draw(draw.raw, values, beliefs, draw.cost, draw.reservation, draw.binds, draw.weights)
                    for weight in ways:
                        verdicts.add((gain(scenario, guess, weight, sight) >= -1e-12, least, most))
    return (
        all(yes and most > 2 for yes, _, most in verdicts),
        any(yes and least > 0 for yes, least, _ in verdicts),
        any(yes and least > 1 for yes, least, _ in verdicts),
    )


def _open(entry: schema.Position | None) -> bool:
    if entry is None or entry.basis.ranking == "assumed" or entry.ranking == ():
        return True
    return entry.ranking is not None and len(entry.ranking) == 1 and len(entry.ranking[0]) == 1


def _left_out(entry: schema.Position | None, option: str) -> bool:
    """A known order that does not say where an option stands."""
    named = [o for level in (entry.ranking if entry else None) or () for o in level]
    return bool(named) and option not in named and schema.REST not in named


def _relevant(scenario: schema.Scenario, issue: str, option: str | None) -> list[str]:
    if option is None:
        return []
    return sorted({option, *(o[issue] for o in outcomes(scenario).values() if issue in o)})
