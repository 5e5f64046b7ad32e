"""A request made again from what was recorded of it, where it follows from no case: a fuzzed body, a step of a flow.

What was recorded is taken as it is, and put back into it: the secrets that were masked, this moment in place of the
moment when it was sent, and a fresh id for each old one. Then it is signed as any other request.
"""

from __future__ import annotations

import json
import re
import uuid
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from certhook.building.change import ANY_4XX, Draft, Stage
from certhook.building.clock import Window
from certhook.changes import CONTROL, Change
from certhook.errors import UsageError
from certhook.exchange import Request
from certhook.pack.dotted import holder_of, leaves
from certhook.pack.model import Operation
from certhook.recording.record import body_bytes
from certhook.recording.redaction import MASK
from certhook.running.certification import Certification
from certhook.sending.transport import unpacked

BEFORE_S, AFTER_S = 5, 1
"""Seconds around the moment of sending within which a number is taken for the request's own time: a request is sent
soon after it was made. It may have been given a moment before that, as far back as its window's reach."""

RECORDED = "recorded"

_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(rb"(?<![\w.])\d{10,13}(?![\w.])")
_OURS = ("user-agent",)


def recorded_request(record: Mapping[str, Any], base: str) -> Request:
    """The very bytes that were sent below `base`. Raises UsageError where not all of them were recorded."""
    request = record["request"]
    shown = [request["url"], *(value for _, value in request["headers"])]
    if any(MASK in text for text in shown) or not _is_whole(request["body"]):
        raise UsageError(
            f"exchange {record['number']}: it was recorded without its secrets, or cut, so it cannot be sent byte for "
            "byte; without --verbatim it is made and signed anew"
        )
    return Request(
        record["operation"],
        request["method"],
        request["url"].removeprefix(base.rstrip("/")),
        _headers(request),
        body_bytes(request["body"]),
        tuple(request.get("chunks", ())),
    )


def made_anew(record: Mapping[str, Any], certification: Certification) -> Change:
    """The recorded request as a change of a valid one: freshly timed and signed, and carried as it was.

    Raises UsageError where its body was cut, or what was masked in it cannot be put back.
    """
    operation, request = certification.pack.operation(record["operation"]), record["request"]
    encoding = next((value for name, value in request["headers"] if name.lower() == "content-encoding"), "")
    pack, body = _packing(encoding, body_bytes(request["body"]))
    lists = certification.stock.used.keys()
    if (
        len(pack(_unmasked(body, operation, certification.builder.fields(operation), lists)))
        != request["body"]["bytes"]
    ):
        raise UsageError(
            f"exchange {record['number']}: what was taken out of its body when it was recorded is no value of the "
            "profile's, or it was cut, so that it cannot be made again"
        )

    def apply(draft: Draft) -> None:
        draft.body = _refreshed(_unmasked(body, operation, draft.fields, lists), draft, record, certification)

    def finish(fresh: Request) -> Request:
        signature = certification.pack.signing.header.lower()
        ours = {name.lower(): value for name, value in fresh.headers if name.lower() in (signature, *_OURS)}
        headers = tuple((name, ours.get(name.lower(), value)) for name, value in _headers(request))
        chunks = tuple(request.get("chunks", ()))
        return replace(fresh, method=request["method"], headers=headers, body=pack(fresh.body), chunks=chunks)

    front = ANY_4XX if is_carried_otherwise(record, certification) else ("413",)
    return Change(RECORDED, "as it was recorded", Stage.BODY, apply, front=front, finish=finish)


def is_carried_otherwise(record: Mapping[str, Any], certification: Certification) -> bool:
    """Whether the request was declared or carried in another way than a valid one: then its answer is open."""
    operation = certification.pack.operation(record["operation"])
    usual = certification.builder.build(operation, replace(CONTROL))
    left_out = (certification.pack.signing.header.lower(), *_OURS)
    sent, expected = (
        {name.lower(): value for name, value in headers if name.lower() not in left_out}
        for headers in (_headers(record["request"]), usual.headers)
    )
    return sent != expected or "chunks" in record["request"]


def _headers(request: Mapping[str, Any]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, value.encode("latin-1")) for name, value in request["headers"])


def _is_whole(body: dict[str, Any]) -> bool:
    return len(body_bytes(body)) == body["bytes"] and MASK.encode() not in body_bytes(body)


def _packing(encoding: str, raw: bytes) -> tuple[Callable[[bytes], bytes], bytes]:
    """How the body was packed after it had been signed, and the body before that."""
    try:
        plain = unpacked(raw, encoding)
    except zlib.error:  # it only says that it is packed
        plain = None
    if not encoding or plain is None or plain == raw:
        return bytes, raw
    from certhook.fuzzing.damage import PACKINGS

    return PACKINGS[encoding], plain


def _unmasked(body: bytes, operation: Operation, fields: Mapping[str, Any], lists: Collection[str]) -> bytes:
    """The body with the valid values back in place of what was masked under their names.

    A mask with a tag hides another value than the profile's, but where that is one of a list.
    """
    for place, schema in leaves(operation.request).items():
        value = _at(fields, place)
        if isinstance(value, str):
            tag = b"[0-9a-f]{8}" if schema.get("x-pool") in lists else b""
            name = re.escape(json.dumps(place.rpartition(".")[2]).encode())
            masked = re.compile(rb'(%b\s*:\s*")\*\*\*%b(?=")' % (name, tag))
            body = masked.sub(partial(_with, json.dumps(value)[1:-1].encode()), body)
    return body


def _with(value: bytes, found: re.Match[bytes]) -> bytes:
    return found[1] + value


def _at(fields: Mapping[str, Any], place: str) -> Any:
    try:
        holder, name = holder_of(dict(fields), place)
        return holder[name]
    except KeyError:
        return None


def _refreshed(body: bytes, draft: Draft, record: Mapping[str, Any], certification: Certification) -> bytes:
    """The body with this moment in place of the old one, and fresh ids in place of old ones, wherever they stand."""
    window = Window.of(certification.pack, certification.profile)
    if window is not None and window.field in draft.fields:
        sent = datetime.fromisoformat(record["started"]).timestamp()
        old = range(window.stamp(sent - window.reach_s - BEFORE_S), window.stamp(sent + AFTER_S) + 1)
        now = str(draft.fields[window.field]).encode()
        body = _NUMBER.sub(lambda found: now if int(found[0]) in old else found[0], body)
    kept = {text.encode() for text in _texts(certification.profile.subject)}
    fresh: dict[bytes, bytes] = {}

    def renewed(found: re.Match[bytes]) -> bytes:
        return found[0] if found[0] in kept else fresh.setdefault(found[0], str(uuid.uuid4()).encode())

    return _UUID.sub(renewed, body)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value
