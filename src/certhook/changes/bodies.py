"""The fixed catalogue of bodies: sent before anything is fuzzed, since they find most faults at the least cost.

Each is made from a valid JSON body, whatever the protocol. What may happen to it is not said here: the oracle decides
that from the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from certhook.building.change import Change, Draft, Stage
from certhook.building.encoding import form_encode
from certhook.changes.registry import FILTERED

Make = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Body:
    """`make` turns a valid compact JSON object into the body; `says` finishes "a valid request, but with ..."."""

    name: str
    says: str
    make: Make


def _member(text: str) -> Make:
    """The valid object with one more member, given as JSON text."""
    return lambda valid: valid[:-1] + b"," + text.encode("utf-8", "surrogatepass") + b"}"


def _first_twice(valid: bytes) -> bytes:
    """The first member once more, at the end, with the same value."""
    return valid[:-1] + b"," + valid[1:].split(b",")[0].rstrip(b"}") + b"}"


def _constant(body: bytes) -> Make:
    return lambda valid: body


def _form(valid: bytes) -> bytes:
    """The same fields, as a browser sends them."""
    return form_encode(_parameters(json.loads(valid)))


def _parameters(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Fields as parameters; an object's as those of a name with brackets, as most readers of forms have it."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _parameters({f"{name}[{inner}]": member for inner, member in value.items()})
        else:
            yield name, value


GRAMMAR = (
    Body("empty", "with an empty body", _constant(b"")),
    Body("blank", "with white space as its body", _constant(b" \r\n\t")),
    Body("not-json", "with plain text as its body", _constant(b"this is not json")),
    Body("markup", "with an XML document as its body", _constant(b'<?xml version="1.0"?><request/>')),
    Body("form", "with its fields form-encoded", _form),
    Body("cut-half", "with the second half of its body cut off", lambda valid: valid[: len(valid) // 2]),
    Body("cut-brace", "without the closing brace", lambda valid: valid[:-1]),
    Body("no-open", "without the opening brace", lambda valid: valid[1:]),
    Body("trailing-comma", "with a comma before the closing brace", lambda valid: valid[:-1] + b",}"),
    Body("trailing-brace", "with a second closing brace", lambda valid: valid + b"}"),
    Body("trailing-object", "with a second object after the first", lambda valid: valid + b"{}"),
    Body("trailing-word", "with a word after the object", lambda valid: valid + b" x"),
    Body("trailing-nul", "with a NUL byte after the object", lambda valid: valid + b"\x00"),
    Body("twice", "with its body sent twice", lambda valid: valid + valid),
    Body("single-quotes", "with single quotes in place of double quotes", lambda valid: valid.replace(b'"', b"'")),
    Body("bare-keys", "with unquoted keys", lambda valid: b"{a:1," + valid[1:]),
    Body("comment-block", "with a /* */ comment", lambda valid: b"/* x */" + valid),
    Body("comment-line", "with a // comment", lambda valid: valid + b" // x"),
    Body("comment-hash", "with a # comment", lambda valid: valid + b" # x"),
    Body("no-colon", "with a member without a colon", lambda valid: valid[:-1] + b',"x" 1}'),
    Body("no-comma", "without a comma between two members", lambda valid: valid[:-1] + b' "x":1}'),
    Body("nan", "with NaN in an extra field", _member('"x":NaN')),
    Body("infinity", "with Infinity in an extra field", _member('"x":Infinity')),
    Body("minus-infinity", "with -Infinity in an extra field", _member('"x":-Infinity')),
    Body("leading-zero", "with a number with a leading zero in an extra field", _member('"x":0123')),
    Body("plus", "with a number with a plus sign in an extra field", _member('"x":+1')),
    Body("bare-point", "with a number that ends in a decimal point in an extra field", _member('"x":1.')),
    Body("hex", "with a hexadecimal number in an extra field", _member('"x":0x1F')),
    Body("capital-true", "with True in place of true in an extra field", _member('"x":True')),
    Body("undefined", "with undefined in an extra field", _member('"x":undefined')),
    Body("bad-escape", "with an unknown escape in an extra field", _member('"x":"\\q"')),
    Body("short-escape", "with an escape of three digits in an extra field", _member('"x":"\\u12"')),
    Body("raw-newline", "with a line break inside a string", _member('"x":"a\nb"')),
    Body("raw-nul", "with a NUL byte inside a string", _member('"x":"a\x00b"')),
    Body("unclosed-string", "with an unterminated string", lambda valid: valid[:-1] + b',"x":"abc}'),
    Body("unclosed-array", "with an unclosed array", lambda valid: valid[:-1] + b',"x":[1,2}'),
    Body(
        "unclosed-nesting",
        "with 10,000 unclosed brackets",
        lambda valid: valid[:-1] + b',"x":' + b"[" * 10_000,
    ),
    Body("only-brackets", "with 20,000 opening brackets as its body", _constant(b"[" * 20_000)),
    Body(
        "invalid-utf-8",
        "with bytes that are not UTF-8 in an extra field",
        lambda valid: valid[:-1] + b',"x":"\xff\xfe"}',
    ),
    Body(
        "overlong-utf-8",
        "with an overlong UTF-8 sequence in an extra field",
        lambda valid: valid[:-1] + b',"x":"\xc0\xaf"}',
    ),
    Body(
        "surrogate-bytes",
        "with a surrogate as UTF-8 bytes in an extra field",
        lambda valid: valid[:-1] + b',"x":"\xed\xa0\x80"}',
    ),
    Body("latin-1", "with Latin-1 text in an extra field", lambda valid: valid[:-1] + b',"x":"caf\xe9"}'),
    Body("utf-16", "in UTF-16", lambda valid: valid.decode().encode("utf-16")),
    Body("utf-16-le", "in UTF-16 without a byte order mark", lambda valid: valid.decode().encode("utf-16-le")),
    Body("utf-32", "in UTF-32", lambda valid: valid.decode().encode("utf-32")),
    Body("form-feed", "with a form feed before its body", lambda valid: b"\x0c" + valid),
    Body("no-break-space", "with a no-break space after its body", lambda valid: valid + b"\xc2\xa0"),
    Body(
        "compressed",
        "with a gzip body that no header announces",
        lambda valid: b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    ),
)

ROOT = (
    Body("array", "with its object inside an array", lambda valid: b"[" + valid + b"]"),
    Body("empty-array", "with an empty array as its body", _constant(b"[]")),
    Body("string", "with a bare string as its body", _constant(b'"certhook"')),
    Body(
        "object-as-string", "with its object inside a string", lambda valid: b'"' + valid.replace(b'"', b'\\"') + b'"'
    ),
    Body("number", "with a bare number as its body", _constant(b"1")),
    Body("true", "with true as its body", _constant(b"true")),
    Body("null", "with null as its body", _constant(b"null")),
    Body("nested-arrays", "with 5,000 nested arrays as its body", _constant(b"[" * 5_000 + b"]" * 5_000)),
)

OPEN = (
    Body("duplicate-key", "with its first field repeated, with the same value", _first_twice),
    Body("duplicate-extra", "with an extra field repeated, with another value", _member('"x":1,"x":2')),
    Body(
        "duplicate-escaped",
        "with an extra field repeated, its name once written in escapes",
        _member('"x":1,"\\u0078":2'),
    ),
    Body("byte-order-mark", "with a UTF-8 byte order mark before its body", lambda valid: b"\xef\xbb\xbf" + valid),
    Body("huge-number", "with the number 1e400 in an extra field", _member('"x":1e400')),
    Body("lone-surrogate", "with a lone surrogate escape in an extra field", _member('"x":"\\ud800"')),
    Body("lone-low-surrogate", "with a lone low surrogate escape in an extra field", _member('"x":"\\udfff"')),
    Body("empty-object", "with an empty object as its body", _constant(b"{}")),
    Body("empty-key", "with an extra field without a name", _member('"":1')),
    Body("prototype", "with an extra field named __proto__", _member('"__proto__":{"status":"x"}')),
    Body("nul-escape", "with a NUL escape in an extra field", _member('"x":"\\u0000"')),
    Body(
        "deep-extra",
        "with 2,000 nested objects in an extra field",
        _member('"x":' + '{"x":' * 2_000 + "1" + "}" * 2_000),
    ),
)

CATALOGUE = (*GRAMMAR, *ROOT, *OPEN)


def catalogue(encoding: str) -> Iterator[Change]:
    """The catalogue as changes of the body, for operations whose body is JSON.

    Where there is none, an HTTP server may ask for its length.
    """
    if not encoding.startswith("json"):
        return
    for body in CATALOGUE:

        def apply(draft: Draft, make: Make = body.make) -> None:
            draft.body = make(draft.body)

        front = ("411", "413", *FILTERED) if body.name == "empty" else ("413", *FILTERED)
        yield Change(f"malformed.{body.name}", body.says, Stage.BODY, apply, front=front)
