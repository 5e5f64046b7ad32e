"""Targets that send their callers elsewhere, where nobody may ever go."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile.catalogue import Call, Step, framed, hostile


def _elsewhere(call: Call, status: int) -> bytes:
    return framed(status, b"", ((b"Location", call.elsewhere.encode() + b"/authenticate"),))


@hostile()
def moves_for_good(call: Call) -> Iterator[Step]:
    """Answers 301 with another place."""
    yield _elsewhere(call, 301)


@hostile()
def moves_for_now(call: Call) -> Iterator[Step]:
    """Answers 307 with another place, to which a client would send its body."""
    yield _elsewhere(call, 307)


@hostile()
def moves_with_its_method(call: Call) -> Iterator[Step]:
    """Answers 308 with another place, to which a client would send its body."""
    yield _elsewhere(call, 308)


@hostile()
def leads_in_a_circle(call: Call) -> Iterator[Step]:
    """Answers 302 with its own address."""
    yield framed(302, b"", ((b"Location", call.url.encode() + b"/authenticate"),))


@hostile()
def refreshes_to_elsewhere(call: Call) -> Iterator[Step]:
    """Names another place in Refresh, Link and Content-Location."""
    place = call.elsewhere.encode()
    links = ((b"Link", b"<" + place + b">; rel=preload"), (b"Content-Location", place))
    fields = ((b"Refresh", b"0; url=" + place), *links)
    yield framed(200, b"<html><meta http-equiv=refresh content='0; url=" + place + b"'></html>", fields)
