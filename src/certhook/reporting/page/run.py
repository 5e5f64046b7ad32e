"""The run as a page: its verdict, and everything that was settled before and found afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from certhook.reporting.page.exchanges import Exchanges
from certhook.reporting.page.latency import Timings
from certhook.reporting.page.model import Check, Erratum, Fact, Latency, Page, ShownRequirement, ShownWaiver
from certhook.reporting.page.requirements import groups_of, matrix_of, shown_requirements, unjudged_in
from certhook.reporting.page.room import room_for
from certhook.reporting.page.sentences import counted, sentence_of
from certhook.reporting.wording import verdict_in_words
from certhook.values import Outcome, Verdict

_NOT_PROFILE = ("protocol", "target", "waivers")
"""Parts of a recorded profile that the page has elsewhere."""


def page_of(result: Mapping[str, Any], digest: str, exchanges: Exchanges, folder: Path) -> Page:
    """The page of a run. `digest` is the SHA-256 of result.json; `folder` is the run's, as its reader would name it."""
    room = room_for(result, exchanges.shown)
    requirements = shown_requirements(result, room, folder)
    groups = groups_of(requirements)
    return Page(
        document=result["document"],
        target=result["target"],
        day=_day(result["started"]),
        verdict=Verdict(result["verdict"]),
        heading=verdict_in_words(result).capitalize(),
        sentence=sentence_of(result),
        counted=tuple(counted(result)),
        doubts=tuple(result["incomplete_because"]),
        notices=tuple(result["notices"]),
        facts=tuple(_facts(result, digest)),
        profile=tuple(_profile(result["profile"] or {})),
        versions=tuple(Fact(*one) for one in result["versions"].items()),
        checks=tuple(Check(**one) for one in (result["doctor"] or {"checks": []})["checks"]),
        matrix=matrix_of(groups),
        commands=room.commands,
        groups=groups,
        latencies=tuple(_latencies(result["latency_ms"], exchanges.timings)),
        waivers=tuple(_waivers(result["waivers"], requirements)),
        unjudged=tuple(unjudged_in(requirements)),
        errata=tuple(Erratum(**one) for one in result["errata"]),
    )


def _facts(result: Mapping[str, Any], digest: str) -> Iterator[Fact]:
    yield Fact("Target", result["target"])
    yield Fact("Document", f"{result['document']} ({result['protocol']})")
    yield Fact("Started", f"{_day(result['started'])}, {datetime.fromisoformat(result['started']):%H:%M:%S} UTC")
    yield Fact("Duration", f"{result['duration_s']:,.1f} s, {result['requests']:,} requests")
    if result["interrupted"]:
        yield Fact("Ended early", result["interrupted"])
    yield Fact("Seed", "none" if result["seed"] is None else str(result["seed"]))
    if "command" in result:
        yield Fact("Command", result["command"])
    if result["pack_digest"]:
        yield Fact("SHA-256 of the protocol's data", result["pack_digest"])
    yield Fact("SHA-256 of result.json", digest)


def _day(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%d %B %Y}".lstrip("0")


def _profile(value: Any, place: str = "") -> Iterator[Fact]:
    """The leaves of a recorded profile, by the place where they stand in it."""
    if isinstance(value, dict):
        for name, part in value.items():
            if place or name not in _NOT_PROFILE:
                yield from _profile(part, f"{place}.{name}" if place else name)
    elif value is not None:
        yield Fact(place, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _latencies(summaries: Mapping[str, Mapping[str, float]], timings: Mapping[str, Timings]) -> Iterator[Latency]:
    for operation, summary in summaries.items():
        found = timings.get(operation, Timings())
        yield Latency(
            operation,
            **summary,
            answered=found.answered,
            unanswered=found.unanswered,
            histogram=found.histogram(summary),
        )


def _waivers(waivers: list[dict[str, Any]], requirements: tuple[ShownRequirement, ...]) -> Iterator[ShownWaiver]:
    breached = {one.id for one in requirements if one.outcome is Outcome.WAIVED or one.findings_total}
    for waiver in waivers:
        standing = "used" if waiver["requirement"] in breached else "waives nothing"
        texts = {name: waiver[name] for name in ("requirement", "reason", "owner", "expires")}
        yield ShownWaiver(**texts, standing="expired" if waiver["expired"] else standing)
