"""The choices from which Hypothesis drew one of several things: from these it draws that one by itself.

It has no public names for them. They are asked for only where something is to be made smaller; where the names are
gone, ImportError or AttributeError is raised.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Chosen = tuple[Any, ...]
"""What was chosen, one after the other."""


def noting_choices(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Chosen]:
    """Draws what the strategy draws, from the same choices, and gives these in its place."""
    from hypothesis.control import current_build_context

    @st.composite
    def noted(draw: st.DrawFn) -> Chosen:
        data = current_build_context().data
        before = len(data.nodes)
        draw(strategy)
        return tuple(node.value for node in data.nodes[before:])

    return noted()


def choices_as_bytes(chosen: Chosen) -> bytes:
    """The choices as Hypothesis's databases keep them."""
    from hypothesis.database import choices_to_bytes

    return choices_to_bytes(chosen)
