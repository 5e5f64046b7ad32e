"""Runs of certhook's commands and of the suites, in processes of their own or in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from certhook.cli import main
from certhook.places import suites_dir
from certhook.reference.klas.target import KlasTarget

FEW = ("--max-examples", "6")
"""Few fuzzed bodies, where a test is not about them."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit status and what it said."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def started(*words: str, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """Start `certhook ...`."""
    return subprocess.Popen(
        [sys.executable, "-m", "certhook", *words],
        cwd=cwd,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def certhook(*words: str, cwd: Path, **environment: str) -> Ended:
    """Run `certhook ...` to its end."""
    return _ended([sys.executable, "-m", "certhook", *words], cwd, environment)


def pytest_suites(*words: str, cwd: Path, **environment: str) -> Ended:
    """Run `pytest suites ...` to its end, as one does in a checkout."""
    root = ["--rootdir", str(suites_dir()), "-p", "no:cacheprovider", "-c", os.devnull, "--import-mode=importlib"]
    command = [sys.executable, "-m", "pytest", str(suites_dir()), *root, "-p", "certhook.plugin", *words]
    return _ended(command, cwd, environment)


def python(*words: str, cwd: Path, **environment: str) -> Ended:
    """Run `python ...` to its end."""
    return _ended([sys.executable, *words], cwd, environment)


def _ended(command: Sequence[str], cwd: Path, environment: dict[str, str]) -> Ended:
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def unread(*words: str, cwd: Path) -> Ended:
    """Run `certhook ...` to its end with a standard output that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "certhook", *words]
    with os.fdopen(writing, "wb") as out:
        done = subprocess.run(command, cwd=cwd, stdout=out, stderr=subprocess.PIPE, text=True, check=False, timeout=300)
    return Ended(done.returncode, "", done.stderr)


def inline(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *words: str, cwd: Path | None = None
) -> Ended:
    """Run `certhook ...` in this process: for commands that end before anything is sent."""
    monkeypatch.setattr(sys, "argv", ["certhook", *words])
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):  # a run takes them away
        monkeypatch.delenv(name, raising=False)
    if cwd:
        monkeypatch.chdir(cwd)
    capfd.readouterr()
    with pytest.raises(SystemExit) as ended:
        main()
    captured = capfd.readouterr()
    return Ended(int(ended.value.code or 0), captured.out, captured.err)


def profile_file(folder: Path, url: str, *more: str, secret: str = "") -> Path:
    """A profile for the klas reference target at a URL."""
    data = KlasTarget.profile(url)
    subject = [f"{name} = {json.dumps(value)}" for name, value in data["subject"].items()]
    lines = [
        f"[target]\nurl = {json.dumps(url)}",
        f"[credentials]\nsecret = {secret or json.dumps(KlasTarget.secret.decode())}",
    ]
    path = folder / "profile.toml"
    path.write_text("\n".join([*lines, "[subject]", *subject, *more, ""]), encoding="utf-8")
    return path


def result_in(folder: Path) -> dict[str, Any]:
    """The result of a finished run."""
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return result


def outcomes_in(folder: Path) -> dict[str, str]:
    """The outcome of each requirement of a finished run."""
    return {one["id"]: one["outcome"] for one in result_in(folder)["requirements"]}
