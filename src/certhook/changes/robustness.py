"""Unusual but harmless requests. How they are answered is open; that they are answered, and soundly, is not."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from certhook.building.change import ANY_4XX, Change, Draft, Stage
from certhook.building.signing import Signable
from certhook.changes.accepted import deep, with_member
from certhook.changes.examples import sample
from certhook.changes.registry import EXTRA, FILTERED, Scope, family
from certhook.exchange import Request
from certhook.jsontypes import type_of
from certhook.pack.dotted import leaves, mandatory_leaves


def _wire(name: str, says: str, finish: Callable[[Request], Request]) -> Change:
    return Change(f"robustness.{name}", says, Stage.WIRE, front=ANY_4XX, finish=finish)


def repeated(accepted: Request) -> Change:
    """The very request that was accepted, as a caller sends it again that has seen no answer."""
    says = "sent again, byte for byte, after it was accepted"
    return Change("robustness.exact-retry", says, Stage.WIRE, front=ANY_4XX, finish=lambda _: accepted, retry=True)


@family("robustness.media-type")
def media_type(scope: Scope) -> Iterator[Change]:
    other = b"text/plain"
    yield _wire(
        "media-type:other", "declared as text/plain", lambda request: request.with_header("Content-Type", other)
    )
    yield _wire("media-type:missing", "without a media type", lambda request: request.with_header("Content-Type", None))
    yield _wire(
        "media-type:charset",
        "declared as UTF-16, which it is not",
        lambda request: request.with_header("Content-Type", f"{scope.operation.media_type}; charset=utf-16".encode()),
    )


@family("robustness.transfer")
def transfer(scope: Scope) -> Iterator[Change]:
    def chunked(draft: Draft) -> None:
        _fill(draft)
        draft.chunks = (1, 7, 2)

    yield Change("robustness.transfer:chunked", "sent in chunks of odd sizes", Stage.WIRE, chunked, front=ANY_4XX)

    def compressed(draft: Draft) -> None:
        _fill(draft)
        draft.body = gzip.compress(draft.body, mtime=0)

    yield Change(
        "robustness.transfer:gzip",
        "with its body compressed",
        Stage.WIRE,
        compressed,
        front=ANY_4XX,
        finish=lambda request: request.with_header("Content-Encoding", b"gzip"),
    )


def _fill(draft: Draft) -> None:
    """A form in which everything is optional may be empty, and then how it is sent shows nothing."""
    if draft.operation.encoding != "form":
        return
    draft.fields |= sample(draft.operation)
    draft.body = draft.encode(draft)
    if draft.signature is not None:
        draft.signature = draft.sign(message=draft.scheme.message(Signable(draft.body, draft.fields)))


@family("robustness.target")
def target(scope: Scope) -> Iterator[Change]:
    """Hostile ends of what names somebody in the URL: it is decoded by the server, and looked up, or not."""
    for where in ("path", "query"):
        for place in scope.operation.carried(where, scope.fields):
            for word, (what, end) in _ENDS.items():

                def apply(draft: Draft, place: str = place, end: str = end) -> None:
                    draft.fields[place] = f"{draft.fields[place]}{end}"

                says = f"with {what} at the end of {place}"
                yield Change(f"robustness.target:{place}{word}", says, Stage.FIELDS, apply, front=ANY_4XX)


_ENDS = {
    # As a path and a query are encoded: %FF, which no character begins with, and %C0%AF, an overlong slash.
    "": ("bytes that are not UTF-8", "\udcff\udcc0\udcaf"),
    "=apostrophe": ("an apostrophe", "'"),
    "=long": ("1,000 letters", "a" * 1000),
    "=nul": ("a NUL", "\0"),
    "=control": ("control characters", "\x1b\x7f\n"),
}


@family("robustness.query-array")
def query_array(scope: Scope) -> Iterator[Change]:
    """What the query names, with the brackets by which some frameworks make a list of it."""
    for place in scope.operation.carried("query", scope.fields):

        def finish(request: Request, place: str = place) -> Request:
            return replace(request, target=request.target.replace(f"{place}=", f"{place}%5B%5D=", 1))

        yield _wire(f"query-array:{place}", f"with {place} as an array", finish)


@family("robustness.headers")
def headers(scope: Scope) -> Iterator[Change]:
    yield _wire(
        "headers:long",
        "with an unknown header of 4 KiB",
        lambda request: request.with_header("X-Certhook", b"a" * 4096),
    )
    yield _wire(
        "headers:odd",
        "with odd but legal characters in an unknown header",
        lambda request: request.with_header("X-Certhook", b'"\\(){}<>@,;:/[]?=\xe9'),
    )
    yield _wire("headers:lower-case", "with all names of its headers in lower case", _in_lower_case)


def _in_lower_case(request: Request) -> Request:
    """As a proxy writes them that has the request from HTTP/2."""
    return replace(request, headers=tuple((name.lower(), value) for name, value in request.headers))


@family("robustness.size")
def size(scope: Scope) -> Iterator[Change]:
    """Hidden in an extra unknown field, so that nothing else is wrong."""
    if scope.operation.encoding == "form":
        yield from _long_form()
        return
    texts = {
        "deep": (deep(100), "with 100 levels of nesting in an extra field"),
        "over-deep": (deep(20_000), "with 20,000 levels of nesting in an extra field"),
        "long": ('"' + "a" * 200_000 + '"', "with 200 kB of text in an extra field"),
        "digits": ("1" * 5_000, "with a number of 5,000 digits in an extra field"),
    }
    for name, (text, says) in texts.items():

        def apply(draft: Draft, text: str = text) -> None:
            draft.body = with_member(draft.fields, EXTRA, text)

        yield Change(f"robustness.size:{name}", says, Stage.BODY, apply, front=ANY_4XX)


def _long_form() -> Iterator[Change]:
    """The same for a form, which has no depth."""

    def apply(draft: Draft) -> None:
        draft.fields[EXTRA] = "a" * 200_000

    yield Change("robustness.size:long", "with 200 kB of text in an extra field", Stage.FIELDS, apply, front=ANY_4XX)


@family("robustness.text")
def text(scope: Scope) -> Iterator[Change]:
    """Hostile text in an extra unknown field."""
    texts = {
        "nul": "\u0000",
        "right-to-left": "\u202eabc\u202d",
        "quotes": "' OR '1'='1' -- \"; DROP TABLE players; --",
        "markup": "<script>alert(1)</script>${7*7}{{7*7}}%n%s",
        "path": "../../../../etc/passwd",
        "emoji": "🎰" * 50,
    }
    for name, value in texts.items():

        def apply(draft: Draft, value: str = value) -> None:
            draft.fields[EXTRA] = value

        yield Change(
            f"robustness.text:{name}",
            f"with hostile text ({name}) in an extra field",
            Stage.FIELDS,
            apply,
            front=FILTERED,
        )


@family("robustness.field-text")
def field_text(scope: Scope) -> Iterator[Change]:
    """The same in the fields that the application uses: what it hands on to a database, a comparison, a log."""
    for place, schema in _of_json(scope).items():
        for name, (what, value) in _texts(schema).items() if type_of(schema) == "string" else ():

            def apply(draft: Draft, place: str = place, value: str = value) -> None:
                draft.put(place, value)
                draft.body = draft.encoded()

            says = f"with {what} in {place}"
            yield Change(f"robustness.field-text:{place}={name}", says, Stage.BODY, apply, front=FILTERED)


def _texts(schema: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Names that are numbers may be looked for as such; what is odd about other texts, their schema knows."""
    numbers = {"digits": ("a number too large for a machine integer", _LARGER_THAN_64_BITS)}
    odd = {f"odd-{at}": (repr(value), value) for at, value in enumerate(schema.get("x-odd", ()), 1)}
    return _HOSTILE | odd | (numbers | _INHERITED | _OF_ADDRESSES if schema.get("x-identifier") else {})


_HOSTILE = {
    # What is most likely to be met goes first: the first that breaks a requirement is the one that is shown.
    # It begins with letters of several bytes each: what is cut after so many bytes ends in the middle of one.
    "unusual": ("letters of other alphabets and punctuation", 'é\U0001f3b0日本語の名前 O\'Neil "\\" 100% {a} $b <c>'),
    "nul": ("a NUL character", "a\u0000b"),
    "surrogate": ("a lone surrogate", "a\ud800b"),
    "long": ("5,000 letters", "a" * 5_000),
}


_INHERITED = {word: (f"the text {word}", word) for word in ("__proto__", "constructor")}
"""Names that every object of some languages has, so that a look-up finds something that is no entry."""

_OF_ADDRESSES = {"address": ("what ends a part of a URL", "a/b?c=d#e\nf")}
"""Whoever asks another service for somebody may put the name into its URL as it came."""


@family("robustness.optional")
def optional(scope: Scope) -> Iterator[Change]:
    """Texts that a request need not have: not there, there and saying nothing, or what is rare though nothing is wrong.

    A number in their place is turned into a text by some, and used as one by others.
    """
    mandatory = mandatory_leaves(scope.operation.request)
    for place, schema in _of_json(scope).items():
        if place in mandatory or type_of(schema) != "string" or schema.get("x-in", "form") != "form":
            continue
        for name, (what, value) in (_SAYING_NOTHING | _unusual(schema)).items():

            def apply(draft: Draft, place: str = place, value: Any = value) -> None:
                draft.put(place, value)

            says = f"with {what} as {place}"
            yield Change(f"robustness.optional:{place}={name}", says, Stage.FIELDS, apply, front=FILTERED)

        def drop(draft: Draft, place: str = place) -> None:
            draft.drop(place)

        yield Change(f"robustness.optional:{place}=absent", f"without {place}", Stage.FIELDS, drop)


_SAYING_NOTHING: dict[str, tuple[str, Any]] = {
    "null": ("null", None),
    "empty": ("an empty string", ""),
    "number": ("a number", 7),
    "escape": ("a percent sign that begins no escape", "a%ZZb%"),
}


def _unusual(schema: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    return {f"unusual-{at}": (repr(value), value) for at, value in enumerate(schema.get("x-unusual", ()), 1)}


@family("robustness.field-number")
def field_number(scope: Scope) -> Iterator[Change]:
    """Numbers that not every column or double holds, in the fields that have to be numbers."""
    for place, schema in _of_json(scope).items():
        if type_of(schema) == "number":

            def halve(draft: Draft, place: str = place) -> None:
                draft.put(place, draft.at(place) + 0.5)

            yield Change(f"robustness.field-number:{place}=half", f"with {place} half a unit larger", apply=halve)
        for number in ("1e400", "-1", _LARGER_THAN_64_BITS) if type_of(schema) in ("integer", "number") else ():

            def apply(draft: Draft, place: str = place, number: str = number) -> None:
                draft.put(place, _STAND_IN)
                draft.body = draft.encoded().replace(str(_STAND_IN).encode(), number.encode())

            yield Change(f"robustness.field-number:{place}={number}", f"with {number} as {place}", Stage.BODY, apply)


_LARGER_THAN_64_BITS = "9223372036854775808"
"""One more than the largest integer that 64 bits with a sign hold."""

_STAND_IN = 987_654_321_012_345_678
"""An integer that is nowhere else in a request."""


def _of_json(scope: Scope) -> Mapping[str, Any]:
    """The fields of a JSON body, by place; those of a form have no types, and get hostile values as parameters."""
    return leaves(scope.operation.request) if scope.operation.encoding.startswith("json") else {}
