"""Profiles as TOML: what is written is what is read."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from certhook.profile.tomltext import as_toml

TEXT = st.text(st.characters(codec="utf-8"))
PLAIN = st.one_of(TEXT, st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.booleans(), st.dates())
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=8)


@given(st.dictionaries(TEXT, VALUES))
def test_what_is_written_is_read(data: dict[str, Any]) -> None:
    """Any data that TOML can hold comes back: waivers with their dates, references to secrets, and any text."""
    assert tomllib.loads(as_toml(data)) == data
