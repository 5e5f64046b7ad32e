"""Which values and names of a run are secret: its credentials, and what its pack's schemas mark with `x-secret`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from certhook.pack.dotted import leaves
from certhook.pack.model import Pack
from certhook.profile.profile import Profile
from certhook.recording.redaction import Redactor


def redactor_for(pack: Pack, profile: Profile, salt: bytes) -> Redactor:
    """The redactor of a run; processes that share a salt give equal values equal tags."""
    return Redactor([*profile.secrets(), *_reusable(pack, profile)], sorted(masked_names(pack)), salt)


def secret_places(pack: Pack) -> tuple[str, ...]:
    """The places in the profile from which request fields that are marked as secret take their values."""
    marked = [
        part for operation in pack.operations for part in leaves(operation.request).values() if part.get("x-secret")
    ]
    return tuple(dict.fromkeys(part[key] for part in marked for key in ("x-value", "x-pool") if key in part))


def _reusable(pack: Pack, profile: Profile) -> Iterator[str]:
    """Secret test data that stays good.

    The values of a longer list are used up, one with each success, and are too many to be looked for everywhere: they
    are masked by the name of their field alone.
    """
    for place in secret_places(pack):
        value = profile.value(place)
        values = value if isinstance(value, list) else [value]
        yield from (str(one) for one in values if one is not None and len(values) == 1)


def masked_names(pack: Pack) -> set[str]:
    """The signature headers, and every member that a request or response schema marks as secret."""
    names = {pack.signing.header, pack.signing.response_header} - {""}
    for operation in pack.operations:
        for schema in (operation.request, operation.success, operation.refusal):
            names |= set(_secret_members(schema))
    return names


def _secret_members(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for name, part in schema.get("properties", {}).items():
            if isinstance(part, dict) and part.get("x-secret"):
                yield name
        for part in schema.values():
            yield from _secret_members(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _secret_members(part)
