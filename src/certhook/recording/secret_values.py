"""Which values and names of a run are secret: its credentials, and what its pack's schemas mark with `x-secret`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from certhook.pack.model import Pack
from certhook.profile.profile import Profile
from certhook.recording.redaction import Redactor

_OF_HTTP = ("Authorization", "Cookie", "Proxy-Authorization", "Set-Cookie")


def redactor_for(pack: Pack, profile: Profile, salt: bytes) -> Redactor:
    """The redactor of a run; processes that share a salt give equal values equal tags."""
    single, listed = _test_data(pack, profile)
    return Redactor([*profile.secrets(), *single], sorted(masked_names(pack)), salt, listed)


def _test_data(pack: Pack, profile: Profile) -> tuple[list[str], list[str]]:
    """Secret test data: what stays good, and the values of longer lists, of which each success uses one up."""
    single: list[str] = []
    listed: list[str] = []
    for place in pack.secret_places:
        value = profile.value(place)
        values = [str(one) for one in (value if isinstance(value, list) else [value]) if one is not None]
        (listed if len(values) > 1 else single).extend(values)
    return single, listed


def masked_names(pack: Pack) -> set[str]:
    """HTTP's own, the signature headers, and every member that a request or response schema marks as secret."""
    names = {*_OF_HTTP, pack.signing.header, pack.signing.response_header} - {""}
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
