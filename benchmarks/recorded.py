"""A reference target in a process of its own that keeps what it is sent.

    python -m benchmarks.recorded PROTOCOL

So the bytes of a run can be sent again as they were, which its journal could not tell: signatures are masked there.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import httpx

from certhook.reference import catalogue
from certhook.reference.server import serve
from certhook.reference.wire import Connection, HttpAnswer, HttpRequest, Target

SEEN = "/benchmarks/seen"
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived, and when, in seconds since 1970."""

    at: float
    method: str
    path: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Recorder:
    """Stands before a target and remembers requests, until they are asked for."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._seen: list[tuple[float, HttpRequest]] = []

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        """Hand over what was seen so far, or remember a request and let the target answer it."""
        if request.path == SEEN:
            seen, self._seen = self._seen, []
            return HttpAnswer(200, (), json.dumps([_as_json(*one) for one in seen]).encode())
        self._seen.append((time.time(), request))
        return await self._target.respond(request, connection)

    def refuse_http(self, status: int) -> HttpAnswer:
        return self._target.refuse_http(status)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A target that records, while it runs."""

    url: str

    def seen(self) -> list[Seen]:
        """What arrived since this was asked for the last time."""
        answer = httpx.get(self.url + SEEN, timeout=60, trust_env=False)
        return [_from_json(one) for one in answer.raise_for_status().json()]


@contextmanager
def recorded(protocol: str) -> Iterator[Recorded]:
    """Run a conformant target that records."""
    command = [sys.executable, "-m", __name__, protocol]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - this module
    with child:
        try:
            yield Recorded(cast("IO[bytes]", child.stdout).readline().decode().strip())
        finally:
            child.terminate()


def _as_json(at: float, request: HttpRequest) -> list[Any]:
    headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in request.headers]
    path = f"{request.path}?{request.query}" if request.query else request.path
    return [at, request.method, path, headers, base64.b64encode(request.body).decode()]


def _from_json(data: list[Any]) -> Seen:
    at, method, path, headers, body = data
    pairs = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)
    return Seen(at, method, path, pairs, base64.b64decode(body))


if __name__ == "__main__":
    serve(Recorder(catalogue.target_class(sys.argv[1])()), until_end_of_input=True)
