"""The fixed catalogue of form bodies: what the JSON catalogue is for JSON, for operations whose body is a form.

Each is made from a valid form, whatever the protocol. Hardly any of them has to be refused, for what a form is has no
strict grammar; all of them have to be survived.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from certhook.building.change import ANY_4XX, Change, Draft, Stage
from certhook.building.encoding import form_encode, json_compact
from certhook.changes.examples import optional_places, sample
from certhook.changes.registry import EXTRA
from certhook.jsontypes import type_of
from certhook.pack.model import Operation

Make = Callable[[bytes], bytes]
KIB_64 = 64 * 1024
_MULTIPART = (
    b'--certhook\r\nContent-Disposition: form-data; name="x_certhook"\r\n\r\na part\r\n'
    b'--certhook\r\nContent-Disposition: form-data; name="x_file"; filename="../x"\r\n\r\nanother\r\n--certhook--\r\n'
)


@dataclass(frozen=True, slots=True)
class FormBody:
    """`make` turns a valid form into the body; `says` finishes "a valid request, but ..."; `media_type` declares it."""

    name: str
    says: str
    make: Make
    media_type: str = ""


def _pair(text: bytes) -> Make:
    return lambda valid: valid + b"&" + text


def _constant(body: bytes) -> Make:
    return lambda _valid: body


def _same(valid: bytes) -> bytes:
    return valid


def _as_members(valid: bytes) -> bytes:
    return re.sub(rb"([^=&]+)=", rb"\1[a]=", valid)


BODIES = (
    FormBody("percent-cut", "with a percent sign at the end of a value", _pair(b"x_certhook=a%")),
    FormBody("percent-half", "with a percent escape of one digit", _pair(b"x_certhook=a%4")),
    FormBody("percent-word", "with a percent escape that is not hexadecimal", _pair(b"x_certhook=a%zz")),
    FormBody("percent-unicode", "with an escape of the form %u0041", _pair(b"x_certhook=%u0041")),
    FormBody("percent-name", "with a percent escape cut short in a name", _pair(b"x_cert%h=1")),
    FormBody("invalid-utf-8", "with escaped bytes that are not UTF-8", _pair(b"x_certhook=%ff%fe")),
    FormBody("raw-bytes", "with raw bytes that are not UTF-8", _pair(b"x_certhook=\xff\xfe")),
    FormBody("overlong-utf-8", "with an overlong UTF-8 sequence", _pair(b"x_certhook=%c0%af")),
    FormBody("surrogate-bytes", "with a surrogate as UTF-8 bytes", _pair(b"x_certhook=%ed%a0%80")),
    FormBody("nul-name", "with a NUL in a name", _pair(b"x%00certhook=1")),
    FormBody("no-name", "with a value without a name", _pair(b"=1")),
    FormBody("no-equals", "with a name without a value", _pair(EXTRA.encode())),
    FormBody("only-separators", "with nothing but separators as its body", _constant(b"&&=&&=&")),
    FormBody("semicolons", "with semicolons between its parameters", lambda valid: valid.replace(b"&", b";")),
    FormBody("newline", "with a line break at its end", lambda valid: valid + b"\r\n"),
    FormBody(
        "repeated-alike", "with all its parameters repeated, with the same values", lambda valid: valid + b"&" + valid
    ),
    FormBody(
        "repeated-extra", "with an extra parameter repeated, with another value", _pair(b"x_certhook=1&x_certhook=2")
    ),
    FormBody("brackets", "with an extra parameter as an array", _pair(b"x_certhook[]=1&x_certhook[]=2")),
    FormBody("brackets-named", "with an extra parameter as an associative array", _pair(b"x_certhook[b][c]=1")),
    FormBody("brackets-open", "with an unclosed bracket in a name", _pair(b"x_certhook[=1")),
    FormBody("brackets-deep", "with 500 levels of brackets in a name", _pair(b"x_certhook" + b"[a]" * 500 + b"=1")),
    FormBody("brackets-all", "with all its parameters as associative arrays", _as_members),
    FormBody("prototype", "with an extra parameter named __proto__[x]", _pair(b"__proto__[x]=1")),
    FormBody("many", "with 2,000 extra parameters", _pair(b"&".join(b"x%d=1" % at for at in range(2_000)))),
    FormBody("long-name", "with a name of 64 KiB", _pair(b"x" * KIB_64 + b"=1")),
    FormBody("utf-16", "in UTF-16", lambda valid: valid.decode().encode("utf-16")),
    FormBody("compressed", "with a gzip body that no header announces", _constant(b"\x1f\x8b\x08\0\0\0\0\0\0\x03")),
    FormBody("json", "with a JSON object as its body", _constant(json_compact({EXTRA: "1"}))),
    FormBody("json-array", "with a JSON array as its body", _constant(b"[1,2]")),
    FormBody("markup", "with an XML document as its body", _constant(b'<?xml version="1.0"?><request/>')),
    FormBody("multipart", "with a multipart body", _constant(_MULTIPART)),
    FormBody("as-json", "declared as JSON, which it is not", _same, "application/json"),
    FormBody("as-multipart", "declared as multipart, which it is not", _same, "multipart/form-data; boundary=certhook"),
    FormBody(
        "as-charset",
        "declared with an unknown charset",
        _same,
        "application/x-www-form-urlencoded; charset=x-certhook",
    ),
    FormBody("as-unbounded", "declared as multipart without a boundary", _same, "multipart/form-data"),
)

_HOSTILE = {
    "empty": ("nothing in", ""),
    "nul": ("a NUL in", "a\0b"),
    "controls": ("control characters in", "a\x01\x1b[31m\x7f\r\nb"),
    "direction": ("a text direction override in", "\u202eabc"),
    "emoji": ("an emoji in", "\U0001f3b0"),
    "quotes": ("quotes in", "' OR '1'='1\";--"),
    "long": ("1,000 characters in", "n" * 1_000),
    "digits": ("nothing but digits in", "1234567"),
    "64k": ("64 KiB in", "n" * KIB_64),
}
_WRONG_TYPE = {
    "integer": {
        "word": ("a word in", "certhook"),
        "fraction": ("a fraction in", "1.5"),
        "negative": ("a negative number in", "-1"),
        "digits": ("40 digits in", "9" * 40),
    },
    "boolean": {"word": ("a word in", "certhook"), "number": ("a number in", "2")},
}
_UNLISTED = ("certhook", "internal-external")
_NOT_OBJECTS = {
    "words": "this is not json",
    "cut": '{"a":',
    "array": '["a","b"]',
    "number": "1",
    "null": "null",
    "nested": '{"a":{"b":["c",1,null,true]}}',
    "numbers": '{"a":1,"b":null,"c":false,"d":1e400}',
    "digits": f'{{"a":{"1" * 5_000}}}',
    "nan": '{"a":NaN}',
    "surrogate": '{"a":"\\ud800"}',
    "duplicate": '{"a":"1","a":"2"}',
    "deep": "[" * 20_000,
}
_NOT_TEXTS: dict[str, Any] = {"null": None, "number": 1, "array": ["a"], "object": {"a": "b"}}


def form_catalogue(operation: Operation) -> Iterator[Change]:
    """The catalogue as changes of an operation's body, each parameter's own bodies behind those that are for all."""
    plain = sample(operation)
    for body in (*BODIES, *_of_parameters(operation)):

        def apply(draft: Draft, make: Make = body.make) -> None:
            draft.body = make(form_encode({**operation.carried("form", draft.fields), **plain}.items()))

        name, says, declared = f"malformed.{body.name}", body.says, body.media_type.encode()
        change = Change(name, says, Stage.BODY, apply, front=("403", "413"))
        yield _declared(change, declared) if declared else change


def _declared(change: Change, media_type: bytes) -> Change:
    return Change(
        change.name,
        change.says,
        change.stage,
        change.apply,
        front=(*change.front, *ANY_4XX),
        finish=lambda request: request.with_header("Content-Type", media_type),
    )


def _of_parameters(operation: Operation) -> Iterator[FormBody]:
    for place in optional_places(operation):
        schema = operation.properties[place]
        documented = (*schema.get("enum", ()), *schema.get("examples", ()), "1")[0]
        yield FormBody(f"array:{place}", f"with {place} as an array", _with_value(place, documented, f"{place}[]"))
        if type_of(schema) == "string" and "enum" in schema:
            for value in _UNLISTED:
                says = f"with several parameters, and {value} as {place}"
                yield FormBody(f"unlisted:{place}={value}", says, _with_value(place, value))
        for word, (what, value) in (_HOSTILE | _WRONG_TYPE.get(type_of(schema), {})).items():
            yield FormBody(f"hostile:{place}={word}", f"with {what} {place}", _with_value(place, value))
        if "x-signed" in schema:
            yield from _unlisted_beside(operation, place, documented)
            for word, value in _NOT_OBJECTS.items():
                says = f"with {place} that is not a plain object ({word})"
                yield FormBody(f"not-object:{place}={word}", says, _with_value(place, value))
            for name, (word, other) in itertools.product(json.loads(documented), _NOT_TEXTS.items()):
                says = f"with {word} as the {name} of {place}"
                yield FormBody(f"not-text:{place}.{name}={word}", says, _with_value(place, {name: other}))


def _unlisted_beside(operation: Operation, place: str, value: Any) -> Iterator[FormBody]:
    """Values that the document rules out, beside a parameter of which it leaves open how it is signed.

    Whoever signs it the other way refuses the form for its signature, which is no less a refusal.
    """
    pair = b"&" + form_encode([(place, value)])
    for other, schema in operation.properties.items():
        if schema.get("x-enforced"):
            unlisted = _with_value(other, _UNLISTED[0])

            def make(valid: bytes, unlisted: Make = unlisted) -> bytes:
                return unlisted(valid) + pair

            says = f"with {place}, and {_UNLISTED[0]} as {other}"
            yield FormBody(f"unlisted:{other}={place}", says, make)


def _with_value(place: str, value: Any, name: str = "") -> Make:
    """In place of what the form has under that name, so that it stands there once, or once under another name."""
    pair = form_encode([(name or place, value)])

    def make(valid: bytes) -> bytes:
        others = [one for one in valid.split(b"&") if one.partition(b"=")[0] != place.encode()]
        return b"&".join([*others, pair])

    return make
