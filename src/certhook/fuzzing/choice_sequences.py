"""The choices from which Hypothesis drew one of several things: from these it draws that one by itself.

It has no public names for them. They are asked for only where something is to be made smaller; where the names are
gone, ImportError or AttributeError is raised.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st


def choices_of(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """Draws what the strategy draws, and gives the choices made for it, as Hypothesis's databases keep them."""
    from hypothesis.control import current_build_context
    from hypothesis.database import choices_to_bytes

    @st.composite
    def noted(draw: st.DrawFn) -> bytes:
        data = current_build_context().data
        before = len(data.nodes)
        draw(strategy)
        return choices_to_bytes(node.value for node in data.nodes[before:])

    return noted()
