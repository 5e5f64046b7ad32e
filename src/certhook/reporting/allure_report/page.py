"""Allure's page, made to keep to itself: whoever reads a report of compliance must not be told of to anyone."""

from __future__ import annotations

import re

_ANALYTICS = re.compile(
    r'<script async src="https://www\.googletagmanager\.com/[^"]*"></script>\s*'
    r"<script>\s*window\.dataLayer = .*?</script>\s*",
    re.DOTALL,
)
_START = '<meta charset="utf-8">'
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline' data:; img-src data: blob:; "
    "font-src data:; media-src data: blob:; connect-src data: blob:; form-action 'none'"
)
_NO_RATE = 'article:has(> [role="img"][aria-label*="%"]) { display: none; }'
"""Hides the ring with the percentage of cases that passed: who fails one MUST of a hundred is not certified."""

_HEAD = f"""
    <meta http-equiv="Content-Security-Policy" content="{_POLICY}">
    <meta http-equiv="x-dns-prefetch-control" content="off">
    <style>{_NO_RATE}</style>"""


def secluded(page: str) -> str:
    """Return the page without Allure's analytics, and with a policy by which the browser loads nothing from outside."""
    return _ANALYTICS.sub("", page).replace(_START, _START + _HEAD, 1)
