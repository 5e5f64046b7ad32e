"""docs/comparing.md says of regressions what the code does."""

from __future__ import annotations

from pathlib import Path

from certhook.reporting.comparison import LATENCY_FACTOR, LATENCY_STEP_MS, RULE

PAGE = Path(__file__).parents[2] / "docs" / "comparing.md"
WORDS = {"same": "", "worse": "**worse**", "must": "**worse for a MUST**", "better": "fix", "other": "other"}


def test_the_page_has_the_rule() -> None:
    """The table is that of the code, in words for people."""
    columns, *rows = [line.split() for line in RULE.strip().splitlines()]
    shown = [["", *columns[1:]], *([before, *(WORDS[word] for word in words)] for before, *words in rows)]
    page = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.read_text(encoding="utf-8").splitlines()]
    for row in shown:
        assert [cell.replace("_", " ") for cell in row] in page


def test_the_page_has_the_bounds() -> None:
    """What a shift of latency is, is said with its numbers."""
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"{LATENCY_FACTOR:g} times what it was and {LATENCY_STEP_MS:g} ms away" in page
