"""docs/performance.md: the table, and what it was measured on."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version

from benchmarks import machine, peer
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
        *machine.lines(load),
        _packages(),
        "",
        f"Medians of {scale.rounds} turns; what is compared runs in turn, and ratios are taken within a turn. All HTTP",
        "goes over loopback to the reference target in a process of its own.",
        "",
        *markdown(rows),
        "",
        *notes,
    ]
    return "\n".join(lines).rstrip() + "\n"


def _packages() -> str:
    packages = [f"{name} {version(name)}" for name in PACKAGES]
    packages += [f"schemathesis {peer.version() or '(not installed)'}"]
    return f"- Python {platform.python_version()}, {', '.join(packages)}"
