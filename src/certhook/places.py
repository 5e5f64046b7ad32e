"""Where the data folders are: inside the package when installed from a wheel, beside `src` in a checkout."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parents[1] / name


def schemas_dir() -> Path:
    """The folder of JSON Schemas, with one folder per protocol."""
    return _folder("schemas")


@cache
def own_schema(name: str) -> dict[str, Any]:
    """One of the JSON Schemas of what this project itself reads and writes, such as `result`. Not to be changed."""
    schema: dict[str, Any] = json.loads((schemas_dir() / f"{name}.schema.json").read_bytes())
    return schema


def suites_dir() -> Path:
    """The folder of pytest modules that hold the checks."""
    return _folder("suites")
