"""Edits applied to a merged tree: each finds what its path names, changes it, and marks it as ``edited``.

They change the entry in force on the scenario's day and leave the rest as it was. Everything here is pure: trees in,
trees out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from sim import nodes
from sim.complaints import Complaint, Place, closest, did_you_mean
from sim.edit_paths import CELL, PARTY, Edit
from sim.nodes import Mapping, Node, Scalar, Sequence, TreePath


class _Wrong(Exception):
    """An edit that cannot be applied, with its complaint."""

    def __init__(self, place: Place, what: str, hint: str | None = None, where: str = "edit") -> None:
        super().__init__(what)
        self.complaint = Complaint(place, where, what, hint)


def apply(tree: Mapping, edits: Iterable[Edit]) -> tuple[Mapping, list[Complaint]]:
    """Apply edits in order to a merged tree that satisfies the schema; later ones win.

    Returns the new tree, which shares everything untouched with the old one, and the complaints
    about edits that could not be applied (those are left out of the tree).
    """
    complaints: list[Complaint] = []
    for edit in edits:
        try:
            for single in _expanded(edit):
                tree = _applied(tree, single)
        except _Wrong as wrong:
            complaints.append(wrong.complaint)
    return tree, complaints


def _expanded(edit: Edit) -> list[Edit]:
    """An edit of a cell (or of beliefs, the proposal, a party's no deal) with several keys, as several edits."""
    parts, value = edit.parts, edit.value
    if not isinstance(value, Mapping):
        return [edit]
    collects = (
        parts == ("proposal",)
        or (len(parts) == 2 and parts[0] != "proposal" and parts[1] not in ("reservation", "consent"))
        or (len(parts) in (3, 4) and parts[1:3] == ("no_deal", "beliefs"))
    )
    if not collects:
        return [edit]
    if not len(value):
        raise _Wrong(edit.value_place, "an empty mapping; name at least one part to set")
    out: list[Edit] = []
    for key, under in value.items.items():
        place = value.key_places[key]
        out.extend(_expanded(Edit((*parts, key), (*edit.places, place), under, under.place)))
    return out


def _day(tree: Mapping) -> str:
    """The day on which positions must be in force, as ISO text (which sorts as dates do)."""
    for path in (("as_of",), ("proposal", "date")):
        node = nodes.find(tree, path)
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return node.value
    return "9999-12-31"


def _text(node: Node | None) -> str | None:
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def _keys(tree: Mapping, *path: str | int) -> list[str]:
    node = nodes.find(tree, path)
    return list(node.items) if isinstance(node, Mapping) else []


def _known(name: str, place: Place, known: list[str], what: str) -> None:
    if name not in known:
        raise _Wrong(place, f"there is no {what} {name}", did_you_mean(name, known, most=20))


def _end(edit: Edit, length: int) -> None:
    """Complain about path parts beyond ``length``."""
    if len(edit.parts) > length:
        here = ".".join(edit.parts[:length])
        raise _Wrong(edit.places[length], f"{here} has no part {edit.parts[length]}", f"write {here}=...")


def _scalar(text: str, place: Place) -> Scalar:
    return Scalar(text, place)


def _applied(tree: Mapping, edit: Edit) -> Mapping:
    parts, places = edit.parts, edit.places
    issues = _keys(tree, "domain", "issues", "issues")
    parties = _keys(tree, "domain", "positions")
    head = parts[0]
    if head == "proposal":
        return _edit_term(tree, edit, issues)
    if head not in parties:
        hint = did_you_mean(head, [*parties, "proposal"], most=20)
        raise _Wrong(places[0], f"there is no party {head}", hint)
    if len(parts) == 1:
        raise _Wrong(
            places[0], f"{head} is a whole party; name what to set", f"for instance {head}.{issues[0]}.importance=minor"
        )
    second = parts[1]
    if second == "refuses":
        return _edit_refusals(tree, edit)
    if second == "no_deal":
        return _edit_no_deal(tree, edit)
    if second in ("reservation", "consent"):
        _end(edit, 2)
        return _set(tree, ("domain", "positions", head, second), edit.value, places[1])
    if second not in issues:
        near = closest(second, [*issues, *PARTY])
        hint = f"did you mean {near}?" if near else f"there are the issues {', '.join(issues)}; and {', '.join(PARTY)}"
        raise _Wrong(places[1], f"there is no issue {second}", hint)
    return _edit_cell(tree, edit)


def _set(tree: Mapping, path: TreePath, value: Node, key_place: Place) -> Mapping:
    """``nodes.replaced`` for a merged tree, with the key's place that of the edit."""
    new = nodes.replaced(tree, path, value, key_place)
    parent = nodes.find(new, path[:-1])
    if isinstance(parent, Mapping) and isinstance(path[-1], str):
        moved = replace(parent, key_places={**parent.key_places, path[-1]: key_place})
        new = nodes.replaced(new, path[:-1], moved, key_place)
    assert isinstance(new, Mapping)
    return new


def _edit_term(tree: Mapping, edit: Edit, issues: list[str]) -> Mapping:
    parts, places, value = edit.parts, edit.places, edit.value
    if len(parts) == 1:
        raise _Wrong(places[0], "name the issue whose term to set", f"for instance proposal.{issues[0]}=open")
    _known(parts[1], places[1], issues, "issue")
    _end(edit, 2)
    option = _text(value)
    if option is None:
        raise _Wrong(
            edit.value_place, "expected an option, or the word open", f"proposal.{parts[1]}={_example(tree, parts[1])}"
        )
    at = edit.value_place
    chosen: dict[str, Node] = {"open": Scalar(True, at)} if option == "open" else {"option": value}
    items = {**chosen, "basis": _scalar("edited", at)}
    term = Mapping(items, at, dict.fromkeys(items, at))
    return _set(tree, ("proposal", "terms", parts[1]), term, places[1])


def _example(tree: Mapping, issue: str) -> str:
    options = _keys(tree, "domain", "issues", "issues", issue, "options")
    return options[0] if options else "open"


def _in_force(entries: list[Node], day: str) -> int | None:
    """Index of the latest entry from ``day`` or before."""
    best: tuple[str, int] | None = None
    for i, entry in enumerate(entries):
        start = _text(nodes.child(entry, "from"))
        if start is not None and start <= day and (best is None or start >= best[0]):
            best = (start, i)
    return best[1] if best else None


def _both(node: Node | None, place: Place, empty: Callable[[Place], Node]) -> dict[str, Node]:
    """Basis or evidence of a cell, spelt out for ranking and importance."""
    if isinstance(node, Mapping):
        return {k: node.items.get(k) or empty(place) for k in ("ranking", "importance")}
    value = node if node is not None else empty(place)
    return {"ranking": value, "importance": value}


def _touched(entry: Mapping, aspects: tuple[str, ...], at: Place) -> Mapping:
    """The entry with these aspects' basis edited and their evidence gone: it does not speak for the edit."""
    basis = _both(entry.get("basis"), at, lambda place: _scalar("assumed", place))
    proof = _both(entry.get("evidence"), at, lambda place: Sequence((), place))
    for aspect in aspects:
        basis[aspect] = _scalar("edited", at)
        proof[aspect] = Sequence((), at)
    items = {**entry.items, "basis": Mapping(basis, at, dict.fromkeys(basis, at))}
    if any(isinstance(v, Sequence) and len(v) for v in proof.values()):
        items["evidence"] = Mapping(proof, at, dict.fromkeys(proof, at))
    else:
        items.pop("evidence", None)
    return replace(entry, items=items, key_places={"basis": at, "evidence": at} | entry.key_places)


def _with(entry: Mapping, key: str, value: Node, at: Place) -> Mapping:
    return replace(entry, items={**entry.items, key: value}, key_places={**entry.key_places, key: at})


def _without(entry: Mapping, *keys: str) -> Mapping:
    return replace(entry, items={k: v for k, v in entry.items.items() if k not in keys})


def _edit_cell(tree: Mapping, edit: Edit) -> Mapping:
    parts, places, value, at = edit.parts, edit.places, edit.value, edit.value_place
    party, issue = parts[0], parts[1]
    part = parts[2] if len(parts) > 2 else None
    if part is None and _text(value) != "unknown":
        what = f"{party}.{issue} is a whole cell, which can only be set to unknown"
        raise _Wrong(places[1], what, f"or name a part: {', '.join(CELL)}")
    if part is not None:
        _known(part, places[2], list(CELL), f"part of {party}.{issue} called")
        _end(edit, 3)
    day = _day(tree)
    path: TreePath = ("domain", "positions", party, "positions", issue)
    found = nodes.find(tree, path)
    entries: list[Node] = list(found.items) if isinstance(found, Sequence) else []
    index = _in_force(entries, day)
    if index is None:
        # nothing in force: wholly unknown until now, and so is whatever the edit does not name
        fresh: dict[str, Node] = {
            "from": _scalar(day, at),
            "ranking": _scalar("unknown", at),
            "importance": _scalar("unknown", at),
            "basis": _scalar("assumed", at),
        }
        index = sum(1 for e in entries if (_text(nodes.child(e, "from")) or "") <= day)
        entries.insert(index, Mapping(fresh, at, dict.fromkeys(fresh, at)))
    entry = entries[index]
    if not isinstance(entry, Mapping):
        return tree
    key_at = places[-1]
    if part is None:
        entry = _without(_touched(entry, ("ranking", "importance"), at), "values", "weight", "red_lines")
        entry = _with(entry, "ranking", _scalar("unknown", at), key_at)
        entry = _with(entry, "importance", _scalar("unknown", at), key_at)
    elif part in ("ranking", "values"):
        entry = _without(_touched(entry, ("ranking",), at), "values" if part == "ranking" else "ranking")
        entry = _with(entry, part, value, key_at)
    elif part in ("importance", "weight"):
        entry = _without(_touched(entry, ("importance",), at), "weight" if part == "importance" else "importance")
        entry = _with(entry, part, value, key_at)
    else:
        lines = _red_lines(edit, party, issue)
        entry = _with(entry, "red_lines", lines, key_at) if len(lines) else _without(entry, "red_lines")
    entries[index] = entry
    return _set(
        tree,
        path,
        Sequence(tuple(entries), found.place if found else at),
        key_at if found is None else _key_place(tree, path),
    )


def _key_place(tree: Mapping, path: TreePath) -> Place:
    return nodes.place_of(tree, path, key=True)


def _red_lines(edit: Edit, party: str, issue: str) -> Sequence:
    """The new lines of a cell; the bare word none means that there are none."""
    value, at = edit.value, edit.value_place
    if _text(value) == "none" or (isinstance(value, Sequence) and not len(value)):
        return Sequence((), at)
    lines: list[Node] = []
    for item in value.items if isinstance(value, Sequence) else (value,):
        given = _line(item) if isinstance(item, Mapping) else {"option": item}
        if _text(given["option"]) is None:
            what = "expected the word none, or a list of options"
            raise _Wrong(given["option"].place, what, f"for instance {party}.{issue}.red_lines=[option_a, option_b]")
        items: dict[str, Node] = {**given, "basis": _scalar("edited", item.place)}
        lines.append(Mapping(items, item.place, dict.fromkeys(items, item.place)))
    return Sequence(tuple(lines), at)


def _line(item: Mapping) -> dict[str, Node]:
    """The parts of a line written as a mapping: its option, and the chance that it holds."""
    parts = ("option", "holds")
    for key in item:
        if key not in parts:
            raise _Wrong(item.key_places[key], f"a red line of an edit has no part {key}", did_you_mean(key, parts))
    if item.get("option") is None:
        what = "a red line without an option"
        raise _Wrong(item.place, what, "for instance {option: option_a, holds: [0.4, 0.6]}")
    return dict(item.items)


def _edit_refusals(tree: Mapping, edit: Edit) -> Mapping:
    parts, places = edit.parts, edit.places
    party = parts[0]
    path: TreePath = ("domain", "positions", party, "refuses")
    found = nodes.find(tree, path)
    entries = list(found.items) if isinstance(found, Sequence) else []
    ids = [_text(nodes.child(e, "id")) or "" for e in entries]
    if len(parts) > 2 and parts[2] not in ids:
        hint = did_you_mean(parts[2], ids, most=20) or f"{party} refuses nothing beyond its red lines"
        raise _Wrong(places[2], f"{party} has no refusal {parts[2]}", hint)
    _end(edit, 3)
    if _text(edit.value) != "none":
        what = "a refusal can only be dropped"
        raise _Wrong(edit.value_place, what, f"write {'.'.join(parts[:3])}=none")
    kept = [e for e, i in zip(entries, ids, strict=True) if len(parts) > 2 and i != parts[2]]
    if not isinstance(found, Sequence):
        return tree
    return _set(tree, path, Sequence(tuple(kept), found.place), _key_place(tree, path))


def lottery_in_force(tree: Mapping) -> str | None:
    """The no-deal lottery of the scenario: the one it names, else the latest by date, else the earliest."""
    named = _text(tree.get("no_deal"))
    if named is not None:
        return named
    lotteries = nodes.find(tree, ("domain", "issues", "no_deal", "lotteries"))
    if not isinstance(lotteries, Mapping) or not len(lotteries):
        return None
    starts = sorted((_text(nodes.child(v, "from")) or "", k) for k, v in lotteries.items.items())
    day = _day(tree)
    past = [k for start, k in starts if start <= day]
    return past[-1] if past else starts[0][1]


def _edit_no_deal(tree: Mapping, edit: Edit) -> Mapping:
    parts, places = edit.parts, edit.places
    party = parts[0]
    if len(parts) == 2:
        raise _Wrong(
            places[1], "name what to set of no_deal: beliefs or cost", f"for instance {party}.no_deal.cost=0.1"
        )
    if parts[2] not in ("beliefs", "cost"):
        hint = did_you_mean(parts[2], ("beliefs", "cost"))
        raise _Wrong(places[2], f"{party}.no_deal has no part {parts[2]}", hint)
    if parts[2] == "cost":
        _end(edit, 3)
        return _set(tree, ("domain", "positions", party, "no_deal", "cost"), edit.value, places[2])
    base: TreePath = ("domain", "issues", "no_deal", "lotteries")
    lotteries = _keys(tree, *base)
    lottery = lottery_in_force(tree)
    if not lotteries or lottery is None:
        raise _Wrong(places[2], "the domain has no lottery of outcomes of no deal to hold beliefs about")
    rest, at = parts[3:], places[3:]
    if rest and rest[0] in lotteries and rest[0] not in _keys(tree, *base, lottery, "outcomes"):
        lottery, rest, at = rest[0], rest[1:], at[1:]
    outcomes = _keys(tree, *base, lottery, "outcomes")
    if not rest:
        raise _Wrong(places[-1], "name the outcome whose range to set", f"there are: {', '.join(outcomes)}")
    if rest[0] not in outcomes:
        hint = did_you_mean(rest[0], [*outcomes, *(n for n in lotteries if n != lottery)])
        raise _Wrong(at[0], f"the lottery {lottery} has no outcome {rest[0]}", hint)
    _end(edit, len(parts) - len(rest) + 1)
    path: TreePath = ("domain", "positions", party, "no_deal", "beliefs", lottery)
    tree = _set(tree, (*path, "ranges", rest[0]), edit.value, at[0])
    return _set(tree, (*path, "basis"), _scalar("edited", edit.value_place), edit.value_place)
