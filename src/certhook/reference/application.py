"""What the applications of all reference targets do alike: a reply becomes an HTTP answer, a refusal a reply.

respond -> answer: handle, or refuse, or crashed -> send: serialise -> media_type, sign
"""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from certhook.reference.wire import Connection, Headers, HttpAnswer, HttpRequest

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the application before it is written and signed."""

    status: int
    fields: Fields
    headers: Headers = ()


class Refusal(Exception):
    """A request that the target refuses: the documented code and the HTTP status."""

    def __init__(self, code: str, status: int = 200, headers: Headers = ()) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.headers = headers


class Crash(Exception):
    """An exception that an operator's code does not catch; `page` is what its framework then shows."""

    def __init__(self, page: str = "Internal Server Error") -> None:
        super().__init__(page)
        self.page = page


class Application:
    """A web application of which a protocol's target is made; each step can be overridden."""

    path = "/"
    methods: tuple[str, ...] = ("POST",)

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        """Answer one request."""
        return self.answer(request)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer, be it a success, a refusal or the page of a crash."""
        try:
            return self.send(self.handle(request))
        except Refusal as refusal:
            return self.send(self.refuse(refusal, request))
        except Crash as crash:
            return self.crashed(crash)

    def handle(self, request: HttpRequest) -> Reply:
        """What a valid request is answered with. Raises Refusal for any other."""
        raise NotImplementedError

    # ------------------------------------------------------------- what any web application checks

    def check_route(self, request: HttpRequest) -> None:
        if request.path != self.path:
            raise self.misdirected(404)

    def check_method(self, request: HttpRequest) -> None:
        if request.method not in self.methods:
            raise self.misdirected(405, ((b"Allow", b"POST"),))

    def check_encoding(self, request: HttpRequest) -> None:
        if (request.header("Content-Encoding") or "identity").lower() != "identity":
            raise self.illegible(415)

    def misdirected(self, status: int, headers: Headers = ()) -> Refusal:
        """How a request to the wrong path, or with the wrong method, is refused."""
        raise NotImplementedError

    def illegible(self, status: int = 200) -> Refusal:
        """How a body that cannot be read is refused."""
        raise NotImplementedError

    # ------------------------------------------------------------- the answer

    def refuse(self, refusal: Refusal, request: HttpRequest) -> Reply:
        return Reply(self.refusal_status(refusal), self.refusal_fields(refusal, request), refusal.headers)

    def refusal_status(self, refusal: Refusal) -> int:
        return refusal.status

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        raise NotImplementedError

    def crashed(self, crash: Crash) -> HttpAnswer:
        return HttpAnswer(500, ((b"Content-Type", b"text/plain"),), crash.page.encode())

    def send(self, reply: Reply) -> HttpAnswer:
        body = self.serialise(reply.fields)
        headers = (*self.media_type(reply), *self.sign(reply, body), *reply.headers)
        return HttpAnswer(reply.status, headers, body)

    def serialise(self, fields: Fields) -> bytes:
        return json.dumps(fields, separators=(",", ":")).encode()

    def media_type(self, reply: Reply) -> Headers:
        return ((b"Content-Type", b"application/json"),)

    def sign(self, reply: Reply, body: bytes) -> Headers:
        return ()

    def now(self) -> float:
        return time.time()
