"""What Allure is told of a run, as its configuration file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from certhook.reporting.allure_files import CATEGORIES
from certhook.reporting.wording import verdict_in_words

_GROUPS = ("epic", "feature", "story")
_CHARTS = (
    {"type": "statusDynamics", "title": "Cases by run"},
    {"type": "statusTransitions", "title": "Cases that changed"},
    {"type": "durations", "title": "How long cases took", "groupBy": "none"},
    {"type": "durationDynamics", "title": "How long runs took"},
)
"""Allure's others are of percentages, which are no verdict, or of labels that cases do not have."""


def configuration(results: Sequence[Mapping[str, Any]], output: Path, history: Path) -> dict[str, Any]:
    """allurerc.json for the results of one or more runs; Allure adds a line to the history."""
    title = title_of(results)
    options = {
        "reportName": title,
        "singleFile": True,
        "groupBy": _GROUPS,
        "sections": ["charts"],
        "charts": _CHARTS,
    }
    return {
        "name": title,
        "plugins": {"awesome": {"options": options}},
        "output": str(output),
        # Messages differ from case to case; what cases of a category have in common is the requirement.
        "categories": [{**one, "groupBy": [{"label": "story"}], "groupByMessage": False} for one in CATEGORIES],
        "historyPath": str(history),
        "appendHistory": True,
    }


def title_of(results: Sequence[Mapping[str, Any]]) -> str:
    """The verdict, of what: the report's title."""
    parts = [f"{verdict_in_words(one)}: {one['protocol']} at {one['target']}" for one in results]
    return "; ".join(parts)
