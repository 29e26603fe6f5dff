"""Long work: what comes of it is what the command prints; it is stopped by whoever has its id, and ends in time."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.desk.sections import link_to
from sim.files import system
from sim.server import jobs as working
from sim.server.jobs import Inquiry, Jobs, TooMuchWork
from sim.server.messages import JobOrder, Task
from sim.server.work import Product, done
from tests import small
from tests.server.client import Answer, Client

DRAWS = 40
EDITS = ["red.status.importance=minor", "proposal.land=frozen"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.write(tmp_path_factory.mktemp("library") / "deal")


@pytest.fixture
def client(file: Path) -> Iterator[Client]:
    client = Client(str(file), draws=DRAWS)
    yield client
    client.jobs.close()


def ended(client: Client, id: str) -> Answer:
    """The state of work when it is no longer going on."""
    end = time.monotonic() + 120
    while (answer := client.get(f"/api/jobs/{id}")).json["state"] == "running":
        assert time.monotonic() < end
        time.sleep(0.05)
    return answer


def task(client: Client, **order: Any) -> Task:
    """What a process is told."""
    return client.shelf.task(client.shelf.desk("deal"), JobOrder(text="deal", **order))


def gone(number: int) -> bool:
    """Whether a process has ended."""
    end = time.monotonic() + 10
    while not (over := system.is_gone(f"{system.mark().split('-')[0]}-{number}")) and time.monotonic() < end:
        time.sleep(0.02)
    return bool(over)


def test_work_goes_on_apart_and_what_comes_of_it_is_fetched(client: Client, file: Path) -> None:
    start = client.post("/api/jobs", text="deal", kind="levers", edits=EDITS)
    assert start.status == 202
    id = start.json["id"]
    assert client.get(f"/api/jobs/{id}/file").status == 404
    assert client.parties("deal", *EDITS).status == 200
    state = ended(client, id).json
    assert (state["state"], state["words"], state["file"]) == ("done", "", "deal_levers.json")
    assert "What the verdict turns on" in state["html"]
    fetched = client.get(f"/api/jobs/{id}/file")
    assert fetched.headers["content-disposition"] == 'attachment; filename="deal_levers.json"'
    loaded = sim.edited(sim.load(file, draws=DRAWS), EDITS)
    assert json.loads(fetched.body) == json.loads(sim.levers(loaded).to_json())
    number = client.jobs.job(id).worker.number
    assert gone(number)
    assert client.ask("DELETE", f"/api/jobs/{id}").status == 204
    assert client.get(f"/api/jobs/{id}").status == 404


def test_whoever_has_its_id_stops_it(client: Client) -> None:
    id = client.post("/api/jobs", text="deal", kind="search", edits=[]).json["id"]
    assert len(id) >= 20
    number = client.jobs.job(id).worker.number
    assert client.ask("DELETE", f"/api/jobs/{id}").status == 204
    assert gone(number)
    assert client.get(f"/api/jobs/{id}").status == 404


def test_all_work_ends_with_the_server_and_no_more_begins(client: Client) -> None:
    ids = [client.post("/api/jobs", text="deal", kind="levers", edits=[]).json["id"] for _ in range(2)]
    assert len({*ids}) == 2
    numbers = [client.jobs.job(id).worker.number for id in ids]
    more = client.post("/api/jobs", text="deal", kind="levers", edits=[])
    assert (more.status, more.words[0][:30]) == (429, "2 pieces of work are going on ")
    client.jobs.close()
    assert all(map(gone, numbers))
    assert client.post("/api/jobs", text="deal", kind="levers", edits=[]).status == 429


def test_faults_of_edits_are_told_before_work_begins(client: Client) -> None:
    answer = client.post("/api/jobs", text="deal", kind="levers", edits=["red.status.importance=hgih"])
    assert answer.status == 422
    assert answer.json["faults"][0]["edit"] == "red.status.importance=hgih"
    assert client.post("/api/jobs", text="deal", kind="poetry", edits=[]).status == 422


def test_a_process_that_is_cut_short_is_told(client: Client) -> None:
    id = client.post("/api/jobs", text="deal", kind="levers", edits=[]).json["id"]
    client.jobs.job(id).worker.end()
    assert ended(client, id).json["words"] == "the work was cut short"


@pytest.mark.filterwarnings("error")
def test_work_that_is_ended_while_it_tells_is_cut_short() -> None:
    class Halved(Still):
        def lines(self) -> Iterator[str]:
            yield '{"done": 1, "total": 2}\n'
            yield '{"html": "<sect'

    job = Inquiry("levers", Halved(), 0.0)  # type: ignore[arg-type]
    job.listen()
    assert (job.state.state, job.state.words) == ("failed", "the work was cut short")


class Still:
    """A process that does nothing until it is ended."""

    def __init__(self, *_: str) -> None:
        self.over, self.number = False, 0

    def lines(self) -> Iterator[str]:
        while not self.over:
            time.sleep(0.01)
        yield from ()

    def end(self) -> None:
        self.over = True


def test_work_that_nobody_asks_about_ends_and_is_forgotten_in_time(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "Worker", Still)
    now = 0.0
    jobs = Jobs(lambda: now)
    one, two = (jobs.start(task(client, kind="levers", edits=[])) for _ in range(2))
    with pytest.raises(TooMuchWork):
        jobs.start(task(client, kind="levers", edits=[]))
    worker = jobs.job(one).worker
    now = working.UNASKED - 1
    assert jobs.job(two).state.state == "running"
    now = working.UNASKED + 1
    three = jobs.start(task(client, kind="levers", edits=[]))
    assert isinstance(worker, Still)
    assert worker.over
    with pytest.raises(sim.UnknownName):
        jobs.job(one)
    jobs.job(two).worker.end()
    while jobs.job(two).state.state == "running":
        time.sleep(0.01)
    now += working.FORGOTTEN + 1
    jobs.job(three)
    jobs.start(task(client, kind="levers", edits=[]))
    with pytest.raises(sim.UnknownName):
        jobs.job(two)
    jobs.close()


def test_work_that_nobody_asks_about_ends_without_further_work(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "Worker", Still)
    monkeypatch.setattr(working, "LOOK", 0.01)
    now = 0.0
    jobs = Jobs(lambda: now)
    worker = jobs.job(jobs.start(task(client, kind="levers", edits=[]))).worker
    assert isinstance(worker, Still)
    now = working.UNASKED + 1
    end = time.monotonic() + 10
    while not worker.over and time.monotonic() < end:
        time.sleep(0.01)
    assert worker.over
    jobs.close()


# --- what comes of work, in this process --------------------------------------------------------


def links(product: Product) -> list[str]:
    """Where rows lead that can be tried."""
    return [html.unescape(x.split('"')[0]) for x in (product.html or "").split('class="try" href="')[1:]]


def test_rows_lead_into_the_desk_with_the_edits_of_the_draft(client: Client) -> None:
    """In the place of an edit of the same path, and beside the others."""
    pack = client.shelf.desk("deal").loaded.sha256[:12]
    edits = ["proposal.land=frozen", "proposal.status=undecided"]
    amendments = links(done(task(client, kind="amendments", edits=edits)))
    assert f"#land=frozen&status=neutral&pack={pack}" in amendments
    assert f"#land=frozen&status=undecided&guarantee=none&pack={pack}" in amendments
    levers = links(done(task(client, kind="levers", edits=edits)))
    assert f"#land=frozen&status=undecided&red.refuses.armed_neighbour=none&pack={pack}" in levers
    assert f"#land=frozen&status=undecided&red.red_lines=none&red.refuses=none&pack={pack}" in levers


def test_edits_of_a_link_are_made_in_their_order() -> None:
    """One that drops all lines comes after a line that the draft draws, also where the draft has it before that."""
    draft = ["us.red_lines=none", "us.land.red_lines=[ceded]"]
    assert link_to("12ab", ["us.red_lines=none"], draft) == "#us.land.red_lines=%5Bceded%5D&us.red_lines=none&pack=12ab"
    assert link_to("12ab", ["proposal.pack=small"]) == "#pack=small&pack=12ab"


def test_amendments_are_those_of_the_command(client: Client, file: Path) -> None:
    product = done(task(client, kind="amendments", edits=EDITS))
    result = sim.amend(sim.edited(sim.load(file, draws=DRAWS), EDITS), changes=2)
    assert product.content == f"{result.to_json()}\n".encode()


def test_a_search_is_a_section_and_a_document(client: Client, file: Path) -> None:
    product = done(task(client, kind="search", edits=EDITS))
    assert product.file == "deal_search.json"
    document = sim.search(sim.edited(sim.load(file, draws=DRAWS), EDITS))
    assert product.content == f"{document.to_json()}\n".encode()
    assert "Would any text do?" in (product.html or "")


def test_a_report_names_its_edits_in_its_command(client: Client, file: Path) -> None:
    product = done(task(client, kind="report", edits=EDITS))
    assert (product.html, product.file) == (None, "deal.html")
    page = product.content.decode()
    assert f"sim report {file} --set red.status.importance=minor --set proposal.land=frozen --as-of" in page


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_figures(client: Client, kind: Any, start: bytes) -> None:
    product = done(task(client, kind="figure", edits=EDITS, figure="verdict", format=kind))
    assert product.file == f"deal_verdict.{kind}"
    assert product.content.startswith(start)


def test_files_that_changed_are_told(tmp_path: Path) -> None:
    path = small.write(tmp_path / "deal")
    client = Client(str(path), draws=DRAWS)
    order = task(client, kind="levers", edits=[])
    assert done(order).file == "deal_levers.json"
    small.write(
        tmp_path / "deal", small.changed("domain/positions/red.yaml", "importance: critical", "importance: minor")
    )
    with pytest.raises(sim.InvalidArgument, match="are not what they were when the server read them"):
        done(order)


def test_a_text_is_loaded_as_the_server_has_it(file: Path, tmp_path: Path) -> None:
    """With options of the command, also an edit that changes nothing in this text; and another day and evidence."""
    edits = tmp_path / "edits.yaml"
    edits.write_text("title: Less\nedits: {red.land.importance: minor}\n", encoding="utf-8")
    client = Client(
        str(file), draws=DRAWS, seed=5, edits=["red.status.importance=minor"], edit_files=[edits], evidence="articles"
    )
    for options in ({}, {"as_of": "2022-05-01"}, {"evidence": "all"}):
        order = JobOrder(text="deal", kind="levers", edits=["blue.land.importance=minor"], **options)  # type: ignore[arg-type]
        desk = client.shelf.desk(order.text, order.as_of, order.evidence)
        product = done(client.shelf.task(desk, order))
        expected = sim.levers(sim.edited(desk.loaded, order.edits))
        assert json.loads(product.content) == json.loads(expected.to_json())
