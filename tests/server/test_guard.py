"""Who may ask the server, and how much; and that whatever is wrong is told in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.server.guard import Address
from sim.server.messages import MOST_BYTES, MOST_EDITS
from sim.server.shelf import MOST_DESKS
from tests import small
from tests.server.client import HOST, ORIGIN, Client


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    path = small.write(tmp_path_factory.mktemp("library") / "deal")
    return Client(str(path), draws=20)


JSON = {"content-type": "application/json"}
EDIT = {"text": "deal", "edits": ["red.status.importance=minor"]}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1", "127.0.0.1:80", "10.0.0.1:8000", ""]
)
def test_other_names_of_the_machine_are_not_answered(client: Client, host: str) -> None:
    answer = client.get("/api/alive", host=host)
    assert answer.status == 421
    assert answer.words == [f"this server answers at {ORIGIN} alone, and was asked as {host or 'nobody'}"]


@pytest.mark.parametrize("host", [HOST, "localhost:8000", "[::1]:8000"])
def test_this_machine_is_answered_by_all_its_names(client: Client, host: str) -> None:
    assert client.get("/api/alive", host=host, origin=f"http://{host}").status == 200


def test_a_server_for_others_is_asked_by_number() -> None:
    whole, one = Address("0.0.0.0", 8000), Address("192.0.2.7", 8000)
    assert [whole.names(host) for host in ("192.0.2.7:8000", "localhost:8000", "evil.example:8000")] == [
        True,
        True,
        False,
    ]
    assert [one.names(host) for host in ("192.0.2.7:8000", "192.0.2.8:8000", "localhost:8000")] == [True, False, False]
    assert (str(whole), str(one), whole.loopback) == ("http://localhost:8000", "http://192.0.2.7:8000", False)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:8000", "http://localhost:8000"])
def test_pages_of_other_origins_are_refused(client: Client, origin: str) -> None:
    for method, path, body in (("POST", "/api/parties", json.dumps(EDIT)), ("GET", "/api/alive", "")):
        answer = client.ask(method, path, body.encode(), {**JSON, "origin": origin})
        assert (answer.status, answer.words[0].split(",")[0]) == (403, "this server answers pages of its own alone")


def test_parts_of_other_sites_pages_are_refused_and_links_are_followed(client: Client) -> None:
    fetch = {"sec-fetch-site": "cross-site"}
    assert client.get("/", **fetch, **{"sec-fetch-mode": "no-cors"}).status == 403
    frame = {**fetch, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}
    assert client.get("/text/deal?as_of=2023-01-01", **frame).status == 403
    assert client.get("/", **{**frame, "sec-fetch-dest": "document"}).status == 200
    assert client.get("/", **{"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}).status == 200


def test_no_answer_is_for_other_sites(client: Client) -> None:
    answers = [client.get("/"), client.get("/text/deal"), client.get("/api/alive"), client.get("/nowhere")]
    answers += [client.get("/", host="evil.example"), client.post("/api/parties", **EDIT), client.get("/openapi.json")]
    for answer in answers:
        assert not any(name.startswith("access-control") for name in answer.headers)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_a_preflight_is_not_answered(client: Client) -> None:
    headers = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    assert client.ask("OPTIONS", "/api/parties", headers=headers).status == 403


def test_what_is_too_large_is_refused(client: Client) -> None:
    whole = client.ask("POST", "/api/parties", b" " * (MOST_BYTES + 1), {**JSON, "origin": ORIGIN})
    assert (whole.status, whole.words) == (413, [f"a request has at most {MOST_BYTES:,} bytes"])
    many = client.parties("deal", *["red.status.importance=minor"] * (MOST_EDITS + 1))
    assert many.status == 422
    assert many.words[0].startswith("edits: ")
    long = client.parties("deal", "red.status.importance=" + "m" * 5_000)
    assert (long.status, long.words[0][:9]) == (422, "edits.0: ")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_kind_of_body_is_refused(client: Client, kind: str) -> None:
    answer = client.ask("POST", "/api/parties", json.dumps(EDIT).encode(), {"origin": ORIGIN, "content-type": kind})
    assert (answer.status, answer.words) == (415, ["a request says what it asks for in application/json"])


BODIES: dict[str, Any] = {
    "no JSON": b"{",
    "no mapping": b"[]",
    "no text": {"edits": []},
    "no edits": {"text": "deal"},
    "edits that are none": {"text": "deal", "edits": [1]},
    "no day": {**EDIT, "as_of": "yesterday"},
    "no evidence": {**EDIT, "evidence": "some"},
    "more": {**EDIT, "draws": 1_000_000},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_none_is_told(client: Client, body: Any) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.ask("POST", "/api/parties", raw, {**JSON, "origin": ORIGIN})
    assert answer.status == 422
    assert all(len(words) > 10 for words in answer.words)


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "1700000000", "120260-01-01", "2026-1-1", 1700000000])
def test_a_day_that_is_none_is_told_in_our_words(client: Client, day: Any) -> None:
    words = f"as_of is a day like 2022-03-29, not {day!r}"
    answer = client.ask("POST", "/api/parties", json.dumps({**EDIT, "as_of": day}).encode(), {**JSON, "origin": ORIGIN})
    assert (answer.status, answer.words) == (422, [words])
    if isinstance(day, str):
        page = client.get(f"/text/deal?as_of={day}")
        assert page.status == 422
        assert "As_of is a day like 2022-03-29, not" in page.body.decode()


def test_what_there_is_not_is_told_with_what_there_is(client: Client) -> None:
    assert client.parties("deel").words == ["there is no text deel; did you mean deal?"]
    assert client.get("/api/readings/deel").status == 404
    assert client.get("/api/jobs/1").words == ["there is no work 1; it was stopped, or ended long ago"]
    assert client.ask("DELETE", "/api/jobs/1").status == 404
    assert client.get("/api/nothing").words == ["there is nothing at /api/nothing"]
    assert client.ask("PUT", "/api/alive").words == ["PUT is not asked of /api/alive"]


def test_faults_of_edits_are_told_as_on_a_terminal(client: Client) -> None:
    answer = client.parties("deal", "red.status.importance=minor", "red.status.importance=hgih", "purple.x=1")
    assert answer.status == 422
    [unknown] = answer.json["faults"]
    assert (unknown["edit"], unknown["place"]) == ("purple.x=1", "edits[3]:1:1")
    assert unknown["words"].startswith("edit: there is no party purple")
    [value] = client.parties("deal", "red.status.importance=hgih").json["faults"]
    assert value["edit"] == "red.status.importance=hgih"
    assert value["place"] == "edits[1]:1:23"
    assert "did you mean" in value["words"]


def test_a_day_without_positions_takes_no_desk_s_place(client: Client) -> None:
    desk = client.shelf.desk("deal")
    for year in range(1900, 1900 + MOST_DESKS):
        assert client.get(f"/text/deal?as_of={year}-01-01").status == 422
    assert client.shelf.desk("deal") is desk


def test_texts_of_a_domain_stand_together(tmp_path: Path) -> None:
    """By date, in whatever order they were named."""
    one = small.write(tmp_path / "deal")
    later = one.with_name("later.yaml")
    later.write_text(
        one.read_text(encoding="utf-8").replace("date: 2022-03-29", "date: 2022-05-01", 1), encoding="utf-8"
    )
    page = Client(str(later), "austria_1955/state_treaty_1955", str(one), draws=20).get("/").body.decode()
    assert page.count("<h2") == 2
    assert page.index("/text/deal") < page.index("/text/later") < page.index("/text/state_treaty_1955")


def test_a_host_has_its_name_in_capitals_too() -> None:
    assert Address("MyMachine", 8000).names("mymachine:8000")
    assert Address("LOCALHOST", 8000).names("127.0.0.1:8000")


def test_people_are_told_on_a_page(client: Client) -> None:
    for path in ("/text/deel", "/text/deal?as_of=yesterday", "/nowhere"):
        answer = client.get(path)
        assert answer.status in (404, 422)
        assert answer.headers["content-type"].startswith("text/html")
        assert b"<h1>This cannot be shown</h1>" in answer.body
    assert b"there is no text deel" in client.get("/text/deel").body.lower()


def test_names_stay_text(tmp_path: Any) -> None:
    path = small.write(tmp_path / "deal", small.changed("deal.yaml", "A small deal", "<script>alert(1)</script>"))
    client = Client(str(path), draws=20)
    for page in ("/", "/text/deal", "/text/%3Cscript%3E"):
        assert b"<script>alert" not in client.get(page).body.replace(b"&lt;", b"")


def test_a_fault_of_the_server_s_own_is_said_to_be_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("sim.server.app.edited_parties", broken)
    answer = client.post("/api/parties", **EDIT)
    assert (answer.status, answer.words[0].split(";")[0]) == (500, "the server met a fault of its own")
