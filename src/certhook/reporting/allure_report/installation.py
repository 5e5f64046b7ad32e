"""Allure as npm has it, in the versions of npm/package-lock.json: installed once per user, from the user's registry."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from certhook.cache import cache_folder
from certhook.errors import Unavailable
from certhook.reporting.allure_report.node import require_node, run

_PACKAGE = Path(__file__).parent / "npm"
_FILES = ("package.json", "package-lock.json")
_SCRIPT = Path("node_modules", "allure", "cli.js")
_WORDS = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--json", "--loglevel=silent")
_PATIENCE = ("--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=1000")  # npm's own is over a minute


def allure_script() -> Path:
    """The script that is Allure; installs it where it is not there yet.

    Raises Unavailable where that cannot be done.
    """
    require_node()
    folder = cache_folder() / f"allure-{_digest()}"
    try:
        if not folder.is_dir():
            _install(folder)
    except OSError as error:
        what = f"{folder} cannot be written ({error.strerror}): set XDG_CACHE_HOME to a folder that can"
        raise Unavailable(what) from None
    if not (folder / _SCRIPT).is_file():
        raise Unavailable(f"{folder} is damaged: delete it")
    return folder / _SCRIPT


def _digest() -> str:
    return hashlib.sha256((_PACKAGE / "package-lock.json").read_bytes()).hexdigest()[:16]


def _install(folder: Path) -> None:
    """Install beside the folder and move it there: it is whole whenever it is there, whoever else installs."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".allure-") as place:
        fresh = Path(place, "fresh")
        fresh.mkdir()
        for name in _FILES:
            shutil.copyfile(_PACKAGE / name, fresh / name)
        sys.stderr.write(f"certhook: installing Allure, once, in {folder}\n")
        _install_packages(fresh)
        try:
            fresh.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise


def _install_packages(folder: Path) -> None:
    done = run("npm", [*_WORDS, *_PATIENCE], folder, os.environ)
    if done.returncode != 0:
        advice = "check the registry that npm is set to use, NPM_CONFIG_REGISTRY or `registry` in ~/.npmrc"
        raise Unavailable(f"npm cannot install it ({_reason(done.stdout)}): {advice}")


def _reason(output: str) -> str:
    """What npm says went wrong, in one line."""
    try:
        return " ".join(str(json.loads(output)["error"]["summary"]).split())
    except (ValueError, TypeError, KeyError):
        return "it does not say why"
