"""A wrong signature on a request that is carried, made or declared otherwise: none of that is a way around the check.

For JSON; `forgedforms` has what forms have of it. The signature is what is wrong. Whether the target takes a request
that is made so, were it signed, does not matter: it may refuse it for whatever it likes, as long as it does not accept
it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from certhook.building.change import ANY_4XX, Change, Draft, Stage, untouched
from certhook.changes.registry import EXTRA, Scope, always, family
from certhook.changes.signature import random_hex
from certhook.exchange import Request

_LARGE = 8 * 1024
_LARGER = 25 * 1024

_MEDIA_TYPES = {
    "text": "text/plain",
    "multipart": "multipart/form-data; boundary=certhook",
    "form": "application/x-www-form-urlencoded",
}


@family("signature.around")
def around(scope: Scope) -> Iterator[Change]:
    charset = f"{scope.operation.media_type}; charset=utf-8"
    yield _wrong("charset", "with a charset parameter in its media type", finish=_header("Content-Type", charset))
    for name, media_type in _MEDIA_TYPES.items():
        says = f"declared as {media_type.partition(';')[0]}"
        yield _wrong(name, says, finish=_header("Content-Type", media_type))
    yield _wrong("no-media-type", "without a media type", finish=_header("Content-Type", None))
    yield _wrong("forwarded", "forwarded for 127.0.0.1", finish=_header("X-Forwarded-For", "127.0.0.1"))
    yield _wrong("trusted", f"with {' and '.join(TRUSTED)}", finish=_trusted)
    for place, schema in scope.fields.items():
        if schema.get("x-anybody"):
            yield _wrong(
                f"newcomer:{place}", f"with a {place} that never came before", _set(place, lambda _: str(uuid.uuid4()))
            )
    yield _wrong("chunked", "sent in chunks", _in_chunks)
    yield _wrong("large", "with 8 KiB of text in an extra field", _set(EXTRA, always("a" * _LARGE)))
    yield _wrong("larger", "with 50 KiB of text beyond ASCII in an extra field", _set(EXTRA, always("é" * _LARGER)))
    yield _wrong("twice", "with the same signature in a second header", finish=_twice(scope.pack.signing.header))


TRUSTED = {
    "X-Real-IP": b"127.0.0.1",
    "X-Debug": b"1",
    "Authorization": b"Bearer certhook",
    "Cookie": b"debug=1",
    "User-Agent": b"Mozilla/5.0",
}
"""Headers by which some know a caller of their own."""


def _trusted(request: Request) -> Request:
    for name, value in TRUSTED.items():
        request = request.with_header(name, value)
    return request.with_query("debug=1")


def _twice(header: str) -> Callable[[Request], Request]:
    def finish(request: Request) -> Request:
        given = request.header(header)
        return request if given is None else replace(request, headers=(*request.headers, (header, given)))

    return finish


def _set(place: str, value: Callable[[Draft], Any]) -> Callable[[Draft], None]:
    def put(draft: Draft) -> None:
        draft.fields[place] = value(draft)
        draft.body = draft.encode(draft)

    return put


def repeated(accepted: Request, header: str) -> Change:
    """The very request that was accepted, but for its signature: an answer that is kept is for who can sign for it."""
    says = "with the body of an accepted request, and random hex digits as its signature"
    return Change(
        "signature.repeated-body",
        says,
        Stage.WIRE,
        _sign_at_random,
        finish=lambda request: accepted.with_header(header, request.header(header)),
    )


def _wrong(
    name: str,
    says: str,
    apply: Callable[[Draft], None] = untouched,
    finish: Callable[[Request], Request] | None = None,
) -> Change:
    def wrongly_signed(draft: Draft) -> None:
        apply(draft)
        _sign_at_random(draft)

    sentence = f"with random hex digits as its signature, and {says}"
    return Change(f"signature.around:{name}", sentence, Stage.WIRE, wrongly_signed, front=ANY_4XX, finish=finish)


def _sign_at_random(draft: Draft) -> None:
    draft.signature = random_hex(draft)


def _header(name: str, value: str | None) -> Callable[[Request], Request]:
    return lambda request: request.with_header(name, value.encode() if value is not None else None)


def _in_chunks(draft: Draft) -> None:
    draft.chunks = (1, 7, 2)
