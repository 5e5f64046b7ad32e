"""What may befall an application whatever its protocol: lost connections, waiting, and tales of its inside."""

from __future__ import annotations

import asyncio

from certhook.reference.application import Application
from certhook.reference.json_reader import Unreadable, read_json
from certhook.reference.wire import Connection, Dropped, HttpAnswer, HttpRequest

TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/srv/operator/webhook/views.py", line 41, in answer\n'
    "    fields = json.loads(request.body)\n"
    "RecursionError: maximum recursion depth exceeded"
)


def is_malformed(request: HttpRequest) -> bool:
    """Whether a POST's body is not the JSON of an object."""
    try:
        return request.method == "POST" and not isinstance(read_json(request.body), dict)
    except Unreadable:
        return True


class MalformedDropped(Application):
    """Closes the connection where the body is malformed."""

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        if is_malformed(request):
            raise Dropped
        return await super().respond(request, connection)


class BlankBodyHangs(Application):
    """Waits for the rest of a body that is white space only."""

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        if request.body and not request.body.strip():
            await asyncio.sleep(3600)
        return await super().respond(request, connection)


class ConnectionPoisoned(Application):
    """Takes the rest of a malformed body for the next request on the connection."""

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        if "poisoned" in connection.notes:
            connection.notes.clear()
            return self.fail()
        answer = await super().respond(request, connection)
        if is_malformed(request):
            connection.notes.add("poisoned")
        return answer

    def fail(self) -> HttpAnswer:
        return HttpAnswer(400, ((b"Content-Type", b"text/plain"),), b"Bad Request", close=True)


class ConnectionDroppedLater(ConnectionPoisoned):
    """Kills the worker of a connection over a malformed body, which its next request finds out."""

    def fail(self) -> HttpAnswer:
        raise Dropped


class OtherBodiesLeftUnread(Application):
    """Answers other methods than POST without reading their bodies: these are the beginning of the next request."""

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        if "unread" in connection.notes:
            return HttpAnswer(400, ((b"Content-Type", b"text/plain"),), b"Bad Request", close=True)
        if request.method != "POST" and request.body:
            connection.notes.add("unread")
        return await super().respond(request, connection)


class Slow(Application):
    """Takes its time."""

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        await asyncio.sleep(0.12)
        return await super().respond(request, connection)
