"""Edits of the ``negotiation`` block: ``negotiation.rounds=30``, ``negotiation.tactics.russia=hardliner``.

The block is the modeller's assumption whoever wrote it, so these edits leave no mark of basis. What the values may
be, the schema and :mod:`sim.scenario.checks` say, at the place of the edit.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from sim.files import nodes
from sim.files.complaints import Complaint, Place
from sim.files.nodes import Mapping, Scalar, keys, mapping, put, text_of
from sim.files.registry import BrokenPackage, Rules
from sim.scenario.edit_paths import Edit, Wrong, end, known
from sim.scenario.negotiation_schema import PROTOCOLS, TACTICS, parameters

T = TypeVar("T")
KEYS = ("protocol", "rounds", "proposers", "first_mover", "tactics", "delay_cost", "candidates", "temperature")
CANDIDATES = ("changes", "proposals", "texts")
_TEXTS = ("negotiation", "candidates", "texts")
#: Paths whose parts a mapping sets one by one.
PARTED = (
    ("negotiation",),
    ("negotiation", "tactics"),
    ("negotiation", "delay_cost"),
    ("negotiation", "candidates"),
    _TEXTS,
)
#: Keys for which the word none goes back to what a file without the key means.
_DROPPED = ("proposers", "tactics", "delay_cost")


def edit_negotiation(tree: Mapping, edit: Edit) -> Mapping:
    """The tree with one setting of the talks changed. Raises Wrong."""
    parts, places, value = edit.parts, edit.places, edit.value
    if len(parts) == 1:
        raise Wrong(places[0], "name what to set of the negotiation", f"there are: {', '.join(KEYS)}")
    key = parts[1]
    known(key, places[1], KEYS, "part of negotiation called")
    if key == "candidates":
        return _edit_candidates(tree, edit)
    if key in ("tactics", "delay_cost"):
        if len(parts) > 2:
            return _edit_party(tree, edit)
        if text_of(value) != "none":
            what, word = {
                "tactics": ("name the party whose tactic to set", "hardliner"),
                "delay_cost": ("name the party whose cost of delay to set", "0..0.01"),
            }[key]
            someone = next(iter(keys(tree, "domain", "positions")), "PARTY")
            raise Wrong(places[1], what, f"for instance negotiation.{key}.{someone}={word}; or write none")
    end(edit, 2)
    return _set_or_dropped(tree, edit) if key in _DROPPED else put(tree, parts, value, places[1])


def _set_or_dropped(tree: Mapping, edit: Edit) -> Mapping:
    """The tree with the value at the path of the edit, with nothing there for the word none."""
    if text_of(edit.value) == "none":
        return nodes.removed(tree, edit.parts)
    return put(tree, edit.parts, edit.value, edit.places[-1])


def _edit_party(tree: Mapping, edit: Edit) -> Mapping:
    """A party's tactic, its parameter, or its cost of delay."""
    parts, places, value = edit.parts, edit.places, edit.value
    key, party = parts[1], parts[2]
    known(party, places[2], keys(tree, "domain", "positions"), "party")
    if key == "tactics" and len(parts) > 3:
        tactic = nodes.find(tree, parts[:3])
        if isinstance(tactic, Scalar):
            tactic = mapping({"tactic": tactic}, tactic.place)
        _rule(TACTICS, text_of(nodes.child(tactic, "tactic")))
        known(parts[3], places[3], tuple(parameters()), "part of a tactic called")
        end(edit, 4)
        if tactic is None:
            what = f"{party} has no tactic whose {parts[3]} could be set"
            raise Wrong(places[3], what, f"for instance negotiation.tactics.{party}={{tactic: boulware, exponent: 3}}")
        return put(put(tree, parts[:3], tactic, places[2]), parts, value, places[3])
    end(edit, 3)
    return _set_or_dropped(tree, edit)


def _edit_candidates(tree: Mapping, edit: Edit) -> Mapping:
    parts, places, value = edit.parts, edit.places, edit.value
    if len(parts) == 2:
        what = "name what to set of the candidates"
        raise Wrong(places[1], what, f"there are: {', '.join(CANDIDATES)}")
    key = parts[2]
    known(key, places[2], CANDIDATES, "part of negotiation.candidates called")
    from_proposals = [str(nodes.to_plain(item)) for item in nodes.items(tree, *PARTED[3], "proposals")]
    if key == "texts" and len(parts) > 3:
        end(edit, 4)
        if parts[3] in from_proposals:
            what = f"{parts[3]} is the text of a proposal"
            raise Wrong(places[3], what, "give a text of your own another name")
        return _set_or_dropped(tree, edit)
    if key == "texts" and text_of(value) != "none":
        what = "name the text to set"
        raise Wrong(places[2], what, "for instance negotiation.candidates.texts.mine={...}; or write none")
    end(edit, 3)
    if key == "changes":
        return put(tree, parts, value, places[2])
    # what is written out of former proposals goes with them, and a person's own texts with the word none
    for name in keys(tree, *_TEXTS):
        if (name in from_proposals) == (key == "proposals"):
            tree = nodes.removed(tree, (*_TEXTS, name))
    return tree if key == "texts" else _set_or_dropped(tree, edit)


def idle(tree: Mapping, edits: Collection[Edit]) -> list[Complaint]:
    """Complaints about edits of settings that the protocol, all edits applied, makes no use of."""
    protocol = text_of(nodes.find(tree, ("negotiation", "protocol"))) or "vote"
    rule = _rule(PROTOCOLS, protocol)
    used = ("protocol", *(KEYS if rule is None else rule.uses))
    out = []
    for edit in edits:
        if edit.parts[0] != "negotiation":
            continue
        named = [(edit.parts[1], edit.places[1])] if len(edit.parts) > 1 else _under(edit)
        for key, place in named:
            if key in KEYS and key not in used:
                users = [name for name in PROTOCOLS if key in PROTOCOLS[name].uses]
                what = f"the protocol is {protocol}, which makes no use of {key}"
                hint = f"choose {' or '.join(users)}, with --protocol or negotiation.protocol"
                out.append(Complaint(place, "edit", what, hint, code="idle"))
    return out


def _rule(rules: Rules[T], name: str | None) -> T | None:
    """The rule of a name in a tree, which the schema has yet to look at; None where there is none."""
    try:
        return rules.find(name)
    except BrokenPackage:
        return None


def _under(edit: Edit) -> list[tuple[str, Place]]:
    value = edit.value
    return [(key, value.key_places[key]) for key in value] if isinstance(value, Mapping) else []
