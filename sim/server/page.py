"""The server's pages: the texts that it has, and the desk of each."""

from __future__ import annotations

from typing import Any

from sim.desk import english as desk_english
from sim.desk.frame import SERVED_MODULES, SERVED_STYLES, engine, in_head, in_page, rendered, styles
from sim.server import words
from sim.server.english import SERVER
from sim.server.messages import Faults
from sim.server.shelf import ServedDesk, ServedText, Shelf

#: What a served page may do besides running its script: ask its own server, and save what it drew.
_ALLOWED = ("connect-src 'self'", "img-src 'self' blob: data:")
#: Parts of a served page, in order.
PARTS = ("text", "map", "method", "positions")


def index(shelf: Shelf) -> tuple[str, str]:
    """The list of texts, and the policy of the page."""
    head = in_head("", styles(("desk", "site")))
    of: dict[str, list[ServedText]] = {}
    for text in shelf.texts.values():
        of.setdefault(text.loaded.scenario.domain.issues.title, []).append(text)
    by_date = {
        title: sorted(texts, key=lambda x: (x.loaded.scenario.proposal.date, x.id)) for title, texts in of.items()
    }
    domains = [{"title": title, "texts": texts} for title, texts in by_date.items()]
    return rendered("served_index.html", domains=domains, words=SERVER, **head), head["policy"]


def faulty(faults: Faults) -> tuple[str, str]:
    """What is wrong, for people, and the policy of the page."""
    head = in_head("", styles(("desk", "site")))
    return rendered("served_fault.html", faults=faults.faults, words=SERVER, **head), head["policy"]


def desk(of: ServedDesk) -> tuple[str, str]:
    """The desk of a text, and the policy of the page."""
    content = of.content
    head = in_head(engine(SERVED_MODULES), styles(SERVED_STYLES) + content["answer"].style, *_ALLOWED)
    page = rendered(
        "served.html",
        site={"/": SERVER["all_texts"]},
        parts=PARTS,
        titles={**desk_english.SAY, **desk_english.SECTIONS},
        file=in_page(of.text.file),
        served=in_page(_served(of)),
        work=words.SERVED,
        **content,
        **head,
    )
    return page, head["policy"]


def _served(of: ServedDesk) -> dict[str, Any]:
    """What the page's script is to know of where it comes from, and say besides what a report says."""
    scenario = of.loaded.scenario
    return {
        "text": of.text.id,
        "day": str(scenario.day),
        "evidence": scenario.evidence,
        "say": words.SERVED,
        "layers": words.LAYERS,
    }
