"""Rules of their own that programs and installed packages bring: how a party values packages, what it says yes to.

They are known by name, so that files can name them; what they compute is read where numbers are drawn
(:mod:`sim.engine.own_worth`). Functions are kept as they are: nothing here knows of arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, overload

from sim.files.arguments import InvalidArgument
from sim.files.registry import Rules

RuleKind = Literal["utility", "acceptance"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class JudgingRule:
    """A rule by its kind and name, and the function that its author gave; equal where both are the same."""

    kind: RuleKind
    name: str
    function: Callable[..., Any]


#: Which rule a party has that the files give none, by kind.
USUAL: dict[RuleKind, str] = {"utility": "sum", "acceptance": "no_loss"}
#: The rules by kind; the usual ones, which are part of the model, stand for None.
RULES: dict[RuleKind, Rules[JudgingRule | None]] = {
    "utility": Rules("utility", "sim.utilities", {USUAL["utility"]: None}),
    "acceptance": Rules("acceptance", "sim.acceptances", {USUAL["acceptance"]: None}),
}


def judging_rule(kind: RuleKind, name: str) -> JudgingRule | None:
    """The rule of a name, None for the usual one. Raises InvalidArgument for one there is not, BrokenPackage."""
    return None if name == USUAL[kind] else RULES[kind][name]


@overload
def utility(name: str) -> Callable[[F], F]: ...
@overload
def utility(name: str, function: F) -> F: ...
def utility(name: str, function: F | None = None) -> F | Callable[[F], F]:
    """Register a way to value packages in place of the weighted sum, which a scenario names by party.

    The scenario says ``rules: {utility: {PARTY: NAME}}``, in a file, by an edit or by ``with_(rules=...)``; every
    question then asks with it.

    Args:
        name: letters, digits and _, beginning with a letter.
        function: of values and weights of one package, each of shape ``(issues, draws)``, in the order of the domain's
            issues. Values lie in [0, 1], weights sum to 1 over the issues. It returns a worth a draw, shape
            ``(draws,)``, each draw by itself. The gain over no deal is the worth of the package less that of each
            outcome, weighed by the party's beliefs; on an issue that one of the two leaves open, it has the option of
            the other, and an issue that both leave open has weight and value 0. Without it, this is a decorator.

    Returns:
        The function.

    Raises:
        InvalidArgument: for a name that files cannot hold or another function has, and for what is no function; when a
            question is asked, where it gives anything else than a finite number a draw.

    Example:
        >>> import sim
        >>> @sim.utility("concave")
        ... def concave(values, weights):
        ...     return (weights * values).sum(axis=0) ** 0.5
        >>> loaded = sim.load("istanbul", draws=500)
        >>> [plain, own] = sim.score([loaded, loaded.with_(rules={"utility": {"us": "concave"}})])
        >>> own.settings.rules[0].name, own.party("us").gain == plain.party("us").gain
        ('concave', False)
    """
    return _register("utility", name, function)


@overload
def acceptance(name: str) -> Callable[[F], F]: ...
@overload
def acceptance(name: str, function: F) -> F: ...
def acceptance(name: str, function: F | None = None) -> F | Callable[[F], F]:
    """Register a rule of the least gain over no deal to which a party says yes, in place of none.

    A scenario names it by party, ``rules: {acceptance: {PARTY: NAME}}``. Red lines and refusals bind besides. Every
    rule that says yes the more readily the more it gains has this form: one that does so with probability F(gain)
    accepts from the gain at which F passes the chance.

    Args:
        name: as for :func:`utility`.
        function: of a chance a draw, uniform in [0, 1), shape ``(draws,)``, the same whatever the text. It returns the
            least gain in units of utility, one a draw or one for all. Without it, this is a decorator.

    Returns:
        The function.

    Raises:
        InvalidArgument: as for :func:`utility`.

    Example:
        >>> import sim
        >>> _ = sim.acceptance("a_tenth", lambda chance: 0.1)
        >>> loaded = sim.load("istanbul", draws=500)
        >>> [plain, own] = sim.score([loaded, loaded.with_({"rules.acceptance.us": "a_tenth"})])
        >>> own.party("us").acceptability.estimate < plain.party("us").acceptability.estimate
        True
    """
    return _register("acceptance", name, function)


def _register(kind: RuleKind, name: str, function: F | None) -> F | Callable[[F], F]:
    def register(function: F) -> F:
        if not callable(function):
            raise InvalidArgument(f"the {kind} {name} is a function, not {function!r}")
        RULES[kind].add(name, JudgingRule(kind, name, function), function)
        return function

    return register if function is None else register(function)
