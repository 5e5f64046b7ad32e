"""The Allure report: made by the real Allure, from real runs, and it keeps to itself."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from certhook.errors import UsageError
from certhook.profile.tomltext import as_toml
from certhook.reporting.allure_report import write_allure_report
from tests.browsing import opened
from tests.running import certhook, inline, profile_file, pytest_suites, result_in
from tests.secrecy.canaries import HARD, found_in
from tests.secrecy.parrots import LISTED, TOLD, KlasParrot, parroting
from tests.targets import serving

pytestmark = pytest.mark.usefixtures("_installed")

NOWHERE = "http://127.0.0.1:9"
HOSTILE = "</script></title><img src=http://evil.example/x onerror=document.title='owned'>"


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    """The report of the run."""
    return (folder / "allure-report" / "index.html").read_text(encoding="utf-8")


def data(page: str, name: str) -> Any:
    """A piece of the data that a report holds."""
    found = re.search(rf'd\("{re.escape(name)}","([A-Za-z0-9+/=]*)"\)', page)
    assert found, name
    return json.loads(base64.b64decode(found[1]))


class Loads(HTMLParser):
    """Gathers the addresses that a page has in the places from which a browser loads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "action", "data"}]


def test_nothing_is_loaded_from_outside(folder: Path, page: str) -> None:
    """The report is one file, whose scripts, styles, pictures and links are in it, and which names no analytics."""
    assert [path.name for path in (folder / "allure-report").iterdir()] == ["index.html"]
    loaded = Loads(page).addresses
    assert loaded
    assert all(address.startswith("data:") for address in loaded)
    scripts = [base64.b64decode(each).decode() for each in re.findall(r"data:text/\w+;base64,([\w+/=]+)", page)]
    assert scripts
    for text in (page, *scripts):
        assert not re.search(r"google-?(?:tagmanager|analytics)|gtag\(|dataLayer", text)
        assert not re.search(r"""(?:fetch|import|open|Worker|sendBeacon|url)\(\s*["'`]?(?:https?:)?//""", text)


def test_no_canary_gets_in(tmp_path: Path) -> None:
    """The report of a run against a target that repeats its secrets holds them in no spelling."""
    parrot = KlasParrot()
    with serving(parroting(parrot)) as served:
        (tmp_path / "profile.toml").write_text(as_toml(parrot.profile(served.url)), encoding="utf-8")
        words = ("--profile", "profile.toml", "--group", "signature", "--group", "parameters", "--output", "out")
        ended = certhook("run", "klas", *words, cwd=tmp_path)
    assert ended.status == 1, ended.said
    page = write_allure_report(tmp_path / "out").read_text(encoding="utf-8")
    pieces = [base64.b64decode(each) for each in re.findall(r'd\("[^"]+","([\w+/=]*)"\)', page)]
    assert any(b"X-Signature" in piece for piece in pieces)
    assert found_in(b"\n".join([page.encode(), *pieces]), (HARD, TOLD, LISTED)) == []


def test_a_browser_shows_it_and_asks_nobody(folder: Path) -> None:
    """Opened from disk: the verdict and no percentage, protocol, group and requirement, the exchange, the trends."""
    with opened(folder / "allure-report" / "index.html") as seen:
        seen.page.get_by_text("authenticate.signature.prefix:8").first.wait_for()  # what failed is unfolded
        shown = seen.page.inner_text("body")
        assert f"NOT CERTIFIED: klas at {result_in(folder)['target']}" in shown
        assert "klas: Klas Gaming, Authenticate" in shown
        assert "signature" in shown
        assert seen.page.locator('[role="img"][aria-label^="Success rate: "]').is_hidden()
        seen.page.get_by_text("authenticate.signature.prefix:8").first.click()
        seen.page.get_by_text("exchange", exact=True).first.click()
        seen.page.get_by_text("> POST http://127.0.0.1").first.wait_for()
        seen.page.get_by_text("Report", exact=True).first.click()
        seen.page.get_by_text("Graphs").first.click()
        seen.page.get_by_text("Cases by run").first.wait_for()
        assert seen.asked_for == []
        assert seen.complaints == []


def test_cases_stand_under_their_requirements(page: str) -> None:
    """Protocol, group and requirement are the levels; a failed case stands under what it found wrong, and no other."""
    tree = data(page, "widgets/tree.json")
    groups, leaves = tree["groupsById"], tree["leavesById"]
    (epic,) = (groups[id] for id in tree["root"]["groups"])
    features = {groups[id]["name"]: groups[id] for id in epic["groups"]}
    stories = {groups[id]["name"].split(":")[0]: groups[id] for id in features["signature"]["groups"]}
    assert epic["name"] == "klas: Klas Gaming, Authenticate"
    # Text under a right signature is asked for in bodies of other groups, too.
    assert set(features) == {"signature", "methods", "malformed", "robustness"}
    failing = {
        name for name, story in stories.items() if any(leaves[id]["status"] == "failed" for id in story["leaves"])
    }
    broken = ("behind", "long", "nibble", "prefix", "truncated")
    assert failing == {f"klas.signature.{name}" for name in broken}


def test_categories_say_what_the_cases_came_to(page: str) -> None:
    """Categories are certhook's, and in each are the requirements that it is about."""
    found = data(page, "widgets/categories.json")
    nodes = found["nodes"]
    categories = {nodes[id]["name"]: [nodes[one]["value"] for one in nodes[id]["childrenIds"]] for id in found["roots"]}
    assert list(categories)[:2] == [
        "A MUST was not met: this fails the certification",
        "A SHOULD was not met: a warning",
    ]
    assert [name.split(":")[0] for name in categories["A SHOULD was not met: a warning"]] == ["klas.methods.status-405"]


def test_a_warning_says_once_what_it_is_about(folder: Path) -> None:
    """Pytest tells of what it expects to fail twice, with a traceback; the result of a case does not."""
    cases = [json.loads(path.read_text()) for path in (folder / "allure-results").glob("*-result.json")]
    told = [one["statusDetails"] for one in cases if "warned: " in one.get("statusDetails", {}).get("message", "")]
    assert told
    for one in told:
        assert one["message"].startswith("warned: klas.methods.status-405 (SHOULD)")
        assert one["message"].count("clause:") == 1
        assert "trace" not in one


def test_the_first_page_says_what_was_run(folder: Path, page: str) -> None:
    """The verdict, target and counts of requirements are result.json's."""
    shown = {one["name"]: one["values"] for one in data(page, "widgets/allure_environment.json")}
    result = result_in(folder)
    assert shown["verdict"] == ["not-certified"]
    assert shown["target"] == [result["target"]]
    assert shown["requirements"] == [
        ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in result["counts"].items() if count)
    ]


def test_an_unreachable_target_has_a_category(tmp_path: Path) -> None:
    """Where nothing could be sent, every case says so, in the category of that name."""
    profile = profile_file(tmp_path, NOWHERE)
    words = ("--requirement", "klas.signature.prefix", "--output", "out")
    ended = certhook("run", "klas", "--profile", str(profile), *words, cwd=tmp_path)
    assert ended.status == 3, ended.said
    found = data(write_allure_report(tmp_path / "out").read_text(), "widgets/categories.json")
    assert [found["nodes"][id]["name"] for id in found["roots"]] == ["Target unreachable"]


def test_a_second_run_has_a_trend(folder: Path, tmp_path: Path) -> None:
    """With a history, the report of a later run knows the earlier one; made again, it is the same and counts once."""
    certhook("run", "klas", "--embedded", "--group", "methods", "--output", "two", cwd=tmp_path)
    history = shutil.copyfile(folder.parent / "history.jsonl", tmp_path / "history.jsonl")
    for _ in range(2):
        page = write_allure_report(tmp_path / "two", history).read_text(encoding="utf-8")
        names = [json.loads(line)["name"].split(":")[0] for line in history.read_text().splitlines()]
        assert names == ["NOT CERTIFIED", "CERTIFIED (a selection)"]
        charts = data(page, "widgets/charts.json")["general"].values()
        (trend,) = (chart for chart in charts if chart["type"] == "statusDynamics")
        assert [point["statistic"].get("failed", 0) > 0 for point in trend["data"]] == [True, False]
        assert data(page, "widgets/statistic.json").get("new", 0) == 0


def test_text_of_others_is_data(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Markup in the target's address and in a message is shown as it is; nothing of the machine's is told."""
    result = result_in(copy) | {"target": HOSTILE}
    (copy / "result.json").write_text(json.dumps(result))
    for path in (copy / "allure-results").glob("*-result.json"):
        case = json.loads(path.read_text())
        path.write_text(json.dumps(case | {"name": HOSTILE, "statusDetails": {"message": f"failed: {HOSTILE}"}}))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_HEAD_REF", "branch-of-somebody")
    for words in (("init", "--quiet"), ("remote", "add", "origin", "https://me:hidden-token@git.example/a.git")):
        subprocess.run(["git", *words], cwd=copy, check=True)  # noqa: S607 - the user's git
    report = write_allure_report(copy)
    assert not re.search("hidden-token|git.example|branch-of-somebody", report.read_text())
    with opened(report) as seen:
        seen.page.get_by_text(HOSTILE).first.wait_for()
        assert seen.page.title().strip() == f"NOT CERTIFIED: klas at {HOSTILE}"
        assert seen.asked_for == []


def test_protocols_that_share_results_share_a_report(tmp_path: Path) -> None:
    """Plain pytest over several protocols leaves one report, of the last such run alone."""
    words = ("--protocol", "klas", "--protocol", "evi", "--embedded", "--group", "methods", "--max-examples", "0")
    for _ in range(2):
        ended = pytest_suites(*words, "--output", "out", cwd=tmp_path)
        assert ended.status == 0, ended.said
    page = write_allure_report(tmp_path / "out").read_text(encoding="utf-8")
    targets = [result_in(tmp_path / "out" / name)["target"] for name in ("evi", "klas")]
    assert f"CERTIFIED (a selection): evi at {targets[0]}; CERTIFIED (a selection): klas at {targets[1]}" in page
    assert {one["name"] for one in data(page, "widgets/allure_environment.json")} >= {"evi.verdict", "klas.verdict"}
    assert data(page, "widgets/statistic.json").get("retries", 0) == 0


def test_a_killed_run_has_a_report(copy: Path) -> None:
    """Where the run came to no end, the files beside the results are made for the report."""
    (copy / "allure-results" / "environment.properties").unlink()
    page = write_allure_report(copy).read_text(encoding="utf-8")
    assert data(page, "widgets/allure_environment.json")[0]["name"] == "verdict"


def test_without_allure_nothing_is_made(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """--no-allure leaves it out."""
    assert inline(monkeypatch, capfd, "report", str(copy), "--no-allure").status == 0
    assert not (copy / "allure-report").exists()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: shutil.rmtree(folder / "allure-results"), "holds no allure-results"),
        (
            lambda folder: (folder / "result.json").write_text("{"),
            "result.json: not the result of a run: it is truncated",
        ),
        (lambda folder: (folder / "allure-report").touch(), "index.html: cannot be written: "),
    ],
)
def test_what_is_no_run_is_refused(copy: Path, spoil: Any, message: str) -> None:
    """A folder that holds no run, or where nothing can be written, is named in one line."""
    spoil(copy)
    with pytest.raises(UsageError, match=re.escape(message)):
        write_allure_report(copy)
