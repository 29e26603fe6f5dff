"""Every command follows the one rule by which voters decide.

A range above one half is a line that always binds, one below it is none. So each command says of a public with such a
range what it says of one with a plain line, or without: a twin that knows nothing of shares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.analysis.amend.amend import amend
from sim.analysis.flip.flip import flip
from sim.analysis.frontier.frontier import frontier
from sim.analysis.levers.levers import levers
from sim.analysis.search.search import search
from sim.analysis.sobol.sobol import sobol
from sim.analysis.trace.trace import trace
from sim.scenario import schema
from sim.scenario.loading import Loaded
from tests import domains
from tests.analysis.test_search import loaded
from tests.domains import party, position, refusal
from tests.on_disk import loaded as written

ISSUES = {"land": "abc", "army": "ab", "money": "ab"}
TEXT = {"land": "b", "army": "a", "money": "a"}
POLL = {
    "id": "E", "date": "2022-01-01", "party": "public", "issue": "context", "claim": "c", "strength": "poll",
    "attribution": "reported", "source": "S",
}  # fmt: skip
NONE = {"k": {"land": "c", "army": "b", "money": "b"}}


def text(*lines: Any, quota: float = 0.5, **more: Any) -> schema.Scenario:
    """Red and blue sign and bargain; the public votes and refuses land b, as each of ``lines`` says (None: plainly)."""
    refuses = [
        refusal(f"r{k}", {"land": ["b"]}, evidence=["E"], **({} if span is None else {"holds": span}))
        for k, span in enumerate(lines)
    ]
    people = {
        "red": party({"land": position("abc", "major"), "army": position("unknown"), "money": position("ba")}),
        "blue": party({"land": position("bac", "major"), "army": position("ab"), "money": position("ab")}),
        "public": party(
            {"land": position("cba", "minor"), "army": position("ab", "major"), "money": position("ab", "major")},
            role="ratifier",
            refuses=refuses,
            decides={"by": "majority", "of": "voters", "quota": quota},
        ),
    }
    return domains.scenario(ISSUES, people, TEXT, NONE, draws=300, evidence=[POLL], **more)


def bare(value: Any) -> Any:
    """Without what tells of the lines themselves: their ranges and quotas, and what the polls say of a vote."""
    if isinstance(value, dict):
        if "groups" in value:  # of Sobol' indices: what is drawn of lines, which cannot matter
            value = value | {"groups": [g for g in value["groups"] if g["kind"] != "lines"]}
        told = {"holds", "quota", "ratification", "sha256", "polls", "labels", "versions", "lines", "verdict", "why"}
        return {k: bare(v) for k, v in value.items() if k not in told | {"polled"}}
    return [bare(v) for v in value] if isinstance(value, (list, tuple)) else value


def run(item: Loaded) -> Any:
    [result] = sim.score([item])
    return result


def talks(protocol: str) -> Callable[[Loaded], Any]:
    def talk(item: Loaded) -> Any:
        block = schema.NegotiationSettings.model_validate({"protocol": protocol, "rounds": 5})
        return run(replace(item, scenario=item.scenario.model_copy(update={"negotiation": block})))

    return talk


COMMANDS: dict[str, Callable[[Loaded], Any]] = {
    "run": run,
    "levers": lambda item: levers(item, party="red"),
    "pairs": lambda item: levers(item, party="red", pairs=True),
    "sobol": lambda item: sobol(item, 64),
    "flip": lambda item: flip(item),
    "amend": lambda item: amend(item, changes=2),
    "search": lambda item: search(item, texts=()),
    "frontier": lambda item: frontier(item),
    "alternating offers": talks("alternating_offers"),
    "single text": talks("single_text"),
    "trace": lambda item: trace(item, draw=3),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("polled", "twin", "quota"),
    [([0.51, 0.9], (None,), 0.5), ([0.5, 0.5], (None,), 0.5), ([0.31, 0.45], (None,), 0.7), ([0.1, 0.49], (), 0.5)],
)
def test_a_settled_poll_is_a_plain_line_or_none(
    command: str, polled: Any, twin: Any, quota: float, tmp_path: Path
) -> None:
    act = COMMANDS[command]
    made = [text(*lines, quota=quota) for lines in ((polled,), twin)]
    edits = command in ("levers", "pairs")
    for k in range(2):
        (tmp_path / str(k)).mkdir()
    items = [written(tmp_path / str(k), x) if edits else loaded(x) for k, x in enumerate(made)]
    mine, plain = (act(item) for item in items)
    assert bare(mine.model_dump()) == bare(plain.model_dump())
