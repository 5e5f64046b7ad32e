"""Where certhook keeps what it can get again: a place of the user's own, on every machine."""

from __future__ import annotations

import os
import pwd
import sys
import tempfile
from pathlib import Path

import pytest

from certhook.cache import cache_folder
from certhook.reporting.allure_report import node


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


@pytest.fixture
def homeless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user whom the machine does not know, as in a container; what there is, is the temporary folder."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_without_a_home_it_is_a_temporary_folder(homeless: Path) -> None:
    """It is the same each time, and nobody else can look into it."""
    folder = cache_folder()
    assert folder.parent == homeless
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "kept").touch()
    assert (cache_folder() / "kept").exists()


@pytest.mark.parametrize("left", ["an open folder", "a link", "a link to nowhere", "a file"])
def test_what_somebody_else_left_there_is_not_used(
    homeless: Path, tmp_path_factory: pytest.TempPathFactory, left: str
) -> None:
    """What certhook keeps there is run, so nobody else may have put it there."""
    planted = cache_folder()
    planted.rmdir()
    if left == "an open folder":
        planted.mkdir()
        planted.chmod(0o777)
    elif left == "a file":
        planted.touch()
    else:
        planted.symlink_to(tmp_path_factory.mktemp("theirs") if left == "a link" else homeless / "nowhere")
    folder = cache_folder()
    assert folder != planted
    assert not folder.is_symlink()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent == homeless


@pytest.mark.usefixtures("homeless")
def test_node_is_given_a_home(tmp_path: Path) -> None:
    """Node has one, too, where the user has none: npm and Allure give up without."""
    environ = {name: value for name, value in os.environ.items() if name != "HOME"}
    done = node.run("node", ["-p", "require('os').homedir()"], tmp_path, environ)
    assert done.stdout.strip() == str(cache_folder())
