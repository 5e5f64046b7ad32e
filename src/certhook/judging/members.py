"""The texts and numbers of a JSON value, wherever they stand in it."""

from __future__ import annotations

import string
from typing import Any

_NO_NUMBER = frozenset(string.ascii_lowercase) - {"i", "n"}
"""Letters with which no number begins, while "inf" and "nan" do: to try to read each text takes longer than to ask."""


def members_within(value: Any) -> list[tuple[str, str]]:
    """Every member at any depth whose value is text or a number, numbers in one spelling."""
    found: list[tuple[str, str]] = []
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            found += [(name, plain(inner)) for name, inner in part.items() if not isinstance(inner, dict | list)]
            part = list(part.values())
        if isinstance(part, list):
            waiting += [inner for inner in part if isinstance(inner, dict | list)]
    return found


def texts_within(value: Any) -> list[tuple[str, str]]:
    """Every text at any depth as it was written, with the name of the member that it, or its list, stands in."""
    found: list[tuple[str, str]] = []
    waiting = [("", value)]
    while waiting:
        name, part = waiting.pop()
        if isinstance(part, str):
            found.append((name, part))
        elif isinstance(part, dict):
            waiting += part.items()
        elif isinstance(part, list):
            waiting += [(name, inner) for inner in part]
    return found


def plain(value: Any) -> str:
    """A scalar in one spelling, so that "30", 30 and 30.00 compare alike; every zero is "0"."""
    if isinstance(value, str) and value[:1].lower() in _NO_NUMBER:
        return value
    try:
        return f"{float(value) + 0.0:.10g}" if not isinstance(value, bool) else str(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)
