"""The files of a store: whole or not there, known by their keys, and what is damaged is made again."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.execution.store import FORM, Store, canonical
from sim.execution.workers import workers
from sim.files import system, writing

ROOT = Path(__file__).parent.parent.parent
KEY = {"kind": "Run", "scenarios": ["abc"], "seeds": [1], "draws": [0, 4096], "versions": {"sim": "1"}}
DATA = bytes(range(256)) * 40


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "deep" / "store")


def only(store: Store) -> Path:
    [path] = store.files()
    return path


def test_a_piece_comes_back_by_its_key_alone(store: Store) -> None:
    assert store.get(KEY) is None
    assert not store.grown
    store.put(KEY, DATA, ["istanbul"])
    assert store.grown
    assert store.get(dict(reversed(KEY.items()))) == DATA, "whatever the order of its parts"
    for part, other in (("kind", "Sum"), ("draws", [0, 4095]), ("seeds", [2]), ("scenarios", ["abc", "abc"])):
        assert store.get({**KEY, part: other}) is None
    store.put(KEY, DATA)
    assert Store(store.folder).get(KEY) == DATA
    assert len(list(store.files())) == 1


def test_a_file_says_what_it_is_of(store: Store) -> None:
    store.put(KEY, DATA, ["istanbul", "membership"])
    path = only(store)
    first, line, data = path.read_bytes().split(b"\n", 2)
    assert first.decode().split()[0] == FORM
    assert json.loads(line)["key"] == KEY
    assert data == DATA
    head = store.head(path)
    assert head is not None
    assert (head.key, head.texts, head.bytes) == (KEY, ("istanbul", "membership"), len(DATA))


def test_names_are_the_same_in_every_process(store: Store) -> None:
    store.put(KEY, DATA)
    code = f"from sim.execution.store import Store; print(Store('.')._path({KEY!r}).as_posix())".replace(
        "'.'", "P('.')"
    )
    for seed in ("0", "1", "77"):
        done = subprocess.run(
            [sys.executable, "-c", f"from pathlib import Path as P; {code}"],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == only(store).relative_to(store.folder).as_posix()


def test_a_key_that_json_does_not_hold_is_refused() -> None:
    for value in (float("nan"), {1, 2}, b"x", Path("x")):
        with pytest.raises((TypeError, ValueError)):
            canonical({"a": value})


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _garbled_head(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"seeds":[1]', b'"seeds":[7]'))


def _garbled_form(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"sim.piece/1", b"sim.piece/2"))


def _head_alone(path: Path) -> None:
    path.write_bytes(b"\n".join(path.read_bytes().split(b"\n", 2)[:2]))


def _one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(bytes(content))


def _lengthened(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


def _of_another_key(path: Path) -> None:
    other = Store(path.parent.parent.parent / "other")
    other.put({**KEY, "seeds": [2]}, DATA)
    path.write_bytes(only(other).read_bytes())


DAMAGE = (_cut, _emptied, _garbled_head, _garbled_form, _head_alone, _one_bit, _lengthened, _of_another_key)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_no_piece_and_is_removed(damage: Callable[[Path], None], store: Store) -> None:
    store.put(KEY, DATA)
    store.put({**KEY, "seeds": [3]}, DATA)
    path = store._path(KEY)
    damage(path)
    if damage is not _one_bit:  # which only whoever reads all of it sees
        assert store.head(path) is None
    assert store.get(KEY) is None
    assert not path.exists()
    assert store.get({**KEY, "seeds": [3]}) == DATA, "the other is as it was"
    store.put(KEY, DATA)
    assert store.get(KEY) == DATA


@pytest.mark.parametrize("stage", ["write", "temporary", "rename", "folder"])
def test_a_full_disk_is_one_line_and_leaves_nothing(stage: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(KEY, DATA)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if stage == "write":
        monkeypatch.setattr(system, "settle", full)
    elif stage == "temporary":
        monkeypatch.setattr(writing.tempfile, "mkstemp", full)
    elif stage == "rename":
        monkeypatch.setattr(system, "replace_file", full)
    else:
        monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(OSError, match="No space") as caught:
        store.put({**KEY, "seeds": [2]}, DATA)
    assert str(caught.value) == (
        f"{store.folder}: No space left on device; nothing can be kept there: "
        "--store DIR takes another folder, --store '' none"
    )
    monkeypatch.undo()
    assert [p.name for p in store.folder.rglob("*") if p.is_file()] == [only(store).name]
    assert store.get(KEY) == DATA


def test_a_folder_that_cannot_be_written_is_told_before_work_begins(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(store.folder / ".partial-x"))

    monkeypatch.setattr(writing.tempfile, "TemporaryFile", denied)
    with pytest.raises(OSError, match="Permission denied; nothing can be kept there"), workers(store=store.folder):
        pytest.fail("work began")
    monkeypatch.undo()
    store.folder.parent.mkdir(exist_ok=True)
    file = store.folder.parent / "file"
    file.write_text("", encoding="utf-8")
    for folder in (file, file / "below"):
        with (
            pytest.raises(
                OSError, match=r"file.*: a file stands where a folder would have to be; nothing can be kept there"
            ),
            workers(store=folder),
        ):
            pytest.fail("work began")


def test_one_that_cannot_be_read_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(KEY, DATA)

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "somewhere")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(OSError, match="Permission denied; nothing can be kept there"):
        store.get(KEY)
    assert Store(store.folder, usual=True).get(KEY) is None
    monkeypatch.undo()
    assert store.get(KEY) == DATA, "and is not removed"


@pytest.mark.parametrize("reason", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_damaged_piece_that_cannot_be_removed_is_none(
    reason: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a store that is read-only: the piece is made again, and whatever else is there is found."""
    store.put(KEY, DATA)
    damaged = only(store)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    store.put({**KEY, "seeds": [2]}, DATA)

    def refused(path: Path, **options: object) -> None:
        tried.append(path)
        raise OSError(reason, os.strerror(reason), str(path))

    tried: list[Path] = []
    monkeypatch.setattr(Path, "unlink", refused)
    monkeypatch.setattr(os, "unlink", refused)
    assert store.get(KEY) is None
    assert tried == [damaged]
    assert store.get(KEY) is None
    assert store.get({**KEY, "seeds": [2]}) == DATA
    assert damaged.exists()


def test_a_store_that_nobody_asked_for_costs_nobody_the_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    store = Store(tmp_path / "file" / "store", usual=True)
    assert store.get(KEY) is None
    with pytest.warns(UserWarning, match="would have to be; the work goes on, but what is finished is not kept there"):
        store.put(KEY, DATA)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        store.put(KEY, DATA)  # it is said once
    assert not store.grown


def test_a_piece_that_is_there_counts_as_kept_when_an_interrupt_comes_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writing.write_bytes

    def interrupted(*arguments: Any, **options: Any) -> None:
        real(*arguments, **options)
        raise KeyboardInterrupt

    def early(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    for write, kept in ((early, False), (interrupted, True)):
        monkeypatch.setattr(writing, "write_bytes", write)
        with pytest.raises(KeyboardInterrupt):
            store.put(KEY, DATA)
        assert store.grown is kept


def test_what_a_killed_process_left_is_swept(store: Store) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    store.put(KEY, DATA)
    gone = store.folder / f".partial-{system.mark().split('-')[0]}-{dead.pid}-x"
    mine = store.folder / f".partial-{system.mark()}-x"
    for leaving in (gone, mine):
        leaving.write_bytes(DATA)
    assert len(list(store.files())) == 1, "neither is a piece"
    store.put({**KEY, "seeds": [2]}, DATA)
    assert not gone.exists()
    assert mine.exists(), "another thread of this process may be at it"


WRITER = """
import sys
from pathlib import Path
from typing import Any
from sim.execution.store import Store
store = Store(Path(sys.argv[1]))
for turn in range(3):
    for number in range(40):
        key = {"number": number}
        data = store.get(key)
        assert data in (None, bytes([number]) * 5000), number
        store.put(key, bytes([number]) * 5000, [sys.argv[2]])
        if sys.argv[2] == "clears" and number % 5 == 0:
            for path in list(store.files()):
                store.remove(path)
"""


@pytest.mark.parametrize("other", ["second", "clears"])
def test_two_processes_write_to_one_folder(other: str, store: Store) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(store.folder), name],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("first", other)
    ]
    errors = [process.communicate(timeout=120)[1] for process in both]
    assert errors == ["", ""]
    pieces = {number: store.get({"number": number}) for number in range(40)}
    assert all(data in (None, bytes([number]) * 5000) for number, data in pieces.items())
    if other == "second":
        assert None not in pieces.values()
    assert all(store.head(path) is not None for path in store.files())
    assert not list(store.folder.glob(f"{writing.PREFIX}*"))


def test_nothing_else_in_the_folder_is_a_piece(store: Store) -> None:
    store.put(KEY, DATA)
    name = only(store).name
    for other in ("notes.txt", "ab/notes.txt", f"ab/{name}x", f"zz/{name}", f"ab/deeper/{name}"):
        path = store.folder / other
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    assert [path.name for path in store.files()] == [name]
