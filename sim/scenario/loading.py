"""Files to scenarios: read, merge with the domain, apply edits, validate, check.

Everything wrong with all files and edits is collected first and raised together as
:class:`~sim.files.complaints.Complaints`, located by line and column. Within one call a domain folder is read and
validated once, however many scenarios share it.
"""

from __future__ import annotations

import importlib
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Unpack

from sim.files import nodes
from sim.files.arguments import InvalidArgument, plain, several
from sim.files.complaints import Complaint, Complaints, Place, closest, collecting, in_order, raise_all, raise_errors
from sim.files.nodes import Mapping, Node, Scalar
from sim.files.text import Reading, read_text
from sim.files.yaml import read_mapping
from sim.scenario import catalogue, schema
from sim.scenario import edits as editing
from sim.scenario.checker import KnownNames, locate
from sim.scenario.checks import check_options, check_scenario
from sim.scenario.domain_checks import check_domain
from sim.scenario.edit_paths import Edit
from sim.scenario.expansion import domain_of, domain_tree, gathered, inherited, named_twice
from sim.scenario.issues_in_force import NONE_LATER, NotYet, ScenarioDay, defaulted, on_its_day
from sim.scenario.options import (
    Call,
    Edits,
    Options,
    Overrides,
    PathLike,
    call_of,
    idle_edits,
    idle_everywhere,
    known_options,
    overridden,
    parsed_edits,
    settings_of,
)
from sim.scenario.validation import Cache, CheckedDomain, Part, digest, validated, validated_domain


@dataclass(frozen=True, repr=False)
class Loaded:
    """A scenario ready to run; :func:`load` makes it.

    Attributes:
        scenario: the models of its files, with edits and overrides applied.
        tree: the same content with places, which :func:`sim.files.nodes.dump_yaml` writes as a file that loads to the
            same result.
        warnings: what is doubtful about the files, though it stops nothing.
        path: the file, absolute, so that it stays the same where the current folder changes.
        address: its path as it was given, which commands print; None where no file holds the scenario.
        sha256: that of the merged content without draws and seed, whatever the order and layout of the files.
        library: the words for the library it is from, None where that is plain.

    Example:
        >>> import sim
        >>> loaded = sim.load("istanbul")
        >>> loaded.scenario.title, loaded.scenario.draws, len(loaded.scenario.proposal.terms)
        ('Istanbul guarantees of March 2022, as Ukraine read them', 10000, 15)
        >>> loaded
        <Loaded istanbul: 10000 draws, seed 1, 7 parties as of 2022-03-29>
    """

    scenario: schema.Scenario
    tree: Mapping
    warnings: tuple[Complaint, ...]
    path: Path
    #: The hash, or the content that it is of.
    _hash: str | tuple[Part, CheckedDomain] = field(compare=False)
    #: The library that the text or its domain comes from, in words, where the path given does not say it.
    library: str | None = field(default=None, compare=False, kw_only=True)
    address: Path | None = field(default=None, compare=False, kw_only=True)
    _cache: Cache = field(default_factory=Cache, compare=False)
    #: The tree as its file has it, before options of calls.
    _first: Mapping | None = field(default=None, compare=False)
    #: The tree before the edits of this call, and these: what :func:`on_day` starts from.
    _unedited: Mapping | None = field(default=None, compare=False)
    _edits: tuple[Edit, ...] = field(default=(), compare=False)

    def __repr__(self) -> str:
        of = self.scenario
        parties = f"{len(of.domain.positions)} parties as of {of.day}"
        return f"<Loaded {of.id}: {of.draws} draws, seed {of.seed}, {parties}>"

    def __getstate__(self) -> dict[str, Any]:
        # what was read and checked is known by the identity of nodes, which is of this process
        fresh = {"_cache": Cache(), "_hash": self.sha256}
        return {f.name: fresh.get(f.name, getattr(self, f.name)) for f in fields(self)}

    def _repr_html_(self) -> str:
        """For notebooks: what the text says, and the parties."""
        page = importlib.import_module("sim.report.listing").scenario(self.scenario)
        html: str = importlib.import_module("sim.report.html").block([page])
        return html

    def with_(self, edits: Edits = (), **options: Unpack[Overrides]) -> Loaded:
        """The same scenario with further edits, or other draws, seed, day, evidence, protocol or rules.

        What earlier edits and options said stays unless these say otherwise.

        Args:
            edits: as those of :func:`edited`.
            options: ``draws``, ``seed``, ``as_of``, ``evidence``, ``protocol`` and ``rules``, as those of :func:`load`.

        Returns:
            The scenario; this one stays as it is.

        Raises:
            Complaints: about the edits, or what they lead to.
            InvalidArgument: for an option that cannot be meant.

        Example:
            >>> import sim
            >>> loaded = sim.load("istanbul", draws=200)
            >>> loaded.with_({"us.fighting.importance": "critical"}, seed=7)
            <Loaded istanbul: 200 draws, seed 7, 7 parties as of 2022-03-29>
        """
        return _changed(self, edits, options)

    def to_dict(self) -> dict[str, Any]:
        """The whole content, domain and edits included, as mappings, lists, texts and numbers.

        :func:`from_dict` makes the same scenario of it, with the same results.

        Example:
            >>> import sim
            >>> loaded = sim.load("istanbul", draws=100)
            >>> sim.from_dict(loaded.to_dict()).sha256 == loaded.sha256
            True
        """
        content: dict[str, Any] = plain(nodes.to_plain(self.tree))
        return content

    @cached_property
    def sha256(self) -> str:
        """The hash of the merged content without draws and seed, made when it is first asked for."""
        if isinstance(self._hash, str):
            return self._hash
        part, domain = self._hash
        own = {k: v for k, v in part.plain.items() if k not in ("draws", "seed")}
        return digest({**own, "domain": domain.digest})


def load(path: PathLike, **options: Unpack[Options]) -> Loaded:
    """Load one scenario, with its domain merged in and edits applied.

    Args:
        path: its file, the folder of a saved run, or the id of a text of a library
            (:func:`sim.scenario.catalogue.named`).
        options: see :class:`Options`: ``draws`` (how many preference profiles, at least 1), ``seed``, ``as_of`` (the
            day whose positions count), ``edits`` (texts ``PATH=VALUE``, or values by path), ``edit_files``,
            ``evidence``, ``domain``, ``protocol`` and ``rules`` (:func:`sim.utility`, :func:`sim.acceptance`).

    Returns:
        The scenario, ready to run, with warnings about its files.

    Raises:
        Complaints: about the content of files and edits, all at once, each with its place.
        OSError: about files that are not there, in one line.

    Example:
        >>> import sim
        >>> loaded = sim.load("istanbul", draws=200, edits=["us.fighting.importance=critical"])
        >>> loaded.scenario.draws, loaded.scenario.edits
        (200, ('us.fighting.importance=critical',))
    """
    return load_all([path], **options)[0]


def load_all(paths: Iterable[PathLike], **options: Unpack[Options]) -> list[Loaded]:
    """Load several scenarios like :func:`load`, with the same edits and overrides.

    Args:
        paths: as ``path`` of :func:`load`, one each.
        options: those of :func:`load`, for all of them.

    Returns:
        The scenarios, in the order of ``paths``.

    Raises:
        Complaints: what is wrong with any of them, all at once.
        OSError: about files that are not there.
        UnknownName: for an option there is not, which is a TypeError too.

    Example:
        >>> import sim
        >>> [loaded.scenario.id for loaded in sim.load_all(["istanbul", "membership"], draws=100)]
        ['istanbul', 'membership']
    """
    complaints: list[Complaint] = []
    call = call_of(options, complaints)
    return _load_all(several("paths", paths, "'istanbul'"), call, complaints)


def load_like(loaded: Loaded, paths: Iterable[PathLike], **options: Unpack[Options]) -> list[Loaded]:
    """:func:`load_all` of files that share their domain with a scenario: what was read for it is not read again."""
    complaints: list[Complaint] = []
    call = replace(call_of(options, complaints), cache=loaded._cache.copy())
    return _load_all(paths, call, complaints)


def _load_all(paths: Iterable[PathLike], call: Call, complaints: list[Complaint]) -> list[Loaded]:
    out = _each(paths, call, complaints)
    raise_all([*complaints, *idle_everywhere(idle_edits(item.warnings) for item in out)])
    return out


def load_part(paths: Iterable[PathLike], **options: Unpack[Options]) -> tuple[list[Loaded], list[Complaint]]:
    """Some of the files of a call: those that load, and what is wrong with the others and with the edits.

    What only all files of the call tell together is not in it (:func:`idle_everywhere`). Raises OSError and the like as
    :func:`load_all`.
    """
    complaints: list[Complaint] = []
    call = call_of(options, complaints)
    return _each(paths, call, complaints), complaints


def _each(paths: Iterable[PathLike], call: Call, complaints: list[Complaint]) -> list[Loaded]:
    """The files that load; what is wrong with others joins the complaints."""
    out: list[Loaded] = []
    for name in map(Path, paths):
        path = catalogue.scenario_file(name)
        with collecting(complaints):
            loaded = _one(read_mapping(read_text(path), str(path)), path, call)
            library = catalogue.origin(name, path) or loaded.library
            out.append(replace(loaded, library=library, path=path.absolute(), address=path))
    return out


#: Where a scenario stands that no file holds.
MEMORY = "scenario"


def from_dict(content: typing.Mapping[str, object], **options: Unpack[Options]) -> Loaded:
    """A scenario of what a program holds, checked as a file is.

    ``sim.load("istanbul").to_dict()`` shows a whole one. What a party leaves out counts as unknown, without a warning:
    where it has no position on an issue, ranking and importance; where it has no beliefs, any that sum to 1. A party of
    which nothing is known is ``silent`` in the result, and not in its joint share. A cost that is left out is 0. Every
    issue needs a term, if only ``{"open": True, "basis": ...}``, and every position a ranking and an importance, if
    only ``"unknown"``.

    Args:
        content: the content of a scenario file, keys and values as there (``scenarios/README.md``); its ``domain`` is
            the path of a folder, or a mapping with ``issues``, ``positions`` and, where anything cites them,
            ``sources`` and ``evidence``. Numbers of numpy, days and tuples are taken as what they mean; a party's
            ``id`` may be left to its key.
        options: those of :func:`load`.

    Returns:
        The scenario, ready to run.

    Raises:
        Complaints: about its content, all at once, located by the keys that lead to it.
        InvalidArgument: for what is no mapping, and values that no file could hold.
        OSError: about a domain folder that is not there.

    Example:
        >>> import sim
        >>> truce = {"question": "Is there a truce?", "options": {"yes": "There is.", "no": "There is none."}}
        >>> land = {"question": "Whose is the valley?", "options": {"a": "A's.", "both": "Theirs.", "b": "B's."}}
        >>> war = {  # a lottery: what may come of no deal, each outcome a package
        ...     "from": "2022-01-01",
        ...     "basis": "assumed",
        ...     "outcomes": {"a_wins": {"truce": "no", "land": "a"}, "b_wins": {"truce": "no", "land": "b"}},
        ... }
        >>> def party(name, best, worst, odds):
        ...     held = {"from": "2022-01-01", "basis": "assumed"}
        ...     line = {"option": worst, "basis": "assumed"}
        ...     ranked = {"ranking": [best, "both", worst], "importance": "major", "red_lines": [line]}
        ...     return {
        ...         "name": name,
        ...         "role": "principal",
        ...         "consent": "always",
        ...         "no_deal": {"beliefs": {"war": {"ranges": odds, "basis": "assumed"}}, "cost": [0.0, 0.1]},
        ...         "positions": {
        ...             "truce": [{**held, "ranking": ["yes", "no"], "importance": "minor"}],
        ...             "land": [{**held, **ranked}],
        ...         },
        ...     }
        >>> offer = {
        ...     "id": "valley",
        ...     "title": "A truce and a valley",
        ...     "proposal": {
        ...         "date": "2022-03-29",
        ...         "summary": "A truce, and both run the valley.",
        ...         "terms": {
        ...             "truce": {"option": "yes", "basis": "assumed"},
        ...             "land": {"option": "both", "basis": "assumed"},
        ...         },
        ...     },
        ...     "domain": {
        ...         "issues": {
        ...             "title": "Valley",
        ...             "issues": {"truce": truce, "land": land},
        ...             "no_deal": {"lotteries": {"war": war}},
        ...         },
        ...         "positions": {
        ...             "a": party("A", "a", "b", {"a_wins": [0.3, 0.6], "b_wins": [0.4, 0.7]}),
        ...             "b": party("B", "b", "a", {"a_wins": [0.2, 0.5], "b_wins": [0.5, 0.8]}),
        ...         },
        ...     },
        ... }
        >>> loaded = sim.from_dict(offer, draws=100)
        >>> before, after = sim.score([loaded, loaded.with_({"proposal.land": "a"})])
        >>> before.party("b").verdict, after.party("b").main_objection.kind
        ('accepts', 'red_line')
    """
    if not isinstance(content, typing.Mapping):
        raise InvalidArgument(f"a scenario is a mapping, as its file is, not {type(content).__name__}")
    parts = dict(content)
    if isinstance(folder := parts.get("domain"), str | Path):
        options = {**options, "domain": options.get("domain") or folder}
        del parts["domain"]
    tree = nodes.from_plain(_whole(plain(parts)), Place(MEMORY, 0, 0))
    complaints: list[Complaint] = []
    call = call_of(options, complaints)
    with collecting(complaints):
        loaded = _one(Reading(tree, []), Path(f"{MEMORY}.yaml").absolute(), call)
    raise_all([*complaints, *([] if complaints else idle_everywhere([idle_edits(loaded.warnings)]))])
    return loaded


def _whole(content: dict[str, nodes.Plain]) -> dict[str, nodes.Plain]:
    """The content with what a program may leave out: a register of nothing, ids of parties that are their keys."""
    domain = content.get("domain")
    if not isinstance(domain, dict):
        return content
    whole = {"sources": {"sources": {}, "actors": {}}, "evidence": [], **domain}
    if isinstance(parties := domain.get("positions"), dict):
        named = {name: {"id": name, **party} if isinstance(party, dict) else party for name, party in parties.items()}
        whole["positions"] = named
    return {**content, "domain": whole}


def edited(loaded: Loaded, edits: Edits) -> Loaded:
    """A loaded scenario with further edits; what they leave alone is not validated again.

    :func:`sim.parameters` lists the paths of parties and terms, :func:`sim.protocol` those of talks.

    Args:
        loaded: the scenario, which stays as it is.
        edits: texts ``PATH=VALUE``, as ``--set`` takes them, or a mapping of paths to values; of two of the same path
            the later wins.

    Returns:
        The scenario with the edits, which shares the draws of all that they leave alone.

    Raises:
        Complaints: about the edits, located as ``--set[1]:1:9``, or about what they lead to.

    Example:
        >>> import sim
        >>> loaded = sim.load("membership", draws=500)
        >>> before, after = sim.score([loaded, sim.edited(loaded, ["russia.red_lines=none"])])
        >>> before.party("russia").acceptability.estimate < after.party("russia").acceptability.estimate
        True
    """
    complaints: list[Complaint] = []
    parsed = parsed_edits(edits, complaints)
    raise_all(complaints)
    return with_edits(loaded, parsed)


def with_edits(loaded: Loaded, parsed: Sequence[Edit], cache: Cache | None = None) -> Loaded:
    """:func:`edited`, for edits that have been read already. Raises Complaints likewise.

    ``cache`` is a copy of the scenario's for a series of edits (:func:`series`), which is let grow.
    """
    cache = loaded._cache.copy() if cache is None else cache
    unedited = loaded._unedited or loaded.tree
    later = NotYet.of(unedited)
    heard, early = later.heard(editing.by_ids(loaded.tree, parsed))
    tree, idle = editing.apply(loaded.tree, heard, cache.edited)
    raise_errors([*early, *idle])
    tree, faults = gathered(tree, loaded.path, cache.candidates, later)
    raise_all(faults)
    result = finished(_with_edits(tree, heard), loaded.path, cache, later=later)
    warnings = in_order((*early, *idle, *result.warnings))
    edits = (*loaded._edits, *parsed)
    return replace(
        result, warnings=warnings, address=loaded.address, _first=loaded._first, _unedited=unedited, _edits=edits
    )


def series(loaded: Loaded) -> Callable[[Sequence[Edit]], Loaded]:
    """:func:`with_edits` for many sets of a few edits: what several sets do to a party is made once."""
    return partial(with_edits, loaded, cache=loaded._cache.copy())


def _changed(loaded: Loaded, edits: Edits, options: Overrides) -> Loaded:
    """:meth:`Loaded.with_`."""
    known_options(options, Overrides)
    complaints: list[Complaint] = []
    parsed = parsed_edits(edits, complaints)
    raise_all(complaints)
    overrides = settings_of(options)
    later = overrides.keys() & {("as_of",)}
    # edits change what is in force on the day, so that on another day they are made again
    start = overridden(loaded._unedited or loaded.tree, overrides, loaded._first)
    now = on_its_day(start, loaded._first, loaded._cache.narrowed)
    base = now.tree if later else overridden(loaded.tree, overrides, loaded._first)
    before = tuple(edit for edit in loaded._edits if edit.parts not in overrides)
    done = replace(loaded, tree=base, _unedited=start, _edits=() if later else before)
    changed = with_edits(done, (*before, *parsed) if later else parsed)
    silent = check_options(changed.scenario, lambda at: locate(changed.tree, at))
    return replace(changed, library=loaded.library, warnings=in_order((*changed.warnings, *silent, *now.warnings)))


def on_day(loaded: Loaded, day: Scalar, parsed: Sequence[Edit] = ()) -> Loaded:
    """The same with the positions of another day (ISO text with its place), and with further edits.

    As if loaded with that ``as_of``: edits made before change what is in force on that day. Raises Complaints.
    """
    whole = overridden(loaded._unedited or loaded.tree, {("as_of",): day}, loaded._first)
    tree = on_its_day(whole, loaded._first, loaded._cache.narrowed).tree
    return with_edits(replace(loaded, tree=tree, _unedited=whole, _edits=()), (*loaded._edits, *parsed))


def begun_from(loaded: Loaded) -> tuple[Mapping | None, Mapping | None, tuple[str, ...]]:
    """What edits and :func:`on_day` start from: the tree before edits, that of the file, and the edits made since."""
    return loaded._unedited, loaded._first, tuple(edit.text for edit in loaded._edits)


def load_domain(folder: PathLike) -> schema.Domain:
    """Load what the scenarios of a folder share, by itself.

    Raises Complaints (errors only; warnings are passed over) and OSError like :func:`load`.
    """
    cache = Cache()
    tree, complaints = domain_tree(Path(folder), cache.folders)
    bad = [node for node in nodes.walk(tree) if node.bad] if complaints else []
    root = Mapping({"domain": tree}, Place(f"{folder} (domain)", 1, 1))
    domain = validated_domain(root, cache, by_hand=True)
    names = replace(KnownNames.of({"domain": domain.plain}), rows=domain.rows)
    raise_errors(_but([*complaints, *_faults(domain, names, root.place, cache)], complaints, bad))
    assert domain.model is not None
    return domain.model


# --- reading --------------------------------------------------------------------------------


def _one(read: Reading, path: Path, call: Call) -> Loaded:
    """The scenario of what was read, from a file or as if from one. Raises Complaints, OSError."""
    tree, complaints = read.node, list(read.complaints)
    if isinstance(tree, Mapping) and not complaints and "proposal" not in tree and not closest("proposal", tree):
        raise Complaints([_no_scenario(tree)])
    inline = isinstance(tree, Mapping) and "domain" in tree
    # only runs save edits, and they save them with the domain that they changed
    by_hand = not (isinstance(tree, Mapping) and inline and "edits" in tree)
    domain_by_hand = by_hand or call.folder is not None
    shelf: str | None = None
    if call.folder is not None or not inline:
        home, shelf = domain_of(path, tree) if call.folder is None else (call.folder, None)
        try:
            domain, faults = domain_tree(home, call.cache.folders)
        except OSError:
            # where the file itself is wrong, it may be no scenario, and then it needs no domain
            raise_all(complaints)
            raise
        complaints += faults
        if isinstance(tree, Mapping):
            if "edits" in tree and not inline:
                what = "edits: stands only in saved scenarios, where they have been applied"
                hint = "put them in an edits file, for --with"
                complaints.append(Complaint(tree.key_places["edits"], "edits", what, hint, code="saved"))
            elif "edits" in tree:
                tree = editing.without_domain_edits(tree)
            tree = tree.having("domain", domain)
    if not isinstance(tree, Mapping):
        raise Complaints(complaints)
    if inline and call.folder is None and isinstance(within := tree.items["domain"], Mapping):
        within, faults = inherited(within)
        complaints += faults
        tree = tree.having("domain", within)
    if "id" not in tree:
        id = Scalar(path.stem, Place(str(path), 1, 1))
        tree = replace(tree, items={"id": id, **tree.items}).having("id", id)
    if not inline:
        complaints += named_twice(tree)
    first, unedited = tree, overridden(tree, call.overrides)
    now = _in_force(unedited, first, call.cache, domain_by_hand)
    tree, edits = now.tree, call.edits
    bad = [node for node in nodes.walk(tree) if node.bad] if complaints else []
    idle: list[Complaint] = []
    if edits:
        # edits presuppose a tree of the right shape; what is wrong before is told before
        part, whole = validated(tree, call.cache, by_hand, domain_by_hand)
        if complaints or whole.faults or part.faults:
            raise Complaints(_but([*complaints, *whole.faults, *part.faults], complaints, bad))
        edits = editing.by_ids(tree, edits)
        heard, early = now.later.heard(edits)
        tree, faults = editing.apply(tree, heard)
        wrong = [c for c in faults if c.severity == "error"]
        complaints += [
            *editing.of_another_domain(heard, wrong, tree),
            *wrong,
            *(c for c in early if c.severity == "error"),
        ]
        idle = [*editing.twice(edits), *(c for c in (*early, *faults) if c.severity == "warning")]
        tree = _with_edits(tree, heard)
        by_hand = domain_by_hand = False
    tree, faults = gathered(tree, path, call.cache.candidates, now.later)
    complaints += faults
    try:
        loaded = finished(tree, path, call.cache, by_hand, domain_by_hand, now.later)
    except Complaints as error:
        raise Complaints(_but([*complaints, *error.complaints], complaints, bad)) from None
    raise_all(complaints)
    silent = check_options(loaded.scenario, lambda at: locate(loaded.tree, at))
    warnings = in_order((*idle, *now.warnings, *loaded.warnings, *silent))
    return replace(loaded, library=shelf, warnings=warnings, _first=first, _unedited=unedited, _edits=tuple(edits))


def _in_force(tree: Mapping, first: Mapping, cache: Cache, domain_by_hand: bool) -> ScenarioDay:
    """A scenario on its day; where its domain has errors with all its issues in it, so that they come to light."""
    now = on_its_day(tree, first, cache.narrowed)
    if now.later.starts:
        domain = validated_domain(tree, cache, domain_by_hand)
        names = replace(KnownNames.of({"domain": domain.plain}, cache.names), rows=domain.rows)
        if any(c.severity == "error" for c in _faults(domain, names, tree.place, cache)):
            return ScenarioDay(defaulted(tree), NONE_LATER)
    return now


def _no_scenario(tree: Mapping) -> Complaint:
    """That a file is something else than a scenario, and what it may be."""
    if isinstance(tree.get("edits"), Mapping):
        hint = "it seems to be a file of edits: name a scenario, and this file behind --with"
    elif any(key in tree for key in ("issues", "sources", "actors", "positions", "role")):
        hint = "it seems to be a part of a domain: name a scenario that shares it"
    elif isinstance(tree.get("schema"), Scalar):
        hint = f"it seems to be a saved result: name its folder, or the {catalogue.SAVED} beside it"
    else:
        hint = "sim new writes the start of one"
    at = replace(tree.place, line=1, column=1, text="") if tree.place.line else tree.place
    return Complaint(at, "file", "no scenario: it has no proposal", hint, code="wrong_file")


def _but(complaints: list[Complaint], first: list[Complaint], bad: list[Node]) -> list[Complaint]:
    """Complaints without those that only follow from what reading complained about already."""
    spoilt = {node.place for top in bad for node in nodes.walk(top)}
    before = set(first)
    return [c for c in complaints if c in before or c.place not in spoilt]


def _with_edits(tree: Mapping, edits: Sequence[Edit]) -> Mapping:
    """The tree with the edits listed in it, as text."""
    if not edits:
        return tree
    texts = (*nodes.items(tree, "edits"), *(Scalar(e.text, e.places[0]) for e in edits))
    return tree.having("edits", nodes.Sequence(texts, edits[0].places[0]))


def _faults(domain: CheckedDomain, names: KnownNames, place: Place, cache: Cache) -> list[Complaint]:
    """What is wrong with a domain and across its files, which is asked once."""
    if domain.model is not None and domain.checked is None:
        shared = Mapping({"domain": domain.node}, place)
        # where files have faults, what is known of names is not all that there is
        known = None if domain.faults else cache.checks
        domain.checked = check_domain(domain.model, lambda at: locate(shared, at), names, known)
    return [*domain.faults, *(domain.checked or ())]


def finished(
    tree: Mapping,
    path: Path,
    cache: Cache,
    by_hand: bool = False,
    domain_by_hand: bool = False,
    later: NotYet = NONE_LATER,
) -> Loaded:
    """Validate and check a merged tree; ``later`` are issues that it lacks, for its day is too early.

    Raises Complaints.
    """
    part, domain = validated(tree, cache, by_hand, domain_by_hand)
    names = replace(KnownNames.of({**part.plain, "domain": domain.plain}, cache.names), rows=domain.rows, later=later)
    assert isinstance(part.node, Mapping) or part.model is None
    sound = nodes.replaced(part.node, ("domain",), domain.node) if isinstance(part.node, Mapping) else tree
    complaints = [*part.faults, *_faults(domain, names, tree.place, cache)]
    if domain.model is not None and isinstance(part.model, schema.Scenario):
        # as of a domain: where files have faults, what is known of names is not all that there is
        known = None if part.faults or domain.faults else cache.checks
        complaints += check_scenario(part.model, lambda at: locate(sound, at), names, known)
    raise_errors(complaints)
    assert isinstance(part.model, schema.Scenario)
    return Loaded(part.model, tree, in_order(complaints), path, (part, domain), cache)
