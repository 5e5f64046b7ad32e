"""A profile's data as TOML text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from certhook.profile.mistakes import place_of


def as_toml(data: Mapping[str, Any]) -> str:
    """The tables of a profile, one after the other. Values are text, numbers, booleans, or lists of those."""
    tables = []
    for name, table in data.items():
        lines = [f"{place_of([key])} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()]
        tables.append("\n".join([f"[{name}]", *lines]))
    return "\n\n".join(tables) + "\n"
