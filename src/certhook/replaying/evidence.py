"""One exchange of a run, read back from its journal with everything that was found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certhook.errors import UsageError
from certhook.exchange import Failure, FailureKind, Response
from certhook.recording.file_names import JOURNAL_NAME
from certhook.recording.folders import is_run, runs_in
from certhook.recording.journal import FORMAT, as_written, read_journal
from certhook.recording.record import body_bytes
from certhook.values import Finding

_NAMED = 12


@dataclass(frozen=True, slots=True)
class Evidence:
    """An exchange's line of the journal, the run's first line, and the findings that it shows, by requirement.

    `before` is the exchange that went over the same connection just before, where there was one.
    """

    folder: Path
    head: Mapping[str, Any]
    record: Mapping[str, Any]
    findings: Mapping[str, Finding]
    before: Mapping[str, Any] | None


def evidence_of(folder: Path, number: int) -> Evidence:
    """The exchange of that number in a run's folder.

    A request that was sent twice, since nobody is accused for one answer, shows its case's findings both times. Raises
    UsageError where the folder holds no run, or none with such an exchange.
    """
    if not is_run(folder) and runs_in(folder):
        names = ", ".join(path.name for path in runs_in(folder))
        raise UsageError(f"{folder}: holds several runs; name the folder of one: {names}")
    path, journal = folder / JOURNAL_NAME, _Reading(number)
    with as_written(path):
        for entry in read_journal(path, "run", "exchange", "case"):
            getattr(journal, f"take_{entry['kind']}")(entry)
        if journal.head.get("format") != FORMAT:
            raise UsageError(f"{path}: does not begin like a journal that this certhook can read")
        if journal.record is None:
            raise UsageError(f"{folder}: no exchange {number}; {_numbers(journal)}")
        return Evidence(folder, journal.head, journal.record, _findings(journal.record, journal.cases), journal.before)


class _Reading:
    """What is kept of a journal while it is read: a run may have very many exchanges."""

    def __init__(self, number: int) -> None:
        self._wanted = number
        self._last: dict[tuple[int, int], dict[str, Any]] = {}
        self.head: dict[str, Any] = {}
        self.numbers: list[int] = []
        self.cases: list[dict[str, Any]] = []
        self.record: dict[str, Any] | None = None
        self.before: dict[str, Any] | None = None

    def take_run(self, entry: dict[str, Any]) -> None:
        self.head = entry

    def take_case(self, entry: dict[str, Any]) -> None:
        self.cases.append(entry)

    def take_exchange(self, entry: dict[str, Any]) -> None:
        # Each worker process numbers its lanes for itself, and the exchanges of all in turn.
        lane = (entry["number"] % self.head.get("workers", 1), entry["lane"])
        if entry["number"] == self._wanted:
            self.record = entry
            self.before = self._last.get(lane) if entry["lane"] and entry["nth"] else None
        self.numbers.append(entry["number"])
        self._last[lane] = entry


def answer_of(record: Mapping[str, Any]) -> Response | Failure:
    """The recorded answer of an exchange, redacted and perhaps cut."""
    response, failure = record["response"], record["failure"]
    if response is None:
        return Failure(FailureKind(failure["kind"]), failure["detail"])
    headers = tuple((name, value) for name, value in response["headers"])
    return Response(response["status"], headers, body_bytes(response["body"]), response["http_version"])


def _findings(record: Mapping[str, Any], cases: list[dict[str, Any]]) -> dict[str, Finding]:
    """The findings that name the exchange; where there is none, those of the case that it was sent in."""
    told = [(case, outcome) for case in cases for outcome in case["outcomes"] if "finding" in outcome]
    number = record["number"]
    naming = [one for _, one in told if one["finding"]["exchange"] == number]
    # Fuzzed bodies are sent in the name of one case, and have nothing else in common.
    own = [one for case, one in told if case["case"] == record["case"] and not case["case"].endswith(".fuzzed")]
    found: dict[str, Finding] = {}
    for one in naming or own:
        found.setdefault(one["requirement"], Finding(**one["finding"]))
    return found


def _numbers(journal: _Reading) -> str:
    if not journal.numbers:
        return "the run sent nothing"
    findings = [outcome["finding"] for case in journal.cases for outcome in case["outcomes"] if "finding" in outcome]
    shown = sorted({one["exchange"] for one in findings if one["exchange"] is not None})
    some = ", ".join(map(str, shown[:_NAMED])) + (", ..." if len(shown) > _NAMED else "")
    numbers = f"they go from {min(journal.numbers)} to {max(journal.numbers)}"
    return numbers + (f"; findings are in {some}" if shown else "")
