"""What a journal adds to the result on the page: the exchanges that findings refer to, and response times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from certhook.errors import UsageError
from certhook.recording.file_names import JOURNAL_NAME
from certhook.recording.journal import read_journal
from certhook.reporting.page.latency import Timings
from certhook.reporting.page.messages import shown_exchange
from certhook.reporting.page.model import ShownExchange

_SAME = ("protocol", "target", "started", "seed")


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Those that findings refer to, by number, and the times of all, by operation."""

    shown: dict[int, ShownExchange] = field(default_factory=dict)
    timings: dict[str, Timings] = field(default_factory=dict)


def exchanges_of(folder: Path, result: Mapping[str, Any]) -> Exchanges:
    """Read the journal of a result; nothing where there is none beside it.

    Raises UsageError where the journal cannot be read, or is that of another run.
    """
    path = folder / JOURNAL_NAME
    exchanges = Exchanges()
    if not path.is_file():
        return exchanges
    wanted = set(_numbers(result))
    for entry in read_journal(path, "run", "exchange"):
        try:
            if entry["kind"] == "exchange":
                _take(exchanges, entry, wanted)
            elif any(entry[name] != result[name] for name in _SAME):
                raise UsageError(f"{path}: is the journal of another run than the result.json beside it")
        except (AttributeError, KeyError, TypeError, ValueError):
            raise UsageError(f"{path}: a line ({entry['kind']}) is not as certhook writes it") from None
    return exchanges


def _numbers(result: Mapping[str, Any]) -> Iterator[int | None]:
    for requirement in result["requirements"]:
        for finding in requirement["findings"]:
            yield finding["exchange"]


def _take(exchanges: Exchanges, record: dict[str, Any], wanted: set[int | None]) -> None:
    exchanges.timings.setdefault(record["operation"], Timings()).add(record)
    if record["number"] in wanted:
        exchanges.shown[record["number"]] = shown_exchange(record)
