"""Targets with canaries for secrets that repeat all that they were sent, and the secrets that they know."""

# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import quote

from certhook.reference.application import Application, Refusal
from certhook.reference.evenbet.target import EvenbetTarget
from certhook.reference.evi.target import PLAYER, EviTarget
from certhook.reference.fargames.platform import AGENT
from certhook.reference.fargames.target import FargamesTarget
from certhook.reference.klas.target import KlasTarget
from certhook.reference.wire import Headers, HttpAnswer, HttpRequest
from tests.secrecy.canaries import HARD
from tests.targets import Answer, Answering, Call

TOLD = "Tk9-told-by-the-target-4Wm"
"""A session token that a target makes up: only the names that schemas mark give it away."""
LISTED = "Ls6-one-of-many-8Hq"
"""How each of a long list of launch tokens begins."""


class Parrot(Application):
    """Answers as its protocol's target does, and repeats in each answer what it was sent and what it knows."""

    known: tuple[str, ...] = ()

    def answer(self, request: HttpRequest) -> HttpAnswer:
        heard = "\n".join([repr(request), request.body.decode("latin-1"), request.body.decode(errors="replace")])
        echo = Echo("\n".join([*self.known, heard]), self.known)
        try:
            reply = self.handle(request)
        except Refusal as refusal:
            reply = self.refuse(refusal, request)
        fields = {**reply.fields, "echo": echo.members}
        return self.send(replace(reply, fields=fields, headers=(*reply.headers, *echo.headers)))


@dataclass(frozen=True)
class Echo:
    """What a target repeats: all that it `heard`, and the secrets that it `known` by themselves."""

    heard: str
    known: tuple[str, ...]

    @cached_property
    def members(self) -> dict[str, Any]:
        raw = self.heard.encode()
        document = json.dumps({"received": self.heard}).encode()
        return {
            "plain": self.heard,
            "again": {"in": json.dumps({"json": self.heard})},
            "url": quote(self.heard, safe=""),
            "base64": [base64.b64encode(b"\0" * lead + part).decode() for part in (raw, document) for lead in range(3)],
            "hex": [raw.hex(), raw.hex().upper(), raw.hex(" ")],
            "case": [self.heard.swapcase(), self.heard.lower(), self.heard.upper()],
            "alone": [spelled for secret in self.known for spelled in (secret, secret[::1].swapcase())],
        }

    @cached_property
    def headers(self) -> Headers:
        words = [quote(self.heard[:1500], safe=""), base64.b64encode(self.heard[:1500].encode()).decode()]
        secret = "; ".join(self.known).encode().replace(b"\n", b" ")
        return (
            (b"X-Echo", words[0].encode()),
            (b"X-Echo-Base64", words[1].encode()),
            (b"X-Raw", secret),
            (b"Set-Cookie", b"session=" + quote("; ".join(self.known)).encode() + b"; told=" + TOLD.encode()),
        )


def shapes(echo: Echo) -> list[Answer]:
    """Answers in which nothing but the echo is left of a protocol."""
    text = echo.heard.encode()
    secrets = " ".join(echo.known).encode()
    page = (
        b"<html><body>Traceback (most recent call last): /srv/app/" + quote(echo.heard).encode() + b".py</body></html>"
    )
    line = b"HTTP/1.1 400 " + secrets + b"\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(text) + text
    return [
        HttpAnswer(500, ((b"Content-Type", b"text/html"),), page),
        HttpAnswer(400, ((b"Content-Type", b"text/plain"), (b"Content-Encoding", b"gzip")), gzip.compress(text)),
        HttpAnswer(400, ((b"Content-Type", b"application/gzip"),), gzip.compress(text)),
        HttpAnswer(302, ((b"Location", b"/again?" + quote(echo.heard[:3000]).encode()),), b""),
        HttpAnswer(200, ((b"Content-Type", b"application/json; of=" + quote(echo.heard[:3000]).encode()),), b"{}"),
        HttpAnswer(200, ((b"Content-Type", b"application/json"),), _codes(echo)),
        HttpAnswer(200, ((b"Content-Type", b"application/json"),), b'"' + secrets),
        line,
        b"no HTTP, but " + text,
    ]


def _codes(echo: Echo) -> bytes:
    """The echo in the place of every code, so that it is in what is said of the answer."""
    padded = "x" * 180 + echo.heard
    names = ("status_code", "ErrorCode", "error", "status", "message", "currency", "balance", "Balance", "Token")
    return json.dumps(dict.fromkeys(names, padded) | {"errors": [{"title": padded, "status": padded}]}).encode()


def parroting(parrot: Parrot) -> Answering:
    """Serve a parrot that accepts what is valid, and whose refusals take every shape in turn."""

    def answer(call: Call) -> Answer:
        own = parrot.answer(call.request)
        if call.request.method == "HEAD":
            return replace(own, body=b"", close=True)
        echo = Echo("\n".join([*parrot.known, repr(call.request), call.request.body.decode("latin-1")]), parrot.known)
        choices = [own, *shapes(echo)]
        return own if _accepts(parrot, call.request) else choices[call.number % len(choices)]

    return answer


def _accepts(parrot: Parrot, request: HttpRequest) -> bool:
    try:
        parrot.handle(request)
    except Refusal:
        return False
    return True


class KlasParrot(Parrot, KlasTarget):
    """Knows the key of its signatures."""

    known = (f"kla{HARD}",)
    secret = known[0].encode()


class EviParrot(Parrot, EviTarget):
    """Is sent the name, the password and a launch token, and makes a session token up."""

    known: tuple[str, ...] = (f"use{HARD}", f"wor{HARD}", f"tok{HARD}")
    username, password, token = known
    launched = dict.fromkeys([token], PLAYER)

    @classmethod
    def profile(cls, url: str) -> dict[str, Any]:
        whole = super().profile(url)
        subject = {name: value for name, value in whole["subject"].items() if name != "client_tokens"}
        return whole | {"subject": subject | {"client_token": cls.token}}

    def new_token(self, fields: Any) -> object:
        return TOLD


class ListedParrot(EviParrot):
    """Has given out a list of launch tokens."""

    known = EviParrot.known[:2]
    tokens = tuple(f"{LISTED}{number:04}" for number in range(900))
    launched = dict.fromkeys(tokens, PLAYER)

    @classmethod
    def profile(cls, url: str) -> dict[str, Any]:
        whole = EviTarget.profile.__func__(cls, url)  # type: ignore[attr-defined]
        return {**whole, "subject": whole["subject"] | {"client_tokens": list(cls.tokens)}}


class EvenbetParrot(Parrot, EvenbetTarget):
    """Knows the key, and makes session tokens up."""

    known = (f"eve{HARD}",)
    secret = known[0].encode()

    def token(self) -> str:
        return TOLD


class FargamesParrot(Parrot, FargamesTarget):
    """Knows the key, and makes session tokens up."""

    known = (f"far{HARD}",)
    agents = (replace(AGENT, token=known[0].encode()), *FargamesTarget.agents[1:])

    @classmethod
    def profile(cls, url: str) -> dict[str, Any]:
        return super().profile(url) | {"credentials": {"api_token": cls.known[0]}}

    def session_token(self, fields: Any) -> str:
        return TOLD


PARROTS: dict[str, Callable[[], Parrot]] = {
    "klas": KlasParrot,
    "evi": EviParrot,
    "evi-listed": ListedParrot,
    "evenbet": EvenbetParrot,
    "fargames": FargamesParrot,
}
