"""What holds for the repository as a whole."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]

# Each pattern is written so that it does not match itself.
FOREIGN = {
    "a package file host": re.compile(r"files\.python[h]osted"),
    "a package index": re.compile(r"pypi\.or[g]/simple"),
    "an npm registry": re.compile(r"registry\.npm[j]s"),
    "a folder of one machine": re.compile(r"(?<![\w.{}-])/wor[k]/"),
}


def repository_files() -> list[Path]:
    """The files that git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def locked() -> dict[str, list[str]]:
    """The words of each entry of the lock, by canonical project name: the pin, its marker, its hashes."""
    entries = (ROOT / "requirements.lock").read_text().replace("\\\n", " ").splitlines()
    return {canonicalize_name(words[0].split("==")[0]): words for words in map(str.split, entries) if words}


def declared() -> list[Requirement]:
    """Every requirement of pyproject.toml: runtime, development and build."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    words = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    return [Requirement(word) for word in words]


@pytest.mark.parametrize("pattern", FOREIGN.values(), ids=FOREIGN.keys())
def test_no_file_names_a_place_outside(pattern: re.Pattern[str]) -> None:
    """No file names a package host, or a path that exists on one machine only."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in repository_files()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


def test_lock_pins_one_version_by_hash() -> None:
    """Each entry of the lock is one exact version with at least one SHA-256 of a file."""
    entries = locked()
    assert entries
    for name, (pin, *rest) in entries.items():
        assert re.fullmatch(r"[\w.-]+==[\w.!+]+", pin), name
        hashes = [word for word in rest if word.startswith("--hash=")]
        assert hashes, name
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) for word in hashes), name


def test_lock_holds_no_address() -> None:
    """The lock says which files to install and never where from."""
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "index-url" not in lock
    assert "find-links" not in lock


def test_the_lock_of_npm_holds_no_address() -> None:
    """Packages of npm are locked by digest, one version each, and come from whatever registry is set."""
    (path,) = ROOT.glob("src/**/package-lock.json")
    packages = json.loads(path.read_text())["packages"]
    named = json.loads(path.with_name("package.json").read_text())["dependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in named} == named
    assert packages.pop("")["dependencies"] == named
    assert all(one["integrity"].startswith("sha512-") and "resolved" not in one for one in packages.values())


def test_lock_meets_the_declared_bounds() -> None:
    """Every requirement that pyproject.toml declares is in the lock, at a version that it allows."""
    entries = locked()
    unmet = [
        str(requirement)
        for requirement in declared()
        if (name := canonicalize_name(requirement.name)) not in entries
        or not requirement.specifier.contains(entries[name][0].split("==")[1])
    ]
    assert unmet == []


@pytest.mark.parametrize(
    "document",
    [
        *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "reports/README.md"),
        *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
    ],
)
def test_links_lead_somewhere(document: str) -> None:
    """Every relative link of a document leads to a file or folder of the repository."""
    path = ROOT / document
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", path.read_text())
    assert [target for target in targets if not (path.parent / target).exists()] == []
