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
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from xml.sax.saxutils import quoteattr

from sim.files.complaints import Complaints
from sim.interop import additive
from sim.interop.additive import ROUNDS, File, Imported, NamedIssue, Utilities, UtilityDomain
from sim.interop.genius_issues import GeniusIssue, below, index_of, is_nonlinear, issues_in, space_of, standing
from sim.interop.problems import Problems, Unread, plain
from sim.interop.xml import Element

SYNTAX = "XML"
#: Tags of profiles, and all that are read; others are told in a warning.
_PROFILE_TAGS = {"weight", "evaluator", "reservation", "discount_factor"}
_TAGS = {"negotiation_template", "utility_space", "objective", "issue", "item", "range"} | _PROFILE_TAGS
#: What a profile of type UNCERTAIN says beside the sum it holds (``UncertainAdditiveUtilitySpace`` of Genius).
_UNCERTAIN = {"comparisons", "errors", "elicitation_cost", "fixed_seed", "experimental"}
#: Reservation values read; utilities lie between 0 and 1, and a cost of no deal moves the value beyond them.
RESERVATIONS = (-1.0, 2.0)
_OTHER_DOMAIN = "is it a profile of another domain?"
#: Genius takes a largest evaluation below this for 0.
_NOTHING = 1e-5
#: How near to 1 an issue's largest evaluation counts as 1: dividing by it changes nothing.
_WHOLE = 1e-9


def is_ours(root: object) -> bool:
    """Whether a file is of Genius."""
    return isinstance(root, Element) and root.tag in ("negotiation_template", "utility_space")


def is_domain(root: Element) -> bool:
    """Whether a file holds a domain rather than a profile: nobody's weights, evaluations or other utility."""
    if root.tag == "negotiation_template":
        return True
    if is_nonlinear(root):
        return False
    return not any(e.tag == "weight" or "evaluation" in e.attributes for e in below(root))


def same_issues(one: Element, other: Element) -> bool:
    """Whether two domains have the same issues, with the same options, by the same indices."""
    problems = Problems()
    try:
        with problems.settling():
            spaces = [issues_in(space_of(root), problems, None, alone=False) for root in (one, other)]
    except Complaints:
        return False
    contents = [{i.index: (i.name, i.kind, sorted(i.options), i.ends) for i in issues} for issues in spaces]
    return contents[0] == contents[1]


def read(files: Sequence[tuple[File, Element]], steps: int | None, as_written: bool = False) -> Imported:
    """As :meth:`sim.interop.formats.Reader.read`; with ``as_written`` evaluations are not divided by their largest."""
    problems = Problems()
    for _, root in files:
        problems.warnings += root.document.warnings
    file, root = files[0]
    space = space_of(root)
    with problems.settling():
        issues = issues_in(space, problems, steps)
    for _, element in files:
        _left_out(element, problems)
    profiles = [(file, element) for file, element in files if file.holds == "profile"]
    with problems.settling():
        parties = problems.readable(lambda p: _profile(*p, issues, problems, as_written, len(profiles)), profiles)
    top = space.first("objective")
    name = (top.attributes.get("name", "") if top is not None else "").strip()
    domain = UtilityDomain(
        file.name.rpartition(".")[0] if name in ("", "root", "any") else name,
        tuple(NamedIssue(i.name, i.options) for i in issues),
        tuple(parties),
    )
    return Imported("Genius", domain, tuple(f for f, _ in files), tuple(problems.warnings))


# --- profiles -------------------------------------------------------------------------------


def _profile(
    file: File, root: Element, issues: Sequence[GeniusIssue], problems: Problems, as_written: bool, parties: int
) -> Utilities:
    space = space_of(root)
    with problems.whole():
        _check_type(space, problems)
        with problems.aside() as quiet:
            mine = {issue.index: issue for issue in issues_in(space, quiet, None, alone=False)}
        # the domain's issues may be of this very file: its warnings are there then
        problems.warnings += [w for w in quiet.warnings if w not in problems.warnings]
        weights = _weights(space, issues, mine, problems)
        rows = []
        for issue in issues:
            with suppress(Unread):
                own = _checked(mine.get(issue.index), issue, issues, space, problems)
                rows.append(_values(own, issue, problems, as_written))
        for index, own in mine.items():
            if all(issue.index != index for issue in issues):
                what = f"the domain has no issue {own.name} (index {index})"
                problems.error(own.element.place, "profile", what, _OTHER_DOMAIN)
        reservation = _reservation(space, problems)
    party = Utilities(file.stem, tuple(weights), tuple(rows), reservation)
    notes: list[str] = []
    if as_written:
        notes.append("Evaluations are as written, not divided by the largest of their issue, as Genius does")
        party = _folded(party)
    else:
        notes += _division(space, [(issue, mine[issue.index]) for issue in issues], weights, problems)
    first = next(standing(space, "weight"))
    if not math.isfinite(sum(party.weights)):
        problems.refuse(first.place, "weights", "they sum to more than a number can be")
    party, how = additive.summing_to_one(party)
    if how is not None:
        problems.warn(first.place, "weights", how)
        notes.append(how[0].upper() + how[1:])
    return _delayed(replace(party, notes=tuple(notes)), space, problems, parties)


def _checked(
    own: GeniusIssue | None, issue: GeniusIssue, issues: Sequence[GeniusIssue], space: Element, problems: Problems
) -> GeniusIssue:
    """What a profile has at an issue's index, if that is the issue."""
    if own is None:
        what = f"issue {issue.name} (index {issue.index}) of the domain is missing"
        problems.refuse(space.place, "profile", what, _OTHER_DOMAIN)
    # NegMAS writes an integer issue as its items
    if own.name == issue.name and (own.kind == issue.kind or (own.kind, issue.kind) == ("discrete", "integer")):
        return own
    what = f"index {issue.index} is {own.name} ({own.kind}); in the domain it is {issue.name} ({issue.kind})"
    hint = _OTHER_DOMAIN
    if own.name != issue.name and any(other.name == own.name for other in issues):
        hint = "Genius goes by the index and takes no note of the name: write the index or name that is meant"
    problems.refuse(own.element.place, "profile", what, hint)


def _reservation(space: Element, problems: Problems) -> float:
    element = next(standing(space, "reservation"), None)
    if element is None:
        return 0.0
    value = problems.number(element, "value", "reservation")
    low, high = RESERVATIONS
    if not low <= value <= high:
        what = f"a reservation value of {value:g}; utilities lie between 0 and 1"
        problems.error(element.at("value"), "reservation", what)
    return value


def _folded(party: Utilities) -> Utilities:
    """The same utilities with no value above 1: an issue's weight takes over what its values lie above."""
    tops = [max(1.0, *row) for row in party.values]
    return replace(
        party,
        weights=tuple(w * top for w, top in zip(party.weights, tops, strict=True)),
        values=tuple(tuple(v / top for v in row) for row, top in zip(party.values, tops, strict=True)),
    )


def _division(
    space: Element, pairs: Sequence[tuple[GeniusIssue, GeniusIssue]], weights: Sequence[float], problems: Problems
) -> Iterator[str]:
    """Warn where dividing by the largest evaluation, as Genius does, is likely not what the writer of a file meant.

    NegMAS writes utilities and takes them as they stand. It names the objective ``any``; else a largest one below 1
    is the mark of such a file, since the editor of Genius writes whole numbers.
    """
    objective = space.first("objective")
    negmas = objective is not None and objective.attributes.get("name") == "any"
    changed: list[tuple[str, float]] = []
    for (issue, own), weight in zip(pairs, weights, strict=True):
        top = max(map(float, _evaluations(own)), default=0.0)
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
    problems.warn(space.place, "evaluations", what, "--as-written takes them as they stand")
    yield f"Evaluations are divided by the largest of their issue, {top:g} on {name}{more}"


def _evaluations(own: GeniusIssue) -> list[str]:
    if own.kind != "discrete":
        return []
    return [e for e in (item.attributes.get("evaluation") for item in own.element.each("item")) if e]


def _delayed(party: Utilities, space: Element, problems: Problems, parties: int) -> Utilities:
    """The party with what a discount factor takes of its best package, an equal part every round of talks."""
    discount = next(standing(space, "discount_factor"), None)
    if discount is None:
        return party
    at = discount.at("value")
    try:
        factor = Problems().number(discount, "value", "discount_factor")
    except Unread:
        what = f"{discount.attributes.get('value', '')[:20]!r} is no number, and counts as none, as in Genius"
        problems.warn(at, "discount_factor", what)
        return party
    # Genius takes a factor outside (0, 1] for none
    if not 0 < factor < 1:
        return party
    if parties < 2:
        what = f"a discount factor of {factor:g} is not carried: one party has nobody to talk with"
        problems.warn(at, "discount_factor", what)
        note = f"The file has a discount factor of {factor:g}, which is not carried"
        return replace(party, notes=(*party.notes, note))
    best = party.of(party.best)
    cost = min(max(float(f"{(1 - factor) * best / (ROUNDS - 1):.12g}"), 0.0), 1.0)
    how = f"a cost of delay of {cost:.4g} a round of {ROUNDS}"
    what = f"a discount factor of {factor:g} becomes {how}: what it takes of the best package by the last round"
    problems.warn(at, "discount_factor", what, "Genius takes a share of every package, of a lesser one less")
    note = f"The discount factor of {factor:g} stands in the texts as {how}"
    return replace(party, delay=cost, notes=(*party.notes, note))


def _check_type(space: Element, problems: Problems) -> None:
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
        problems.warn(space.at("type"), "utility_space", what + (f" ({', '.join(names)})" if names else ""))
        return
    strange = next((e for e in below(space) if e.tag not in _TAGS), None)
    if strange is not None:
        what = "a utility that is not a sum over issues is not read"
        why = f"it is of type {kind[:20]} and holds <{strange.tag}>"
        problems.error(space.at("type"), "utility_space", what, why)
        return
    what = f"of type {kind[:20]!r}; read as a sum over issues, since it holds weights and evaluations and no more"
    problems.warn(space.at("type"), "utility_space", what)


def _weights(
    space: Element, issues: Sequence[GeniusIssue], mine: dict[int, GeniusIssue], problems: Problems
) -> list[float]:
    before = len(problems.errors)
    groups = {o.attributes.get("index") for o in standing(space, "objective")}
    by_index: dict[int, float] = {}
    for element in standing(space, "weight"):
        text = element.attributes.get("index", "").strip()
        index = index_of(text)
        if index is None or index not in mine:
            if text not in groups or not text:
                what = f"there is no issue with index {text[:20]}" if text else "the index is missing"
                problems.error(element.at("index"), "weight", what)
            continue
        where = f"weight of {mine[index].name}"
        value = 0.0
        with suppress(Unread):
            value = problems.number(element, "value", where)
        if index in by_index:
            problems.error(element.at("index"), where, "a second weight of this issue")
        if value < 0:
            problems.error(element.at("value"), where, f"the weight {value:g} is negative")
        by_index[index] = value
    if not by_index and len(problems.errors) == before:
        problems.error(space.place, "profile", "has no weights", "<weight index=... value=.../> beside each issue")
        return []
    for issue in issues:
        if issue.index not in by_index and issue.index in mine:
            element = mine[issue.index].element
            problems.error(element.place, f"issue {issue.name}", f"has no weight (index {issue.index})")
    weights = [by_index.get(issue.index, 0.0) for issue in issues]
    if not sum(weights) > 0 and len(problems.errors) == before:
        problems.error(space.place, "profile", "the weights sum to 0: nothing is worth anything")
    return weights


def _values(own: GeniusIssue, issue: GeniusIssue, problems: Problems, as_written: bool) -> tuple[float, ...]:
    """Values of the domain's options, in its order."""
    where = own.words
    if own.kind != "discrete":
        _check_range(own, issue, problems)
        line = _evaluator(own, problems)
        return tuple(min(max(line(n), 0.0), 1.0) for n in issue.numbers)
    if issue.kind == "integer":
        what = "items here and an integer in the domain, as NegMAS writes it: read by their numbers"
        problems.warn(own.element.place, where, what)
    places = {option: o for o, option in enumerate(issue.options)}
    values: dict[int, float] = {}
    strange: list[Element] = []
    largest = 0.0
    for item in own.element.each("item"):
        name = item.attributes["value"]
        at = places.get(name if issue.kind == "discrete" else _number(name))
        if at is None and not (issue.kind == "integer" and _inside(name, issue)):
            strange.append(item)
        value = 0.0
        with suppress(Unread):
            value = _evaluation(item, name, where, problems)
        largest = max(largest, value)
        if at is not None:
            values[at] = value
    missing = [option for option, o in places.items() if o not in values]
    _missing(own, strange, missing, problems)
    if largest < _NOTHING:
        problems.warn(own.element.place, where, "no option has an evaluation above 0: it adds nothing to any utility")
        return (0.0,) * len(issue.options)
    by = 1.0 if as_written else largest
    return tuple(values.get(o, 0.0) / by for o in range(len(issue.options)))


def _evaluation(item: Element, name: str, where: str, problems: Problems) -> float:
    if item.attributes.get("evaluation") in (None, "null", ""):
        problems.refuse(item.at("evaluation"), where, f"no evaluation of {name}")
    value = problems.number(item, "evaluation", f"{where}: {name}")
    if value < 0:
        problems.error(item.at("evaluation"), f"{where}: {name}", f"the evaluation {value:g} is negative")
    return value


def _missing(own: GeniusIssue, strange: Sequence[Element], missing: Sequence[str], problems: Problems) -> None:
    """Complain of options without an evaluation, and then of items that the domain has not; alone, these are idle."""
    if missing:
        problems.error(own.element.place, own.words, f"no evaluation of {', '.join(missing[:5])}")
        for item in strange:
            what = f"the domain has no option {item.attributes['value']}"
            problems.error(item.at("value"), own.words, what, _OTHER_DOMAIN)
    elif strange:
        names = ", ".join(item.attributes["value"] for item in strange[:5])
        more = f" and {len(strange) - 5} more" if len(strange) > 5 else ""
        what = f"the domain has no option {names}{more}; the largest evaluation may be theirs, as in Genius"
        problems.warn(strange[0].at("value"), own.words, what)


def _number(name: str) -> str:
    """The name of an option of a range that an item's value says; the value where it is no whole number."""
    return plain(Decimal(int(name))) if re.fullmatch(r"\s*[-+]?[0-9]{1,16}\s*", name, re.ASCII) else name


def _inside(name: str, issue: GeniusIssue) -> bool:
    """Whether a number lies in a range of which only some numbers are options."""
    number = _number(name)
    assert issue.ends is not None
    low, high = issue.ends
    return re.fullmatch(r"-?[0-9]+", number) is not None and low <= int(number) <= high


def _check_range(own: GeniusIssue, issue: GeniusIssue, problems: Problems) -> None:
    """Warn where a profile's range is part of the domain's, complain where it reaches beyond: another domain's?"""
    assert issue.ends is not None
    low, high = issue.ends
    if own.ends is None:
        what = f"has no range: the domain's, {plain(low)} to {plain(high)}, is taken (NegMAS writes it so)"
        problems.warn(own.element.place, own.words, what)
    elif own.ends != issue.ends:
        first, last = own.ends
        what = f"from {plain(first)} to {plain(last)}; in the domain {plain(low)} to {plain(high)}"
        if not low <= first <= last <= high:
            problems.error(own.element.place, own.words, what, _OTHER_DOMAIN)
            return
        more = "the domain's numbers are options, worth what this profile's line says of them, as in Genius"
        problems.warn(own.element.place, own.words, f"{what}: {more}")


def _evaluator(own: GeniusIssue, problems: Problems) -> Callable[[Decimal], float]:
    where = own.words
    element = own.element.first("evaluator")
    if element is None:
        problems.refuse(own.element.place, where, "has no evaluator", 'for instance <evaluator ftype="linear" .../>')
    form = element.attributes.get("ftype", "linear")
    names: tuple[str, ...] = ("offset", "slope") if own.kind == "integer" else ("parameter0", "parameter1")
    if form == "constant" and own.kind == "real":
        names = names[:1]
    elif form != "linear":
        problems.refuse(element.at("ftype"), where, f"an evaluator of ftype {form} is not read", "linear is")
    figures = problems.every(lambda name: problems.number(element, name, f"{where}: evaluator"), names)
    base, slope = (*figures, 0.0)[:2]
    start = float(own.ends[0]) if own.kind == "integer" and own.ends is not None else 0.0
    return lambda number: base + slope * (float(number) - start)


# --- what is left out -----------------------------------------------------------------------


def _left_out(root: Element, problems: Problems) -> None:
    """Warn, once a file and kind, of what the file says and nothing is made of."""
    kinds: set[str] = set()

    def warn(kind: str, element: Element, what: str) -> None:
        if kind not in kinds:
            kinds.add(kind)
            problems.warn(element.place, element.tag, what)

    uncertain = space_of(root).attributes.get("type", "").strip().lower() == "uncertain"
    skipped = {id(e) for other in below(root) if other.tag not in _TAGS for e in below(other) if e is not other}
    for element in below(root):
        if id(element) in skipped:
            continue
        if element.tag not in _TAGS and not (element.tag in _UNCERTAIN and uncertain):
            warn(element.tag, element, "is not carried")
        about = element.attributes.get("description", "").strip()
        if about not in ("", element.attributes.get("value"), element.attributes.get("name")):
            warn("description", element, "descriptions are not carried")
        cost = element.attributes.get("cost", "").strip()
        if element.tag == "item" and cost.strip("0.") not in ("", "-1", "-1."):
            warn("cost", element, "costs of items are not carried")
    groups = list(standing(space_of(root), "objective"))[1:]
    if groups and next(standing(space_of(root), "weight"), None) is not None:
        what = "issues are grouped; their own weights count, as in Genius, and those of the groups do not"
        warn("groups", groups[0], what)


# --- writing --------------------------------------------------------------------------------


def written(domain: UtilityDomain, ids: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Texts by file name, and what was done to utilities to fit the format. ``ids`` name the parties' files.

    Genius divides evaluations by the largest of the issue, so every issue's best option is written as 1
    (:func:`sim.interop.additive.topped`).
    """
    files = {f"{additive.domain_file(ids)}.xml": _domain_text(domain)}
    shifts = []
    for id, party in zip(ids, domain.parties, strict=True):
        raised, rise = additive.topped(party)
        if rise > 1e-12:
            shifts.append(
                f"{party.name}: utilities and reservation value are all {rise:.4g} higher than here, so that"
                " every issue's best option is worth 1, by which Genius divides; gains are the same"
            )
        if not 0 <= raised.reservation <= 1:
            shifts.append(
                f"{party.name}: the reservation value {raised.reservation:.4g} lies outside 0 to 1, where utilities lie"
            )
        files[f"{id}.xml"] = _profile_text(domain, raised)
    return files, shifts


def _attributes(**values: object) -> str:
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items())


def _objective(
    domain: UtilityDomain,
    abouts: Sequence[str],
    key: str,
    rows: Sequence[Sequence[object]],
    weights: Sequence[float] = (),
) -> list[str]:
    """Lines of the issues; ``key`` is what ``rows`` say of each option beside its name."""
    head = _attributes(index=0, name=domain.name, description="", type="objective", etype="objective")
    lines = [f"  <weight{_attributes(index=number, value=weight)}/>" for number, weight in enumerate(weights, 1)]
    for number, (issue, about, row) in enumerate(zip(domain.issues, abouts, rows, strict=True), 1):
        kind = "discrete"
        own = _attributes(index=number, name=issue.name, description=about, type=kind, etype=kind, vtype=kind)
        items = enumerate(zip(issue.options, row, strict=True), 1)
        lines.append(f"  <issue{own}>")
        lines += [f"    <item{_attributes(index=k, value=option, **{key: value})}/>" for k, (option, value) in items]
        lines.append("  </issue>")
    return [f"<objective{head}>", *lines, "</objective>"]


def _file(*lines: str) -> str:
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *lines]) + "\n"


def _domain_text(domain: UtilityDomain) -> str:
    meanings = [issue.meanings or [""] * len(issue.options) for issue in domain.issues]
    objective = _objective(domain, [issue.text or "" for issue in domain.issues], "description", meanings)
    return _file(
        "<negotiation_template>",
        f'  <utility_space number_of_issues="{len(domain.issues)}">',
        *(f"    {line}" for line in objective),
        "  </utility_space>",
        "</negotiation_template>",
    )


def _profile_text(domain: UtilityDomain, party: Utilities) -> str:
    objective = _objective(domain, [""] * len(domain.issues), "evaluation", party.values, party.weights)
    return _file(
        f'<utility_space type="linear" number_of_issues="{len(domain.issues)}">',
        *(f"  {line}" for line in objective),
        '  <discount_factor value="1.0"/>',
        f"  <reservation{_attributes(value=party.reservation)}/>",
        "</utility_space>",
    )
