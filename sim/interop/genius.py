"""Genius: a domain and the profiles of its parties, as XML.

What the format means is what Genius does with it (package ``genius.core.utility`` of its source; Lin, Kraus, Baarslag,
Tykhonov, Hindriks and Jonker, "Genius: an integrated environment for supporting the design of generic automated
negotiators", Computational Intelligence 30, 2014):

* a discrete issue's evaluations are divided by the largest of them, and are 0 where that is 0;
* an integer issue is worth ``offset + slope (value - lowerbound)``, a real one ``parameter0 + parameter1 value``, cut
  to [0, 1];
* the weight of an issue counts as it stands in the file, that of an objective not at all; issues are told by index;
* no reservation value is one of 0;
* utility and reservation value are multiplied by the discount factor to the power of the share of time gone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from sim.files.complaints import Complaints
from sim.interop.cardinal import ROUNDS, Cardinal, File, Imported, Issue, Utilities, summing_to_one
from sim.interop.collecting import Found, plain
from sim.interop.genius_issues import Held, below, is_nonlinear, issues_in, parents, space_of
from sim.interop.xml_reading import Element

#: Tags and attributes that are read; others are told in a warning.
_TAGS = {
    "negotiation_template",
    "utility_space",
    "objective",
    "issue",
    "item",
    "weight",
    "range",
    "evaluator",
    "reservation",
    "discount_factor",
}
#: What a profile of type UNCERTAIN says beside the sum it holds (``UncertainAdditiveUtilitySpace`` of Genius).
_UNCERTAIN = {"comparisons", "errors", "elicitation_cost", "fixed_seed", "experimental"}
#: Genius takes a largest evaluation below this for 0.
_NOTHING = 1e-5
#: How near to 1 an issue's largest evaluation counts as 1: dividing by it changes nothing.
_WHOLE = 1e-9


def is_genius(root: Element) -> bool:
    return root.tag in ("negotiation_template", "utility_space")


def is_domain(root: Element) -> bool:
    """Whether a file holds a domain rather than a profile: nobody's weights, evaluations or other utility."""
    if root.tag == "negotiation_template":
        return True
    if is_nonlinear(root):
        return False
    return not any(e.tag == "weight" or "evaluation" in e.attributes for e in below(root))


def same_issues(one: Element, other: Element) -> bool:
    """Whether two domains have the same issues, with the same options, by the same indices."""
    found = Found()
    try:
        spaces = [issues_in(space_of(root), found, None, alone=False) for root in (one, other)]
    except Complaints:
        return False
    contents = [{i.index: (i.name, i.kind, sorted(i.options), i.low, i.high) for i in issues} for issues in spaces]
    return not found.errors and contents[0] == contents[1]


def read(
    domain: tuple[File, Element] | None,
    profiles: Sequence[tuple[File, Element]],
    steps: int | None,
    as_written: bool = False,
) -> Imported:
    """A domain with its parties. Without a file of its own the domain is that of the first profile.

    ``steps`` bounds the options of numeric issues; with ``as_written`` evaluations are not divided by their largest.
    Raises Complaints with all that is wrong.
    """
    found = Found()
    for _, root in [*([domain] if domain else []), *profiles]:
        found.warnings += root.document.warnings
    file, root = domain or profiles[0]
    space = space_of(root)
    issues = issues_in(space, found, steps)
    found.settle()
    for _, element in [(file, root)] * (domain is not None) + list(profiles):
        _left_out(element, found)
    parties: list[Utilities] = []
    notes: list[tuple[str, ...]] = []
    delays: list[float] = []
    for profile, element in profiles:
        party, said = _profile(profile, element, issues, found, as_written)
        cost, more = _delay(space_of(element), party, found, len(profiles))
        parties.append(party)
        notes.append(said + more)
        delays.append(cost)
    found.settle()
    top = space.first("objective")
    name = (top.attributes.get("name", "") if top is not None else "").strip()
    return Imported(
        format="Genius",
        cardinal=Cardinal(
            file.name.rpartition(".")[0] if name in ("", "root", "any") else name,
            tuple(Issue(i.name, i.options) for i in issues),
            tuple(parties),
        ),
        files=tuple(f for f, _ in ([domain] if domain else []) + list(profiles)),
        profiles=tuple(f for f, _ in profiles),
        notes=tuple(notes),
        delays=tuple(delays),
        warnings=tuple(found.warnings),
    )


# --- profiles -------------------------------------------------------------------------------


def _profile(
    file: File, root: Element, issues: Sequence[Held], found: Found, as_written: bool
) -> tuple[Utilities, tuple[str, ...]]:
    space = space_of(root)
    before = len(found.errors)
    _check_type(space, found)
    own = Found()
    mine = {issue.index: issue for issue in issues_in(space, own, None, alone=False)}
    found.errors += own.errors
    # the domain's issues may be of this very file: its warnings are there then
    found.warnings += [w for w in own.warnings if w not in found.warnings]
    if own.errors:
        return Utilities(file.name, (), ()), ()
    weights = _weights(space, issues, mine, found)
    rows: list[tuple[float, ...]] = []
    for issue in issues:
        held = mine.get(issue.index)
        if held is None:
            what = f"issue {issue.name} (index {issue.index}) of the domain is missing"
            found.error(space.place, "profile", what, "is it a profile of another domain?")
        elif held.name != issue.name or not _alike(held, issue):
            is_ = f"{held.name} ({held.kind})"
            what = f"index {issue.index} is {is_}; in the domain it is {issue.name} ({issue.kind})"
            hint = "is it a profile of another domain?"
            if held.name != issue.name and any(other.name == held.name for other in issues):
                hint = "Genius goes by the index and takes no note of the name: write the index or name that is meant"
            found.error(held.element.place, "profile", what, hint)
        else:
            rows.append(_values(held, issue, found, as_written))
    for index, held in mine.items():
        if all(issue.index != index for issue in issues):
            what = f"the domain has no issue {held.name} (index {index})"
            found.error(held.element.place, "profile", what, "is it a profile of another domain?")
    reservation = _tagged(space, "reservation")
    value = 0.0
    if reservation is not None:
        at = reservation.at("value")
        value = found.reservation(found.number(reservation, "value", "reservation"), at, "reservation")
    name = file.name.rpartition(".")[0] or file.name
    party = Utilities(name, tuple(weights), tuple(rows), value)
    if len(found.errors) > before:
        return party, ()
    notes: list[str] = []
    if as_written:
        notes.append("Evaluations are as written, not divided by the largest of their issue, as Genius does")
        party = _folded(party)
    else:
        notes += _division(space, [(issue, mine[issue.index]) for issue in issues], weights, found)
    if not math.isfinite(sum(party.weights)):
        first = next(w for parent in parents(space) for w in parent.each("weight"))
        found.error(first.place, "weights", "they sum to more than a number can be")
        return party, ()
    party, how = summing_to_one(party)
    if how is not None:
        first = next(w for parent in parents(space) for w in parent.each("weight"))
        found.warn(first.place, "weights", how)
        notes.append(how[0].upper() + how[1:])
    return party, tuple(notes)


def _alike(held: Held, issue: Held) -> bool:
    """Whether an issue of a profile is of the domain's kind; NegMAS writes an integer one as its items."""
    return held.kind == issue.kind or (held.kind == "discrete" and issue.kind == "integer")


def _folded(party: Utilities) -> Utilities:
    """The same utilities with no value above 1: an issue's weight takes over what its values lie above."""
    tops = [max(1.0, *row) for row in party.values]
    return replace(
        party,
        weights=tuple(w * top for w, top in zip(party.weights, tops, strict=True)),
        values=tuple(tuple(v / top for v in row) for row, top in zip(party.values, tops, strict=True)),
    )


def _division(
    space: Element, pairs: Sequence[tuple[Held, Held]], weights: Sequence[float], found: Found
) -> Iterator[str]:
    """Warn where dividing by the largest evaluation, as Genius does, is likely not what the writer of a file meant.

    NegMAS writes utilities and takes them as they stand. It names the objective ``any``; else a largest one below 1
    is the mark of such a file, since the editor of Genius writes whole numbers.
    """
    objective = space.first("objective")
    negmas = objective is not None and objective.attributes.get("name") == "any"
    changed: list[tuple[str, float]] = []
    for (issue, held), weight in zip(pairs, weights, strict=True):
        top = max(map(float, _evaluations(held)), default=0.0)
        if weight > 0 and (_NOTHING <= top < 1 - _WHOLE or (negmas and top > 1 + _WHOLE)):
            changed.append((issue.name, top))
    if not changed:
        return
    name, top = changed[0]
    more = f" (and not 1 on {len(changed) - 1} more)" if len(changed) > 1 else ""
    what = (
        f"evaluations are divided by the largest, {top:g} on {name}{more}, as in Genius; "
        f"{'NegMAS wrote this file and' if negmas else 'NegMAS'} takes them as they stand, so acceptance may differ"
    )
    found.warn(space.place, "evaluations", what, "--as-written takes them as they stand")
    yield f"Evaluations are divided by the largest of their issue, {top:g} on {name}{more}"


def _evaluations(held: Held) -> list[str]:
    if held.kind != "discrete":
        return []
    return [e for e in (item.attributes.get("evaluation") for item in held.element.each("item")) if e]


def _delay(space: Element, party: Utilities, found: Found, parties: int) -> tuple[float, tuple[str, ...]]:
    """What a discount factor takes of the party's best package, an equal part every round of talks; with notes."""
    discount = _tagged(space, "discount_factor")
    if discount is None or not party.values:
        return 0.0, ()
    at = discount.at("value")
    quiet = Found()
    factor = quiet.number(discount, "value", "discount_factor")
    if factor is None:
        what = f"{discount.attributes.get('value', '')[:20]!r} is no number, and counts as none, as in Genius"
        found.warn(at, "discount_factor", what)
    # Genius takes a factor outside (0, 1] for none
    if factor is None or not 0 < factor < 1:
        return 0.0, ()
    if parties < 2:
        said = f"a discount factor of {factor:g} is not carried: one party has nobody to talk with"
        found.warn(at, "discount_factor", said)
        return 0.0, (f"The file has a discount factor of {factor:g}, which is not carried",)
    best = party.of(party.best)
    cost = min(max(float(f"{(1 - factor) * best / (ROUNDS - 1):.12g}"), 0.0), 1.0)
    how = f"a cost of delay of {cost:.4g} a round of {ROUNDS}"
    what = f"a discount factor of {factor:g} becomes {how}: what it takes of the best package by the last round"
    found.warn(at, "discount_factor", what, "Genius takes a share of every package, of a lesser one less")
    return cost, (f"The discount factor of {factor:g} stands in the texts as {how}",)


def _check_type(space: Element, found: Found) -> None:
    """What a file calls its utility counts for less than what it holds: weights and evaluations make a sum.

    Genius writes ``linear`` and ``nonlinear``; other programs write other words, ``any`` among them, for a sum.
    """
    kind = space.attributes.get("type", "").strip()
    word = kind.lower().replace("-", "").replace("_", "")
    if word in ("", "linear", "additive", "linearadditive") or is_nonlinear(space):
        return
    if kind.lower() == "uncertain":
        names = [e.tag for e in space.children if e.tag in _UNCERTAIN]
        what = "of type UNCERTAIN: read as the sum it holds; how little its agent is shown of it is not carried"
        found.warn(space.at("type"), "utility_space", what + (f" ({', '.join(names)})" if names else ""))
        return
    strange = next((e for e in below(space) if e.tag not in _TAGS), None)
    if strange is not None:
        what = "a utility that is not a sum over issues is not read"
        why = f"it is of type {kind[:20]} and holds <{strange.tag}>"
        found.error(space.at("type"), "utility_space", what, why)
        return
    what = f"of type {kind[:20]!r}; read as a sum over issues, since it holds weights and evaluations and no more"
    found.warn(space.at("type"), "utility_space", what)


def _tagged(space: Element, tag: str) -> Element | None:
    return next((e for parent in parents(space) for e in parent.each(tag)), None)


def _weights(space: Element, issues: Sequence[Held], mine: dict[int, Held], found: Found) -> list[float]:
    before = len(found.errors)
    groups = {o.attributes.get("index") for parent in parents(space) for o in parent.each("objective")}
    held: dict[str, float] = {}
    for parent in parents(space):
        for element in parent.each("weight"):
            index = element.attributes.get("index", "").strip()
            if not (index.isascii() and index.isdigit() and len(index) <= 9 and int(index) in mine):
                if index not in groups or not index:
                    what = f"there is no issue with index {index[:20]}" if index else "the index is missing"
                    found.error(element.at("index"), "weight", what)
                continue
            where = f"weight of {mine[int(index)].name}"
            value = found.number(element, "value", where)
            if str(int(index)) in held:
                found.error(element.at("index"), where, "a second weight of this issue")
            if value is not None and value < 0:
                found.error(element.at("value"), where, f"the weight {value:g} is negative")
            held[str(int(index))] = value or 0.0
    if not held and len(found.errors) == before:
        found.error(space.place, "profile", "has no weights", "<weight index=... value=.../> beside each issue")
        return []
    for issue in issues:
        if str(issue.index) not in held and issue.index in mine:
            element = mine[issue.index].element
            found.error(element.place, f"issue {issue.name}", f"has no weight (index {issue.index})")
    weights = [held.get(str(issue.index), 0.0) for issue in issues]
    if not sum(weights) > 0 and len(found.errors) == before:
        found.error(space.place, "profile", "the weights sum to 0: nothing is worth anything")
    return weights


def _values(held: Held, issue: Held, found: Found, as_written: bool) -> tuple[float, ...]:
    """Values of the domain's options, in its order."""
    where = held.words
    if held.kind != "discrete":
        _check_range(held, issue, found)
        worth = _evaluator(held, found)
        return tuple(min(max(worth(n), 0.0), 1.0) for n in issue.numbers) if worth is not None else ()
    if issue.kind == "integer":
        what = "items here and an integer in the domain, as NegMAS writes it: read by their numbers"
        found.warn(held.element.place, where, what)
    places = {option: o for o, option in enumerate(issue.options)}
    given: dict[int, float] = {}
    strange: list[Element] = []
    largest = 0.0
    for item in held.element.each("item"):
        name = item.attributes["value"]
        at = places.get(name if issue.kind == "discrete" else _number(name))
        if at is None and not (issue.kind == "integer" and _inside(name, issue)):
            strange.append(item)
        value: float | None = None
        if item.attributes.get("evaluation") in (None, "null", ""):
            found.error(item.at("evaluation"), where, f"no evaluation of {name}")
        else:
            value = found.number(item, "evaluation", f"{where}: {name}")
        if value is not None and value < 0:
            found.error(item.at("evaluation"), f"{where}: {name}", f"the evaluation {value:g} is negative")
        largest = max(largest, value or 0.0)
        if at is not None:
            given[at] = value or 0.0
    missing = [option for option, o in places.items() if o not in given]
    _missing(held, strange, missing, found)
    if largest < _NOTHING:
        found.warn(held.element.place, where, "no option has an evaluation above 0: it adds nothing to any utility")
        return (0.0,) * len(issue.options)
    by = 1.0 if as_written else largest
    return tuple(given.get(o, 0.0) / by for o in range(len(issue.options)))


def _missing(held: Held, strange: Sequence[Element], missing: Sequence[str], found: Found) -> None:
    """Complain of options without an evaluation, and then of items that the domain has not; alone, these are idle."""
    if missing:
        found.error(held.element.place, held.words, f"no evaluation of {', '.join(missing[:5])}")
        for item in strange:
            what = f"the domain has no option {item.attributes['value']}"
            found.error(item.at("value"), held.words, what, "is it a profile of another domain?")
    elif strange:
        names = ", ".join(item.attributes["value"] for item in strange[:5])
        more = f" and {len(strange) - 5} more" if len(strange) > 5 else ""
        what = f"the domain has no option {names}{more}; the largest evaluation may be theirs, as in Genius"
        found.warn(strange[0].at("value"), held.words, what)


def _number(name: str) -> str:
    """The name of an option of a range that an item's value says; the value where it is no whole number."""
    return plain(Decimal(int(name))) if re.fullmatch(r"\s*[-+]?[0-9]{1,16}\s*", name, re.ASCII) else name


def _inside(name: str, issue: Held) -> bool:
    """Whether a number lies in a range of which only some numbers are options."""
    number = _number(name)
    assert issue.low is not None
    assert issue.high is not None
    return re.fullmatch(r"-?[0-9]+", number) is not None and issue.low <= int(number) <= issue.high


def _check_range(held: Held, issue: Held, found: Found) -> None:
    """Warn where a profile's range is part of the domain's, complain where it reaches beyond: another domain's?"""
    assert issue.low is not None
    assert issue.high is not None
    if held.low is None or held.high is None:
        what = f"has no range: the domain's, {plain(issue.low)} to {plain(issue.high)}, is taken (NegMAS writes it so)"
        found.warn(held.element.place, held.words, what)
    elif (held.low, held.high) != (issue.low, issue.high):
        what = f"from {plain(held.low)} to {plain(held.high)}; in the domain {plain(issue.low)} to {plain(issue.high)}"
        if not issue.low <= held.low <= held.high <= issue.high:
            found.error(held.element.place, held.words, what, "is it a profile of another domain?")
            return
        more = "the domain's numbers are options, worth what this profile's line says of them, as in Genius"
        found.warn(held.element.place, held.words, f"{what}: {more}")


def _evaluator(held: Held, found: Found) -> Callable[[Decimal], float] | None:
    where = held.words
    element = held.element.first("evaluator")
    if element is None:
        found.error(held.element.place, where, "has no evaluator", 'for instance <evaluator ftype="linear" .../>')
        return None
    form = element.attributes.get("ftype", "linear")
    names: tuple[str, ...] = ("offset", "slope") if held.kind == "integer" else ("parameter0", "parameter1")
    if form == "constant" and held.kind == "real":
        names = names[:1]
    elif form != "linear":
        found.error(element.at("ftype"), where, f"an evaluator of ftype {form} is not read", "linear is")
        return None
    figures = [found.number(element, n, f"{where}: evaluator") for n in names]
    if None in figures:
        return None
    base, slope = (*(f for f in figures if f is not None), 0.0)[:2]
    start = float(held.low) if held.kind == "integer" and held.low is not None else 0.0
    return lambda number: base + slope * (float(number) - start)


# --- what is left out -----------------------------------------------------------------------


def _left_out(root: Element, found: Found) -> None:
    """Warn, once a file and kind, of what the file says and nothing is made of."""
    told: set[str] = set()

    def tell(key: str, element: Element, where: str, what: str) -> None:
        if key not in told:
            told.add(key)
            found.warn(element.place, where, what)

    uncertain = space_of(root).attributes.get("type", "").strip().lower() == "uncertain"
    skipped = {id(e) for other in below(root) if other.tag not in _TAGS for e in below(other) if e is not other}
    for element in below(root):
        if id(element) in skipped:
            continue
        if element.tag not in _TAGS and not (element.tag in _UNCERTAIN and uncertain):
            tell(element.tag, element, element.tag, "is not carried")
        about = element.attributes.get("description", "").strip()
        if about not in ("", element.attributes.get("value"), element.attributes.get("name")):
            tell("description", element, element.tag, "descriptions are not carried")
        cost = element.attributes.get("cost", "").strip()
        if element.tag == "item" and cost.strip("0.") not in ("", "-1", "-1."):
            tell("cost", element, element.tag, "costs of items are not carried")
    groups = [inner for parent in parents(space_of(root)) for inner in parent.each("objective")][1:]
    if groups and any(parent.first("weight") for parent in parents(space_of(root))):
        what = "issues are grouped; their own weights count, as in Genius, and those of the groups do not"
        tell("groups", groups[0], "objective", what)
