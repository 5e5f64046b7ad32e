"""The annotations that the schemas of a pack may carry. What each means is said in docs/adding-a-protocol.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ANNOTATIONS = frozenset(
    {
        "x-alternative",
        "x-anybody",
        "x-citation",
        "x-enforced",
        "x-example",
        "x-identifier",
        "x-in",
        "x-length",
        "x-max-length",
        "x-meaningless",
        "x-name",
        "x-odd",
        "x-other",
        "x-pool",
        "x-refusal-status",
        "x-refused",
        "x-requirement",
        "x-secret",
        "x-shown",
        "x-signed",
        "x-spare-fields",
        "x-spelt-apart",
        "x-tamper",
        "x-unknown",
        "x-unsigned-fields",
        "x-unusual",
        "x-value",
        "x-when",
        "x-with",
    }
)

_PLACES = ("x-alternative", "x-example", "x-max-length", "x-name", "x-other", "x-pool", "x-value")
_NO_PLACES = ("fresh", "now")


def annotated_parts(schema: Any) -> Iterator[dict[str, Any]]:
    """The annotations of each part of a schema that has some. Members that are called `x-...` are none."""
    if isinstance(schema, list):
        for part in schema:
            yield from annotated_parts(part)
    elif isinstance(schema, dict):
        annotations = {key: value for key, value in schema.items() if key.startswith("x-")}
        if annotations:
            yield annotations
        for key, part in schema.items():
            if key == "properties":
                yield from annotated_parts(list(part.values()))
            elif key not in annotations:
                yield from annotated_parts(part)


def places_in(annotations: Mapping[str, Any]) -> Iterator[str]:
    """The places in a profile that a part's annotations name, such as `subject.player_id`."""
    yield from (annotations[key] for key in _PLACES if annotations.get(key, _NO_PLACES[0]) not in _NO_PLACES)
    yield from annotations.get("x-when", ())
    yield from annotations.get("x-refused", {}).values()


def requirements_in(schema: Any) -> tuple[str, ...]:
    """The ids of all requirements that a schema refers to, each once."""
    return tuple(dict.fromkeys(part["x-requirement"] for part in annotated_parts(schema) if "x-requirement" in part))
