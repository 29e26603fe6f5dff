"""Libraries as they stood on a day, and what their parties make of a file of texts and of single terms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.analysis.shared.answering import answers
from sim.analysis.shared.ballots import amended
from sim.analysis.shared.drafts import Drafts, drafts, in_domain, loaded_texts, spoken_terms
from sim.analysis.shared.readings import (
    CitationLeftOut,
    ClaimLeftOut,
    ForecastReading,
    ForecastTerm,
    ForecastText,
)
from sim.analysis.shared.withdrawal import without
from sim.engine.profiles import Case
from sim.files import arguments, nodes
from sim.files.ceilings import check_draws
from sim.files.complaints import Place, raise_all, raise_errors
from sim.files.text import read_text
from sim.files.yaml import read_mapping
from sim.scenario import catalogue, schema
from sim.scenario.evidence import YoungerClaim, citations, sources_of, younger
from sim.scenario.expansion import domain_tree
from sim.scenario.issues_in_force import NotYet, in_force, not_yet
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.scenario.options import PathLike, overridden
from sim.scenario.validation import Cache, digest
from sim.simulation.cases import Progress, compiled

#: Where texts stand that no file holds.
MEMORY = "texts"

#: Draws and seed, if nothing else is said.
DRAWS, SEED = 10_000, 1

#: A term by itself: an issue, and the option that it has.
SingleTerm = tuple[str, str]
Values = Mapping[nodes.TreePath, nodes.Scalar]


@dataclass(frozen=True)
class TextFile:
    """A file of texts, with its places."""

    tree: nodes.Mapping
    drafts: Drafts


@dataclass(frozen=True)
class NamedLibrary:
    """A domain folder, and what to call it."""

    name: str
    folder: Path


@dataclass(frozen=True)
class TextReading:
    """What the parties of a library make of texts, and the text that leaves every issue open there, as a case."""

    record: ForecastReading
    base: Case


@dataclass(frozen=True)
class LibraryDay:
    """A library on a day: its tree, the scenario that leaves every issue open, and the claims younger than the day.

    ``later`` are issues that begin after the day, of which the tree has nothing; ``whole`` is the library with them.
    """

    library: NamedLibrary
    settings: Values
    tree: nodes.Mapping
    empty: Loaded
    cache: Cache = field(repr=False)
    claims: tuple[YoungerClaim, ...]
    later: NotYet
    whole: schema.Domain

    @property
    def domain(self) -> schema.Domain:
        """The library as it stands."""
        return self.empty.scenario.domain


def read_texts(texts: PathLike | Mapping[str, object]) -> TextFile:
    """A file of texts, or what it holds. Raises Complaints, OSError, InvalidArgument."""
    tree = _tree(texts)
    return TextFile(tree, drafts(tree))


def libraries(domain: PathLike | Sequence[PathLike] | None) -> list[NamedLibrary]:
    """The libraries that are meant, the nearest where none is named. Raises InvalidArgument where a list names none."""
    folders = [catalogue.domain(name) for name in _domains(domain)]
    return [NamedLibrary(name, folder) for name, folder in zip(_names(folders), folders, strict=True)]


def on_day(library: NamedLibrary, settings: Values) -> LibraryDay:
    """A library on the day that the settings name, under ``as_of``. Raises Complaints."""
    cache = Cache()
    tree, complaints = domain_tree(library.folder, cache.folders)
    raise_errors(complaints)
    empty = _empty(tree, settings, cache)
    whole, later = empty.scenario.domain, not_yet(tree, empty.scenario.day.isoformat())
    if later.starts:
        tree = in_force(tree, later)
        empty = _empty(tree, settings, cache)
    claims = younger(empty.scenario.domain, empty.scenario.day)
    return LibraryDay(library, settings, tree, empty, cache, tuple(claims), later, whole)


def read_library(
    on: LibraryDay,
    texts: TextFile | None,
    *,
    without_younger: bool,
    terms: Collection[SingleTerm] | None = None,
    progress: Progress | None = None,
) -> TextReading:
    """What the parties make of texts and of single terms, all of the library's if ``terms`` names none.

    ``without_younger`` reads the library as it would have stood without the claims younger than the day. Raises
    Complaints about the texts.
    """
    empty, cache = on.empty, on.cache
    if without_younger:
        cache = Cache()
        empty = _empty(without(on.tree, on.domain, on.claims), on.settings, cache)
    about: dict[str, object] = {
        "library": on.library.name,
        "without_younger": without_younger,
        "claims": tuple(ClaimLeftOut.copying(claim) for claim in on.claims),
        "citations": tuple(CitationLeftOut.copying(citation) for citation in citations(on.domain, on.claims)),
    }
    reading = _reading(texts, empty, cache, on.later, terms, progress)
    return TextReading(reading.record.model_copy(update=about), reading.base)


def _domains(domain: PathLike | Sequence[PathLike] | None) -> list[Path | None]:
    """The domains that are meant; None is the nearest. Raises InvalidArgument where a list names none."""
    if domain is None or isinstance(domain, str | Path):
        return [None if domain is None else Path(domain)]
    if not (named := list(map(Path, arguments.several("domain", domain, "'scenarios/domain'")))):
        raise arguments.InvalidArgument("domain is a folder, or several; not an empty list")
    return list(named)


def _tree(texts: PathLike | Mapping[str, object]) -> nodes.Mapping:
    """The file of texts with its places. Raises Complaints, OSError, InvalidArgument."""
    if isinstance(texts, Mapping):
        return _whole(nodes.from_plain(arguments.plain(dict(texts)), Place(MEMORY, 0, 0)))
    if isinstance(texts, str | Path):
        read = read_mapping(read_text(Path(texts)), str(texts))
        raise_all(read.complaints)
        return _whole(read.node)
    raise arguments.InvalidArgument(f"texts are a file, or a mapping as it holds one, not {texts!r}")


def _whole(node: nodes.Node | None) -> nodes.Mapping:
    assert isinstance(node, nodes.Mapping)  # what is read as a mapping without complaints
    return node


def _names(folders: Sequence[Path]) -> list[str]:
    """What to call the libraries: by their folders, the second of one name with its number behind it."""
    names = [(x.parent if x.name == catalogue.DOMAIN else x).resolve().name for x in folders]
    return [f"{name} #{k}" if (k := names[: i + 1].count(name)) > 1 else name for i, name in enumerate(names)]


def _empty(domain: nodes.Mapping, settings: Values, cache: Cache) -> Loaded:
    """The scenario that leaves every issue of a domain open. Raises Complaints."""
    text = {
        "id": "forecast",
        "title": "Nothing",
        "proposal": {
            "date": settings[("as_of",)].value,
            "summary": "Every issue is left open.",
            "terms": {i: {"open": True, "basis": "proposed"} for i in nodes.keys(domain, "issues", "issues")},
        },
    }
    node = _whole(nodes.from_plain(text, Place(MEMORY, 0, 0)))
    # written out, since the texts that are made of it are of other dates
    return in_domain(overridden(node, settings).having("as_of", settings[("as_of",)]), domain, cache)


def _reading(
    texts: TextFile | None,
    empty: Loaded,
    cache: Cache,
    later: NotYet,
    terms: Collection[SingleTerm] | None,
    progress: Progress | None,
) -> TextReading:
    domain = nodes.find(empty.tree, ("domain",))
    assert isinstance(domain, nodes.Mapping)
    loaded = {} if texts is None else loaded_texts(texts.tree, texts.drafts, domain, empty, cache, later)
    [base] = compiled([empty])
    scenario, space = base.scenario, base.space
    rows = [space.package({i: t.option for i, t in x.scenario.proposal.terms.items()}) for x in loaded.values()]
    every = [(issue, option) for j, issue in enumerate(space.issues) for option in space.options[j]]
    single = [term for term in every if terms is None or term in terms]
    rows += [space.package({issue: option}) for issue, option in single]
    check_draws(scenario.draws, len(rows))
    cases: list[Case] = [amended(base, row) for row in rows]
    spoken = [] if texts is None else [spoken_terms(x, scenario.domain.issues) for x in texts.drafts.texts.values()]
    unsaid = [{issue for issue, term in terms.items() if term.basis == "assumed"} for terms in spoken]
    sourced = sources_of(scenario) != "none"
    by_case = answers(cases, progress, unsaid if sourced else ()) if cases else []
    known = [
        ForecastText(
            id=id,
            title=draft.name,
            date=draft.date,
            single=False,
            terms=own_terms,
            answers=own,
        )
        for (id, draft), own_terms, own in zip(
            () if texts is None else texts.drafts.texts.items(), spoken, by_case, strict=False
        )
    ]
    labels = labels_of(scenario.domain)
    alone = [
        ForecastText(
            id=f"{issue}.{option}",
            title=labels.term(issue, option),
            date=None,
            single=True,
            terms={issue: ForecastTerm(option=option, basis="single")},
            answers=own,
        )
        for (issue, option), own in zip(single, by_case[len(known) :], strict=True)
    ]
    record = ForecastReading(
        library="",
        title=scenario.domain.issues.title,
        sha256=digest(nodes.to_plain(domain)),
        without_younger=False,
        sources=sourced,
        no_deal=base.lottery,
        issues=len(space.issues),
        parties={p.id: p.name for p in base.profiles},
        claims=(),
        citations=(),
        texts=(*known, *alone),
        labels=labels,
    )
    return TextReading(record, base)
