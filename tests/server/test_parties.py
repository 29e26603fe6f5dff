"""Parties as edits leave them: what a fresh pack of the edited scenario has, to the bit, and nothing else."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.desk.pack import draw_pack
from sim.desk.positions import positions
from sim.engine.profiles import compile_case
from tests import own_rules, small
from tests.server.client import Client

DRAWS = 50
EDITS = (
    ["us.donbas.importance=minor"],
    ["us.donbas.importance=none", "russia.alignment.importance=unknown"],
    ["us.donbas.ranking=[returned, rest]"],
    ["ukraine.crimea.ranking=unknown"],
    ["ukraine.sanctions.values={kept: 1, phased_relief: 0.2..0.4, lifted: 0, tightened: 0.9}"],
    ["us.sanctions.weight=0.1..0.3"],
    ["us.red_lines=none"],
    ["russia.alignment.red_lines=[open_door, nato_membership]"],
    ["ukrainian_public.refuses.nothing_short_of_nato_2022=none"],
    ["russia.no_deal.beliefs.stalemate=0.1..0.2"],
    ["us.consent=always"],
    ["russia.reservation=0.4..0.5", "proposal.donbas=frozen_line"],
    ["us.no_deal.cost=0.1..0.2"],
    ["ukraine.alignment=unknown", "nato.donbas.importance=critical", "us.fighting.importance=critical"],
)


@pytest.fixture(scope="module")
def client() -> Client:
    return Client("istanbul", "austria_1955/state_treaty_1955", draws=DRAWS)


def rows(document: Any) -> np.ndarray[Any, Any]:
    """The rows of a pack document."""
    planes = np.frombuffer(gzip.decompress(base64.b64decode(document["blob"])), np.uint8)
    raw = np.ascontiguousarray(planes.reshape(4, -1).T)
    return raw.reshape(-1).view("<f4").reshape(document["rows"], document["draws"])


def resolved(value: Any, table: Sequence[Any]) -> Any:
    """A party with the rows themselves where their numbers stand, under keys that hold quantities."""
    quantities = ("values", "raw", "weights", "beliefs", "cost", "reservation", "share", "coin")

    def row(quantity: Any) -> Any:
        return tuple(table[quantity[0]].tolist()) if isinstance(quantity, list) else quantity

    if isinstance(value, dict):
        return {
            key: [row(x) for x in under]
            if key in quantities and isinstance(under, list) and (not under or not isinstance(under[0], int))
            else row(under)
            if key in quantities and not isinstance(under, dict)
            else resolved(under, table)
            for key, under in value.items()
        }
    return [resolved(item, table) for item in value] if isinstance(value, list) else value


def test_the_helper_puts_rows_in_place_of_their_numbers() -> None:
    party = {"cost": [1], "weights": {"plan": [0, [0.5]], "raw": [[0], 2.0]}, "cells": [{"values": [[1], 0.5]}]}
    assert resolved(party, [np.array([7.0]), np.array([8.0])]) == {
        "cost": (8.0,),
        "weights": {"plan": [0, [0.5]], "raw": [(7.0,), 2.0]},
        "cells": [{"values": [(8.0,), 0.5]}],
    }


@pytest.mark.parametrize("edits", EDITS, ids=lambda edits: edits[0])
def test_parties_are_those_of_a_fresh_pack(client: Client, edits: list[str]) -> None:
    answer = client.parties("istanbul", *edits)
    assert answer.status == 200, answer.body
    desk = client.shelf.desk("istanbul")
    got, base = answer.json, desk.packing.pack("", {}).document()
    table = [*rows(base), *rows(got)]
    assert got["first"] == base["rows"]
    fresh = draw_pack(sim.edited(desk.loaded, edits)).document()
    expected = {party["id"]: resolved(party, rows(fresh)) for party in fresh["parties"]}
    before = {party["id"]: resolved(party, rows(base)) for party in base["parties"]}
    changed = {party["id"]: resolved(party, table) for party in got["parties"]}
    assert changed.keys() == {edit.split(".")[0] for edit in edits} - {"proposal"}
    assert before | changed == expected


def test_only_new_rows_are_sent(client: Client) -> None:
    """Another class rearranges what is drawn already; another ranking draws one issue anew."""
    assert client.parties("istanbul", "us.donbas.importance=minor").json["rows"] == 0
    assert 0 < client.parties("istanbul", "us.donbas.ranking=[returned, rest]").json["rows"] <= 6


def test_the_page_is_as_it_was_after_an_edit(client: Client) -> None:
    before = client.get("/text/istanbul").body
    client.parties("istanbul", "us.donbas.ranking=[returned, rest]", "russia.red_lines=none")
    assert client.get("/text/istanbul").body == before


def test_words_are_those_of_the_edited_text(client: Client) -> None:
    edits = ["us.donbas.importance=minor", "us.donbas.ranking=[returned, rest]", "russia.alignment.red_lines=none"]
    got = client.parties("istanbul", *edits).json
    assert {party: list(issues) for party, issues in got["words"].items()} == {
        "us": ["donbas"],
        "russia": ["alignment"],
    }
    loaded = sim.edited(client.loaded[0], edits)
    [result] = sim.score([loaded])
    issues = {row.id: row for row in positions(result, compile_case(loaded.scenario))}
    for party, issue in (("us", "donbas"), ("russia", "alignment")):
        [cell] = [cell for cell in issues[issue].parties if cell.party == party]
        whole = [words.split(", mean weight")[0] for words in cell.words]
        assert got["words"][party][issue] == whole
    assert len(got["lines"]["russia"]) == len(result.party("russia").lines)


def test_another_day_and_evidence_have_their_own_positions(client: Client) -> None:
    edit = "us.donbas.ranking=[returned, rest]"
    for options in (
        {"as_of": "2025-11-20"},
        {"evidence": "articles"},
        {"as_of": "2025-11-20", "evidence": "articles"},
        {"evidence": "firm"},
    ):
        [party] = client.parties("istanbul", edit, **options).json["parties"]
        fresh = draw_pack(sim.edited(client.loaded[0].with_(**options), [edit])).document()
        [expected] = [other for other in fresh["parties"] if other["id"] == "us"]
        assert [cell["basis"] for cell in party["cells"]] == [cell["basis"] for cell in expected["cells"]]
        assert [cell["start"] for cell in party["cells"]] == [cell["start"] for cell in expected["cells"]]


def test_a_rule_of_one_s_own_is_refused_as_when_a_page_is_made(tmp_path: Path) -> None:
    """An edit may name one too; a page has no code to judge by it."""
    own_rules.register()
    client = Client(str(small.write(tmp_path / "deal")), draws=20)
    answer = client.parties("deal", "rules.acceptance.red=up_to_a_tenth")
    assert (answer.status, answer.json["faults"][0]["edit"]) == (422, "rules.acceptance.red=up_to_a_tenth")
    assert answer.words[0].startswith("red: acceptance up_to_a_tenth: a page cannot carry a rule of one's own")


def test_edits_that_change_no_party_change_nothing(client: Client) -> None:
    got = client.parties("istanbul", "proposal.donbas=frozen_line").json
    assert (got["parties"], got["rows"], got["words"]) == ([], 0, {})
    idle = client.parties("istanbul", "ukraine.donbas.importance=major", "ukraine.donbas.importance=minor").json
    assert [party["id"] for party in idle["parties"]] == ["ukraine"]


def test_readings_are_the_files_of_the_library_that_fit(client: Client) -> None:
    readings = client.get("/api/readings/istanbul").json
    assert {"dovish_us", "hawkish_us"} <= {reading["id"] for reading in readings}
    [dovish] = [reading for reading in readings if reading["id"] == "dovish_us"]
    assert dovish["title"] == "A softer Washington: it wants a quick end"
    one_by_one = sim.edited(client.loaded[0], dovish["edits"])
    at_once = sim.load("istanbul", draws=DRAWS, edit_files=["dovish_us"])
    assert one_by_one.scenario.domain == at_once.scenario.domain
    assert all(edit.count("=") >= 1 and "{" not in edit for edit in dovish["edits"])
    assert client.get("/api/readings/state_treaty_1955").json == []


def test_what_is_doubtful_is_said_of_its_edit_in_words(client: Client) -> None:
    edit = "ukrainian_public.refuses.nothing_short_of_nato_2022=none"
    got = client.parties("istanbul", "us.donbas.importance=minor", edit, as_of="2025-02-24").json
    [warning] = got["warnings"]
    assert warning["edit"] == edit
    assert "in force from 2022-03-29" in warning["words"]
    assert client.parties("istanbul", edit).json["warnings"] == []
