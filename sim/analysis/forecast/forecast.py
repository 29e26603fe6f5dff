"""What a library as it stood on a day would have said of texts that came later, and of every single term."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sim.analysis.forecast.counts import answers
from sim.analysis.forecast.findings import findings
from sim.analysis.forecast.result import (
    CitationLeftOut,
    ClaimLeftOut,
    Forecast,
    ForecastReading,
    ForecastTerm,
    ForecastText,
)
from sim.analysis.forecast.texts import Drafts, drafts, in_domain, loaded_texts, spoken_terms
from sim.analysis.forecast.withdrawal import without
from sim.analysis.shared.records import amended
from sim.engine.profiles import Case
from sim.files import arguments, nodes
from sim.files.ceilings import check_draws
from sim.files.complaints import Place, raise_all, raise_errors
from sim.files.text import read_text
from sim.files.yaml import read_mapping
from sim.results.records import versions
from sim.scenario import catalogue
from sim.scenario.domain_folder import domain_tree
from sim.scenario.evidence import citations, sources_of, younger
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.scenario.options import PathLike, overridden, settings_of
from sim.scenario.validation import Cache, digest
from sim.simulation.cases import Progress, compiled

#: Where texts stand that no file holds.
MEMORY = "texts"

#: Draws and seed of a forecast, if nothing else is said.
DRAWS, SEED = 10_000, 1


def forecast(
    texts: PathLike | Mapping[str, object],
    *,
    as_of: dt.date | str,
    domain: PathLike | Sequence[PathLike] | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    without_younger: bool = False,
    progress: Progress | None = None,
) -> Forecast:
    """What each party would make of texts, and of every single term, by a library as it stood on a day.

    A single term is a text that says this alone and leaves all other issues open. An open issue is left as no deal
    leaves it, with no gain and no loss. So a party accepts the term where none of its lines names it alone and it is
    worth no less than what the party expects of no deal on that issue, what no deal costs besides counted in. Refusals
    of combinations, and effects, need another term and say nothing of it.

    Args:
        texts: a file of texts, or what it holds (``scenarios/README.md``, "Files of texts").
        as_of: the day whose positions count, whatever the texts' own dates.
        domain: the folder of a library's domain, or several; without it the nearest.
        draws: how many preference profiles, at least 1.
        seed: of the random numbers, at least 0.
        without_younger: each library once more, as it would have stood without claims younger than the day
            (:mod:`sim.analysis.forecast.withdrawal`).
        progress: called with (blocks done, in all) by each reading in turn.

    Returns:
        Shares of draws, between 0 and 1, with what each answer hangs on; a reading a library, or two.

    Raises:
        Complaints: about the content of the texts and the library, all at once, each with its place.
        OSError: about files that are not there.
        InvalidArgument: for what cannot be meant.

    Example:
        >>> import sim
        >>> offer = {"title": "A freeze", "date": "2026-02-01", "summary": "The line stays.", "terms": {
        ...     "fighting": {"option": "stops", "basis": "stated"},
        ...     "donbas": {"option": "frozen_line", "basis": "stated"}}}
        >>> result = sim.forecast({"title": "A freeze", "texts": {"freeze": offer}}, as_of="2025-12-24", draws=200)
        >>> result.readings[0].text("donbas.ceded").answer("ukraine").hangs_on.kind
        'red_line'
    """
    day = arguments.day("as_of", as_of)
    settings = settings_of({"as_of": day, "draws": draws, "seed": seed})
    tree = _tree(texts)
    file = drafts(tree)
    folders = [catalogue.domain(name) for name in _domains(domain)]
    readings: list[ForecastReading] = []
    for name, folder in zip(_names(folders), folders, strict=True):
        readings += _readings(name, folder, tree, file, settings, without_younger, progress)
    result = Forecast(
        title=file.title,
        as_of=day,
        draws=int(draws),
        seed=int(seed),
        readings=tuple(readings),
        versions=versions(),
    )
    return result.model_copy(update={"findings": findings(result)})


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


def _readings(
    name: str,
    folder: Path,
    texts: nodes.Mapping,
    file: Drafts,
    settings: Mapping[nodes.TreePath, nodes.Scalar],
    without_younger: bool,
    progress: Progress | None,
) -> Iterator[ForecastReading]:
    """A library as it stands and, if asked, without what is younger than the day."""
    cache = Cache()
    domain, complaints = domain_tree(folder, cache)
    raise_errors(complaints)
    empty = _empty(domain, settings, cache)
    whole, day = empty.scenario.domain, empty.scenario.day
    claims = younger(whole, day)
    about: dict[str, object] = {
        "library": name,
        "claims": tuple(ClaimLeftOut.copying(claim) for claim in claims),
        "citations": tuple(CitationLeftOut.copying(citation) for citation in citations(whole, claims)),
    }
    yield _reading(texts, file, empty, cache, progress).model_copy(update=about)
    if without_younger:
        cache = Cache()
        empty = _empty(without(domain, whole, claims), settings, cache)
        about["without_younger"] = True
        yield _reading(texts, file, empty, cache, progress).model_copy(update=about)


def _empty(domain: nodes.Mapping, settings: Mapping[nodes.TreePath, nodes.Scalar], cache: Cache) -> Loaded:
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
    texts: nodes.Mapping, file: Drafts, empty: Loaded, cache: Cache, progress: Progress | None
) -> ForecastReading:
    domain = nodes.find(empty.tree, ("domain",))
    assert isinstance(domain, nodes.Mapping)
    loaded = loaded_texts(texts, file, domain, empty, cache)
    [base] = compiled([empty])
    scenario, space = base.scenario, base.space
    rows = [space.package({i: t.option for i, t in x.scenario.proposal.terms.items()}) for x in loaded.values()]
    single = [(issue, option) for j, issue in enumerate(space.issues) for option in space.options[j]]
    rows += [space.package({issue: option}) for issue, option in single]
    check_draws(scenario.draws, len(rows))
    cases: list[Case] = [amended(base, row) for row in rows]
    every = answers(cases, progress)
    known = [
        ForecastText(
            id=id,
            title=draft.name,
            date=draft.date,
            single=False,
            terms=spoken_terms(draft, scenario.domain.issues),
            answers=own,
        )
        for (id, draft), own in zip(file.texts.items(), every, strict=False)
    ]
    labels = labels_of(scenario.domain)
    terms = [
        ForecastText(
            id=f"{issue}.{option}",
            title=labels.term(issue, option),
            date=None,
            single=True,
            terms={issue: ForecastTerm(option=option, basis="single")},
            answers=own,
        )
        for (issue, option), own in zip(single, every[len(known) :], strict=True)
    ]
    return ForecastReading(
        library="",
        title=scenario.domain.issues.title,
        sha256=digest(nodes.to_plain(domain)),
        without_younger=False,
        sources=sources_of(scenario) != "none",
        no_deal=base.lottery,
        issues=len(space.issues),
        parties={p.id: p.name for p in base.profiles},
        claims=(),
        citations=(),
        texts=(*known, *terms),
        labels=labels,
    )
