"""The distributions: complete, and enough on their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import certhook

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Distributions:
    """The source archive, and the wheel that was built from it alone."""

    sdist: Path
    wheel: Path


@dataclass(frozen=True, slots=True)
class Installation:
    """A fresh environment that holds the wheel and what it depends on."""

    folder: Path

    def certhook(self, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run the installed command in `cwd`, with nothing of this environment or of the repository in reach."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON", "COV"))}
        return subprocess.run(
            [self.folder / "bin" / "certhook", *words], cwd=cwd, env=kept, capture_output=True, text=True, check=False
        )


def uv(*words: str | Path) -> None:
    """Run uv and fail with what it said where it fails."""
    done = subprocess.run([sys.executable, "-m", "uv", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Both distributions, built with the pinned backend of this environment."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--quiet", "--no-build-isolation", "--python", sys.executable, "--out-dir", folder)
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return Distributions(sdist, wheel)


@pytest.fixture(scope="module")
def installation(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel, installed with the dependencies that it declares, at the versions that the lock pins."""
    folder = tmp_path_factory.mktemp("installation") / "venv"
    python = folder / "bin" / "python"
    uv("venv", "--quiet", "--python", sys.executable, folder)
    uv("pip", "install", "--quiet", "--python", python, "--constraint", "requirements.lock", distributions.wheel)
    return Installation(folder)


def tracked(folder: str) -> set[str]:
    """The files below `folder` that git tracks or would track, relative to the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {name for name in listing.split("\0") if name and (ROOT / name).is_file()}


def test_sdist_is_complete(distributions: Distributions) -> None:
    """The source archive holds every file of the repository."""
    with tarfile.open(distributions.sdist) as archive:
        held = {member.name.partition("/")[2] for member in archive if member.isfile()}
    assert tracked(".") - held == set()


def test_wheel_carries_the_packs(distributions: Distributions) -> None:
    """The wheel holds every file of schemas/ below certhook/schemas."""
    names = zipfile.ZipFile(distributions.wheel).namelist()
    assert "certhook/schemas/klas/protocol.toml" in names
    assert {f"certhook/{name}" for name in tracked("schemas")} <= set(names)


def test_wheel_carries_the_suites(distributions: Distributions) -> None:
    """The wheel holds every module of suites/ below certhook/suites."""
    names = zipfile.ZipFile(distributions.wheel).namelist()
    suites = tracked("suites")
    assert suites
    assert {f"certhook/{name}" for name in suites} <= set(names)


def test_wheel_carries_the_package(distributions: Distributions) -> None:
    """The wheel holds every file of the package: modules, the templates of pages, and what npm is told to install."""
    names = zipfile.ZipFile(distributions.wheel).namelist()
    assert "certhook/reporting/page/report.html.j2" in names
    assert "certhook/reporting/allure_report/npm/package-lock.json" in names
    assert {name.removeprefix("src/") for name in tracked("src")} <= set(names)


def test_wheel_holds_nothing_else(distributions: Distributions) -> None:
    """The wheel puts certhook and its metadata into an environment, and no other top-level name."""
    names = zipfile.ZipFile(distributions.wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"certhook", f"certhook-{certhook.__version__}.dist-info"}


def test_installed_command_lists_the_protocol(installation: Installation, tmp_path: Path) -> None:
    """The installed command finds its packs from any folder."""
    done = installation.certhook("list", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "klas" in done.stdout


def test_installed_command_certifies_the_reference_target(installation: Installation, tmp_path: Path) -> None:
    """The installed command certifies the embedded conformant target, from a folder that is not the repository."""
    output = tmp_path / "out"
    done = installation.certhook("run", "klas", "--embedded", "--output", str(output), cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((output / "result.json").read_text())["verdict"] == "certified"
