"""A webhook that hears of regressions, and of nothing else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx

from certhook.errors import UsageError
from certhook.fleet.changes import Morning, Row
from certhook.formats import is_http_url

_PATIENCE_S = 10.0


def checked_webhook(url: str) -> str:
    """The URL. Raises UsageError where it is none; it is not quoted, for it may hold a token."""
    if not is_http_url(url):
        raise UsageError("--notify: must be an absolute http or https URL with a host")
    return url


def notify(url: str, morning: Morning) -> str | None:
    """Post the regressions; redirects are not followed. Returns None, or in one line why they were not taken."""
    place = f"--notify: {urlsplit(url).hostname}"
    try:
        with httpx.Client(timeout=_PATIENCE_S, follow_redirects=False, trust_env=False) as client:
            answer = client.post(url, json=payload_of(morning))
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return f"{place} could not be notified of the regressions: {type(error).__name__}"
    if answer.is_success:
        return None
    return f"{place} rejected the regressions: HTTP {answer.status_code}"


def payload_of(morning: Morning) -> dict[str, Any]:
    """The regressions of a night as JSON, for a webhook; docs/nightly.md says what stands where."""
    return {
        "event": "certhook.regressions",
        "fleet": morning.head.fleet,
        "night": morning.head.night,
        "started": morning.head.started,
        "operators": len(morning.rows),
        "regressions": [_regression(row) for row in morning.regressed],
    }


def _regression(row: Row) -> dict[str, Any]:
    changes = row.changes
    assert changes is not None  # noqa: S101 - without changes nothing regressed
    return {
        "operator": row.ended.operator,
        "protocol": row.ended.protocol,
        "target": row.ended.target,
        "verdict": row.ended.standing.value,
        "verdict_before": changes.was,
        "since": changes.since,
        "requirements": [
            {
                "id": one.id,
                "title": one.title,
                "level": one.now.level.value,
                "before": one.before.outcome.value,
                "now": one.now.outcome.value,
            }
            for one in changes.regressions
        ],
    }
