"""Rules of their own that programs and installed packages bring: how a party values packages, what it says yes to.

They are known by name, so that files can name them; what they compute is read where numbers are drawn
(:mod:`sim.engine.own_worth`). Functions are kept as they are: nothing here knows of arrays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Literal

from sim.files.arguments import InvalidArgument, UnknownName

RuleKind = Literal["utility", "acceptance"]
#: Which rule a party has that the files give none, by kind; its own words, which no other rule may bear.
USUAL: dict[RuleKind, str] = {"utility": "sum", "acceptance": "no_loss"}
#: Under which group of entry points a package brings rules of a kind.
GROUPS: dict[RuleKind, str] = {"utility": "sim.utilities", "acceptance": "sim.acceptances"}

#: Makes a worth of shape ``(draws,)`` of values and weights, shape ``(issues, draws)`` each.
Utility = Callable[[Any, Any], Any]
#: Makes the least gain of shape ``(draws,)``, or a number, of chances in [0, 1), shape ``(draws,)``.
Acceptance = Callable[[Any], Any]


@dataclass(frozen=True)
class OwnRule:
    """A rule by its kind and name, and the function that its author gave; equal where both are the same."""

    kind: RuleKind
    name: str
    function: Callable[..., Any]


_RULES: dict[tuple[RuleKind, str], OwnRule] = {}


def registered(kind: RuleKind, name: str, function: Callable[..., Any]) -> None:
    """Take up a rule. Raises InvalidArgument for a name that files cannot hold, and for what cannot be called.

    A rule that is registered again, as a cell of a notebook does, takes the place of the one of its name.
    """
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
        raise InvalidArgument(f"a rule is named by letters, digits and _, beginning with a letter; not {name!r}")
    if name in (USUAL[kind], "none"):
        raise InvalidArgument(f"{name} is what files call the usual {kind}; give the rule another name")
    if not callable(function):
        raise InvalidArgument(f"the {kind} {name} is a function, not {function!r}")
    _RULES[kind, name] = OwnRule(kind, name, function)


def own_rule(kind: RuleKind, name: str) -> OwnRule | None:
    """The rule of a name, None for the usual one. Raises UnknownName for one there is not."""
    if name == USUAL[kind]:
        return None
    if (kind, name) not in _RULES:
        _load(kind, name)
    if (kind, name) not in _RULES:
        raise UnknownName(kind, name, known_rules(kind))
    return _RULES[kind, name]


def known_rules(kind: RuleKind) -> list[str]:
    """The names that files may use, the usual one first; those of installed packages are not loaded for this."""
    brought = [point.name for point in entry_points(group=GROUPS[kind])]
    return list(dict.fromkeys((USUAL[kind], *(name for of, name in _RULES if of == kind), *brought)))


def _load(kind: RuleKind, name: str) -> None:
    """Ask the installed package that brings a rule of this name for it, if one does."""
    for point in entry_points(group=GROUPS[kind], name=name):
        function = point.load()
        # a module that registers its rules itself, when it is loaded, is as good
        if (kind, name) not in _RULES:
            registered(kind, name, function)
