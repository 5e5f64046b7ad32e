"""night.ndjson: what of a night is done, one JSON object per line, appended as it happens, on disk before it counts.

Nothing in it is secret. A killed command loses at most a line that was cut; `--resume` reads the others.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from certhook.errors import UsageError
from certhook.fleet.operator import Operator
from certhook.fleet.standing import OperatorResult, Standing
from certhook.recording.wholefile import append

NAME = "night.ndjson"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Head:
    """A night: its id, the fleet's file, when it began (RFC 3339), and its operators' names."""

    night: str
    fleet: str
    started: str
    operators: tuple[str, ...]


class State:
    """A night's file, open for as long as the command runs; no second command can have it open."""

    def __init__(
        self, folder: Path, descriptor: int, head: Head, ended: dict[str, OperatorResult], *, notified: bool
    ) -> None:
        self.folder = folder
        self.head = head
        self.notified = notified
        self._done = ended
        self._descriptor = descriptor

    @classmethod
    def begin(cls, folder: Path, head: Head) -> Self:
        """Begin a night in a folder that is empty or not there. Raises UsageError for any other."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise UsageError(
                    f"--output {folder}: is not empty; name a new folder, or continue with --resume {folder}"
                )
            state = cls(folder, _opened(folder / NAME, os.O_CREAT | os.O_EXCL), head, {}, notified=False)
        except OSError as error:
            raise UsageError(f"--output {folder}: cannot be used: {error.strerror}") from None
        fields = {"night": head.night, "fleet": head.fleet, "started": head.started, "operators": head.operators}
        state._write("night", format=FORMAT, **fields)
        return state

    @classmethod
    def resume(cls, folder: Path) -> Self:
        """Go on with the night in a folder. Raises UsageError where there is none, or somebody else is at it."""
        path = folder / NAME
        try:
            descriptor = _opened(path)
        except OSError as error:
            raise UsageError(f"--resume {folder}: no night to resume: {path}: {error.strerror}") from None
        _drop_cut_line(descriptor, path)
        head, ended, notified = _read(path)
        return cls(folder, descriptor, head, ended, notified=notified)

    @property
    def done(self) -> Mapping[str, OperatorResult]:
        """How each operator ended that did, by name."""
        return self._done

    @property
    def to_run(self) -> tuple[str, ...]:
        """The operators of the night that have not had a run."""
        done = {name for name, ended in self._done.items() if ended.standing is not Standing.NOT_RUN}
        return tuple(name for name in self.head.operators if name not in done)

    def began(self, operator: Operator) -> None:
        """Nothing counts before it has ended."""

    def lost(self, operator: Operator, why: str) -> None:
        """As above."""

    def ended(self, ended: OperatorResult) -> None:
        """Write down how an operator's run ended."""
        self._done[ended.operator] = ended
        self._write("ended", **ended.as_json())

    def add_notified(self) -> None:
        """The regressions of the night have been told."""
        self.notified = True
        self._write("notified")

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def _write(self, kind: str, **fields: Any) -> None:
        line = json.dumps({"kind": kind, **fields}, separators=(",", ":")).encode() + b"\n"
        append(self._descriptor, line)
        os.fsync(self._descriptor)


def _opened(path: Path, flags: int = 0) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | flags, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise UsageError(f"{path}: another certhook fleet is working on this night") from None
    return descriptor


def _drop_cut_line(descriptor: int, path: Path) -> None:
    """What a killed command wrote half of must not spoil the next line."""
    data = path.read_bytes()
    if not data.endswith(b"\n"):
        os.ftruncate(descriptor, data.rfind(b"\n") + 1)


def _read(path: Path) -> tuple[Head, dict[str, OperatorResult], bool]:
    lines = _lines(path)
    try:
        first = next(lines)
        if first["kind"] != "night" or first["format"] != FORMAT:
            raise UsageError(f"{path}: not a night that this certhook can resume")
        head = Head(first["night"], first["fleet"], first["started"], tuple(first["operators"]))
        ended, notified = {}, False
        for line in lines:
            kind = line.pop("kind")
            notified = notified or kind == "notified"
            if kind == "ended":
                ended[line["operator"]] = OperatorResult.from_json(line)
    except (StopIteration, ValueError, TypeError, KeyError, AttributeError):
        raise UsageError(f"{path}: is not as certhook writes it") from None
    return head, ended, notified


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for line in file:
            yield json.loads(line)
