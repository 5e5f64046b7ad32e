"""result.json, built from the journal alone: `result_of` is what a run says of its target."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from certhook.errors import UsageError
from certhook.profile.waivers import Waiver
from certhook.recording.file_names import JOURNAL_NAME, RESULT_NAME
from certhook.recording.journal import FORMAT, as_written, read_journal
from certhook.recording.tally import Latencies, Tally
from certhook.recording.wholefile import write_whole
from certhook.values import Level, Outcome, Verdict

_NOTHING_SENT = "nothing was sent for it"
_NOT_REFUSED = "what was sent for it was not refused by the application: there is no refusal to judge"
_STOPPED_BY = {"interrupted": "by Ctrl-C", "terminated": "by SIGTERM"}
_STANDING = (Outcome.NOT_TESTED, Outcome.NOT_APPLICABLE)
_JUDGED = (Outcome.PASSED, Outcome.FAILED, Outcome.WARNED, Outcome.WAIVED)


def write_result(directory: Path, exchange: Callable[[dict[str, Any]], None] | None = None) -> dict[str, Any]:
    """Build DIR/result.json from DIR/journal.ndjson and return it; the file is there whole or not at all.

    `exchange`, where given, gets each exchange's line on the way.
    """
    result = result_of(directory / JOURNAL_NAME, exchange)
    write_whole(directory / RESULT_NAME, result_bytes(result))
    return result


def result_bytes(result: dict[str, Any]) -> bytes:
    """The bytes of result.json, the same for the same result."""
    return (json.dumps(result, indent=2) + "\n").encode("ascii")


def result_of(journal_path: Path, exchange: Callable[[dict[str, Any]], None] | None = None) -> dict[str, Any]:
    """Return result.json for a journal, however the run ended; `exchange`, where given, gets each exchange's line.

    Raises UsageError where the journal cannot be read, was written in another format, or does not say what was run.
    """
    run = _Run(journal_path)
    with as_written(journal_path):
        for entry in read_journal(journal_path):
            run.take(entry)
            if exchange is not None and entry["kind"] == "exchange":
                exchange(entry)
        return run.result()


class _Run:
    """What has been read so far; it grows with the cases of the run, never with its exchanges."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._head: dict[str, Any] = {}
        self._doctor: dict[str, Any] | None = None
        self._end: dict[str, Any] | None = None
        self._planned: dict[str, list[str]] = {}
        self._ended: set[str] = set()
        self._unjudged: set[str] = set()
        self._tallies: dict[str, Tally] = {}
        self._latencies = Latencies()
        self._requests = 0
        self._last = ""

    def take(self, entry: dict[str, Any]) -> None:
        """Take in one line of the journal."""
        getattr(self, f"_take_{entry['kind']}")(entry)

    def _take_run(self, entry: dict[str, Any]) -> None:
        if entry.get("format") != FORMAT:
            raise UsageError(f"{self._path}: format {entry.get('format')!r}, but this certhook reads format {FORMAT}")
        self._head = entry
        self._tallies |= {item["id"]: Tally() for item in entry["requirements"] if item["id"] not in self._tallies}

    def _take_doctor(self, entry: dict[str, Any]) -> None:
        self._doctor = {key: value for key, value in entry.items() if key != "kind"}

    def _take_plan(self, entry: dict[str, Any]) -> None:
        self._planned |= {case["case"]: case["requirements"] for case in entry["cases"]}

    def _take_exchange(self, entry: dict[str, Any]) -> None:
        self._requests += 1
        self._last = max(self._last, entry["started"])
        if entry["response"] is not None:
            self._latencies.add(entry["operation"], entry["elapsed_ms"])

    def _take_case(self, entry: dict[str, Any]) -> None:
        self._ended.add(entry["case"])
        self._last = max(self._last, entry["ended"])
        self._note_unjudged(entry)
        for item in entry["outcomes"]:
            tally = self._tallies.get(item["requirement"])
            if tally is not None:  # a case may speak of requirements that were not selected
                tally.add(Outcome(item["outcome"]), item.get("reason", ""), item.get("finding"), entry["case"])

    def _note_unjudged(self, entry: dict[str, Any]) -> None:
        """Requirements that a case was sent for, and that its answer says nothing of: those of refusals alone."""
        planned = set(self._planned.get(entry["case"], ()))
        judged = {item["requirement"] for item in entry["outcomes"]}
        if entry["exchanges"] and judged <= planned:  # else it is no case, but the end of a round
            self._unjudged |= planned - judged

    def _take_end(self, entry: dict[str, Any]) -> None:
        self._end = entry
        self._last = entry["ended"]

    def result(self) -> dict[str, Any]:
        """Return the result of everything that was taken in."""
        if not self._head:
            raise UsageError(f"{self._path}: no run line: it does not say what was run")
        self._block_unended()
        used: set[str] = set()
        requirements = [self._requirement(item, used) for item in self._head["requirements"]]
        doubts = [*self._doubts(requirements), *self._waiver_doubts(used)]
        return {
            "protocol": self._head["protocol"],
            "document": self._head["document"],
            "target": self._head["target"],
            "verdict": verdict_of(requirements, doubts).value,
            "incomplete_because": doubts,
            "started": self._head["started"],
            "duration_s": _seconds(self._head["started"], self._last),
            "requests": self._requests,
            "seed": self._head["seed"],
            "versions": self._head["versions"],
            "counts": counts_of(requirements),
            "requirements": requirements,
            "latency_ms": self._latencies.summary(),
            **self._context(),
        }

    def _context(self) -> dict[str, Any]:
        kept = {key: self._head.get(key, []) for key in ("waivers", "errata", "notices")}
        if "command" in self._head:
            kept["command"] = self._head["command"]
        kept |= {key: self._head.get(key) for key in ("profile", "pack_digest")}
        return kept | {"doctor": self._doctor, "interrupted": (self._end or {}).get("interrupted")}

    def _block_unended(self) -> None:
        for case in self._planned.keys() - self._ended:
            for requirement in self._planned[case]:
                if requirement in self._tallies:
                    self._tallies[requirement].add_unended(case)

    def _requirement(self, item: dict[str, Any], used: set[str]) -> dict[str, Any]:
        tally = self._tallies[item["id"]]
        outcome, reason = self._outcome(item, tally, used)
        kept = {key: item[key] for key in ("id", "title", "group", "level", "basis", "citation")}
        findings = {"findings": tally.findings, "findings_total": tally.findings_total}
        return {**kept, "outcome": outcome.value, "reason": reason, **findings}

    def _outcome(self, item: dict[str, Any], tally: Tally, used: set[str]) -> tuple[Outcome, str]:
        if item.get("outcome") in _STANDING:
            return Outcome(item["outcome"]), item.get("reason", "")
        if self._doctor and not self._doctor["ok"]:
            return Outcome.BLOCKED, self._doctor["reason"]
        waiver = next((each for each in self._live_waivers() if each["requirement"] == item["id"]), None)
        if waiver and any(outcome.is_breach for outcome in tally.reasons):
            used.add(item["id"])
            return tally.worst(waived=Waiver.from_json(waiver).sentence)
        if tally.reasons:
            return tally.worst()
        return Outcome.BLOCKED, _NOT_REFUSED if item["id"] in self._unjudged else _NOTHING_SENT

    def _live_waivers(self) -> list[dict[str, Any]]:
        return [waiver for waiver in self._head.get("waivers", []) if not waiver["expired"]]

    def _waiver_doubts(self, used: set[str]) -> Iterable[str]:
        for waiver in self._head.get("waivers", []):
            if waiver["expired"]:
                yield f"the waiver of {waiver['requirement']} expired on {waiver['expires']}"
            elif waiver["requirement"] not in used:
                yield f"the waiver of {waiver['requirement']} waived nothing"

    def _doubts(self, requirements: list[dict[str, Any]]) -> Iterable[str]:
        if self._end is None:
            yield "the run did not end: its journal has no end line"
        elif self._end["interrupted"]:
            yield f"the run was interrupted: {_STOPPED_BY.get(self._end['interrupted'], self._end['interrupted'])}"
        if not any(item["outcome"] in _JUDGED for item in requirements):
            yield "no requirement was judged"
        musts = [item for item in requirements if item["level"] == Level.MUST]
        yield from _grouped(musts, Outcome.BLOCKED, "blocked")
        if self._head["require_all"]:
            yield from _grouped(musts, Outcome.NOT_TESTED, "not tested")


def _grouped(musts: list[dict[str, Any]], outcome: Outcome, word: str) -> Iterable[str]:
    """One sentence per reason, since a dead target gives all its requirements the same one."""
    reasons = dict.fromkeys(item["reason"] for item in musts if item["outcome"] == outcome)
    for reason in reasons:
        ids = [item["id"] for item in musts if item["outcome"] == outcome and item["reason"] == reason]
        who = ids[0] if len(ids) == 1 else f"{len(ids)} MUST requirements ({ids[0]}, ...)"
        yield f"{who} {word}: {reason}"


def verdict_of(requirements: list[dict[str, Any]], doubts: list[str]) -> Verdict:
    """The verdict that follows from the requirements' levels and outcomes, and from what made the run incomplete."""
    if any(item["level"] == Level.MUST and item["outcome"] == Outcome.FAILED for item in requirements):
        return Verdict.NOT_CERTIFIED
    return Verdict.INCOMPLETE if doubts else Verdict.CERTIFIED


def counts_of(requirements: list[dict[str, Any]]) -> dict[str, int]:
    """Requirements by outcome."""
    order = ("passed", "failed", "warned", "waived", "blocked", "not_tested", "not_applicable")
    return {name: sum(item["outcome"] == name for item in requirements) for name in order}


def _seconds(started: str, ended: str) -> float:
    if not ended:
        return 0.0
    return round((datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds(), 3)
