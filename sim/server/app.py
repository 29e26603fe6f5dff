"""What the server answers, path by path. Nothing of a draft is remembered: every request says all that it rests on."""

from __future__ import annotations

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
from sim.scenario.loading import edited
from sim.scenario.schema import EvidenceMode
from sim.server import page
from sim.server.english import SERVER
from sim.server.faults import body_words, fault, faults_of
from sim.server.jobs import Jobs, TooMuchWork
from sim.server.messages import (
    Alive,
    Day,
    EditedParties,
    EditsOfText,
    Fault,
    Faults,
    JobOrder,
    JobStart,
    JobState,
    LibraryReading,
    Message,
)
from sim.server.parties import edited_parties
from sim.server.shelf import Shelf

#: What goes on from the start of the server to its end.
Lifespan: TypeAlias = Callable[[FastAPI], AbstractAsyncContextManager[None]]
#: What files are, by the end of their names.
MEDIA = {"json": "application/json", "html": "text/html; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}
#: What a request may end in besides its answer.
_FAULTS: dict[int | str, dict[str, Any]] = {404: {"model": Faults}, 422: {"model": Faults}, 429: {"model": Faults}}


def application(shelf: Shelf, jobs: Jobs, lifespan: Lifespan | None = None) -> FastAPI:
    """The server of the texts of a shelf, without its guard."""
    app = FastAPI(
        title="sim serve", version=__version__, docs_url=None, redoc_url=None, responses=_FAULTS, lifespan=lifespan
    )

    @app.get("/", response_class=HTMLResponse)
    def index() -> Response:
        """All texts."""
        return _page(*page.index(shelf))

    @app.get("/text/{id}", response_class=HTMLResponse)
    def text(id: str, as_of: Day | None = None, evidence: EvidenceMode | None = None) -> Response:
        """The desk of a text, by the positions of a day and a kind of evidence."""
        return _page(*page.desk(shelf.desk(id, as_of, evidence)))

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> Response:
        """None: browsers ask for one of their own accord."""
        return Response(status_code=204)

    @app.get("/api/alive")
    async def alive() -> Alive:
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

    @app.get("/api/readings/{id}")
    def readings(id: str) -> list[LibraryReading]:
        """The files of edits of the text's library that fit it."""
        return shelf.readings(id)

    @app.post("/api/jobs", status_code=202, response_model=JobStart)
    def start(order: JobOrder) -> Response:
        """Begin long work."""
        desk = shelf.desk(order.text, order.as_of, order.evidence)
        try:
            edited(desk.loaded, order.edits)
        except Complaints as wrong:
            return _json(faults_of(wrong.complaints, order.edits), 422)
        return _json(JobStart(id=jobs.start(shelf.task(desk, order))), 202)

    @app.get("/api/jobs/{id}")
    def state(id: str) -> JobState:
        """How far work is, and what came of it."""
        return jobs.job(id).state

    @app.get("/api/jobs/{id}/file")
    def file(id: str) -> Response:
        """The file that came of work."""
        job = jobs.job(id)
        name = job.state.file
        if name is None:
            return _json(fault(SERVER["no_file"]), 404)
        kind = MEDIA[name.rpartition(".")[2]]
        return Response(job.content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    @app.delete("/api/jobs/{id}", status_code=204, response_class=Response)
    def stop(id: str) -> Response:
        """Stop work, and forget it."""
        jobs.stop(id)
        return Response(status_code=204)

    @app.exception_handler(TooMuchWork)
    def busy(request: Request, error: Exception) -> Response:
        return _faulty(request, fault(str(error)), 429)

    @app.exception_handler(UnknownName)
    def unknown(request: Request, error: Exception) -> Response:
        return _faulty(request, fault(str(error)), 404)

    @app.exception_handler(Complaints)
    def complaints(request: Request, error: Exception) -> Response:
        assert isinstance(error, Complaints)
        return _faulty(request, faults_of(error.complaints), 422)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return _faulty(request, Faults(faults=[Fault(words=body_words(x)) for x in error.errors()]), 422)

    @app.exception_handler(HTTPException)
    def other(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        key = "wrong_method" if error.status_code == 405 else "no_page"
        words = SERVER[key].format(path=request.url.path, method=request.method)
        return _faulty(request, fault(words), error.status_code)

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        return _faulty(request, fault(SERVER["broken"]), 500)

    return app


def _json(message: Message, status: int = 200) -> Response:
    """A message as it is: it has been checked, and is not checked again."""
    return Response(message.model_dump_json(), status, media_type="application/json")


def _faulty(request: Request, faults: Faults, status: int) -> Response:
    """Faults as what was asked for: a page for people, else JSON."""
    if request.url.path.startswith(("/api/", "/openapi")):
        return _json(faults, status)
    return _page(*page.faulty(faults), status)


def _page(html: str, policy: str, status: int = 200) -> Response:
    headers = {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}
    return HTMLResponse(html, status, headers=headers)
