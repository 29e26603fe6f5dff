"""Genius: a domain and the profiles of its parties, as XML.

What the format means is what Genius does with it (package ``genius.core.utility`` of its source; Lin, Kraus, Baarslag,
Tykhonov, Hindriks and Jonker, "Genius: an integrated environment for supporting the design of generic automated
negotiators", Computational Intelligence 30, 2014):

* a discrete issue's evaluations are divided by the largest of them, and are 0 where that is 0;
* an integer issue is worth ``offset + slope (value - lowerbound)``, a real one ``parameter0 + parameter1 value``, cut
  to [0, 1];
* the weight of an issue counts as it stands in the file, that of an objective not at all; issues are told by index;
* no reservation value is one of 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from sim.interop.cardinal import Cardinal, File, Imported, Issue, Utilities, summing_to_one
from sim.interop.collecting import Found
from sim.interop.genius_issues import Held, below, issues_in, parents, space_of
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
#: Genius takes a largest evaluation below this for 0.
_NOTHING = 1e-5


def is_genius(root: Element) -> bool:
    return root.tag in ("negotiation_template", "utility_space")


def is_domain(root: Element) -> bool:
    """Whether a file holds a domain rather than a profile: nobody's weights or evaluations."""
    if root.tag == "negotiation_template":
        return True
    return not any(e.tag == "weight" or "evaluation" in e.attributes for e in below(root))


def read(domain: tuple[File, Element] | None, profiles: Sequence[tuple[File, Element]], steps: int | None) -> Imported:
    """A domain with its parties. Without a file of its own the domain is that of the first profile.

    ``steps`` bounds the options of numeric issues. Raises Complaints with all that is wrong.
    """
    found = Found()
    file, root = domain or profiles[0]
    space = space_of(root)
    issues = issues_in(space, found, steps)
    found.settle()
    for _, element in [(file, root)] * (domain is not None) + list(profiles):
        _left_out(element, found)
    parties: list[Utilities] = []
    notes: list[tuple[str, ...]] = []
    for profile, element in profiles:
        party, said = _profile(profile, element, issues, found, steps)
        parties.append(party)
        notes.append(said)
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
        warnings=tuple(found.warnings),
    )


# --- profiles -------------------------------------------------------------------------------


def _profile(
    file: File, root: Element, issues: Sequence[Held], found: Found, steps: int | None
) -> tuple[Utilities, tuple[str, ...]]:
    space = space_of(root)
    before = len(found.errors)
    _check_type(space, found)
    own = Found()
    mine = {issue.index: issue for issue in issues_in(space, own, steps)}
    found.errors += own.errors
    if own.errors:
        return Utilities(file.name, (), ()), ()
    weights = _weights(space, issues, mine, found)
    rows: list[tuple[float, ...]] = []
    for issue in issues:
        held = mine.get(issue.index)
        if held is None:
            what = f"issue {issue.name} (index {issue.index}) of the domain is missing"
            found.error(space.place, "profile", what, "is it a profile of another domain?")
        elif held.name != issue.name or held.kind != issue.kind:
            is_ = f"{held.name} ({held.kind})"
            what = f"index {issue.index} is {is_}; in the domain it is {issue.name} ({issue.kind})"
            found.error(held.element.place, "profile", what, "is it a profile of another domain?")
        else:
            rows.append(_values(held, issue, found))
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
    party, how = summing_to_one(party)
    if how is not None:
        first = next(w for parent in parents(space) for w in parent.each("weight"))
        found.warn(first.place, "weights", how)
        notes.append(how[0].upper() + how[1:])
    discount = _tagged(space, "discount_factor")
    if discount is not None:
        at = discount.at("value")
        factor = found.number(discount, "value", "discount_factor")
        # Genius takes a factor outside (0, 1] for none
        if factor is not None and 0 < factor < 1:
            said = f"a discount factor of {factor:g} is not carried: talks here cost so much a round (delay_cost)"
            found.warn(at, "discount_factor", said)
            notes.append(f"The file has a discount factor of {factor:g}, which is not carried")
    return party, tuple(notes)


def _check_type(space: Element, found: Found) -> None:
    """What a file calls its utility counts for less than what it holds: weights and evaluations make a sum.

    Genius writes ``linear`` and ``nonlinear``; other programs write other words, ``any`` among them, for a sum.
    """
    kind = space.attributes.get("type", "").strip()
    word = kind.lower().replace("-", "").replace("_", "")
    if word in ("", "linear", "additive", "linearadditive"):
        return
    strange = next((e for e in below(space) if e.tag not in _TAGS), None)
    if word.startswith("nonlinear") or strange is not None:
        what = "a utility that is not a sum over issues is not read"
        why = f"it is of type {kind[:20]}" + ("" if strange is None else f" and holds <{strange.tag}>")
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


def _values(held: Held, issue: Held, found: Found) -> tuple[float, ...]:
    """Values of the domain's options, in its order."""
    where = held.words
    if held.kind != "discrete":
        if held.options != issue.options:
            what = f"from {held.options[0]} to {held.options[-1]}; in the domain {issue.options[0]} to"
            found.error(held.element.place, where, f"{what} {issue.options[-1]}")
            return ()
        worth = _evaluator(held, found)
        return tuple(min(max(worth(n), 0.0), 1.0) for n in held.numbers) if worth is not None else ()
    given: dict[str, float] = {}
    known = set(issue.options)
    for item in held.element.each("item"):
        name = item.attributes["value"]
        if name not in known:
            what = f"the domain has no option {name}"
            found.error(item.at("value"), where, what, "is it a profile of another domain?")
            continue
        if item.attributes.get("evaluation") in (None, "null", ""):
            found.error(item.at("evaluation"), where, f"no evaluation of {name}")
            continue
        value = found.number(item, "evaluation", f"{where}: {name}")
        if value is not None and value < 0:
            found.error(item.at("evaluation"), f"{where}: {name}", f"the evaluation {value:g} is negative")
        given[name] = value or 0.0
    named = {item.attributes["value"] for item in held.element.each("item")}
    if missing := [option for option in issue.options if option not in named]:
        found.error(held.element.place, where, f"no evaluation of {', '.join(missing[:5])}")
    top = max(given.values(), default=0.0)
    if top < _NOTHING:
        found.warn(held.element.place, where, "no option has an evaluation above 0: it adds nothing to any utility")
        return (0.0,) * len(issue.options)
    return tuple(given.get(option, 0.0) / top for option in issue.options)


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
    start = float(held.low) if held.kind == "integer" else 0.0
    return lambda number: base + slope * (float(number) - start)


# --- what is left out -----------------------------------------------------------------------


def _left_out(root: Element, found: Found) -> None:
    """Warn, once a file and kind, of what the file says and nothing is made of."""
    told: set[str] = set()

    def tell(key: str, element: Element, where: str, what: str) -> None:
        if key not in told:
            told.add(key)
            found.warn(element.place, where, what)

    skipped = {id(e) for other in below(root) if other.tag not in _TAGS for e in below(other) if e is not other}
    for element in below(root):
        if id(element) in skipped:
            continue
        if element.tag not in _TAGS:
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
