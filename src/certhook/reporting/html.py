"""What every page of certhook has in common: one file that loads nothing, and in which all text is data."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from certhook.reporting.escaping import visible_lines


def templates_in(folder: Path) -> Environment:
    """The templates of a folder; what they are given is escaped, and shown with nothing in it that does not print."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


def source_of(text: str) -> str:
    """What a Content-Security-Policy calls an inline style or script that it allows."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _shown(value: Any) -> Any:
    return visible_lines(value) if isinstance(value, str) and not isinstance(value, Markup) else value
