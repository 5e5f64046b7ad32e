"""A profile's data as TOML text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from certhook.profile.mistakes import place_of


def as_toml(data: Mapping[str, Any]) -> str:
    """The same data as TOML: what is no table first, then the tables one after the other, those within them inline."""
    plain = {name: value for name, value in data.items() if not isinstance(value, Mapping)}
    tables = [_lines(plain)] if plain else []
    for name, table in data.items():
        if isinstance(table, Mapping):
            tables.append("\n".join(filter(None, (f"[{_key(name)}]", _lines(table)))))
    return "\n\n".join(tables) + "\n"


def _lines(table: Mapping[str, Any]) -> str:
    return "\n".join(_pair(key, value) for key, value in table.items())


def _pair(key: str, value: Any) -> str:
    return f"{_key(key)} = {_value(value)}"


def _key(name: str) -> str:
    return name if place_of([name]) == name else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(_pair(*pair) for pair in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    # The strings of JSON are those of TOML, but for one character that TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
