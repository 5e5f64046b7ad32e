"""Faults by which the check of the signature is left out: ways around it that were not meant as such."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import json
from dataclasses import replace

from certhook.reference.application import Reply
from certhook.reference.catalogue import fault
from certhook.reference.fargames.platform import Agent
from certhook.reference.fargames.target import LINK, FargamesTarget
from certhook.reference.wire import HttpRequest

_AROUND = ("fargames.signature.whatever-else",)


class _Sometimes(FargamesTarget):
    """Checks signatures, that are there at all, of those requests only that are `checked`."""

    def check_signature(self, operation: str, given: str, request: HttpRequest, agent: Agent) -> None:
        if self.checked(operation, request) or not given:
            super().check_signature(operation, given, request, agent)

    def checked(self, operation: str, request: HttpRequest) -> bool:
        raise NotImplementedError


@fault("signature-of-json", breaks=_AROUND)
class SignatureOfJson(_Sometimes):
    """Checks what is declared as application/json, and reads every body as JSON."""

    def checked(self, operation: str, request: HttpRequest) -> bool:
        return request.header("Content-Type") == "application/json"


@fault("signature-not-in-chunks", breaks=_AROUND)
class SignatureNotInChunks(_Sometimes):
    """Checks as many bytes as Content-Length says, and nothing where it is not given."""

    def checked(self, operation: str, request: HttpRequest) -> bool:
        return request.header("Content-Length") is not None


@fault("signature-of-small-bodies", breaks=_AROUND)
class SignatureOfSmallBodies(_Sometimes):
    """Buffers four KiB of a body for its check, and lets through what is longer."""

    def checked(self, operation: str, request: HttpRequest) -> bool:
        return len(request.body) <= 4 * 1024


@fault("signature-of-bodies-that-fit", breaks=_AROUND)
class SignatureOfBodiesThatFit(_Sometimes):
    """Buffers 32 KiB of a body for its check, and lets through what is longer."""

    def checked(self, operation: str, request: HttpRequest) -> bool:
        return len(request.body) <= 32 * 1024


@fault("signature-of-one-header", breaks=_AROUND)
class SignatureOfOneHeader(_Sometimes):
    """Compares the signature where there is one, and takes a list of them for a signature that was compared."""

    def checked(self, operation: str, request: HttpRequest) -> bool:
        return [name.lower() for name, _ in request.headers].count(b"x-signature") == 1


@fault("link-signature-not-from-within", breaks=_AROUND)
class LinkSignatureNotFromWithin(_Sometimes):
    """Gives links to its own machine, and to whoever says that they are it."""

    def checked(self, operation: str, request: HttpRequest) -> bool:
        return operation != LINK or request.header("X-Forwarded-For") != "127.0.0.1"


@fault("repeated-body-from-store", breaks=["fargames.signature.repeated-body"])
class RepeatedBodyFromStore(FargamesTarget):
    """Gives a link again to whoever sends a body that it knows, and does not look at the signature."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[bytes, Reply] = {}

    def examine(self, operation: str, request: HttpRequest) -> Reply:
        if operation != LINK:
            return super().examine(operation, request)
        if request.body not in self.known:
            self.known[request.body] = super().examine(operation, request)
        reply = self.known[request.body]
        return replace(reply, fields=reply.fields | self.common_fields())


@fault("signature-not-of-browsers", breaks=_AROUND)
class SignatureNotOfBrowsers(_Sometimes):
    """Lets its support open games from a browser."""

    def checked(self, operation: str, request: HttpRequest) -> bool:
        return not (request.header("User-Agent") or "").startswith("Mozilla")


@fault("signature-not-of-newcomers", breaks=_AROUND)
class SignatureNotOfNewcomers(FargamesTarget):
    """Registers a player before it checks who asks, and goes on from there."""

    def __init__(self) -> None:
        self.players = {"player_123"}

    def check_signature(self, operation: str, given: str, request: HttpRequest, agent: Agent) -> None:
        player_id = json.loads(request.body).get("player_id", "player_123")
        if player_id in self.players or not given:
            super().check_signature(operation, given, request, agent)
        self.players.add(player_id)
