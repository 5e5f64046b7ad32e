"""What comes from outside, read within bounds: the start of a file, and JSON that every reader understands alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from certhook.errors import UsageError
from certhook.judging.jsontext import Flaw, read_json

_FLAWS = {
    Flaw.GRAMMAR: "is not JSON in UTF-8",
    Flaw.BYTE_ORDER_MARK: "begins with a byte order mark",
    Flaw.DEEP: "is nested too deeply",
    Flaw.ROOT: "is not a JSON object",
    Flaw.DUPLICATE_KEYS: "names a member twice",
    Flaw.LARGE: "has more values than a certificate",
}


def first_bytes(path: Path, size: int) -> bytes:
    """The first `size` bytes of a file. Raises UsageError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def json_object(data: bytes) -> dict[str, Any]:
    """The JSON object that `data` is. Raises ValueError, whose text goes on after "it", for anything else."""
    text = read_json(data)
    for flaw, says in _FLAWS.items():
        if flaw in text.flaws:
            raise ValueError(says)
    value: dict[str, Any] = text.value
    return value
