"""A page opens at once, however much was found."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from certhook.recording.folders import stored_run
from certhook.recording.results import write_result
from certhook.recording.tally import FINDINGS_SHOWN
from certhook.reporting.page.messages import LONGEST
from certhook.reporting.page.model import Passage
from certhook.reporting.page.rendering import write_page
from certhook.reporting.page.room import BUDGET, fair_limit, room_for
from tests.browsing import browsing
from tests.recording.lines import MUST, case_line, exchange_line, finding, outcome, run_line, text_body
from tests.reporting.page.large import id_of, large_run
from tests.reporting.page.pages import page_from

FINDINGS = 3000
SLACK = 2
"""The machine may be busy with other tests."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run in which everything failed."""
    folder = large_run(tmp_path_factory.mktemp("large"), FINDINGS)
    write_result(folder)
    return folder


def test_a_large_run_makes_a_small_page(large: Path) -> None:
    """3,000 findings, each with an exchange of its own, are a page of less than 5 MB, made in less than 3 s."""
    started = time.process_time()
    path = write_page(large, stored_run(large).result)
    assert time.process_time() - started < 3
    assert path.stat().st_size < 5_000_000
    text = path.read_text(encoding="utf-8")
    assert text.count("<h5>Request</h5>") == text.count("<h5>Answer</h5>") == FINDINGS
    assert "Cut here" not in text
    assert "too many findings to show their curl commands" in text


def test_a_large_page_opens_at_once(large: Path) -> None:
    """Chromium has it open, filter and all, in less than 2 s, and finds the last of its requirements."""
    path = write_page(large, stored_run(large).result)
    with browsing() as browser:
        page = browser.new_page()
        page.goto(path.as_uri())
        navigation: Any = page.evaluate("performance.getEntriesByType('navigation')[0].toJSON()")
        assert page.get_by_role("status").inner_text() == "600 of 600 requirements shown"
        number = FINDINGS // FINDINGS_SHOWN - 1
        page.goto(f"{path.as_uri()}#{id_of(number)}")
        expect(page.get_by_text(f"with digit {number * FINDINGS_SHOWN} of its")).to_be_in_viewport()
    assert navigation["loadEventEnd"] < 2000 * SLACK


def test_only_the_longest_are_cut() -> None:
    """What does not fit is taken from the longest texts, which are then equally long."""
    assert fair_limit([10, 20, 30], 60) == 30
    assert fair_limit([10, 20, 60], 60) == 30
    assert fair_limit([10, 40, 60], 60) == 25
    assert fair_limit([], 60) == 0


def test_a_cut_text_takes_as_much_as_it_may() -> None:
    """A passage is cut by what it takes on the page, where a quote takes five bytes; a short one stays."""
    cut = Passage('"' * 100, elsewhere="in the folder").within(100)
    assert (cut.size, cut.whole, cut.elsewhere) == (100, False, "in the folder")
    assert Passage("short").within(5) == Passage("short")


def test_many_long_answers_are_cut_and_say_so(tmp_path: Path) -> None:
    """Where answers are long and many, each is cut, and the page says how long it was and where the rest is."""
    long = "x" * LONGEST
    response = {"status": 200, "http_version": "HTTP/1.1", "headers": [], "body": text_body(long + "and more")}
    found = [outcome(MUST, "failed") | {"finding": finding(f"OK {number}")} for number in range(5)]
    page = page_from(tmp_path, run_line(), exchange_line(1, response=response), case_line(*found))
    exchange = page.groups[0].requirements[0].findings[0].exchange
    assert exchange is not None
    assert exchange.response is not None
    assert len(exchange.response.text) == LONGEST
    assert not exchange.response.whole
    assert exchange.response.elsewhere.startswith("The body has 16,392 bytes; exchanges.har")
    many = {"requirements": [{"findings": [{"exchange": 1, "curl": ""}] * (BUDGET // LONGEST * 2)}]}
    short = room_for(many, {1: exchange}).exchanges[1].response
    assert short is not None
    assert LONGEST // 3 < short.size < LONGEST * 2 // 3
