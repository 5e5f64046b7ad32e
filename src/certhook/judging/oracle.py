"""What may happen to a body, decided from its bytes alone, however it was made.

A strict reader says what is wrong with the bytes, the operation's request schema what is wrong with the values. The
result is a set of categories; requirements name the categories that they judge. A body with `other-value` differs from
a valid one in a way whose answer nobody can foretell (another player, another time): it must only be survived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from certhook.jsontypes import COERCIBLE, kind_of, type_of
from certhook.judging.formoracle import form_categories
from certhook.judging.jsontext import Flaw, JsonText, read_json
from certhook.pack.model import Operation

CATEGORIES = (
    "grammar",
    "root",
    "duplicate-keys",
    "byte-order-mark",
    "out-of-range",
    "missing",
    "null",
    "wrong-type",
    "coercible",
    "empty-identifier",
    "empty-text",
    "unlisted",
    "other-value",
    "deep",
    "extra",
    "unharmed",
)
"""From most to least severe: where several apply, the first one says what is wrong.

Nothing is wrong with a body that is `unharmed`: what a target has to look at has its valid value, or a fresh one.
"""

_FLAWS = {
    Flaw.GRAMMAR: "grammar",
    Flaw.ROOT: "root",
    Flaw.DUPLICATE_KEYS: "duplicate-keys",
    Flaw.BYTE_ORDER_MARK: "byte-order-mark",
    Flaw.OUT_OF_RANGE: "out-of-range",
    Flaw.DEEP: "deep",
    Flaw.LARGE: "deep",
}


class Wrong(NamedTuple):
    """A category, and the place of the field that it is true of; none where it is true of the whole body."""

    category: str
    place: str = ""


def wrongs_of(body: bytes, operation: Operation, valid: Mapping[str, Any]) -> frozenset[Wrong]:
    """What is wrong with a body, as against the `valid` fields that it was made from. Empty for a valid body."""
    if operation.encoding == "form":
        return frozenset(map(Wrong, form_categories(body, operation, valid)))
    text = _read(body)
    found = _flaws(text)
    if found & {"grammar", "root"}:
        return frozenset(map(Wrong, found & {"grammar"} or {"root"}))
    wrongs = set(map(Wrong, found))
    if isinstance(text.value, dict):
        wrongs |= set(_of_object(text.value, operation.request, valid))
    return frozenset(wrongs)


def malformations(body: bytes) -> frozenset[str]:
    """What is wrong with the bytes of a body, whatever fields were asked for."""
    return frozenset(_flaws(_read(body)))


@lru_cache(maxsize=128)
def _read(body: bytes) -> JsonText:
    """Kept, since the longest bodies of the catalogue are the same for every operation."""
    return read_json(body)


def _flaws(text: JsonText) -> set[str]:
    return {_FLAWS[flaw] for flaw in text.flaws}


def _of_object(
    value: Mapping[str, Any], schema: Mapping[str, Any], valid: Mapping[str, Any], within: str = ""
) -> Iterator[Wrong]:
    mandatory = schema.get("required", ())
    for name, part in schema["properties"].items():
        place = within + name
        if name not in value:
            if any(other.lower() == name.lower() for other in value):
                yield Wrong("other-value", place)  # many frameworks read names in any case
            elif name in mandatory or name in valid:
                yield Wrong("missing" if name in mandatory else "other-value", place)
        elif type_of(part) == kind_of(value[name]) == "object" and isinstance(valid.get(name), Mapping):
            yield from _of_object(value[name], part, valid[name], f"{place}.")
        else:
            category = _of_value(value[name], part, valid.get(name), mandatory=name in mandatory)
            if category:
                yield Wrong(category, place)
    if set(value) - set(schema["properties"]):
        yield Wrong("extra")


def _of_value(value: Any, schema: Mapping[str, Any], valid: Any, *, mandatory: bool) -> str:
    """The category of one field's value; empty for what is right."""
    kind, wanted = kind_of(value), type_of(schema)
    fits = kind == wanted or (wanted == "number" and kind == "integer")
    if not fits:
        return _misfit(value, kind, wanted) if mandatory else "other-value"
    if value == "" and mandatory:
        return "empty-identifier" if schema.get("x-identifier") else "empty-text"
    return "other-value" if value != valid and schema.get("x-value") != "fresh" else ""


def _misfit(value: Any, kind: str, wanted: str) -> str:
    if kind == "null":
        return "null"
    if value in ({}, []):  # the same thing to some platforms, and to some an empty text
        return "other-value"
    return "coercible" if _coercible(value, kind, wanted) else "wrong-type"


def _coercible(value: Any, kind: str, wanted: str) -> bool:
    if wanted == "string":
        return kind in ("integer", "number")
    if wanted in ("number", "integer"):
        return kind in ("boolean", "number") or (kind == "string" and _numeric(value))
    return bool(COERCIBLE[wanted]) and kind in ("string", "integer", "number")


def _numeric(text: str) -> bool:
    """A string that some framework takes for a number; the empty one and blanks are taken for zero by some."""
    try:
        float(text.strip() or "0")
    except ValueError:
        return text.strip()[:1].isdigit()
    return True
