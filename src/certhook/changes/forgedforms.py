"""A signature at random under a form that is carried in another way, or carries more: nothing excuses from the check.

What an application reads by another way, it may check by another way, or not at all. Such a request may be refused for
itself, so all that can be asked is that it is not accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from certhook.building.change import ANY_4XX, Change, Draft
from certhook.building.encoding import field_text, form_encode, json_compact, text_bytes
from certhook.changes.around import TRUSTED
from certhook.changes.examples import sample
from certhook.changes.registry import EXTRA, FILTERED, Scope, changes_of, family
from certhook.exchange import Request

Fields = Mapping[str, Any]
_BOUNDARY = "certhook"
_KIB_8 = 8 * 1024


@dataclass(frozen=True, slots=True)
class Carrying:
    """A way to carry the form: `more` fields, what `write` makes of all, and `headers`; None takes a header out."""

    name: str
    says: str
    more: Fields = field(default_factory=dict)
    write: Callable[[Fields], bytes] = lambda fields: form_encode(fields.items())
    headers: Mapping[str, bytes | None] = field(default_factory=dict)


@family("signature.forged-form")
def forged_form(scope: Scope) -> Iterator[Change]:
    if scope.operation.encoding == "form":
        forged = next(changes_of("signature.random", scope))
        for way in _ways(scope):
            yield _carried(forged, way)


def _ways(scope: Scope) -> Iterator[Carrying]:
    one = dict(tuple(sample(scope.operation).items())[:1])
    multipart = f"multipart/form-data; boundary={_BOUNDARY}".encode()
    yield Carrying("json", "its parameters as JSON", one, json_compact, {"Content-Type": b"application/json"})
    yield Carrying("multipart", "its parameters as a multipart body", one, _multipart, {"Content-Type": multipart})
    yield Carrying("undeclared", "no media type", one, headers={"Content-Type": None})
    yield Carrying("long", "an unknown parameter of 8 KiB", {EXTRA: "a" * _KIB_8})
    yield Carrying("not-ascii", "text that is not ASCII in an unknown parameter", {EXTRA: "Zo\xeb"})
    yield Carrying("array", "an unknown parameter as an array", {f"{EXTRA}[]": "1"})
    for place, schema in scope.fields.items():
        if "x-signed" in schema:
            yield Carrying(f"unreadable={place}", f"text that is no JSON as {place}", {place: "{"})
    yield Carrying("empty", f"an empty {' and '.join(one)}", dict.fromkeys(one, ""))
    says = "a header that claims to come from the target's own host"
    yield Carrying("forwarded", says, headers={"X-Forwarded-For": b"127.0.0.1"})
    yield Carrying("trusted", " and ".join(TRUSTED), headers=TRUSTED)


def _carried(forged: Change, way: Carrying) -> Change:
    def apply(draft: Draft) -> None:
        draft.fields |= way.more
        draft.body = way.write(draft.operation.carried("form", draft.fields))
        forged.apply(draft)

    def finish(request: Request) -> Request:
        for name, value in way.headers.items():
            request = request.with_header(name, value)
        return request

    name, says = f"signature.forged-form:{way.name}", f"{forged.says}, and with {way.says}"
    # A server may shut out what is not declared as it should be; what is declared right, only a filter does.
    front = ANY_4XX if "Content-Type" in way.headers else FILTERED
    return replace(forged, name=name, says=says, apply=apply, front=front, finish=finish)


def _multipart(fields: Fields) -> bytes:
    parts = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{field_text(value)}\r\n'
        for name, value in fields.items()
    )
    return text_bytes("".join(parts) + f"--{_BOUNDARY}--\r\n")
