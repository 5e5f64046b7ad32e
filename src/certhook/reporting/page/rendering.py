"""report.html: the page as HTML, in one file that loads nothing and may do nothing but what its own lines say."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import certhook
from certhook.recording.results import RESULT_NAME
from certhook.recording.wholefile import write_whole
from certhook.reporting.escaping import visible_lines
from certhook.reporting.page.exchanges import exchanges_of
from certhook.reporting.page.latency import WIDTH, in_milliseconds
from certhook.reporting.page.model import Page
from certhook.reporting.page.run import page_of

PAGE_NAME = "report.html"

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
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    template = _environment().get_template("report.html.j2")
    return template.render(page=page, policy=policy, style=Markup(style), script=Markup(script))  # noqa: S704 - our own


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What a Content-Security-Policy calls an inline text that it allows."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {"milliseconds": in_milliseconds, "words": lambda name: name.replace("_", " ")}
    environment.globals |= {"version": certhook.__version__, "chart_width": WIDTH}
    return environment


def _shown(value: Any) -> Any:
    """Whatever reaches the page as text has nothing in it that does not print, whoever wrote it."""
    return visible_lines(value) if isinstance(value, str) and not isinstance(value, Markup) else value
