"""Where a profile's secrets come from: the profile itself, the environment, or a file.

No message ever holds a secret, only the name of the variable or file that should have held it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeGuard

_LARGEST = 64 * 1024


class Unresolved(Exception):
    """A secret that is not to be had. The message says why, in one line, without a place."""


def resolved(secret: str | Mapping[str, Any], *, folder: Path, environ: Mapping[str, str]) -> str:
    """The secret itself: `secret` where that is text, else what {"env": name} or {"file": path} leads to.

    A path is relative to `folder`; a byte order mark at the beginning of the file and one line break at its end are
    dropped. Raises Unresolved where there is nothing, or something that is not UTF-8.
    """
    if isinstance(secret, str):
        return secret
    return _from_environment(secret["env"], environ) if "env" in secret else _from_file(folder, secret["file"])


def with_secrets(
    data: Mapping[str, Any], *, folder: Path, environ: Mapping[str, str], missing_ok: bool = False
) -> dict[str, Any]:
    """A profile's data with its secrets themselves in the place of where to find them.

    What is no reference to a secret stays as it is: whoever checks the profile says why. So does, where `missing_ok`,
    what cannot be had; else Unresolved is raised, and names the credential.
    """
    credentials = data.get("credentials")
    found = {}
    for name, secret in credentials.items() if isinstance(credentials, Mapping) else ():
        if _is_reference(secret):
            try:
                found[name] = resolved(secret, folder=folder, environ=environ)
            except Unresolved as error:
                if not missing_ok:
                    raise Unresolved(f"credentials.{name}: {error}") from None
    return {**data, "credentials": {**data["credentials"], **found}} if found else dict(data)


def _is_reference(secret: object) -> TypeGuard[Mapping[str, str]]:
    """Whether that is {"env": name} or {"file": path}, and no secret itself, nor a mistake."""
    if not isinstance(secret, Mapping) or len(secret) != 1:
        return False
    ((kind, place),) = secret.items()
    return kind in ("env", "file") and isinstance(place, str)


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name)
    if value is None:
        raise Unresolved(f"the environment variable {name} is not set")
    if not value:
        raise Unresolved(f"the environment variable {name} is empty")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Unresolved(f"the environment variable {name} is not UTF-8")
    return value


def _from_file(folder: Path, name: str) -> str:
    shown = f"the file {name!r}"
    try:
        with (folder / name).open("rb") as file:
            content = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise Unresolved(f"{shown} cannot be read: {reason or 'not a path'}") from None
    return _text(content, shown)


def _text(content: bytes, shown: str) -> str:
    if len(content) > _LARGEST:
        raise Unresolved(f"{shown} is larger than {_LARGEST // 1024} KiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unresolved(f"{shown} is not UTF-8") from None
    secret = text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
    if not secret:
        raise Unresolved(f"{shown} is empty")
    return secret
