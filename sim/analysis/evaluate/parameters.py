"""What can be edited of a scenario, value by value: what may stand there, and what stands there now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

from sim.scenario import schema
from sim.scenario.fields import Span
from sim.scenario.loading import Loaded

#: A number or a range of numbers; one word of ``choices``; an order of them, best first; a list of some of them.
Kind = Literal["number", "word", "order", "list"]


@dataclass(frozen=True)
class Parameter:
    """One path that :func:`sim.edited` and :func:`sim.evaluate` take.

    Attributes:
        path: as in ``PATH=VALUE``.
        kind: what may stand there: ``number`` (or a range of two), ``word`` (one of ``choices``), ``order`` (of
            ``choices``, best first, ties as lists, ``rest`` for all others), ``list`` (some of ``choices``).
        base: what stands there now, as an edit takes it: a number, a pair of numbers, a word, a list. None where
            nothing does, or where another key has its place (``weight`` where ``importance`` stands).
        low: least number that the files allow, None for other kinds. It is the same for all paths of a kind (0, of a
            cost -1) and says nothing of what is plausible: that is ``base``.
        high: greatest number that they allow, 1.
        choices: the words, of other kinds.
        party: whose it is, None for a term of the text.
        issue: on which issue, None where on none.
        basis: what the base rests on, None where the files give it no basis.

    Example:
        >>> import sim
        >>> sim.parameters(sim.load("istanbul"))[0]
        Parameter('russia.fighting.importance', word, base='unknown')
    """

    path: str
    kind: Kind
    base: Any
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    party: str | None = None
    issue: str | None = None
    basis: str | None = None

    def __repr__(self) -> str:
        return f"Parameter({self.path!r}, {self.kind}, base={self.base!r})"


def parameters(loaded: Loaded, *, numbers: bool = False) -> list[Parameter]:
    """The single values of a scenario that can be edited, each with its path and what stands there on its day.

    Args:
        loaded: the scenario.
        numbers: whether only those are meant that hold a number, or a range of two, now.

    Returns:
        The paths, party by party, then the terms of the text. Not among them are settings of talks, ``rules``,
        ``values``, ``consent``, ``decides``, beliefs about other lotteries, and paths that drop all lines of a party
        at once.

        For a study of numbers, pick paths by hand and take as bounds the pair that stands in ``base``, what is
        plausible; where that is one number, the bounds are yours. Two things spoil a study of all paths. The beliefs of
        one party must be able to sum to 1, so leave at least one of them to its range, and see that what is set leaves
        room for that. And of the lines (paths that end in ``.holds``) only those that the text crosses change
        anything; ``crossed`` of a result's ``lines`` tells which.

    Raises:
        AttributeError: for what is no loaded scenario.

    Example:
        >>> import sim
        >>> loaded = sim.load("istanbul")
        >>> at = {p.path: p for p in sim.parameters(loaded, numbers=True)}
        >>> paths = ["russia.no_deal.beliefs.stalemate", "us.no_deal.beliefs.stalemate"]
        >>> bounds = {path: at[path].base for path in paths} | {"us.no_deal.cost": (0.0, 0.1)}
        >>> bounds["us.no_deal.beliefs.stalemate"], (at[paths[1]].low, at[paths[1]].high)
        ((0.3, 0.7), (0.0, 1.0))
        >>> sim.evaluate(loaded, (list(bounds), [[0.2, 0.3, 0.0], [0.6, 0.7, 0.1]]))
        <Evaluation of 2 samples: joint>
    """
    scenario = loaded.scenario
    every = [x for party in scenario.domain.positions.values() for x in _of_party(party, scenario)]
    every += _of_text(scenario)
    return [p for p in every if not numbers or (p.kind == "number" and p.base is not None)]


def _of_party(party: schema.Party, scenario: schema.Scenario) -> Iterator[Parameter]:
    for issue, its in scenario.domain.issues.issues.items():
        yield from _of_cell(party, issue, tuple(its.options), party.position(issue, scenario.day))
    for refusal in party.refuses:
        if refusal.in_force(scenario.day):
            path = f"{party.id}.refuses.{refusal.id}"
            yield Parameter(path, "word", None, choices=("none",), party=party.id, basis=refusal.basis)
            yield _number(f"{path}.holds", refusal.holds or Span(1, 1), party=party.id, basis=refusal.basis)
    if scenario.lottery is not None and party.reservation is None:
        beliefs = party.no_deal.beliefs.get(scenario.lottery)
        for outcome in scenario.domain.issues.no_deal.lotteries[scenario.lottery].outcomes:
            span = None if beliefs is None else beliefs.ranges.get(outcome)
            path = f"{party.id}.no_deal.beliefs.{outcome}"
            yield _number(path, span, party=party.id, basis=None if beliefs is None else beliefs.basis)
    yield _number(f"{party.id}.no_deal.cost", party.no_deal.cost or Span(0, 0), -1, party=party.id)
    yield _number(f"{party.id}.reservation", party.reservation, party=party.id)


def _of_cell(
    party: schema.Party, issue: str, options: tuple[str, ...], entry: schema.Position | None
) -> Iterator[Parameter]:
    path = f"{party.id}.{issue}"
    ranking_basis = importance_basis = None
    importance: str | None = "unknown"
    ranking: Any = "unknown"
    weight: Span | None = None
    lines: tuple[schema.RedLine, ...] = ()
    if entry is not None:
        ranking_basis, importance_basis = entry.basis.ranking, entry.basis.importance
        importance, weight, lines = entry.importance, entry.weight, entry.red_lines
        ranking = None if entry.ranking is None else _order(entry.ranking)
    words = get_args(schema.Importance)
    whole, number = partial(Parameter, party=party.id, issue=issue), partial(_number, party=party.id, issue=issue)
    yield whole(f"{path}.importance", "word", importance, choices=words, basis=importance_basis)
    yield number(f"{path}.weight", weight, basis=importance_basis)
    yield whole(f"{path}.ranking", "order", ranking, choices=(*options, schema.REST), basis=ranking_basis)
    base = [
        line.option if line.holds is None else {"option": line.option, "holds": [*line.holds]}
        for line in lines
        if line.like is None
    ]
    yield whole(f"{path}.red_lines", "list", base, choices=options)
    for line in lines:
        if line.like is None:
            yield number(f"{path}.red_lines.{line.option}.holds", line.holds or Span(1, 1), basis=line.basis)


def _of_text(scenario: schema.Scenario) -> Iterator[Parameter]:
    for issue, its in scenario.domain.issues.issues.items():
        term = scenario.proposal.terms[issue]
        choices = (*its.options, "open")
        base = "open" if term.open else term.option
        yield Parameter(f"proposal.{issue}", "word", base, choices=choices, issue=issue, basis=term.basis)


def _number(
    path: str,
    span: Span | None,
    low: float = 0,
    *,
    party: str | None = None,
    issue: str | None = None,
    basis: str | None = None,
) -> Parameter:
    base = None if span is None else span.low if span.fixed else (span.low, span.high)
    return Parameter(path, "number", base, float(low), 1.0, party=party, issue=issue, basis=basis)


def _order(ranking: tuple[tuple[str, ...], ...]) -> Any:
    """A ranking as an edit takes it: options best first, ties as lists; the word unknown for none."""
    if not ranking:
        return "unknown"
    return [level[0] if len(level) == 1 else [*level] for level in ranking]
