"""The runs that a report's trends are made of: a file in Allure's own format, a line of JSON per run.

Lines are in the order of the runs, whenever their reports were made. Two things in them are not Allure's: `uuid` is
made from the run rather than drawn, so that a run whose report is made twice counts once; and `certhook` names the
protocols that the run was of, so that runs of several protocols can share a file.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from uuid import NAMESPACE_URL, uuid5

from certhook.errors import UsageError
from certhook.recording.wholefile import write_whole

KEPT = 30
"""Runs of the same protocols that a file keeps, the newest."""

_Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """A run's place in a history: which run it is, of which protocols, and when it started, in ms since 1970."""

    uuid: str
    protocols: list[str]
    started_ms: int

    @classmethod
    def of(cls, results: Sequence[Mapping[str, Any]]) -> Self:
        """The moment of a run that these result.json came from."""
        runs = sorted((one["protocol"], one["target"], one["started"]) for one in results)
        started = min(datetime.fromisoformat(one["started"]) for one in results)
        uuid = uuid5(NAMESPACE_URL, json.dumps(runs))
        return cls(str(uuid), [protocol for protocol, _, _ in runs], round(started.timestamp() * 1000))

    def is_of(self, line: _Line) -> bool:
        """Whether the line is of the same protocols."""
        return bool(line.get("certhook") == self.protocols)


class History:
    """A history file, read when it is made. Raises UsageError where the file is something else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = _read(path)

    def write_earlier(self, moment: Moment, path: Path) -> None:
        """Write what Allure is to know when it reports that run: the runs of the same protocols before it."""
        earlier = [one for one in self._lines if moment.is_of(one) and one["timestamp"] < moment.started_ms]
        write_whole(path, _bytes(earlier))

    def add(self, moment: Moment, told: Path) -> None:
        """Take in the line that Allure added to what it was told, in place of one of the same run."""
        own = {**_read(told)[-1], "uuid": moment.uuid, "timestamp": moment.started_ms, "certhook": moment.protocols}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _held(self._path.parent):  # another report may have added its line since this one was begun
                others = [one for one in _read(self._path) if one["uuid"] != moment.uuid]
                lines = sorted([*others, own], key=lambda one: one["timestamp"])
                dropped = {one["uuid"] for one in [one for one in lines if moment.is_of(one)][:-KEPT]}
                write_whole(self._path, _bytes(one for one in lines if one["uuid"] not in dropped))
        except OSError as error:
            raise UsageError(f"--history {self._path}: cannot be written: {error.strerror}") from None


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Let no other report write a history in that folder meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> list[_Line]:
    try:
        lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"--history {path}: cannot be read: {error.strerror}") from None
    except ValueError:
        lines = [None]
    if not all(isinstance(line, dict) and "uuid" in line and isinstance(line.get("timestamp"), int) for line in lines):
        raise UsageError(f"--history {path}: is no history of Allure's, a line of JSON per run; name a new file")
    return lines


def _bytes(lines: Iterable[_Line]) -> bytes:
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode("ascii")
