"""The site: an index of texts as a heat map, a report of each, and the sources; static files for any host."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.analysis.library.document import domain_folder
from sim.desk import english
from sim.desk.folder import replaceable, write_folder
from sim.desk.frame import in_head, rendered, styles
from sim.desk.notes import in_general
from sim.desk.page import report
from sim.desk.positions import web_address
from sim.desk.texts import distinct, judged_alike
from sim.files.nodes import place_of
from sim.report.listing import citations
from sim.report.numbers import compact
from sim.report.outcome import BRACKETS
from sim.report.verdict import NO_SOURCES, caveat, evidence_range, evidence_word, short, word_of
from sim.results.records import PartyResult
from sim.results.result import Result
from sim.results.verdicts import outcome, settles_nothing, unsourced
from sim.scenario import schema
from sim.scenario.issues_in_force import one_domain
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.scenario.reactions import load_all_reactions
from sim.simulation.score import score

INDEX, SOURCES = "index.html", "sources.html"
#: Classes of cells by the word in them; any other has no colour of its own.
TONES = {
    "accepts": "accepts",
    "accepted": "accepts",
    "refuses": "refuses",
    "refused": "refuses",
    "refuses, inferred": "inferred",
    "refused, inferred": "inferred",
    "divided": "divided",
    "unknown": "unknown",
}
#: The words of the legend.
KEY = ("accepts", "refuses", "refuses, inferred", "divided", "unknown")


@dataclass(frozen=True)
class SiteText:
    """A text of a site: its scenario, what commands call its file by, its page and its result."""

    loaded: Loaded
    file: str
    page: str
    result: Result


def site(
    loaded: Sequence[Loaded],
    files: Sequence[str],
    out: Path,
    *,
    options: str = "",
    notes: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> int:
    """Write the site of some texts into a folder, and say how many bytes it has.

    ``files`` are what commands call the texts by, ``options`` those that they were loaded with; ``progress`` is called
    with the name of every page that is ready. The folder may be there: pages of an earlier site in it are replaced,
    other files stay. Raises OSError where one of them is in the way, or nothing can be written; Complaints as
    :func:`sim.score` does.
    """
    names = page_names([item.scenario.id for item in loaded])
    replaceable(out, [*names, SOURCES, INDEX])
    results = score(loaded)
    texts = [SiteText(*parts) for parts in zip(loaded, files, names, results, strict=True)]
    return write_folder(out, pages(texts, options, notes=notes), progress)


def page_names(ids: Sequence[str]) -> list[str]:
    """A file name for every id, all different, also where capitals count for nothing.

    >>> page_names(["istanbul", "figl_offer", "Istanbul", "index"])
    ['istanbul.html', 'figl_offer.html', 'Istanbul-2.html', 'index-2.html']
    """
    reserved = [Path(page).stem for page in (INDEX, SOURCES)]
    return [f"{name}.html" for name in distinct(ids, "-", reserved)]


def pages(texts: Sequence[SiteText], options: str = "", *, notes: bool = True) -> Iterator[tuple[str, str]]:
    """All pages by name, the index last."""
    for text in texts:
        beside = [other.loaded for other in texts if other is not text and judged_alike(text.loaded, other.loaded)]
        links = {INDEX: english.SITE["all_texts"], SOURCES: english.SITE["sources"]}
        command = f"{text.file} {options}"
        yield text.page, report(text.loaded, text.file, beside, command=command, notes=notes, site=links)
    parts = _by_domain(texts)
    head = {
        "words": english.SITE,
        "caveat": caveat([text.result.settings for text in texts]),
        **in_head("", styles(("desk", "site"))),
        "index": INDEX,
        "sources": SOURCES,
    }
    yield SOURCES, rendered("site_sources.html", domains=[_sources(own, notes=notes) for own in parts], **head)
    yield (
        INDEX,
        rendered(
            "site_index.html",
            domains=[_heat_map(own) for own in parts],
            lead=english.site_lead(len(texts)),
            key=[(TONES[word], word) for word in KEY],
            brackets=BRACKETS,
            method=in_general([text.result.settings for text in texts]),
            made_by=english.site_made_by([text.result.settings for text in texts]),
            **head,
        ),
    )


def _by_domain(texts: Sequence[SiteText]) -> list[list[SiteText]]:
    """Texts of one domain together, by date; domains as they come."""
    parts: list[list[SiteText]] = []
    for text in texts:
        own = next((part for part in parts if _one_domain(part[0].loaded, text.loaded)), None)
        if own is None:
            parts.append(own := [])
        own.append(text)
    return [sorted(part, key=lambda x: (x.result.scenario.date, x.result.scenario.id)) for part in parts]


def _one_domain(one: Loaded, other: Loaded) -> bool:
    """Whether two texts share a domain, though other issues may be in force on their days."""
    if one.scenario.domain == other.scenario.domain:
        return True
    here, there = (place_of(item.tree, ("domain",)).file for item in (one, other))
    return here == there and one_domain(one.scenario, other.scenario)


def _domain(texts: Sequence[SiteText]) -> schema.Domain:
    """The domain of texts with all issues that are in force for any of them."""
    domains = (text.loaded.scenario.domain for text in texts)
    return max(domains, key=lambda domain: len(domain.issues.issues))


# --- the heat map ----------------------------------------------------------------------------------


def _heat_map(texts: Sequence[SiteText]) -> dict[str, Any]:
    domain = _domain(texts)
    return {
        "title": domain.issues.title,
        "counts": english.site_counts(len(texts), domain),
        "settled": english.site_settled([_overall(text.result) for text in texts]),
        "parties": [party.name for party in texts[0].result.parties],
        "rows": [_row(text) for text in texts],
    }


def _row(text: SiteText) -> dict[str, Any]:
    result, info = text.result, text.result.scenario
    joint = None if settles_nothing(result) else result.joint_acceptability
    word = _overall(result)
    return {
        "page": text.page,
        "title": info.title,
        "verdict": english.site_verdict(short(result), _over(result, _settled(result))),
        "modelled": english.site_modelled(_over(result, _modelled(result))),
        "about": english.site_about(info.date, info.as_of, result.filler),
        "joint": {
            "word": word,
            "tone": TONES.get(word, "none"),
            "figure": "" if joint is None else compact(joint.estimate),
            "share": None if joint is None else 100 * joint.estimate,
        },
        "cells": [_cell(result, party) for party in result.parties],
    }


def _overall(result: Result) -> str:
    """What the evidence settles of a text, in a word; of one without sources what the model makes of it."""
    if settles_nothing(result) or result.joint_acceptability is None:
        return english.SITE["no_verdict"]
    return NO_SOURCES if unsourced(result.settings) else evidence_word(result.on_evidence)


def _cell(result: Result, party: PartyResult) -> dict[str, Any]:
    """One party's answer to a text, its figures those of :meth:`sim.Result.by_party`."""
    [row] = [row for row in result.by_party() if row["party"] == party.id]
    word, share = str(row["verdict"]), row["share"]
    sourced = row["evidence_low"] is not None and not party.silent
    return {
        "name": party.name,
        "word": word,
        "tone": TONES.get(word_of(party, result.settings), "none") if share is not None else "none",
        "figure": "" if share is None else compact(party.acceptability.estimate),
        "share": None if share is None else 100 * party.acceptability.estimate,
        "low": 100 * party.on_evidence.necessary if sourced else None,
        "high": 100 * party.on_evidence.possible if sourced else None,
        "evidence": evidence_range(party.on_evidence) if sourced else "",
        "needed": party.consent_needed,
    }


def _settled(result: Result) -> list[PartyResult]:
    """Who stands in the way by the evidence."""
    deciding = {*result.on_evidence.parties, *result.on_evidence.by_inference}
    return [p for p in result.asked if p.id in deciding and word_of(p, result.settings).startswith("refuses")]


def _modelled(result: Result) -> tuple[PartyResult, ...]:
    """Who stands in the way as modelled, where the evidence alone leaves the answer open."""
    verdict, parties = outcome(result)
    return parties if verdict == "refused" and not _settled(result) else ()


def _over(result: Result, parties: Sequence[PartyResult]) -> list[str]:
    """Over what these parties refuse, as short as can be."""
    over = ((p.id, p.main_objection) for p in parties if p.main_objection is not None)
    labels = result.labels
    words = (labels.refusal(p, x.refusal) if x.kind == "refusal" else labels.issue(x.issue or "") for p, x in over)
    return list(dict.fromkeys(words))


# --- the sources -----------------------------------------------------------------------------------


def _sources(texts: Sequence[SiteText], *, notes: bool) -> dict[str, Any]:
    """The documents of a domain by year, each with the claims from it and what rests on them."""
    domain = _domain(texts)
    uses, terms = _uses(texts), _terms(texts)
    claims: dict[str, list[dict[str, Any]]] = {}
    for row in domain.evidence:
        claims.setdefault(row.source, []).append(
            {
                "id": row.id,
                "claim": row.claim,
                "about": english.site_claim(row, domain),
                "note": row.note if notes else None,
                "uses": uses.get(row.id, []),
                "terms": terms.get(row.id, []),
            }
        )
    years: dict[int, list[dict[str, Any]]] = {}
    for id, source in sorted(domain.sources.sources.items(), key=lambda item: (item[1].date, item[0])):
        years.setdefault(source.date.year, []).append(
            {
                "id": id,
                "title": source.title,
                "about": english.site_source(source),
                "url": web_address(source),
                "note": source.note if notes else None,
                "claims": claims.get(id, []),
            }
        )
    return {
        "title": domain.issues.title,
        "counts": english.site_counts(len(texts), domain),
        "years": years,
    }


def _uses(texts: Sequence[SiteText]) -> dict[str, list[str]]:
    """By claim, the positions and rules of the domain that rest on it, and the answers of parties that it tells."""
    domain = _domain(texts)
    uses: dict[str, list[str]] = {}
    for where, ids in citations(domain, labels_of(domain)):
        for id in dict.fromkeys(ids):
            uses.setdefault(id, []).append(where)
    titles = {text.loaded.path.stem: text.result.scenario.title for text in texts}
    for reactions in load_all_reactions(domain_folder(text.loaded) for text in texts).values():
        for row in reactions.rows:
            party = domain.positions[row.party].name if row.party in domain.positions else row.party
            for id in row.evidence:
                uses.setdefault(id, []).append(english.site_reaction(party, titles.get(row.text, row.text)))
    return uses


def _terms(texts: Sequence[SiteText]) -> dict[str, list[dict[str, str]]]:
    """By claim, the texts of which terms rest on it, with these."""
    terms: dict[str, list[dict[str, str]]] = {}
    for text in texts:
        scenario = text.loaded.scenario
        labels = labels_of(scenario.domain)
        cited: dict[str, list[str]] = {}
        for issue, term in scenario.proposal.terms.items():
            for id in dict.fromkeys(term.evidence):
                cited.setdefault(id, []).append(labels.issue(issue))
        for id, issues in cited.items():
            terms.setdefault(id, []).append({"page": text.page, "title": scenario.title, "issues": ", ".join(issues)})
    return terms
