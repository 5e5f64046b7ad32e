"""The machine that figures were measured on, as Markdown."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime


def lines(load: float) -> list[str]:
    """`load` is the machine's load average before the first measurement."""
    return [
        f"- {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} on {platform.machine()}",
        f"- load average {load:.1f} when it began (the figures want an idle machine)",
    ]
