"""A browser of this machine, driven through playwright, which brings none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge")


@contextmanager
def browsing() -> Iterator[Browser]:
    """A headless Chromium; skips the test where the machine has none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is on the path")
    with sync_playwright() as playwright:
        # Chromium's sandbox does not work in most containers; the pages are our own.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Opened:
    """A page, the addresses beyond its own and what it holds that it has asked for, and what it complained of."""

    page: Page
    address: str
    asked_for: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def note_request(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")) and request.url.partition("#")[0] != self.address:
            self.asked_for.append(request.url)

    def note_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a file in a headless browser of its own."""
    with browsing() as browser:
        seen = Opened(browser.new_page(viewport={"width": 1400, "height": 1000}), path.resolve().as_uri())
        seen.page.set_default_timeout(10_000)
        seen.page.on("request", seen.note_request)
        seen.page.on("console", seen.note_message)
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.goto(seen.address)
        yield seen
