"""The pages on the protocols say what the packs say."""

from __future__ import annotations

from pathlib import Path

import pytest

from certhook.cli.list_command import as_markdown
from certhook.pack.loading import load_pack, protocols

DOCS = Path(__file__).parents[2] / "docs"
PAGES = DOCS / "protocols"
START = "<!-- certhook list {} --markdown -->\n"
END = "<!-- end -->\n"


@pytest.mark.parametrize("protocol", protocols())
def test_a_page_has_the_tables_of_its_pack(protocol: str) -> None:
    """Requirements and errata stand on the page just as `certhook list PROTOCOL --markdown` prints them."""
    page = (PAGES / f"{protocol}.md").read_text(encoding="utf-8")
    _, _, rest = page.partition(START.format(protocol))
    tables, end, _ = rest.partition(END)
    assert end, f"{protocol}.md has no tables between {START.format(protocol)!r} and {END!r}"
    assert tables == as_markdown(load_pack(protocol))


@pytest.mark.parametrize("protocol", protocols())
def test_a_page_says_what_the_profile_needs(protocol: str) -> None:
    """Every mandatory credential and every mandatory piece of test data is in the page's example."""
    page = (PAGES / f"{protocol}.md").read_text(encoding="utf-8")
    properties = load_pack(protocol).profile_schema["properties"]
    for table in ("credentials", "subject"):
        for name in properties.get(table, {}).get("required", ()):
            assert name in page


def test_every_rule_of_its_own_that_is_cited_can_be_read() -> None:
    """Each has a heading of that name, and each heading is cited by some requirement."""
    ours = "certhook § "
    citations = {one.citation for protocol in protocols() for one in load_pack(protocol).requirements}
    cited = {one.removeprefix(ours) for one in citations if one.startswith(ours)}
    lines = (DOCS / "rules.md").read_text(encoding="utf-8").splitlines()
    assert cited == {line.removeprefix("## ") for line in lines if line.startswith("## ")}
