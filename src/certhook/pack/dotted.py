"""Dotted places in a request: `Account.Username`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def leaves(schema: Mapping[str, Any], prefix: str = "") -> dict[str, Mapping[str, Any]]:
    """Every property of a request schema by its dotted place, objects before their members."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, part in schema.get("properties", {}).items():
        found[f"{prefix}{name}"] = part
        found |= leaves(part, f"{prefix}{name}.")
    return found


def mandatory_leaves(schema: Mapping[str, Any], prefix: str = "") -> tuple[str, ...]:
    """The dotted places of all mandatory properties."""
    found: list[str] = []
    for name in schema.get("required", ()):
        found.append(f"{prefix}{name}")
        found.extend(mandatory_leaves(schema["properties"][name], f"{prefix}{name}."))
    return tuple(found)


def holder_of(fields: dict[str, Any], place: str) -> tuple[dict[str, Any], str]:
    """The object that holds a place, and the member's name in it."""
    *path, name = place.split(".")
    for step in path:
        fields = fields[step]
    return fields, name
