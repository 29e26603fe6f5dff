"""What a call says besides the file: edits, and what overrides the file's own settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias, TypedDict

from sim.files import nodes
from sim.files.arguments import InvalidArgument, UnknownName, UnknownOption, day, several, whole_number
from sim.files.complaints import Complaint, Place, collecting
from sim.files.nodes import Node, Scalar, TreePath
from sim.files.own_rules import USUAL
from sim.scenario import catalogue, schema
from sim.scenario.edit_paths import Edit, edit_of, parse_set, read_edits
from sim.scenario.validation import Cache

PathLike: TypeAlias = str | Path
#: Texts ``PATH=VALUE``, or values by path.
Edits: TypeAlias = Iterable[str] | Mapping[str, object]


class Overrides(TypedDict, total=False):
    """What of a file a call may override; see :class:`Options`."""

    as_of: dt.date | str | None
    evidence: schema.EvidenceMode | None
    draws: int | None
    seed: int | None
    protocol: str | None
    rules: Mapping[str, Mapping[str, str]] | None


class Options(Overrides, total=False):
    """What a call says besides the file: options of :func:`load`, :func:`load_all`, :func:`from_dict` and :func:`run`.

    None, or leaving it out, means what the file says. The domain is the folder ``domain`` if given, else the file's own
    ``domain:``, else the folder ``domain/`` beside it, else that of the nearest library whose issues the text answers
    (:func:`sim.scenario.catalogue.libraries`).

    Attributes:
        edits: texts ``PATH=VALUE`` or values by path (:func:`sim.edited`); they come after those of files, and later
            ones win.
        edit_files: files of edits, by path or by id, as ``"dovish_us"``.
        domain: the folder of the domain.
        as_of: the day whose positions count, a date or its ISO text; without it, and in the file, the text's own.
        evidence: ``"all"``; or ``"articles"``, by which what rests only on background facts counts as assumed; or
            ``"firm"``, by which what rests only on claims that are graded weak or single does.
        draws: how many preference profiles, at least 1.
        seed: of the random numbers, at least 0.
        protocol: what the parties do with the text (:func:`sim.protocol`).
        rules: names of parties' own rules by kind and party, as ``{"utility": {"russia": "cautious"}}``
            (:func:`sim.utility`, :func:`sim.acceptance`); those of other parties stay.

    Example:
        >>> import sim
        >>> options: sim.Options = {"draws": 200, "seed": 3, "as_of": "2025-11-20"}
        >>> sim.load("istanbul", **options)
        <Loaded istanbul: 200 draws, seed 3, 7 parties as of 2025-11-20>
    """

    edits: Edits
    edit_files: Sequence[PathLike]
    domain: PathLike | None


@dataclass(frozen=True)
class Call:
    """What the scenarios of one call have in common: edits, overrides by path, the folder of the domain where named."""

    edits: list[Edit]
    overrides: dict[TreePath, Scalar]
    folder: Path | None
    cache: Cache = field(default_factory=Cache)


def call_of(options: Options, complaints: list[Complaint]) -> Call:
    """What the options of a call say; what is wrong with edits joins the complaints. Raises TypeError, OSError."""
    known_options(options, Options)
    domain = options.get("domain")
    folder = None if domain is None else catalogue.domain(Path(domain))
    edits: list[Edit] = []
    for file in several("edit_files", options.get("edit_files", ()), "'dovish_us'"):
        with collecting(complaints):
            edits += read_edits(catalogue.edits(Path(file)))
    edits += parsed_edits(options.get("edits", ()), complaints)
    return Call(edits, settings_of(options), folder)


def known_options(options: Overrides, kind: type[Overrides]) -> None:
    """Raises UnknownOption, a TypeError, for an option that a call of this kind does not take."""
    if unknown := options.keys() - kind.__annotations__.keys():
        there = sorted(kind.__annotations__, key=lambda name: name in Overrides.__annotations__)
        raise UnknownOption("option", sorted(unknown)[0], there)


def parsed_edits(edits: Edits, complaints: list[Complaint]) -> list[Edit]:
    """Edits that are given one by one; what is wrong with others joins the complaints."""
    out: list[Edit] = []
    if isinstance(edits, Mapping):
        for path, value in edits.items():
            with collecting(complaints):
                out.append(edit_of(str(path), value, f"edits[{path}]"))
        return out
    for i, text in enumerate(several("edits", edits, "'us.fighting.importance=minor'"), 1):
        if not isinstance(text, str):
            what = f"an edit is a text, as 'us.fighting.importance=minor', not {text!r}"
            raise InvalidArgument(f"{what}; values by path are given as a mapping")
        with collecting(complaints):
            out.append(parse_set(text, i))
    return out


def idle_edits(warnings: Iterable[Complaint]) -> dict[Place, Complaint]:
    """Of the warnings about a scenario those that an edit given one by one changes nothing in it, by their place."""
    return {w.place: w for w in warnings if w.code == "idle" and w.place.file.startswith(("--set[", "edits["))}


def idle_everywhere(each: Iterable[Mapping[Place, Complaint]]) -> list[Complaint]:
    """Errors about edits that are idle in all the scenarios of a call, of which :func:`idle_edits` are given."""
    first, *others = [*each] or [{}]
    return [replace(w, severity="error") for place, w in first.items() if all(place in warnings for warnings in others)]


def settings_of(options: Overrides) -> dict[TreePath, Scalar]:
    """What the options override, by its path in the file. Raises InvalidArgument for what cannot be meant."""
    numbers = {key: options.get(key) for key in ("draws", "seed")}
    as_of = options.get("as_of")
    values: dict[TreePath, str | int | None] = {
        ("as_of",): None if as_of is None else day("as_of", as_of).isoformat(),
        ("evidence",): options.get("evidence"),
        **{(key,): None if n is None else whole_number(key, n) for key, n in numbers.items()},
        ("negotiation", "protocol"): options.get("protocol"),
        **_rules(options.get("rules")),
    }
    return {
        path: Scalar(value, Place(_from(path), 1, 1, str(value))) for path, value in values.items() if value is not None
    }


def _rules(rules: object) -> dict[TreePath, str | int | None]:
    """Names of rules by their path in the file. Raises InvalidArgument for what is no mapping by kind and party."""
    if rules is None:
        return {}
    example = "rules are given as {'utility': {'russia': NAME}}"
    if not isinstance(rules, Mapping) or not all(isinstance(of_party, Mapping) for of_party in rules.values()):
        raise InvalidArgument(f"{example}; not {rules!r}")
    if unknown := [kind for kind in rules if kind not in USUAL]:
        raise UnknownName("kind of rule", unknown[0], USUAL)
    named = {("rules", kind, str(party)): name for kind, of_party in rules.items() for party, name in of_party.items()}
    if wrong := [name for name in named.values() if not isinstance(name, str)]:
        raise InvalidArgument(f"{example}, by the name under which the rule is registered; not {wrong[0]!r}")
    return {(*path,): name for path, name in named.items()}


def _from(path: TreePath) -> str:
    """Where a complaint says that an option stands: as commands call it; of rules, which they have not, as a call."""
    return "rules" if path[0] == "rules" else f"--{str(path[-1]).replace('_', '-')}"


# --- what a call overrides ------------------------------------------------------------------


def overridden(
    tree: nodes.Mapping, overrides: Mapping[TreePath, Scalar], first: nodes.Mapping | None = None
) -> nodes.Mapping:
    """The tree with these values; what the file has or means by itself (``first``) stands as there, or not at all."""
    for path, value in overrides.items():
        if first is not None and value.value == _effective(first, path):
            tree = _as_first(tree, first, path)
        elif value.value != _effective(tree, path):
            tree = _put(tree, path, value)
    return tree


def _as_first(tree: nodes.Mapping, first: nodes.Mapping, path: TreePath) -> nodes.Mapping:
    """The tree with what another has at the end of a path, or with nothing there."""
    if (before := nodes.find(first, path)) is not None:
        return _put(tree, path, before)
    key, *rest = map(str, path)
    if not rest:
        return tree.without(key)
    block, before = tree.get(key), first.get(key)
    if not isinstance(block, nodes.Mapping):
        return tree
    left = _as_first(
        block, before if isinstance(before, nodes.Mapping) else nodes.Mapping({}, block.place), tuple(rest)
    )
    return tree.having(key, left) if left.items or key in first else tree.without(key)


def _put(tree: nodes.Mapping, path: TreePath, value: Node) -> nodes.Mapping:
    try:
        return nodes.replaced(tree, path, value)
    except KeyError:
        return tree  # a scalar where a mapping belongs; the schema says so


def _effective(tree: nodes.Mapping, path: TreePath) -> nodes.Plain:
    """What the file says or means by default, for what can be overridden."""
    node = nodes.find(tree, path)
    if node is not None:
        return nodes.to_plain(node)
    if path == ("as_of",):
        date = nodes.find(tree, ("proposal", "date"))
        return None if date is None else nodes.to_plain(date)
    if path[0] == "rules":
        return USUAL["utility" if path[1] == "utility" else "acceptance"]
    model = schema.Scenario if len(path) == 1 else schema.NegotiationSettings
    return model.model_fields[str(path[-1])].default
