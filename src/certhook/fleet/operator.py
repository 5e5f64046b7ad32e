"""One operator of a fleet, settled: what its run is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator and its run's options.

    `profile` is the profile's data, shared defaults laid under it, paths of secrets made absolute; it may hold
    secrets. `profile_path` is the file that says all of it, where there is one. The run is stopped after
    `time_limit_s` seconds. `embedded` examines the built-in target, with its `fault` and `latency_ms`.
    """

    name: str
    protocol: str
    profile: Mapping[str, Any] = field(default_factory=dict, repr=False)
    profile_path: Path | None = None
    tags: frozenset[str] = frozenset()
    time_limit_s: float = 1800.0
    max_examples: int | None = None
    seed: int = 0
    groups: tuple[str, ...] = ()
    require_all: bool = False
    embedded: bool = False
    fault: str | None = None
    latency_ms: int = 0

    @property
    def host(self) -> str:
        """The name under which the target is reached, in lower case; operators of one host never run side by side.

        An embedded target, and a profile that names none, has nobody to share with.
        """
        target = self.profile.get("target")
        url = target.get("url") if isinstance(target, Mapping) and not self.embedded else None
        try:
            host = urlsplit(url).hostname if isinstance(url, str) else None
        except ValueError:
            host = None
        return host.rstrip(".") if host else f"operator {self.name}"
