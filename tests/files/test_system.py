"""What depends on the operating system is in one module; and how runs end that are cut short."""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sim.cli.output import reporting
from sim.files import system, writing
from sim.results import saving
from tests import small

PACKAGE = Path(saving.__file__).parent.parent
FILES = sorted(PACKAGE.rglob("*.py"))
#: Libraries that exist on some systems only, or that speak to the system behind the interpreter's back.
SYSTEM = {
    "signal", "fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "select", "multiprocessing", "subprocess",
    "shutil", "platform", "ctypes", "msvcrt", "winreg", "posix", "nt", "mmap", "syslog", "curses",
}  # fmt: skip
#: What may be used of ``os`` elsewhere: plain facts that every system has.
PLAIN = {"environ", "PathLike", "fdopen"}
#: Calls of paths and streams whose meaning differs from system to system.
CALLS = {"rename", "chmod", "symlink_to", "hardlink_to", "lchmod", "isatty", "fsync", "mkfifo"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_one_module_speaks_to_the_system(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    home = path.name == "system.py"
    for node in ast.walk(tree):
        where = f"{path.name}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import) and not home:
            # the version of Python in a result is a fact, and sim.results.records may ask for it
            names = {a.name.split(".")[0] for a in node.names} - ({"platform"} if path.name == "records.py" else set())
            assert not names & SYSTEM, where
        if isinstance(node, ast.ImportFrom) and not home:
            assert (node.module or "").split(".")[0] not in SYSTEM | {"os"}, where
        if isinstance(node, ast.Attribute) and not home:
            if isinstance(node.value, ast.Name) and node.value.id == "os":
                assert node.attr in PLAIN, f"{where}: os.{node.attr}"
            assert node.attr not in CALLS, f"{where}: {node.attr}"
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = {k.arg for k in node.keywords}
            modes = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if name in ("read_text", "write_text", "open", "fdopen") and not home:
                inside = name == "open" and isinstance(node.func, ast.Attribute) and len(modes) < len(node.args)
                binary = inside or any("b" in mode for mode in modes)  # inside: a member of an archive, by its name
                assert binary or "encoding" in given or _own(node), f"{where}: {name} without an encoding"
            if name == "replace" and isinstance(node.func, ast.Attribute) and not home:
                assert len(node.args) != 1 or given, f"{where}: a rename"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not home:
            assert not re.match(r"/(dev|proc|tmp|etc|usr|var)/", node.value), f"{where}: {node.value}"


def _own(node: ast.Call) -> bool:
    """``read_text`` of :mod:`sim.files.text` is a function of our own, which reads UTF-8."""
    return isinstance(node.func, ast.Name) and node.func.id == "read_text"


def _start(args: list[str], cwd: Path, **more: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sim", *args],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        preexec_fn=_hear if os.name == "posix" else None,
        **more,  # type: ignore[call-overload]
    )


def _hear() -> None:
    """Under nohup SIGHUP is ignored, by children too."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_request_to_end_ends_a_run_as_an_interrupt_does(name: str, tmp_path: Path) -> None:
    path = small.write(tmp_path / "deal")
    running = _start(["run", str(path), "--draws", "100000000", "--out", str(tmp_path / "out")], tmp_path)
    try:
        time.sleep(4)
        running.send_signal(getattr(signal, name))
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
    # Python dies of SIGINT itself, which a shell calls 130 too, where the request came while it was importing
    assert running.returncode in (130, -signal.SIGINT)
    assert (out, err.strip()) == ("", "interrupted")
    assert not (tmp_path / "out").exists()


#: What becomes of an interrupt that comes while the command line is read: typer makes an exit code of it, and says
#: nothing; Python 3.11 makes a RuntimeError of one that comes while a class is named to its cached properties; a
#: library in C that is being imported (numpy 1.26) prints it and goes on with an error of its own.
ENDS = {
    "an exit code": "time.sleep(10)",
    "another error": "type('Named', (), {'it': type('It', (), {'__set_name__': lambda *_: time.sleep(10)})()})",
    "printed": "ctypes.pythonapi.PyRun_SimpleString(b'import time; time.sleep(10)'); raise ImportError",
}


@pytest.mark.parametrize("then", ENDS.values(), ids=ENDS)
def test_an_interrupt_is_said_whatever_becomes_of_it(then: str) -> None:
    code = f"""if True:
        import ctypes, os, signal, sys, threading, time
        from sim import cli

        def slow(value):
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
            {then}

        cli._version.__code__ = slow.__code__
        cli._version.__globals__.update(ctypes=ctypes, os=os, signal=signal, threading=threading, time=time)
        sys.argv = ["sim", "--version"]
        cli.main()
    """
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


@pytest.mark.parametrize("error", [RuntimeError("of it"), ValueError("of it"), OSError("of it")])
def test_an_error_of_a_command_is_its_own_unless_the_end_was_asked_for(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ended() -> object:
        with pytest.raises(Exception) as caught, reporting():  # noqa: PT011
            raise error
        return getattr(caught.value, "exit_code", caught.value)

    said = "" if isinstance(error, RuntimeError) else "sim: of it\n"
    assert (ended(), capsys.readouterr().err) == (1 if said else error, said)
    asked = threading.Event()
    asked.set()
    monkeypatch.setattr(system, "_ended", asked)
    assert (ended(), capsys.readouterr().err) == (130, "")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_request_to_end_is_never_silent_whenever_it_comes(tmp_path: Path) -> None:
    """The system ends a process that does not hear it yet; one that does says so."""
    path = small.write(tmp_path / "deal")
    ends = []
    for step in range(1, 11):
        running = _start(["run", str(path), "--draws", "100000000", "--no-save"], tmp_path)
        time.sleep(0.12 * step)
        running.terminate()
        out, err = running.communicate(timeout=60)
        assert out == ""
        ends.append((running.returncode, err))
    said = {(130, "interrupted\n"), (-signal.SIGINT, "interrupted\n")}
    assert set(ends) <= {(-signal.SIGTERM, ""), *said}
    assert said & set(ends)


def test_a_run_that_was_killed_is_swept_by_the_next(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    machine = system.mark().split("-")[0]
    gone, mine = f"{machine}-{dead.pid}", system.mark()
    assert system.is_gone(gone) is True
    assert system.is_gone(mine) is False
    assert system.is_gone("0000-1" if machine != "0000" else "0001-1") is None, "another machine"
    for mark in (gone, mine):
        (tmp_path / f".partial-{mark}-x").mkdir()
        (tmp_path / f".partial-{mark}-x" / "result.json").write_text("{")
        (tmp_path / f".partial-{mark}-y").write_text("{")
    other, old = tmp_path / ".partial-beef-1-x", tmp_path / ".partial-unmarked"
    other.mkdir()
    old.mkdir()
    os.utime(old, (0, 0))
    (tmp_path / "partial").mkdir()
    writing.write_whole(tmp_path / "text", "whole")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [f".partial-{mine}-x", f".partial-{mine}-y", other.name, "partial", "text"]
    )


def test_where_a_process_cannot_be_asked_only_age_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where asking a process by signal 0 would end it."""
    monkeypatch.setattr(system, "_ASKS", False)
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("asked"))
    leaving = tmp_path / f".partial-{system.mark()}-x"
    leaving.mkdir()
    writing.sweep(tmp_path)
    assert leaving.exists()
    os.utime(leaving, (0, 0))
    writing.sweep(tmp_path)
    assert not leaving.exists()


def test_a_rename_that_is_held_up_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where a virus scanner may hold a file that was just written."""
    pauses: list[float] = []
    monkeypatch.setattr(system.os, "name", "nt")
    monkeypatch.setattr(system.time, "sleep", pauses.append)
    failures = [PermissionError("held"), PermissionError("held")]
    real = type(tmp_path).replace

    def replace(self: Path, target: Path) -> Path:
        if failures:
            raise failures.pop()
        return real(self, target)

    monkeypatch.setattr(type(tmp_path), "replace", replace)
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_text("a")
    system.replace_file(source, target)
    monkeypatch.undo()
    assert target.read_text() == "a"
    assert pauses == [0.05, 0.2]


def test_signals_that_cannot_be_set_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("signal only works in main thread of the main interpreter")

    monkeypatch.setattr(signal, "signal", refuse)
    monkeypatch.delattr(signal, "SIGHUP", raising=False)
    system.end_on_signals()


COMMANDS = {
    "run": ["run", "deal.yaml", "--draws", "200", "--no-save"],
    "csv": ["run", "deal.yaml", "--draws", "200", "--no-save", "--format", "csv"],
    "show": ["show", "issues", "--domain", "domain"],
    "help": ["run", "--help"],
    "version": ["--version"],
    "fault": ["validate", "nowhere.yaml"],
    "usage": ["run", "--nonsense"],
}


@pytest.mark.parametrize("closing", [">&-", "2>&-", ">&- 2>&-", "| true", "2>&1 | head -c 1 >/dev/null"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_stream_is_no_traceback(command: str, closing: str, tmp_path: Path) -> None:
    small.write(tmp_path)
    line = f"{sys.executable} -m sim {' '.join(COMMANDS[command])} {closing}"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr + done.stdout
    assert "Exception ignored" not in done.stderr
    assert done.stdout == "" or closing in ("2>&-", ">&-")


def test_a_reader_that_goes_away_costs_nobody_the_run(tmp_path: Path) -> None:
    small.write(tmp_path)
    line = f"{sys.executable} -m sim run deal.yaml --draws 200 | true"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert re.fullmatch(r"saved results/deal/\S+\n", done.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_standard_output_is_one_line(tmp_path: Path) -> None:
    small.write(tmp_path)
    line = f"{sys.executable} -m sim run deal.yaml --draws 200 --no-save > /dev/full"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "sim: standard output: No space left on device\n")


def test_an_encoding_that_lacks_a_sign_is_no_traceback(tmp_path: Path) -> None:
    small.write(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "sim", "run", "deal.yaml", "--draws", "200", "--no-save"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\\u2500" in done.stdout


@pytest.mark.parametrize("command", ["validate", "run", "compare", "usage"])
def test_names_of_files_command_no_terminal(command: str, tmp_path: Path) -> None:
    name = "\x1b[31mred\u202eyaml\udcff"
    args = {
        "validate": ["validate", name],
        "run": ["run", f"{name}.yaml"],
        "compare": ["compare", name, f"{name}.json"],
    }
    done = _start(args.get(command, ["run", "deal.yaml", f"--{name}"]), tmp_path)
    out, err = done.communicate(timeout=60)
    assert done.returncode in (1, 2, 3)
    assert "Traceback" not in err
    assert not re.search("[\x1b\u202e\udcff]", out + err)
    assert re.search(r"(·|\\x1b)\[31mred(·|\\u202e)yaml(·|\\udcff)", err)
