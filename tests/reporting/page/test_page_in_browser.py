"""report.html in Chromium, from disk, as people use it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import browsing
from tests.recording.lines import (
    SHOULD,
    Line,
    case_line,
    doctor_line,
    end_line,
    exchange_line,
    finding,
    outcome,
    requirement,
    run_line,
    text_body,
)
from tests.reporting.page.pages import report_from

FAILED, PASSED, LATE = "klas.signature.prefix", "klas.fields.currency", "klas.robustness.latency"
REQUIREMENTS = (
    requirement(PASSED),
    requirement(FAILED),
    requirement(SHOULD, "SHOULD"),
    requirement(LATE, "SHOULD", outcome="not_tested", reason="needs max_p95_ms"),
)

CONTRAST = """() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
  };
  const found = [];
  for (const one of document.body.querySelectorAll("*:not(script)")) {
    const says = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!says || !one.checkVisibility()) continue;
    const style = getComputedStyle(one);
    const text = luminance(numbers(one.closest("svg") ? style.fill : style.color)), back = luminance(behind(one));
    const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    found.push([contrast, one.textContent.slice(0, 40)]);
  }
  return found;
}"""

INTRUDER = """url => {
  const script = document.createElement("script");
  script.textContent = "window.injected = 1";
  const image = document.createElement("img");
  image.src = url;
  image.setAttribute("onerror", "window.injected = 1");
  document.body.append(script, image);
  return fetch(url, { signal: AbortSignal.timeout(1000) }).then(() => "sent", (error) => error.name);
}"""


@dataclass
class Opened:
    """A page in the browser, what it asked for, and what it complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def shown(self) -> list[str]:
        """The requirements that are to be seen."""
        return [str(one.get_attribute("id")) for one in self.page.locator(".requirement:visible").all()]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests here."""
    with browsing() as browser:
        yield browser


def hostile(url: str) -> str:
    """What a target sends that would like to be more than text."""
    return (
        f"</pre></details></article><script>window.injected = 1; fetch('{url}')</script><img src='{url}' "
        f"onerror='window.injected = 1'><style>@import url({url})</style><meta http-equiv=refresh content='0;{url}'>"
    )


def journal(text: str) -> tuple[Line, ...]:
    """A run in which a MUST failed with an answer of that text, and a SHOULD was not met."""
    response = {"status": 200, "http_version": "HTTP/1.1", "headers": [["X", text]], "body": text_body(text)}
    failed = outcome(FAILED, "failed") | {"finding": finding(text, message="half a signature")}
    warned = outcome(SHOULD, "warned") | {"finding": finding("accepted", exchange=2)}
    return (
        run_line(*REQUIREMENTS, notices=[text]),
        doctor_line(),
        exchange_line(1, response=response),
        exchange_line(2, 8.0),
        case_line(outcome(PASSED), failed, warned),
        end_line(),
    )


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """A socket on which nobody may knock."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, listener: socket.socket) -> Path:
    """The report of a run with a hostile target."""
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    return report_from(tmp_path_factory.mktemp("run"), *journal(hostile(url)))


@pytest.fixture
def opened(browser: Browser, report: Path, listener: socket.socket) -> Iterator[Opened]:
    """The report, opened from disk; whatever a test does with it, it asks for nothing and complains of nothing."""
    page = browser.new_page()
    opened = Opened(page)
    page.on("request", lambda request: opened.asked.append(request.url))
    page.on("console", lambda message: opened.complaints.append(message.text))
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    page.goto(report.as_uri())
    yield opened
    injected: Any = page.evaluate("window.injected")
    page.close()
    assert injected is None
    assert set(opened.asked) == {report.as_uri()}
    assert opened.complaints == []
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_it_opens_with_the_verdict(opened: Opened) -> None:
    """The verdict is the first heading, every requirement is there, and findings are folded."""
    expect(opened.page.get_by_role("heading", level=1)).to_have_text("Not certified")
    expect(opened.page.get_by_role("status")).to_have_text("4 of 4 requirements shown")
    assert sorted(opened.shown) == sorted([PASSED, FAILED, SHOULD, LATE])
    assert not opened.page.get_by_text("half a signature").locator("xpath=../..").get_attribute("open")
    assert not opened.page.locator(".finding pre").first.is_visible()


def test_it_filters_and_searches(opened: Opened) -> None:
    """By outcome, level, group and text, all of them together; what is shown is counted aloud."""
    page = opened.page
    page.get_by_role("combobox", name="Outcome").select_option("failed")
    assert opened.shown == [FAILED]
    page.get_by_role("combobox", name="Level").select_option("SHOULD")
    assert opened.shown == []
    expect(page.get_by_role("status")).to_have_text("0 of 4 requirements shown")
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("combobox", name="Group").select_option("robustness")
    assert opened.shown == [LATE]
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("searchbox", name="Search").fill("  HALF a Sig")
    assert opened.shown == [FAILED]


def test_the_matrix_filters(opened: Opened) -> None:
    """A number of the matrix shows the requirements that it counts."""
    opened.page.get_by_role("link", name="timestamp, SHOULD, warned: 1").click()
    assert opened.shown == [SHOULD]
    opened.page.get_by_role("link", name="all groups, MUST, passed: 1").click()
    assert opened.shown == [PASSED]


def test_a_finding_is_shown_by_keyboard(opened: Opened) -> None:
    """Enter on a finding shows its exchange and the commands that repeat it, all as text."""
    shown = opened.page.locator(f"[id='{FAILED}'] details")
    shown.locator("summary").focus()
    opened.page.keyboard.press("Enter")
    expect(shown.locator("pre").nth(1)).to_contain_text("<script>window.injected = 1")
    expect(shown.get_by_text("certhook replay")).to_be_visible()
    expect(shown.get_by_text("curl http://x")).to_be_visible()


def test_a_link_leads_to_a_requirement(opened: Opened, report: Path) -> None:
    """The address of a requirement shows it with its findings open, even where a filter had hidden it."""
    opened.page.get_by_role("combobox", name="Outcome").select_option("passed")
    opened.page.evaluate(f"location.hash = '{FAILED}'")
    expect(opened.page.locator(f"[id='{FAILED}'] pre").first).to_be_in_viewport()
    opened.page.goto("about:blank")
    opened.asked.clear()
    opened.page.goto(f"{report.as_uri()}#{FAILED}")
    expect(opened.page.locator(f"[id='{FAILED}'] pre").first).to_be_in_viewport()
    opened.asked[:] = [url.partition("#")[0] for url in opened.asked]


def test_paper_has_everything(browser: Browser, report: Path) -> None:
    """Printed, also without scripts, every finding is open, nothing is filtered away, and there are no controls."""
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(report.as_uri())
        assert page.get_by_role("searchbox").is_visible() == scripts
        if scripts:
            page.get_by_role("combobox", name="Outcome").select_option("passed")
        page.emulate_media(media="print")
        assert all(one.is_visible() for one in page.locator(".requirement, .finding pre").all())
        assert not page.get_by_role("searchbox").is_visible()
        assert page.pdf().startswith(b"%PDF")
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read(opened: Opened, scheme: Any) -> None:
    """Every text has a contrast of 4.5 to 1 at least (WCAG 2 AA), in light and in dark."""
    opened.page.emulate_media(color_scheme=scheme)
    opened.page.get_by_role("button", name="Open findings").click()
    found = opened.page.evaluate(CONTRAST)
    assert len(found) > 50
    assert [one for one in found if one[0] < 4.5] == []


def test_a_script_that_got_in_would_not_run(browser: Browser, report: Path, listener: socket.socket) -> None:
    """The policy stops what escaping could not: scripts, handlers and requests that are not the page's own."""
    page = browser.new_page()
    page.goto(report.as_uri())
    ended = page.evaluate(INTRUDER, f"http://127.0.0.1:{listener.getsockname()[1]}/")
    assert ended == "TypeError"
    assert page.evaluate("window.injected") is None
    with pytest.raises(BlockingIOError):
        listener.accept()
    page.close()
