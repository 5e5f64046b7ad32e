"""Legal differences: the request stays valid, and the target must, or should, accept it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from certhook.building import encoding
from certhook.building.change import Change, Draft, Stage
from certhook.changes.registry import EXTRA, Scope, family
from certhook.exchange import Request


def _body(name: str, says: str, write: Callable[[dict[str, Any]], bytes]) -> Change:
    def apply(draft: Draft) -> None:
        draft.body = write(draft.fields)

    return Change(f"accepted.{name}", says, Stage.BODY, apply, legal=True)


@family("accepted.whitespace")
def whitespace(scope: Scope) -> Iterator[Change]:
    yield _body("whitespace:indented", "with an indented body", encoding.json_pretty)
    yield _body(
        "whitespace:around",
        "with white space before and after its body",
        lambda fields: b" \r\n\t" + encoding.json_compact(fields) + b" \r\n",
    )


@family("accepted.key-order")
def key_order(scope: Scope) -> Iterator[Change]:
    yield _body(
        "key-order",
        "with its fields in reverse order",
        lambda fields: encoding.json_compact(dict(reversed(fields.items()))),
    )


@family("accepted.escapes")
def escapes(scope: Scope) -> Iterator[Change]:
    yield _body("escapes", "with every character written as a \\u escape", encoding.json_escaped)


@family("accepted.extra-field")
def extra_field(scope: Scope) -> Iterator[Change]:
    def apply(draft: Draft) -> None:
        draft.fields[EXTRA] = "an unknown field"

    yield Change("accepted.extra-field", "with an extra unknown field", Stage.FIELDS, apply, legal=True)


@family("accepted.non-ascii")
def non_ascii(scope: Scope) -> Iterator[Change]:
    """In a field that nobody reads: of those that are read, a target may restrict the characters."""

    def apply(draft: Draft) -> None:
        draft.fields[EXTRA] = "Jörg Müller"

    yield Change("accepted.non-ascii", "with an extra unknown field that is not ASCII", Stage.FIELDS, apply, legal=True)


@family("accepted.spare-field")
def spare_field(scope: Scope) -> Iterator[Change]:
    """Fields that the operation does not ask for, and another one does (`x-spare-fields` of the request schema)."""
    for name in scope.operation.request.get("x-spare-fields", ()):

        def apply(draft: Draft, name: str = name) -> None:
            draft.fields[name] = str(uuid.uuid4())

        says = f"with {name}, which only another operation asks for"
        yield Change(f"accepted.spare-field:{name}", says, Stage.FIELDS, apply, legal=True)


@family("accepted.header-name-case")
def header_name_case(scope: Scope) -> Iterator[Change]:
    header = scope.pack.signing.header
    for word, spelt in {"lower": header.lower(), "upper": header.upper()}.items():

        def finish(request: Request, spelt: str = spelt) -> Request:
            value = request.header(spelt)
            return request if value is None else request.with_header(header, None).with_header(spelt, value)

        says = f"with the name of its signature header in {word} case"
        yield Change(f"accepted.header-name-case:{word}", says, Stage.WIRE, legal=True, finish=finish)


@family("accepted.charset")
def charset(scope: Scope) -> Iterator[Change]:
    value = f"{scope.operation.media_type}; charset=utf-8".encode()
    yield Change(
        "accepted.charset",
        "with a charset parameter in its media type",
        Stage.WIRE,
        legal=True,
        finish=lambda request: request.with_header("Content-Type", value),
    )


def deep(levels: int) -> str:
    """A JSON text of nested arrays."""
    return "[" * levels + "]" * levels


def with_member(fields: dict[str, Any], name: str, text: str) -> bytes:
    """The compact body with one more member, whose value is given as JSON text."""
    return encoding.json_compact(fields)[:-1] + f",{json.dumps(name)}:{text}}}".encode()
