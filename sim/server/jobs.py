"""Work in processes of its own: started, asked about and stopped by whoever has its id, and forgotten in time."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from sim.files.arguments import UnknownName
from sim.files.errors import SimError
from sim.files.system import Worker
from sim.server.english import SERVER, WORK
from sim.server.messages import JobState, Kind, Task

#: So many processes at once, and so many ended ones whose files are kept.
MOST_RUNNING, MOST_ENDED = 2, 8
#: Seconds after which work that nobody asks about is stopped, and what came of it forgotten; so often it is looked for.
UNASKED, FORGOTTEN, LOOK = 120.0, 600.0, 10.0


class TooMuchWork(SimError):
    """That as much work is going on as the server takes on."""


@dataclass
class Inquiry:
    """Work that goes on or has ended; ``content`` is the file that came of it."""

    kind: Kind
    worker: Worker
    asked: float
    state: JobState = field(default_factory=lambda: JobState(state="running"))
    content: bytes = b""

    def listen(self) -> None:
        """Follow the process until it ends."""
        state = JobState(state="failed", words=SERVER["cut_short"])
        for line in self.worker.lines():
            if not line.endswith("\n"):  # it was ended while it told
                break
            message = json.loads(line)
            if "done" in message:
                words = WORK[self.kind].format(**message)
                self.state = JobState(state="running", done=message["done"], total=message["total"], words=words)
            elif "failed" in message:
                state = JobState(state="failed", words=message["failed"])
            else:
                self.content = base64.b64decode(message["content"])
                state = JobState(state="done", html=message["html"], file=message["file"])
        self.worker.end()
        self.state = state


class Jobs:
    """All work of a server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._jobs: dict[str, Inquiry] = {}
        #: So many processes begin just now.
        self._beginning = 0
        self._closed = Event()
        Thread(target=self._look, daemon=True).start()

    def start(self, task: Task) -> str:
        """Begin work; its id, which nobody can guess. Raises TooMuchWork, OSError."""
        with self._lock:
            self._tidy()
            running = sum(job.state.state == "running" for job in self._jobs.values())
            if self._closed.is_set() or running + self._beginning >= MOST_RUNNING:
                raise TooMuchWork(SERVER["too_many"].format(most=MOST_RUNNING))
            self._beginning += 1
        try:  # outside the lock: whoever asks about other work does not wait for a process to begin
            worker = Worker("sim.server.work", task.model_dump_json())
        except BaseException:
            with self._lock:
                self._beginning -= 1
            raise
        id, job = secrets.token_urlsafe(16), Inquiry(task.order.kind, worker, self._clock())
        job.state = JobState(state="running", words=SERVER["begins"])
        with self._lock:
            self._beginning -= 1
            closed = self._closed.is_set()
            if not closed:
                self._jobs[id] = job
        if closed:
            worker.end()
            raise TooMuchWork(SERVER["too_many"].format(most=MOST_RUNNING))
        Thread(target=job.listen, daemon=True).start()
        return id

    def job(self, id: str) -> Inquiry:
        """Work by its id. Raises UnknownName."""
        with self._lock:
            job = self._jobs.get(id)
            if job is None:
                raise _unknown(id)
            job.asked = self._clock()
            return job

    def stop(self, id: str) -> None:
        """End work and forget it. Raises UnknownName."""
        with self._lock:
            job = self._jobs.pop(id, None)
        if job is None:
            raise _unknown(id)
        job.worker.end()

    def close(self) -> None:
        """End all work, and begin no more."""
        with self._lock:
            self._closed.set()
            jobs, self._jobs = self._jobs, {}
        for job in jobs.values():
            job.worker.end()

    def _look(self) -> None:
        """Tidy up now and then, whoever asks for what."""
        while not self._closed.wait(LOOK):
            with self._lock:
                self._tidy()

    def _tidy(self) -> None:
        """Stop work that nobody asks about, and forget what ended long ago, or is more than is kept."""
        now = self._clock()
        ended = [id for id, job in self._jobs.items() if job.state.state != "running"]
        gone = {id for id in ended if now - self._jobs[id].asked > FORGOTTEN} | {
            *ended[: max(len(ended) - MOST_ENDED, 0)]
        }
        gone |= {id for id, job in self._jobs.items() if id not in ended and now - job.asked > UNASKED}
        for id in gone:
            self._jobs.pop(id).worker.end()


def _unknown(id: str) -> UnknownName:
    return UnknownName("work", id, (), SERVER["forgotten"])
