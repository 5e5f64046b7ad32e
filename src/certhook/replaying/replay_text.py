"""What a person reads of a replay: what was sent, what came, and what has become of each finding."""

from __future__ import annotations

from collections.abc import Iterator

from certhook.replaying.evidence import Evidence
from certhook.replaying.replay import Replayed, Ruling
from certhook.reporting.escaping import visible
from certhook.reporting.exchange_text import http_text

STILL_BROKEN, NO_LONGER, UNCLEAR = "still broken", "no longer", "inconclusive"

_LIMIT = 300


def replay_text(evidence: Evidence, replayed: Replayed, how: str) -> str:
    """The replay of an exchange; `how` it was sent again finishes a sentence. Whatever a target said is escaped."""
    return "\n".join(_lines(evidence, replayed, how))


def conclusion(replayed: Replayed) -> str:
    """The last line: what is true of all findings together."""
    if replayed.exit_status == 3:
        return f"{UNCLEAR}: {visible(replayed.unclear, _LIMIT)}"
    if not replayed.rulings:
        return "no finding of the run is in this exchange"
    return STILL_BROKEN if replayed.exit_status else NO_LONGER


def _lines(evidence: Evidence, replayed: Replayed, how: str) -> Iterator[str]:
    record = evidence.record
    yield f"exchange {record['number']}, case {visible(record['case'])}, of {record['started']}"
    yield f"sent again, {visible(how)}"
    yield from (f"note: {visible(note)}" for note in replayed.notes)
    for exchange in replayed.exchanges:
        yield "" if len(replayed.exchanges) == 1 else f"\n{visible(exchange['case'])}:"
        yield http_text(exchange)
    for ruling in replayed.rulings:
        yield ""
        yield from _ruling(ruling)
    if not replayed.rulings and replayed.now:
        yield f"\n  then:     {visible(replayed.before, _LIMIT)}"
        yield f"  now:      {visible(replayed.now, _LIMIT)}"
    yield ""


def _ruling(ruling: Ruling) -> Iterator[str]:
    requirement, finding = ruling.requirement, ruling.finding
    stands = {True: STILL_BROKEN, False: NO_LONGER, None: UNCLEAR}[ruling.stands]
    yield f"{requirement.level} {requirement.id}, {stands}: {visible(requirement.title)}"
    yield f"  sent:     {visible(finding.message, _LIMIT)}"
    yield f"  expected: {visible(finding.expected, _LIMIT)}"
    yield f"  then:     {visible(finding.observed, _LIMIT)}"
    yield f"  now:      {visible(ruling.now, _LIMIT)}"
