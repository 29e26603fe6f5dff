"""What the server answers, path by path. Nothing of a draft is remembered: every request says all that it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from sim._version import __version__
from sim.files.arguments import UnknownName
from sim.files.complaints import Complaints
from sim.server import page
from sim.server.english import SERVER
from sim.server.faults import fault, faults_of
from sim.server.messages import Alive, EditedParties, EditsOfText, Faults, Message
from sim.server.parties import edited_parties
from sim.server.shelf import Evidence, Shelf

#: What goes on from the start of the server to its end.
Lifespan: TypeAlias = Callable[[FastAPI], AbstractAsyncContextManager[None]]
#: What a request may end in besides its answer.
_FAULTS: dict[int | str, dict[str, Any]] = {404: {"model": Faults}, 422: {"model": Faults}}


def application(shelf: Shelf, lifespan: Lifespan | None = None) -> FastAPI:
    """The server of the texts of a shelf, without its guard."""
    app = FastAPI(
        title="sim serve", version=__version__, docs_url=None, redoc_url=None, responses=_FAULTS, lifespan=lifespan
    )

    @app.get("/", response_class=HTMLResponse)
    def index() -> Response:
        """All texts."""
        return _page(*page.index(shelf))

    @app.get("/text/{id}", response_class=HTMLResponse)
    def text(id: str, as_of: dt.date | None = None, evidence: Evidence | None = None) -> Response:
        """The desk of a text, by the positions of a day and a kind of evidence."""
        return _page(*page.desk(shelf.desk(id, as_of, evidence)))

    @app.get("/api/alive")
    def alive() -> Alive:
        """That the server is there."""
        return Alive(version=__version__)

    @app.post("/api/parties", response_model=EditedParties)
    def parties(asked: EditsOfText) -> Response:
        """The parties that edits change."""
        desk = shelf.desk(asked.text, asked.as_of, asked.evidence)
        try:
            return _json(edited_parties(desk, asked.edits))
        except Complaints as wrong:
            return _json(faults_of(wrong.complaints, asked.edits), 422)

    @app.exception_handler(UnknownName)
    def unknown(request: Request, error: Exception) -> Response:
        return _json(fault(str(error)), 404)

    @app.exception_handler(Complaints)
    def complaints(request: Request, error: Exception) -> Response:
        assert isinstance(error, Complaints)
        return _json(faults_of(error.complaints), 422)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return _json(fault(SERVER["wrong_body"].format(where=where, what=first["msg"])), 422)

    @app.exception_handler(HTTPException)
    def other(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        key = "wrong_method" if error.status_code == 405 else "no_page"
        words = SERVER[key].format(path=request.url.path, method=request.method)
        return _json(fault(words), error.status_code)

    return app


def _json(message: Message, status: int = 200) -> Response:
    """A message as it is: it has been checked, and is not checked again."""
    return Response(message.model_dump_json(), status, media_type="application/json")


def _page(html: str, policy: str) -> Response:
    headers = {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}
    return HTMLResponse(html, headers=headers)
