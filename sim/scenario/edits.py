"""Edits applied to a merged tree: each finds what its path names, changes it, and marks it as ``edited``.

They change the entry in force on the scenario's day and leave the rest as it was. Those of the talks, which need no
mark, are in :mod:`sim.scenario.negotiation_edits`. Everything here is pure: trees in, trees out.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection
from dataclasses import replace

from sim.files import nodes
from sim.files.complaints import Complaint, Complaints, Place, closest, did_you_mean
from sim.files.grammar import listed
from sim.files.nodes import Mapping, Node, Scalar, Sequence, TreePath, keys, mapping, put, text_of
from sim.files.own_rules import USUAL
from sim.scenario.edit_paths import CELL, ONE_BY_ONE, PARTY, Edit, Wrong, end, known
from sim.scenario.expansion import rejoined
from sim.scenario.labels import did_you_mean_party, party_meant
from sim.scenario.negotiation_edits import PARTED, edit_negotiation, idle

#: What a warning about an edit that changes nothing is about.
IDLE = "edit without effect"
#: A party after an edit, by what decides it: the party before and the edit (both stay), the day and the lottery.
EditedParties = dict[tuple[int, int, str, str | None], tuple[Node, Edit, Node]]
#: Parts of a cell of which one stands in place of the other.
_INSTEAD = ({"ranking", "values"}, {"importance", "weight"})


def apply(
    tree: Mapping, edits: Collection[Edit], known: EditedParties | None = None
) -> tuple[Mapping, list[Complaint]]:
    """Apply edits in order to a merged tree that satisfies the schema; later ones win.

    Returns the new tree, which shares everything untouched with the old one, and the complaints
    about edits that could not be applied (those are left out of the tree); with warnings about
    refusals dropped that are not in force on the scenario's day. ``known`` holds parties as the same
    edits left them before, and grows.
    """
    known = {} if known is None else known
    complaints: list[Complaint] = []
    edits = by_ids(tree, edits)
    for edit in edits:
        try:
            for single in _expanded(edit):
                complaints += _idle(tree, single)
                tree = _applied_once(tree, single, known)
        except Wrong as wrong:
            complaints.append(wrong.complaint)
    return tree, complaints + idle(tree, edits)


def by_ids(tree: Mapping, edits: Collection[Edit]) -> list[Edit]:
    """The edits with the id of a party where its name stands, if the name has no dot and is that of one party alone."""
    names = _names(tree)

    def by_id(edit: Edit) -> Edit:
        parts = edit.parts
        by_party = parts[0] == "negotiation" and parts[1:2] in (("tactics",), ("delay_cost",))
        spot = 2 if by_party or parts[0] == "rules" else 0
        if spot >= len(parts) or parts[spot] in ("proposal", "negotiation"):
            return edit
        id = party_meant(parts[spot], names)
        return edit if id in (None, parts[spot]) else replace(edit, parts=(*parts[:spot], id, *parts[spot + 1 :]))

    return [by_id(edit) for edit in edits]


def _names(tree: Mapping) -> dict[str, str]:
    """Names of parties by id."""
    parties = keys(tree, "domain", "positions")
    return {p: text_of(nodes.find(tree, ("domain", "positions", p, "name"))) or p for p in parties}


def twice(edits: Collection[Edit]) -> list[Complaint]:
    """Warnings where a later edit sets again what an earlier one sets, all it is a part of, or what replaces it."""
    single: list[Edit] = []
    for edit in edits:
        with contextlib.suppress(Wrong):  # told when it is applied
            single += _expanded(edit)
    out = []
    for k, later in enumerate(single):
        if lost := [e for e in single[:k] if _undone(e, later)]:
            at = listed([str(e.places[0]) for e in lost])
            n = len(later.parts)
            others = list(dict.fromkeys(".".join(e.parts) for e in lost if e.parts[:n] != later.parts))
            what = f"{'.'.join(later.parts)} is set before, at {at}; this one, the later, wins"
            if others:
                what = f"{'.'.join(later.parts)} undoes {listed(others)}, set at {at}; this one, the later, wins"
            out.append(
                Complaint(later.places[0], "edit", what, "leave out the one that is not meant", "warning", code="twice")
            )
    return out


def of_another_domain(edits: Collection[Edit], wrong: Collection[Complaint], tree: Mapping) -> list[Complaint]:
    """A complaint about every file of two edits or more none of which can be applied: it is for other scenarios."""
    files = {edit.places[0].file for edit in edits}
    title = nodes.find(tree, ("domain", "issues", "title"))
    here = f" ({title.value})" if isinstance(title, Scalar) else ""
    out = []
    for file in sorted(files):
        count = sum(edit.places[0].file == file for edit in edits)
        # an edit that fails has one complaint
        if 1 < count <= sum(c.place.file == file for c in wrong):
            what = f"none of its {count} edits fits the domain of the scenario{here}"
            out.append(
                Complaint(
                    Place(file, 1, 1), "edits file", what, "they seem to belong to another domain", code="wrong_file"
                )
            )
    return out


def _undone(earlier: Edit, later: Edit) -> bool:
    """Whether nothing is left of an edit after a later one."""
    one, other = earlier.parts, later.parts
    if one[: len(other)] == other:
        return True
    if len(other) == 2 and other[1] == "red_lines":
        return len(one) > 2 and one[0] == other[0] and one[2] == "red_lines"
    return len(one) == len(other) == 3 and one[:2] == other[:2] and {one[2], other[2]} in _INSTEAD


def single_edits(edits: Collection[Edit]) -> list[Edit]:
    """Edits as several that set one key each. Raises Complaints about one that cannot be taken apart."""
    try:
        return [single for edit in edits for single in _expanded(edit)]
    except Wrong as wrong:
        raise Complaints([wrong.complaint]) from None


def _expanded(edit: Edit) -> list[Edit]:
    """An edit of a cell (or of beliefs, the proposal, the talks, a party's no deal) with several keys, as several."""
    parts, value = edit.parts, edit.value
    if not isinstance(value, Mapping):
        return [edit]
    if parts[0] in ("proposal", "negotiation", "rules"):
        collects = parts in (("proposal",), ("rules",)) or parts in PARTED or (parts[0] == "rules" and len(parts) == 2)
    else:
        collects = (len(parts) == 2 and parts[1] not in ("red_lines", "reservation", "consent", "decides")) or (
            len(parts) in (3, 4) and parts[1:3] == ("no_deal", "beliefs")
        )
    if not collects:
        return [edit]
    if not len(value):
        raise Wrong(edit.value.place, "an empty mapping; name at least one part to set")
    each = (Edit((*parts, k), (*edit.places, value.key_places[k]), under) for k, under in value.items.items())
    return [single for one in each for single in _expanded(one)]


def _day(tree: Mapping) -> str:
    """The day on which positions must be in force, as ISO text (which sorts as dates do)."""
    days = (text_of(nodes.find(tree, path)) for path in (("as_of",), ("proposal", "date")))
    return next((day for day in days if day is not None), "9999-12-31")


def _applied_once(tree: Mapping, edit: Edit, known: EditedParties) -> Mapping:
    """:func:`_applied`; of an edit of a party, which changes nothing else, with the very nodes that it made before."""
    path: TreePath = ("domain", "positions", edit.parts[0])
    before = nodes.find(tree, path)
    if before is None:
        return _applied(tree, edit)
    key = (id(before), id(edit), _day(tree), lottery_in_force(tree))
    if key not in known:
        after = nodes.find(_applied(tree, edit), path)
        assert after is not None
        known[key] = (before, edit, after)
    return nodes.replaced(tree, path, known[key][2])


def _applied(tree: Mapping, edit: Edit) -> Mapping:
    parts, places = edit.parts, edit.places
    issues = keys(tree, "domain", "issues", "issues")
    parties = keys(tree, "domain", "positions")
    head = parts[0]
    if head == "proposal":
        return _edit_term(tree, edit, issues)
    if head == "negotiation":
        return edit_negotiation(tree, edit)
    if head == "rules":
        return _edit_rules(tree, edit, parties)
    if head not in parties:
        hint = did_you_mean_party(head, _names(tree), ("proposal", "negotiation", "rules"))
        raise Wrong(places[0], f"there is no party {head}", hint, code="unknown_name")
    if len(parts) == 1:
        hint = f"for instance {head}.{issues[0]}.importance=minor"
        raise Wrong(places[0], f"{head} is a whole party; name what to set", hint)
    second = parts[1]
    if second in _OF_A_PARTY:
        return _OF_A_PARTY[second](tree, edit)
    if second not in issues:
        near = closest(second, [*issues, *PARTY])
        hint = f"did you mean {near}?" if near else f"there are the issues {', '.join(issues)}; and {', '.join(PARTY)}"
        raise Wrong(places[1], f"there is no issue {second}", hint, code="unknown_name")
    return _edit_cell(tree, edit)


def _edit_rules(tree: Mapping, edit: Edit, parties: list[str]) -> Mapping:
    """The rule of one party; the word none goes back to what a file without the key means."""
    parts, places = edit.parts, edit.places
    if len(parts) > 1:
        known(parts[1], places[1], tuple(USUAL), "kind of rule called")
    if len(parts) < 3:
        hint = f"for instance rules.utility.{parties[0] if parties else 'PARTY'}=NAME"
        raise Wrong(places[-1], "name the kind of rule and the party whose rule to set", hint)
    known(parts[2], places[2], parties, "party")
    end(edit, 3)
    if text_of(edit.value) == "none":
        return nodes.removed(tree, parts)
    return put(tree, parts, edit.value, places[2])


def _edit_whole(tree: Mapping, edit: Edit) -> Mapping:
    """What has no parts of its own: a party's reservation, or its consent."""
    end(edit, 2)
    return put(tree, ("domain", "positions", *edit.parts), edit.value, edit.places[1])


def _edit_decides(tree: Mapping, edit: Edit) -> Mapping:
    """How a party decides: the word none, the whole rule, or its quota; a majority of voters where nothing is there."""
    path: TreePath = ("domain", "positions", edit.parts[0], "decides")
    if len(edit.parts) == 2:
        if text_of(edit.value) != "none" and not isinstance(edit.value, Mapping):
            hint = f"for instance {edit.parts[0]}.decides.quota=0.6"
            raise Wrong(edit.value.place, "expected the word none, or a rule", hint)
        return put(tree, path, edit.value, edit.places[1])
    known(edit.parts[2], edit.places[2], ("quota",), f"part of {edit.parts[0]}.decides called")
    end(edit, 3)
    at = edit.value.place
    before = nodes.find(tree, path)
    fresh: dict[str, Node] = {"by": Scalar("majority", at), "of": Scalar("voters", at)}
    rule = mapping(dict(before.items) if isinstance(before, Mapping) else fresh, at)
    return put(tree, path, rule.having("quota", edit.value, edit.places[2]), edit.places[1])


def _edit_term(tree: Mapping, edit: Edit, issues: list[str]) -> Mapping:
    parts, places, value = edit.parts, edit.places, edit.value
    if len(parts) == 1:
        raise Wrong(places[0], "name the issue whose term to set", f"for instance proposal.{issues[0]}=open")
    if parts[1] == "terms" and "terms" not in issues:
        issue = parts[2] if len(parts) > 2 and parts[2] in issues else issues[0]
        hint = f"the path is proposal.{issue}"
        raise Wrong(places[1], "there is no issue terms", hint, code="unknown_name")
    known(parts[1], places[1], issues, "issue")
    end(edit, 2)
    option = text_of(value)
    if option is None:
        options = keys(tree, "domain", "issues", "issues", parts[1], "options")
        hint = f"proposal.{parts[1]}={options[0] if options else 'open'}"
        raise Wrong(edit.value.place, "expected an option, or the word open", hint)
    at = edit.value.place
    chosen: dict[str, Node] = {"open": Scalar(True, at)} if option == "open" else {"option": value}
    term = mapping({**chosen, "basis": Scalar("edited", at)}, at)
    return put(tree, ("proposal", "terms", parts[1]), term, places[1])


def _in_force(entries: list[Node], day: str) -> int | None:
    """Index of the latest entry from ``day`` or before."""
    starts = ((text_of(nodes.child(entry, "from")), i) for i, entry in enumerate(entries))
    return max(((start, i) for start, i in starts if start is not None and start <= day), default=(None, None))[1]


def _both(node: Node | None, empty: Node) -> dict[str, Node]:
    """Basis or evidence of a cell, spelt out for ranking and importance."""
    if isinstance(node, Mapping):
        return {k: node.items.get(k) or empty for k in ("ranking", "importance")}
    return dict.fromkeys(("ranking", "importance"), empty if node is None else node)


def _touched(entry: Mapping, aspects: tuple[str, ...], at: Place) -> Mapping:
    """The entry with these aspects' basis edited and their evidence gone: it does not speak for the edit."""
    nothing = Sequence((), at)
    basis = _both(entry.get("basis"), Scalar("assumed", at)) | dict.fromkeys(aspects, Scalar("edited", at))
    proof = _both(entry.get("evidence"), nothing) | dict.fromkeys(aspects, nothing)
    entry = entry.having("basis", mapping(basis, at))
    if any(isinstance(v, Sequence) and len(v) for v in proof.values()):
        return entry.having("evidence", mapping(proof, at))
    return entry.without("evidence")


def _edit_cell(tree: Mapping, edit: Edit) -> Mapping:
    parts, places, value, at = edit.parts, edit.places, edit.value, edit.value.place
    party, issue = parts[0], parts[1]
    part = parts[2] if len(parts) > 2 else None
    if part is None and text_of(value) != "unknown":
        what = f"{party}.{issue} is a whole cell, which can only be set to unknown"
        raise Wrong(places[1], what, f"or name a part: {', '.join(CELL)}")
    if part is not None:
        known(part, places[2], list(CELL), f"part of {party}.{issue} called")
        if part == "red_lines" and len(parts) > 3:
            return _edit_line(tree, edit)
        end(edit, 3)
    day = _day(tree)
    path: TreePath = ("domain", "positions", party, "positions", issue)
    cell, entries = nodes.find(tree, path), nodes.items(tree, *path)
    index = _in_force(entries, day)
    if index is None:
        # nothing in force: wholly unknown until now, and so is whatever the edit does not name
        fresh = {"from": day, "ranking": "unknown", "importance": "unknown", "basis": "assumed"}
        index = sum(1 for e in entries if (text_of(nodes.child(e, "from")) or "") <= day)
        entries.insert(index, nodes.from_plain(fresh, at))
    entry = entries[index]
    if not isinstance(entry, Mapping):
        return tree
    key_at, options = places[-1], nodes.find(tree, ("domain", "issues", "issues", issue, "options"))
    if part is None:
        entry = _touched(entry, ("ranking", "importance"), at)
        entry = entry.without("values", "weight", "red_lines", "assumed", "searched")
        for aspect in ("ranking", "importance"):
            entry = entry.having(aspect, Scalar("unknown", at), key_at)
    elif part in ("ranking", "values"):
        entry = _touched(entry, ("ranking",), at)
        # what was looked for, and found or not, is not what the edit says
        entry = entry.without("assumed", "searched", "values" if part == "ranking" else "ranking")
        entry = rejoined(entry.having(part, value, key_at), part, issue, options)
    elif part in ("importance", "weight"):
        entry = _touched(entry, ("importance",), at).without("weight" if part == "importance" else "importance")
        entry = entry.having(part, value, key_at)
    else:
        lines = _red_lines(edit, party, issue)
        entry = entry.having("red_lines", lines, key_at) if len(lines) else entry.without("red_lines")
        entry = rejoined(entry, part, issue, options)
    entries[index] = entry
    return nodes.replaced(tree, path, Sequence(tuple(entries), cell.place if cell else at), key_at)


def _edit_line(tree: Mapping, edit: Edit) -> Mapping:
    """The chance that a red line in force holds: ``PARTY.ISSUE.red_lines.OPTION.holds``."""
    parts, places = edit.parts, edit.places
    party, issue, _, option = parts[:4]
    known(option, places[3], keys(tree, "domain", "issues", "issues", issue, "options"), f"option of {issue} called")
    base: TreePath = ("domain", "positions", party, "positions", issue)
    index = _in_force(nodes.items(tree, *base), _day(tree))
    path = (*base, -1 if index is None else index, "red_lines")
    drawn = [text_of(nodes.child(line, "option")) or "" for line in nodes.items(tree, *path)]
    if option not in drawn:
        what = f"{party} has no red line on {option} of {issue} on {_day(tree)}"
        draw = f"draw one: {party}.{issue}.red_lines=[{option}]"
        raise Wrong(places[3], what, f"its red lines there: {', '.join(drawn)}" if drawn else draw)
    return _set_holds(tree, edit, path, drawn.index(option), option)


def _set_holds(tree: Mapping, edit: Edit, path: TreePath, index: int, name: str) -> Mapping:
    """The chance that one of the lines at a path of the tree holds, the one that the edit calls by ``name``.

    Those that were written out as its copies get the same chance; they stay assumed.
    """
    parts, places, at = edit.parts, edit.places, edit.value.place
    length = 3 if parts[1] == "refuses" else 4
    here = ".".join(parts[:length])
    if len(parts) == length:
        raise Wrong(places[-1], f"name what to set of {here}", f"for instance {here}.holds=0.4..0.6")
    known(parts[length], places[length], ["holds"], f"part of {here} called")
    end(edit, length + 1)
    if text_of(edit.value) is not None:
        raise Wrong(at, "expected a number or a range from 0 to 1", f"{here}.holds=1 lets it bind always, 0 never")
    for k, line in enumerate(nodes.items(tree, *path)):
        if isinstance(line, Mapping) and (k == index or text_of(line.get("like")) == name):
            line = line.without("evidence").having("holds", edit.value, places[-1])
            if k == index:
                line = line.having("basis", Scalar("edited", at), at)
            tree = put(tree, (*path, k), line, line.place)
    return tree


def _red_lines(edit: Edit, party: str, issue: str) -> Sequence:
    """The new lines of a cell; the bare word none means that there are none."""
    value, at = edit.value, edit.value.place
    if text_of(value) == "none" or (isinstance(value, Sequence) and not len(value)):
        return Sequence((), at)
    lines: list[Node] = []
    for item in value.items if isinstance(value, Sequence) else (value,):
        line = _line(item) if isinstance(item, Mapping) else {"option": item}
        if text_of(line["option"]) is None:
            what = "expected the word none, or a list of options"
            raise Wrong(line["option"].place, what, f"for instance {party}.{issue}.red_lines=[option_a, option_b]")
        lines.append(mapping({**line, "basis": Scalar("edited", item.place)}, item.place))
    return Sequence(tuple(lines), at)


def _line(item: Mapping) -> dict[str, Node]:
    """The parts of a line written as a mapping: its option, and the chance that it holds."""
    parts = ("option", "holds")
    for key in item:
        if key not in parts:
            raise Wrong(item.key_places[key], f"a red line of an edit has no part {key}", did_you_mean(key, parts))
    if item.get("option") is None:
        raise Wrong(item.place, "a red line without an option", "for instance {option: option_a, holds: [0.4, 0.6]}")
    return dict(item.items)


def _drop_red_lines(tree: Mapping, edit: Edit) -> Mapping:
    """Every red line of the party's entries in force goes; entries of other days keep theirs."""
    party = edit.parts[0]
    end(edit, 2)
    if text_of(edit.value) != "none":
        what = "the red lines of a whole party can only be dropped, all of them"
        raise Wrong(edit.value.place, what, f"write {party}.red_lines=none, or name the issue: {party}.ISSUE.red_lines")
    day = _day(tree)
    base: TreePath = ("domain", "positions", party, "positions")
    for issue in keys(tree, *base):
        index = _in_force(nodes.items(tree, *base, issue), day)
        if index is not None:
            tree = nodes.removed(tree, (*base, issue, index, "red_lines"))
    return tree


def _edit_refusals(tree: Mapping, edit: Edit) -> Mapping:
    parts, places = edit.parts, edit.places
    party = parts[0]
    path: TreePath = ("domain", "positions", party, "refuses")
    entries = nodes.items(tree, *path)
    ids = [text_of(nodes.child(e, "id")) or "" for e in entries]
    if len(parts) > 2 and parts[2] not in ids:
        raise Wrong(
            places[2], f"{party} has no refusal {parts[2]}", _refusal_hint(tree, party, parts[2]), code="unknown_name"
        )
    if len(parts) > 3:
        return _set_holds(tree, edit, path, ids.index(parts[2]), parts[2])
    if text_of(edit.value) != "none":
        what = "a refusal can only be dropped, or the chance that it holds be set"
        here = ".".join(parts[:3])
        raise Wrong(edit.value.place, what, f"write {here}=none" + (f" or {here}.holds=0.4..0.6" if parts[2:] else ""))
    refusals = nodes.find(tree, path)
    if not isinstance(refusals, Sequence):
        return tree
    copies = [text_of(nodes.child(e, "like")) for e in entries]
    others = [e for e, i, of in zip(entries, ids, copies, strict=True) if len(parts) > 2 and parts[2] not in (i, of)]
    return nodes.replaced(tree, path, replace(refusals, items=tuple(others)))


def _edit_demands(tree: Mapping, edit: Edit) -> Mapping:
    """A demand of a party goes, or all of them."""
    parts, places = edit.parts, edit.places
    party = parts[0]
    path: TreePath = ("domain", "positions", party, "asks")
    entries = nodes.items(tree, *path)
    ids = [text_of(nodes.child(e, "id")) or "" for e in entries]
    if len(parts) > 2:
        known(parts[2], places[2], ids, f"demand of {party} called")
    end(edit, 3)
    if text_of(edit.value) != "none":
        raise Wrong(edit.value.place, "a demand can only be dropped", f"write {'.'.join(parts)}=none")
    demands = nodes.find(tree, path)
    if not isinstance(demands, Sequence):
        return tree
    others = [e for e, id in zip(entries, ids, strict=True) if len(parts) > 2 and id != parts[2]]
    return nodes.replaced(tree, path, replace(demands, items=tuple(others)))


def _spells(tree: Mapping, party: str, day: str, key: str = "refuses") -> tuple[dict[str, str], list[str]]:
    """By id of a refusal or demand from when until when it is in force, in words; and the ids of those in force."""
    spells, now = {}, []
    for entry in nodes.items(tree, "domain", "positions", party, key):
        id, start, until = (text_of(nodes.child(entry, key)) for key in ("id", "from", "until"))
        spells[id or ""] = f"in force from {start or ''}" + ("" if until is None else f" until {until}")
        if (start or "") <= day and (until is None or day <= until):
            now.append(id or "")
    return spells, now


def _refusal_hint(tree: Mapping, party: str, name: str) -> str | None:
    """What was meant instead of a refusal there is not: one in force on the day, if any comes near."""
    day = _day(tree)
    spells, now = _spells(tree, party, day)
    if near := closest(name, now):
        return f"did you mean {near}?"
    if near := closest(name, [id for id in spells if id not in now]):
        return f"did you mean {near} ({spells[near]}, so not on {day})?"
    if now and len(now) == len(spells):
        return did_you_mean(name, now, most=20)
    if now:
        return f"in force on {day}: {', '.join(now)}"
    if spells:
        each = ", ".join(f"{id} ({words})" for id, words in spells.items())
        return f"{party} has no refusal in force on {day}, only {each}"
    return f"{party} refuses nothing beyond its red lines"


def _idle(tree: Mapping, edit: Edit) -> list[Complaint]:
    """A warning where an edit drops a refusal or demand that is not in force on the scenario's day.

    Files of edits may speak of many days at once; what is given one by one is meant for this one.
    """
    what = {"refuses": "refusal", "asks": "demand"}.get(edit.parts[1]) if len(edit.parts) > 2 else None
    if what is None or not edit.places[0].file.startswith(ONE_BY_ONE):
        return []
    party, key, name = edit.parts[:3]
    day = _day(tree)
    spells, now = _spells(tree, party, day, key)
    if name not in spells or name in now:
        return []
    words = f"{party}'s {what} {name} is {spells[name]}, so not on {day}"
    hint = f"in force then: {', '.join(now)}" if now else f"{party} has no {what} in force then"
    return [Complaint(edit.places[2], IDLE, words, hint, "warning", code="idle")]


def lottery_in_force(tree: Mapping) -> str | None:
    """The no-deal lottery of the scenario: the one it names, else the latest by date, else the earliest."""
    named = text_of(tree.get("no_deal"))
    if named is not None:
        return named
    lotteries = nodes.find(tree, ("domain", "issues", "no_deal", "lotteries"))
    if not isinstance(lotteries, Mapping) or not len(lotteries):
        return None
    starts = sorted((text_of(nodes.child(v, "from")) or "", k) for k, v in lotteries.items.items())
    day = _day(tree)
    past = [k for start, k in starts if start <= day]
    return past[-1] if past else starts[0][1]


def _edit_no_deal(tree: Mapping, edit: Edit) -> Mapping:
    parts, places = edit.parts, edit.places
    party = parts[0]
    if len(parts) == 2:
        raise Wrong(places[1], "name what to set of no_deal: beliefs or cost", f"for instance {party}.no_deal.cost=0.1")
    if parts[2] not in ("beliefs", "cost"):
        hint = did_you_mean(parts[2], ("beliefs", "cost"))
        raise Wrong(places[2], f"{party}.no_deal has no part {parts[2]}", hint)
    if parts[2] == "cost":
        end(edit, 3)
        return put(tree, ("domain", "positions", party, "no_deal", "cost"), edit.value, places[2])
    base: TreePath = ("domain", "issues", "no_deal", "lotteries")
    lotteries = keys(tree, *base)
    lottery = lottery_in_force(tree)
    if not lotteries or lottery is None:
        raise Wrong(places[2], "the domain has no lottery of outcomes of no deal to hold beliefs about")
    rest, at = parts[3:], places[3:]
    if rest and rest[0] in lotteries and rest[0] not in keys(tree, *base, lottery, "outcomes"):
        lottery, rest, at = rest[0], rest[1:], at[1:]
    outcomes = keys(tree, *base, lottery, "outcomes")
    if not rest:
        raise Wrong(places[-1], "name the outcome whose range to set", f"there are: {', '.join(outcomes)}")
    if rest[0] not in outcomes:
        hint = did_you_mean(rest[0], [*outcomes, *(n for n in lotteries if n != lottery)])
        raise Wrong(at[0], f"the lottery {lottery} has no outcome {rest[0]}", hint, code="unknown_name")
    end(edit, len(parts) - len(rest) + 1)
    path: TreePath = ("domain", "positions", party, "no_deal", "beliefs", lottery)
    tree = put(tree, (*path, "ranges", rest[0]), edit.value, at[0])
    return put(tree, (*path, "basis"), Scalar("edited", edit.value.place), edit.value.place)


#: Edits of what a party has beside its positions, by the second part of their path.
_OF_A_PARTY = {
    "red_lines": _drop_red_lines,
    "refuses": _edit_refusals,
    "asks": _edit_demands,
    "no_deal": _edit_no_deal,
    "reservation": _edit_whole,
    "consent": _edit_whole,
    "decides": _edit_decides,
}
assert set(_OF_A_PARTY) == set(PARTY)


def without_domain_edits(tree: Mapping) -> Mapping:
    """A saved tree whose domain is replaced: its list without the edits that went with the domain."""
    before = tree.get("edits")
    if not isinstance(before, Sequence):
        return tree
    own = re.compile(r"(proposal|negotiation|rules)\b")  # what edits of the scenario itself begin with
    left = [x for x in before.items if not isinstance(x, Scalar) or own.match(str(x.value))]
    return tree.having("edits", replace(before, items=tuple(left)))
