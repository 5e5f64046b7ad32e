"""The reference targets' reader of JSON."""

from __future__ import annotations

import pytest

from certhook.reference.json_reader import MAX_DEPTH, Unreadable, read_json


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"x":', b"}")])
def test_nesting_is_read_up_to_one_depth(opening: bytes, closing: bytes) -> None:
    """However deep the stack of this Python is: a target answers alike on every one."""
    within, beyond = (opening * depth + b"1" + closing * depth for depth in (MAX_DEPTH - 1, MAX_DEPTH))
    assert read_json(within)
    with pytest.raises(Unreadable):
        read_json(beyond)
