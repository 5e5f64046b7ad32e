"""Request fields whose name on the wire the document leaves open: `x-name` says which option of the profile settles it.

A pack is renamed as a whole, once, before anything is made of it, so that nothing else has to know of two names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from certhook.pack.model import Pack
from certhook.profile.profile import Profile


def named(pack: Pack, profile: Profile) -> Pack:
    """The pack with every request field under the name that the profile gives it."""
    operations = tuple(
        replace(operation, request=_renamed(operation.request, profile)) for operation in pack.operations
    )
    return replace(pack, operations=operations)


def _renamed(schema: Mapping[str, Any], profile: Profile) -> Mapping[str, Any]:
    if "properties" not in schema:
        return schema
    names = {
        name: profile.value(part["x-name"], name) if "x-name" in part else name
        for name, part in schema["properties"].items()
    }
    properties = {names[name]: _renamed(part, profile) for name, part in schema["properties"].items()}
    return {**schema, "properties": properties, "required": [names[name] for name in schema.get("required", ())]}
