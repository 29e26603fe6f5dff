"""What a store knows scenarios by: their content in the order of the files, which their hash leaves out.

Issues, options and parties are numbered in that order, in what jobs count and in what is drawn, so that two files of
the same content in another order are other work.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from sim.execution.workers import current
from sim.files.nodes import Mapping, to_plain
from sim.scenario.loading import Loaded, begun_from

#: What a store's keys say by themselves.
_APART = ("draws", "seed")


def contents(loaded: Sequence[Loaded]) -> list[str]:
    """Digests of scenarios without draws and seed; what they share is read once."""
    domains: dict[int, str] = {}
    return [_digest_of(item.tree, domains) for item in loaded]


def content(loaded: Loaded) -> str | None:
    """That of one scenario; None where nothing is kept, and nobody asks for it."""
    return None if current().store is None else contents([loaded])[0]


def history(loaded: Loaded) -> str:
    """A digest of a scenario, and of what edits and other days start from, which its content does not tell.

    A saved run has its edits in its content; in the text that it is of they are made anew on every day.
    """
    unedited, first, edits = begun_from(loaded)
    domains: dict[int, str] = {}
    trees = [None if tree is None else _digest_of(tree, domains) for tree in (loaded.tree, unedited, first)]
    return _digest([trees, edits])


def _digest_of(tree: Mapping, domains: dict[int, str]) -> str:
    domain = tree.get("domain")
    if domain is not None and id(domain) not in domains:
        domains[id(domain)] = _digest(to_plain(domain))
    return _digest([to_plain(tree.without("domain", *_APART)), domains.get(id(domain))])


def _digest(plain: object) -> str:
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).hexdigest()
