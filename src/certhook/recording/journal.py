"""journal.ndjson: everything that a run does, one JSON object per line, written as it happens, already redacted.

All processes of a run append to the same file. Each line is one `write` to a descriptor opened with O_APPEND, so lines
never mix; a killed process at worst leaves one line cut, and unwritten what it had in flight. All reports are built
from this file alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, BinaryIO, Self

from certhook.errors import UsageError
from certhook.exchange import Exchange
from certhook.recording.record import record_of
from certhook.recording.redaction import Redactor
from certhook.recording.wholefile import append

FORMAT = 1
"""The `format` of the run line; a reader refuses any other."""

KINDS = frozenset({"run", "doctor", "plan", "exchange", "case", "end"})
OURS = frozenset(
    {"protocol", "document", "started", "ended", "versions", "pack_digest", "command"}
    | {"case", "operation", "group", "requirement", "requirements", "id", "outcome", "name"}
    | {"title", "level", "basis", "citation", "expires"}
)
"""Members that hold certhook's own words, ids and times, and nothing of a profile or an answer.

They stay as they are: a secret such as "passed", "test" or "2026" may be a part of them by chance, and nobody could
read a journal without them. Of objects in a list there, each member is looked at by itself.
"""

_START = b'{"kind":"'
_LINES = json.JSONEncoder(separators=(",", ":"))


class Journal:
    """Appends lines to the journal at `path`, which is made where it is not there.

    Safe to share between threads; every process opens its own.
    """

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self.path = path
        self._redactor = redactor
        self._lock = Lock()
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the descriptor; a second call does nothing."""
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
            self._descriptor = -1

    def write(self, kind: str, **fields: Any) -> None:
        """Append one line; every text in `fields` that is not ours is redacted on the way."""
        self._append(kind, {name: self._redacted(name, value) for name, value in fields.items()})

    def exchange(self, exchange: Exchange, url: str) -> dict[str, Any]:
        """Append an exchange's line and return it, redacted and bounded; `url` is the whole one that was asked for."""
        record = record_of(exchange, url, self._redactor.remembering())
        self._append("exchange", record)
        return record

    def _redacted(self, name: str, value: Any) -> Any:
        if name == "profile":  # somebody else's names
            return self._redactor.tree(value)
        if isinstance(value, list | tuple):
            return [self._redacted(name, member) for member in value]
        if isinstance(value, dict) and name not in OURS - {"requirements"}:
            return {inner: self._redacted(inner, member) for inner, member in value.items()}
        return value if name in OURS else self._redactor.tree(value)

    def _append(self, kind: str, fields: dict[str, Any]) -> None:
        if kind not in KINDS:
            raise ValueError(f"no line of a journal is a {kind!r}")
        line = _LINES.encode({"kind": kind, **fields}).encode() + b"\n"
        with self._lock:
            append(self._descriptor, line)


def read_journal(path: Path, *kinds: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a journal in the order in which they were written, only those of `kinds` where given.

    What a killed process left cut is passed over. Raises UsageError, naming file and line, for anything else that is
    not a line of a journal. Holds one line at a time: read twice rather than keep what was read.
    """
    starts = tuple(_START + kind.encode() + b'"' for kind in kinds)
    with _opened(path) as lines:
        for place, raw in enumerate(lines, 1):
            if starts and raw.startswith(_START) and not raw.startswith(starts) and raw.count(_START) == 1:
                continue
            entry = _entry(raw)
            if entry is None and (raw.endswith(b"\n") or not _may_be_cut(raw)):
                raise UsageError(f"{path}: line {place}: not a line of a journal: {_excerpt(raw)}")
            if entry is not None and (not kinds or entry["kind"] in kinds):
                yield entry


@contextmanager
def as_written(path: Path) -> Iterator[None]:
    """Take the lines of a journal for what a run writes; raises UsageError where one turns out to be something else."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise UsageError(f"{path}: holds a line that no run of certhook writes") from error


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UsageError(f"{path}: no journal to read: {error.strerror}") from None


def _entry(raw: bytes) -> dict[str, Any] | None:
    """The entry on a line, or the one behind the cut line of a killed process that another process wrote on after."""
    at = 0
    while at >= 0:
        entry = _parsed(raw[at:])
        if entry is not None:
            return entry
        if not raw.startswith(_START[:1]):
            return None
        at = raw.find(_START, at + 1)
    return None


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and entry.get("kind") in KINDS else None


def _may_be_cut(raw: bytes) -> bool:
    return raw.startswith(_START) or _START.startswith(raw)


def _excerpt(raw: bytes) -> str:
    return ascii(raw[:40].decode("utf-8", "replace"))
