"""report.html: the page as HTML, in one file that loads nothing and may do nothing but what its own lines say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

import certhook
from certhook.recording.file_names import PAGE_NAME, RESULT_NAME
from certhook.recording.wholefile import write_whole
from certhook.reporting.html import source_of, templates_in
from certhook.reporting.page.exchanges import exchanges_of
from certhook.reporting.page.latency import WIDTH, in_milliseconds
from certhook.reporting.page.model import Page
from certhook.reporting.page.run import page_of

_HERE = Path(__file__).parent


def write_page(folder: Path, result: Mapping[str, Any]) -> Path:
    """Write DIR/report.html from DIR/journal.ndjson and DIR/result.json, which holds `result`; return its path.

    Raises UsageError where the journal cannot be read, or is that of another run.
    """
    digest = hashlib.sha256((folder / RESULT_NAME).read_bytes()).hexdigest()
    page = page_of(result, digest, exchanges_of(folder, result), folder)
    path = folder / PAGE_NAME
    write_whole(path, rendered(page).encode())
    return path


def rendered(page: Page) -> str:
    """The page as HTML."""
    style, script = _text("report.css"), _text("report.js")
    policy = (
        f"default-src 'none'; style-src {source_of(style)}; script-src {source_of(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    template = _environment().get_template("report.html.j2")
    return template.render(page=page, policy=policy, style=Markup(style), script=Markup(script))  # noqa: S704 - our own


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = templates_in(_HERE)
    environment.filters |= {"milliseconds": in_milliseconds, "words": lambda name: name.replace("_", " ")}
    environment.globals |= {"version": certhook.__version__, "chart_width": WIDTH}
    return environment
