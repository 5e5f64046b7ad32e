"""What may happen to a form, decided from its bytes alone: the oracle's judgement where the body is no JSON.

Next to nothing is malformed in a form that a tolerant parser could not read, so nearly every form that is not the
control's is `other-value`. Only a value that the document itself rules out, in a form that is otherwise what it should
be, is something that can be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from certhook.building.encoding import field_text, form_pairs, text_bytes
from certhook.pack.model import Operation

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def form_categories(body: bytes, operation: Operation, valid: Mapping[str, Any]) -> frozenset[str]:
    """What is wrong with a form, as against the `valid` fields that it was made from. Empty for a valid form."""
    pairs = form_pairs(body)
    names = [name for name, _ in pairs]
    if _BROKEN_ESCAPE.search(body) or len(set(names)) < len(names) or not all(map(_is_text, _flat(pairs))):
        return frozenset({"other-value"})
    return frozenset(_of_pairs(dict(pairs), operation, operation.carried("form", valid)))


def _of_pairs(values: Mapping[str, str], operation: Operation, valid: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        schema = operation.properties.get(name)
        if schema is None:
            # A name in brackets may be an array of a parameter's values.
            yield "other-value" if "[" in name else "extra"
        elif schema.get("x-in", "form") != "form":
            yield "other-value"
        elif value not in _documented(schema, valid.get(name)):
            yield "unlisted" if schema.get("x-enforced") and _is_plainly_other(value, schema) else "other-value"
    if set(valid) - set(values):
        yield "other-value"


def _documented(schema: Mapping[str, Any], valid: Any) -> set[str]:
    listed = {field_text(value) for value in (*schema.get("enum", ()), *schema.get("examples", ()))}
    return listed | ({field_text(valid)} if valid is not None else set())


def _is_plainly_other(value: str, schema: Mapping[str, Any]) -> bool:
    """A word of its own: not nothing, and not a listed value in another case or with blanks around it."""
    word = value.strip(" \t\r\n\0\x0b").lower()
    return bool(re.fullmatch(r"[a-z][\w-]+", word)) and word not in map(str.lower, schema["enum"])


def _flat(pairs: list[tuple[str, str]]) -> Iterator[str]:
    for pair in pairs:
        yield from pair


def _is_text(text: str) -> bool:
    try:
        text_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
