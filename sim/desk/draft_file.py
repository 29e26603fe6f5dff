"""The file of a text in parts, from which the page writes a draft as a scenario of its own."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import Any

from sim.files.nodes import Mapping, dump_yaml, text_of
from sim.scenario.loading import Loaded

#: What a file beside the text's own does not say: its name is the id, the domain is that of the folder.
_ELSEWHERE = ("id", "title", "label", "domain", "proposal", "edits", "draws", "seed")


def parts(loaded: Loaded, *, notes: bool = True) -> dict[str, Any] | None:
    """``head`` and, by issue, the lines of its term; None where edits reach beyond the text, or the domain is another.

    A term that the text does not name has no lines. One that was edited is proposed: its author is whoever edited it.
    """
    tree, terms = loaded.tree, loaded.scenario.proposal.terms
    domain = Path(_mapping(tree.get("domain")).place.file)
    beside = domain == Path(tree.place.file) or domain.parent == Path(tree.place.file).parent
    if not beside or not all(re.match(r"proposal\b", edit) for edit in loaded.scenario.edits):
        return None
    proposal, top = _mapping(tree.get("proposal")), tree.without(*_ELSEWHERE)
    if "negotiation" in top:
        talks = _mapping(top.get("negotiation"))
        if "candidates" in talks:  # of the texts that it names the files stand beside this one
            talks = talks.having("candidates", _mapping(talks.get("candidates")).without("texts"))
        top = top.having("negotiation", talks)
    blocks = {
        issue: "" if terms[issue].default else _block(issue, _mapping(term), notes=notes)
        for issue, term in _mapping(proposal.get("terms")).items.items()
    }
    rest = dump_yaml(proposal.without("terms", *([] if notes else ["note"])))
    head = f"{dump_yaml(top) if len(top) else ''}proposal:\n{indent(rest, '  ')}  terms:\n"
    return {"head": head, "terms": blocks}


def _block(issue: str, term: Mapping, *, notes: bool) -> str:
    if text_of(term.get("basis")) == "edited":
        lines = dump_yaml(term.without("basis", "evidence", "note")) + "basis: proposed\n"
    else:
        lines = dump_yaml(term if notes else term.without("note"))
    return f"    {issue}:\n{indent(lines, '      ')}"


def _mapping(node: Any) -> Mapping:
    assert isinstance(node, Mapping)
    return node
