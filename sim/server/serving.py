"""The server as it runs: bound to its port before any work, and ended without a word."""

from __future__ import annotations

import errno
import gc
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from threading import Thread

import uvicorn
from fastapi import FastAPI

from sim.server.app import application
from sim.server.english import SERVER
from sim.server.guard import Address, Guard
from sim.server.jobs import Jobs
from sim.server.shelf import Shelf

#: Connections at once; more are told to come again.
MOST_CONNECTIONS = 100


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises OSError, in a line, where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise OSError(SERVER["taken"].format(host=host, port=port)) from None
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise OSError(SERVER["no_host"].format(host=host)) from None
        raise


def served(shelf: Shelf, listening: socket.socket, host: str, ready: Callable[[str, str], None]) -> None:
    """Answer until the process is asked to end.

    ``ready`` is called once there are answers, in a thread of its own: with the address, and with words for it.
    """
    address = Address(host, listening.getsockname()[1])

    jobs = Jobs()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        words = SERVER["address" if address.loopback else "open_address"].format(address=address, host=host)
        Thread(target=ready, args=(str(address), words), daemon=True).start()
        try:
            yield
        finally:
            jobs.close()

    guard = Guard(application(shelf, jobs, lifespan), address)
    server = uvicorn.Server(
        uvicorn.Config(
            guard,
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            lifespan="on",
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=1,
        )
    )
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    # the interpreter looks through all objects once more before it ends, a second's work for nothing
    gc.freeze()
