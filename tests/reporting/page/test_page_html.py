"""report.html as markup: valid, self-contained, and the same whatever a target sent."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certhook.reporting.escaping import visible_lines
from certhook.reporting.page.rendering import rendered
from tests.recording.lines import (
    MUST,
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
    waiver,
)
from tests.reporting.page.pages import Markup, page_from

MARK = "a text that somebody else wrote"
HOSTILE = (
    "<script>window.injected = 1</script>",
    "</script></style></pre></details><img src=x onerror=alert(1)>",
    '" onclick="alert(1)" x=\'',
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; &amp; <!-- ]]> <![CDATA[",
    "\x00\x07\x1b[31m\x7f\x85\r\t",
    "\ud800 \udfff \ufeff",
    "\u202eevil\u2066 \u200b\u2028",
    "http://127.0.0.1/ javascript:alert(1) url(//x) @import",
)


def marked() -> tuple[Line, ...]:
    """A journal in which every text that is not certhook's own is the mark."""
    headers, body = [[MARK, MARK]], text_body(MARK)
    request = {"method": MARK, "url": MARK, "headers": headers, "body": body, "chunks": [1]}
    response = {"status": 200, "http_version": MARK, "headers": headers, "body": body}
    found = finding(MARK, message=MARK, expected=MARK, curl=MARK)
    run = run_line(
        requirement(title=MARK, citation=MARK),
        requirement(SHOULD, "SHOULD", outcome="not_tested", reason=MARK),
        **dict.fromkeys(("document", "target", "command", "pack_digest"), MARK),
        versions={MARK: MARK},
        profile={"subject": {MARK: [MARK]}},
        notices=[MARK],
        errata=[dict.fromkeys(("title", "citation", "ruling"), MARK)],
        waivers=[waiver(SHOULD) | {"reason": MARK, "owner": MARK}],
    )
    return (
        run,
        doctor_line() | {"checks": [{"name": MARK, "ok": False, "says": MARK}]},
        exchange_line(operation=MARK, case=MARK, request=request, response=response),
        case_line(outcome(MUST, "failed") | {"finding": found}),
        end_line(MARK),
    )


def written_by_others(text: str, value: Any) -> Any:
    """A JSON value with another text in place of the mark."""
    if isinstance(value, dict):
        return {written_by_others(text, key): written_by_others(text, part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [written_by_others(text, part) for part in value]
    return text if value == MARK else value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this module's journals stand, one after the other."""
    return tmp_path_factory.mktemp("run")


def html(folder: Path, text: str) -> str:
    """The page of the run in which others wrote that text."""
    return rendered(page_from(folder, *written_by_others(text, marked())))


def assert_only_text(folder: Path, text: str) -> None:
    """That text leaves no trace on a page but where it is read, and it is harmless there."""
    page, harmless = Markup(html(folder, text)), Markup(html(folder, MARK))
    assert page.tags == harmless.tags
    assert [name for _, name, _ in page.attributes] == [name for _, name, _ in harmless.attributes]
    assert page.inline == harmless.inline
    read = "".join(page.texts)
    assert read.count(visible_lines(text)) >= "".join(harmless.texts).count(MARK) - 2
    assert read.replace("\n", "").isprintable()


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_texts_are_shown(folder: Path, text: str) -> None:
    """What looks like markup, template or control stands on the page as text."""
    assert_only_text(folder, text)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(exclude_characters="\n"), max_size=60).map("x{}".format))
def test_any_text_is_shown(folder: Path, text: str) -> None:
    """Whatever the texts of a run are, the markup of its page is the same."""
    assert_only_text(folder, text)


def test_the_policy_allows_the_two_inline_texts(folder: Path) -> None:
    """The policy is the first thing after the encoding, and names the hash of the style and of the script, no more."""
    page = Markup(html(folder, "x"))
    assert page.tags[:4] == ["html", "head", "meta", "meta"]
    policy = next(value for _, name, value in page.attributes if name == "content")
    hashes = {
        name: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for name, text in page.inline.items()
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert "http-equiv" in [name for _, name, _ in page.attributes][:4]


def test_nothing_is_loaded_from_anywhere(folder: Path) -> None:
    """No attribute and no style names a place to load from, and every link leads to a place on the page."""
    page = Markup(html(folder, "http://target.example/"))
    assert not {"src", "srcset", "action", "data", "poster", "style", "background"} & {
        name for _, name, _ in page.attributes
    }
    assert not {"link", "base", "iframe", "object", "embed", "form", "img"} & set(page.tags)
    assert not re.search(r"url\(|@import|//", page.inline["style"])
    assert not re.search(r"//(?! )|fetch|XMLHttp|import|innerHTML|eval", page.inline["script"])
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {value[1:] for value in page.values("href")} <= set(ids)
    assert all(value.startswith("#") for value in page.values("href"))
    assert set(page.values("aria-labelledby")) <= set(ids)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_the_same_run_makes_the_same_page(folder: Path) -> None:
    """A page depends on what was recorded, and on nothing else."""
    assert html(folder, "x") == html(folder, "x")
