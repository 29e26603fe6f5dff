"""Who may ask the server, and how much: by address, origin, kind and size of a request; and what its answers allow.

A page of another site can send requests to this machine, and with a name of its own that leads here it could read the
answers. So a request has to name an address that is served, and one that names an origin the same one.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from sim.server.english import SERVER
from sim.server.faults import fault
from sim.server.messages import MOST_BYTES

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Scope]]
Send: TypeAlias = Callable[[Scope], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

#: What every answer says unless it says more itself: it is for no other site, of the kind it names, and loads nothing.
HEADERS = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Address:
    """Where the server is asked: a host, by all its names, and a port."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host.lower(), port
        number = _number(host)
        #: Whether it is asked from this machine alone.
        self.loopback = self.host == "localhost" or (number is not None and number.is_loopback)
        self._any = number is not None and number.is_unspecified

    def __str__(self) -> str:
        return f"http://{_bracketed('localhost' if self._any else self.host)}:{self.port}"

    def names(self, host: str) -> bool:
        """Whether a host of a request, with its port, is this one.

        A server on this machine alone has the names of that; one on all addresses of the machine is asked by number,
        since whoever owns a name may let it lead anywhere.
        """
        name, separator, port = host.rpartition(":")
        if not separator or "]" in port:
            name, port = host, "80"
        if port != str(self.port):
            return False
        name = name.removeprefix("[").removesuffix("]").lower()
        number = _number(name)
        if name == self.host or (name == "localhost" and (self.loopback or self._any)):
            return True
        return number is not None and (self._any or (self.loopback and number.is_loopback))


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class Guard:
    """An application behind the rules of this module."""

    def __init__(self, application: Application, address: Address) -> None:
        self._application, self._address = application, address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it in words."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        async def guarded(message: Scope) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message.get("headers", ())}
                more = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in there]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope["method"], headers)
        body = b""
        if refusal is None and scope["method"] not in ("GET", "HEAD"):
            body, refusal = await _body(receive)
        if refusal is not None:
            await _refuse(guarded, *refusal)
            return
        if scope["method"] in ("GET", "HEAD"):
            await self._application(scope, receive, guarded)
            return
        await self._application(scope, _once(body, receive), guarded)

    def _refusal(self, method: str, headers: dict[bytes, str]) -> tuple[int, str] | None:
        """The status and the words with which a request is refused; None where it may be answered."""
        host, origin = headers.get(b"host", ""), headers.get(b"origin")
        if not self._address.names(host):
            return 421, SERVER["wrong_host"].format(address=self._address, host=host or "nobody")
        if origin is not None and origin != f"http://{host}":
            return 403, SERVER["wrong_origin"].format(origin=origin)
        # a link of theirs may lead here; a frame, an image or a script of theirs would have the server work unseen
        linked = headers.get(b"sec-fetch-mode") == "navigate" and headers.get(b"sec-fetch-dest") == "document"
        if headers.get(b"sec-fetch-site") in ("cross-site", "same-site") and not linked:
            return 403, SERVER["wrong_site"]
        kind = headers.get(b"content-type", "").partition(";")[0].strip().lower()
        if method == "POST" and kind != "application/json":
            return 415, SERVER["wrong_type"]
        return None


async def _body(receive: Receive) -> tuple[bytes, tuple[int, str] | None]:
    """The body of a request; what refuses it where it is too large."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            return b"", (413, SERVER["too_large"].format(most=MOST_BYTES))
        more = message.get("more_body", False)
    return b"".join(parts), None


def _once(body: bytes, receive: Receive) -> Receive:
    """Gives a body that has been read, and then what comes after it."""
    ready = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Scope:
        return ready.pop() if ready else await receive()

    return replayed


async def _refuse(send: Send, status: int, words: str) -> None:
    body = fault(words).model_dump_json().encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
