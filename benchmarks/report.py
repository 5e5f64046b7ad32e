"""docs/performance.md: the table, and what it was measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from benchmarks import peer
from benchmarks.rows import Row, markdown
from benchmarks.scale import Scale

PACKAGES = ("certhook", "httpx", "hypothesis", "pytest")


def report(rows: Sequence[Row], scale: Scale, load: float, notes: Iterable[str] = ()) -> str:
    """The page; `load` is the machine's load average before the first measurement."""
    lines = [
        "# Performance",
        "",
        "Written by `python3 -m tox -e bench`; see [CONTRIBUTING.md](../CONTRIBUTING.md). Do not edit.",
        "",
        *_machine(load),
        "",
        f"Medians of {scale.rounds} turns; what is compared runs in turn, and ratios are taken within a turn. All HTTP",
        "goes over loopback to the reference target in a process of its own.",
        "",
        *markdown(rows),
        "",
        *notes,
    ]
    return "\n".join(lines).rstrip() + "\n"


def _machine(load: float) -> list[str]:
    packages = [f"{name} {version(name)}" for name in PACKAGES]
    packages += [f"schemathesis {peer.version() or '(not installed)'}"]
    return [
        f"- {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} on {platform.machine()}",
        f"- load average {load:.1f} when it began (the figures want an idle machine)",
        f"- Python {platform.python_version()}, {', '.join(packages)}",
    ]
