"""An operator's profile: a file or tables of FLEET.toml, with what is shared laid under it.

What it says is checked by the operator's own run, where its secrets are; here it need only be readable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from certhook.errors import ProfileError
from certhook.pack.loading import load_pack
from certhook.profile.profile import read_profile


@dataclass(frozen=True, slots=True)
class OperatorProfile:
    """A profile's data; `path` is the file that says all of it, where there is one."""

    data: Mapping[str, Any] = field(repr=False)
    path: Path | None


def profile_of(own: str | Mapping[str, Any], shared: Mapping[str, Any], folder: Path, place: str) -> OperatorProfile:
    """The tables of `own`, or of the file that it names, over those of `shared`; paths are relative to `folder`.

    Raises ProfileError, beginning with `place`, where the file cannot be read.
    """
    shared = _anchored(shared, folder)
    if not isinstance(own, str):
        return OperatorProfile(_laid_over(shared, _anchored(own, folder)), None)
    path = folder / own
    try:
        data = read_profile(path)
    except ProfileError as error:
        raise ProfileError(f"{place}.profile: {error}") from None
    return OperatorProfile(_laid_over(shared, _anchored(data, path.parent)), None if shared else path)


def literal_secrets(data: Mapping[str, Any], protocol: str) -> Iterator[str]:
    """The places of a profile at which a secret itself stands, and not where to find it."""
    for name, secret in _table(data, "credentials").items():
        if not isinstance(secret, Mapping):
            yield f"credentials.{name}"
    for place in load_pack(protocol).secret_places:
        section, _, name = place.partition(".")
        if name in _table(data, section):
            yield place
    if "@" in str(_table(data, "target").get("proxy")):
        yield "target.proxy"


def _laid_over(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Both, key by key in the tables that both have; elsewhere the own value counts."""
    both = {
        name: {**shared[name], **own[name]}
        for name in shared.keys() & own.keys()
        if isinstance(shared[name], Mapping) and isinstance(own[name], Mapping)
    }
    return {**shared, **own, **both}


def _anchored(data: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The profile with every file that it names given from the root, since it will be read elsewhere."""
    secrets = {
        name: _from_root(secret, "file", folder) if isinstance(secret, Mapping) else secret
        for name, secret in _table(data, "credentials").items()
    }
    anchored = {"target": _from_root(_table(data, "target"), "ca_file", folder), "credentials": secrets}
    return {**data, **{name: table for name, table in anchored.items() if table}}


def _from_root(table: Mapping[str, Any], key: str, folder: Path) -> dict[str, Any]:
    """The table with the path at `key` from the root; what is no path is left to the run."""
    path = table.get(key)
    return {**table, key: str((folder / path).absolute())} if path and isinstance(path, str) else dict(table)


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = data.get(name)
    return table if isinstance(table, Mapping) else {}
