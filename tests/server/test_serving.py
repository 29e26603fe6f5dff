"""``sim serve`` as a person starts it: what it says, where it is asked, and how it ends."""

from __future__ import annotations

import gc
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import sim
from sim.server.serving import bound, served
from sim.server.shelf import Shelf
from tests import small

PACKAGE = Path(sim.__file__).parent.parent


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server started in a folder, and its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", "serve", "--no-open", "--port", "0", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.endswith(" has the texts; Ctrl-C ends it\n")
        yield process, int(line.split()[0].rpartition(":")[2])
    finally:
        process.kill()
        process.communicate()


def asked(port: int, method: str, path: str, body: str | None = None) -> tuple[int, str]:
    """Status and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_it_writes_nothing_and_ends_without_a_word(name: str, tmp_path: Path) -> None:
    """In the middle of work too: that ends with it."""
    file = small.write(tmp_path / "deal")
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    here = tmp_path / "here"
    here.mkdir()
    here.chmod(0o555)
    with serving(here, str(file), "--draws", "50") as (process, port):
        assert asked(port, "GET", "/")[0] == 200
        assert ">A small deal</h1>" in asked(port, "GET", "/text/deal")[1]
        edit = '{"text": "deal", "edits": ["red.status.importance=minor"]}'
        assert asked(port, "POST", "/api/parties", edit)[0] == 200
        work = '{"text": "deal", "edits": [], "kind": "search"}'
        assert asked(port, "POST", "/api/jobs", work)[0] == 202
        process.send_signal(getattr(signal, name))
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")
    here.chmod(0o755)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path != here} == files


def test_nothing_is_looked_through_when_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """All desks and draws are there then: a second of processor time, and ten on a busy machine."""
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: None)
    try:
        with bound("127.0.0.1", 0) as listening:
            served(Shelf([], [], {}), listening, "127.0.0.1", lambda *_: None)
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_it_serves_all_shipped_texts_where_none_is_named(tmp_path: Path) -> None:
    with serving(tmp_path, "--draws", "20") as (_, port):
        page = asked(port, "GET", "/")[1]
        assert page.count('<a href="/text/') == 31
        assert asked(port, "GET", "/text/state_treaty_1955")[0] == 200


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A server that does not come to serve."""
    return subprocess.run(
        [sys.executable, "-m", "sim", "serve", "--no-open", *arguments], capture_output=True, text=True, timeout=60
    )


def test_a_port_that_is_taken_is_told_in_a_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("--port", str(port))
    words = f"sim: 127.0.0.1:{port} is taken; --port takes another, and --port 0 any that is free\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", words)


def test_a_host_that_there_is_not_is_told() -> None:
    with pytest.raises(OSError, match=r"192\.0\.2\.7: no address of this machine"):
        bound("192.0.2.7", 0)
    with bound("127.0.0.1", 0) as one:
        assert one.getsockname()[1] > 0


def test_faults_of_files_are_told_before_anything_is_served(tmp_path: Path) -> None:
    file = small.write(tmp_path / "deal", small.changed("deal.yaml", "option: stops", "option: stop"))
    done = command(str(file), "--port", "0")
    assert (done.returncode, done.stdout) == (3, "")
    assert "fighting has no option stop" in done.stderr
