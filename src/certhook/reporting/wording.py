"""A result in words, the same in every report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certhook.values import Verdict


def verdict_in_words(result: Mapping[str, Any]) -> str:
    """The verdict of a result.json.

    >>> verdict_in_words({"verdict": "not-certified"})
    'NOT CERTIFIED'
    >>> verdict_in_words({"verdict": "certified", "command": "certhook run klas --embedded --group status"})
    'CERTIFIED (a selection)'
    """
    return str(result["verdict"]).upper().replace("-", " ") + " (a selection)" * is_partial(result)


def is_partial(result: Mapping[str, Any]) -> bool:
    """Whether a target is certified for selected groups or requirements only, which says nothing of the rest."""
    selecting = {"--group", "--requirement"} & set(result.get("command", "").split())
    return bool(selecting) and result["verdict"] == Verdict.CERTIFIED


def counts_in_words(result: Mapping[str, Any]) -> str:
    """How many requirements of a result.json came to which outcome.

    >>> counts_in_words({"counts": {"passed": 72, "failed": 0, "not_tested": 1}})
    '72 passed, 1 not tested'
    """
    parts = [f"{count} {name.replace('_', ' ')}" for name, count in result["counts"].items() if count]
    return ", ".join(parts) or "no requirements"
