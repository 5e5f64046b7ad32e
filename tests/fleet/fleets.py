"""Tiny fleets: written to a file, run by the command in this process, and what a night of them left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certhook.fleet.operator import Operator
from certhook.fleet.standing import OperatorResult, Standing
from certhook.profile.tomltext import as_toml
from certhook.reference.klas.target import KlasTarget
from certhook.values import Level, Outcome

SECRET = KlasTarget.secret.decode()
DEAD = "http://127.0.0.1:9"
DEFAULTS = {"protocol": "klas", "max_examples": 0, "groups": ["methods"], "time_limit_s": 60}


def embedded(name: str, **more: Any) -> dict[str, Any]:
    """An operator with the built-in target."""
    return {"name": name, "embedded": True, **more}


def at(name: str, url: str, *, secret: str | Mapping[str, str] = SECRET, **more: Any) -> dict[str, Any]:
    """An operator with a target of klas at a URL."""
    profile = {"target": {"url": url}, "credentials": {"secret": secret}, "subject": KlasTarget.profile(url)["subject"]}
    return {"name": name, "profile": profile, **more}


def fleet_file(folder: Path, *operators: Mapping[str, Any], **defaults: Any) -> Path:
    """FLEET.toml with those operators; nobody waits for a moment of their own."""
    path = folder / "fleet.toml"
    data = {"operators": list(operators), "fleet": {"jitter_s": 0}, "defaults": {**DEFAULTS, **defaults}}
    path.write_text(as_toml(data), encoding="utf-8")
    return path


def lines_of(night: Path, kind: str = "ended") -> list[dict[str, Any]]:
    """The lines of a kind in a night's file."""
    lines = [json.loads(line) for line in (night / "night.ndjson").read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["kind"] == kind]


def standings_in(night: Path) -> dict[str, str]:
    """How each operator of a night came out; each ended once."""
    lines = lines_of(night)
    standings = {line["operator"]: line["standing"] for line in lines}
    assert len(standings) == len(lines)
    return standings


def operator(name: str, url: str = DEAD, **more: Any) -> Operator:
    """An operator that is settled."""
    given: dict[str, Any] = {"protocol": "klas", "max_examples": 0, "groups": ("methods",), "time_limit_s": 60.0}
    return Operator(name, profile=at(name, url)["profile"], **{**given, **more})


def ended(name: str = "acme", standing: Standing = Standing.CERTIFIED, day: int = 1, **more: Any) -> OperatorResult:
    """A run that ended on a day of January."""
    started = f"2027-01-{day:02}T02:00:00.000Z"
    given: dict[str, Any] = {"why": "", "target": "https://acme.example/", "seconds": 1.0, "requests": 7}
    return OperatorResult(name, "klas", standing, started=started, **{**given, **more})


def result(outcomes: Mapping[str, Outcome], day: int = 1, verdict: str = "certified", **more: Any) -> dict[str, Any]:
    """What of a result.json a comparison reads; `outcomes` are those of MUST requirements."""
    requirements: list[dict[str, Any]] = [
        {"id": id, "title": f"Title of {id}", "level": Level.MUST.value, "outcome": outcome.value, "reason": ""}
        | {"findings": []}
        for id, outcome in outcomes.items()
    ]
    return {
        "protocol": "klas",
        "target": "https://acme.example/",
        "verdict": verdict,
        "started": f"2027-01-{day:02}T02:00:00.000Z",
        "versions": {"certhook": "1.0"},
        "pack_digest": "ab" * 32,
        "latency_ms": {"authenticate": {"p50": 1.0, "p95": 2.0, "max": 3.0}},
        "requirements": requirements,
    } | more
