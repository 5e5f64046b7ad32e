"""Wrong types for a value, split by whether common frameworks coerce them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Maker = Callable[[Any], Any]
"""From the right value to a wrong one."""

_OBJECT: dict[str, Maker] = {"an object": lambda value: {"id": value}}
_ARRAY: dict[str, Maker] = {"an array": lambda value: [value, value]}
_ARRAY_OF_ONE: dict[str, Maker] = {"an array of one": lambda value: [value]}
_JSON_TEXT: dict[str, Maker] = {"its JSON text": json.dumps}
_WORD: dict[str, Maker] = {"a word": lambda value: "certhook"}
_NUMBER_AND_LETTERS: dict[str, Maker] = {"a number with letters": lambda value: f"{value}abc"}
_BOOLEAN: dict[str, Maker] = {"a boolean": lambda value: True}
_NUMERIC_TEXT: dict[str, Maker] = {"a numeric string": str}

WRONG: Mapping[str, Mapping[str, Maker]] = {
    "string": _OBJECT | _ARRAY | _ARRAY_OF_ONE | _BOOLEAN,
    "number": _OBJECT | _ARRAY | _ARRAY_OF_ONE | _WORD,
    "integer": _OBJECT | _ARRAY | _ARRAY_OF_ONE | _WORD,
    "boolean": _OBJECT | _ARRAY | _WORD,
    "object": _ARRAY | _ARRAY_OF_ONE | _WORD | _JSON_TEXT | _BOOLEAN,
}
"""Types that cannot be coerced, by the type that is right: refusing them is a MUST."""

COERCIBLE: Mapping[str, Mapping[str, Maker]] = {
    "string": {"a number": lambda value: 12001},
    "number": _NUMERIC_TEXT | _NUMBER_AND_LETTERS | _BOOLEAN,
    "integer": _NUMERIC_TEXT | _NUMBER_AND_LETTERS | _BOOLEAN,
    "boolean": {"the text true": lambda value: "true"},
    "object": {},
}
"""Types that common frameworks coerce: refusing them is a SHOULD."""


def type_of(schema: Mapping[str, Any]) -> str:
    """The JSON type that a property's schema asks for; `string` where it says none."""
    kind: str = schema.get("type", "string")
    return kind


KINDS: Mapping[type, str] = {
    bool: "boolean",
    str: "string",
    int: "integer",
    float: "number",
    dict: "object",
    list: "array",
}
"""The JSON types by what Python holds them as; an integer is an `integer`, though also a number."""


def kind_of(value: Any) -> str:
    """The JSON type of a value as Python holds it."""
    return "null" if value is None else KINDS[type(value)]
