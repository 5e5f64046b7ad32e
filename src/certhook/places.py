"""Where the data folders are: inside the package when installed from a wheel, beside `src` in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parents[1] / name


def schemas_dir() -> Path:
    """The folder of JSON Schemas, with one folder per protocol."""
    return _folder("schemas")


def suites_dir() -> Path:
    """The folder of pytest modules that hold the checks."""
    return _folder("suites")
