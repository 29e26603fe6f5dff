"""A server in this process, asked as uvicorn would ask it: from headers and body to headers and body."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.loading import Loaded, load_all
from sim.server.app import application
from sim.server.guard import Address, Guard
from sim.server.jobs import Jobs
from sim.server.shelf import Shelf

HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"


@dataclass(frozen=True)
class Answer:
    """An answer of the server."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def words(self) -> list[str]:
        """What is said to be wrong."""
        return [fault["words"] for fault in self.json["faults"]]


class Client:
    """Asks a server of its own for texts by id."""

    def __init__(self, *names: str, jobs: Jobs | None = None, **options: Any) -> None:
        self.loaded: Sequence[Loaded] = load_all(names, **options)
        self.shelf = Shelf(self.loaded, names, {**options})  # type: ignore[typeddict-item]
        self.jobs = jobs or Jobs()
        self._server = Guard(application(self.shelf, self.jobs), Address("127.0.0.1", 8000))
        self._loop = asyncio.new_event_loop()

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to a request."""
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(k.encode(), v.encode()) for k, v in {"host": HOST, **(headers or {})}.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8000),
        }
        sent: list[Any] = []
        parts = [body[k : k + 10_000] for k in range(0, len(body), 10_000)] or [b""]

        async def receive() -> dict[str, Any]:
            part = parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(parts)}

        async def send(message: Any) -> None:
            sent.append(message)

        try:
            self._loop.run_until_complete(self._server(scope, receive, send))
        except Exception:
            # a fault of the server's own is answered, and then told to whoever runs it
            if not sent:
                raise
        fields = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], fields, b"".join(message["body"] for message in sent[1:]))

    def get(self, path: str, **headers: str) -> Answer:
        """As a page of its own asks."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, **content: Any) -> Answer:
        """JSON, as a page of its own sends it."""
        headers = {"origin": ORIGIN, "content-type": "application/json"}
        return self.ask("POST", path, json.dumps(content).encode(), headers)

    def parties(self, text: str, *edits: str, **more: Any) -> Answer:
        """The parties that edits change."""
        return self.post("/api/parties", text=text, edits=list(edits), **more)
