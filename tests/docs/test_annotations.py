"""Whoever writes a pack finds each annotation explained."""

from __future__ import annotations

import re
from pathlib import Path

from certhook.pack.annotations import ANNOTATIONS

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-protocol.md"


def test_each_annotation_is_on_the_page() -> None:
    """The page names those that there are, and no others."""
    assert set(re.findall(r"\bx-[a-z-]+\b", PAGE.read_text(encoding="utf-8"))) == ANNOTATIONS
