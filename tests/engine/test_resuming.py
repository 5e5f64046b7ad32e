"""A run is taken up again from what its journal says of how it was started."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from certhook.errors import UsageError
from certhook.replaying.evidence import Evidence
from certhook.replaying.resuming import setup_of
from certhook.running.setup import Setup

TARGET = "http://target.example"

STARTED = (
    Setup("klas", "out", target="http://x/a b", profile_path="my klas.toml"),
    Setup("evi", "out", profile_path="--odd", seed=-7),
    Setup("klas", "out", embedded=True, faults=("a", "b"), variants=("c",), latency_ms=30, seed=5),
    Setup("klas", "out", embedded=True, profile_path="limits.toml"),
    Setup("klas", "out", target="http://x", require_all=True, max_examples=0, workers=3),
    Setup("tally", "out", target="http://x", packs="/my packs", profile_path="tally.toml"),
)


@pytest.mark.parametrize("setup", STARTED)
def test_a_command_leads_back_to_its_setup(setup: Setup) -> None:
    """All that the command says of a run is read back from it, whatever blanks and dashes are in it."""
    assert Setup.of_command(setup.command, "out") == setup


@pytest.mark.parametrize(
    "text", ["", "certhook run", "certhook run klas --seed", "certhook run klas 'x", "a b c --seed x"]
)
def test_another_text_is_no_command(text: str) -> None:
    """What cannot be read back is refused."""
    with pytest.raises(ValueError, match=r".*"):
        Setup.of_command(text, "out")


def resumed(setup: Setup, **options: Any) -> Setup:
    """The setup with which a run is taken up again."""
    head = {"command": setup.command, "target": TARGET}
    words = {"target": None, "profile_path": None} | options
    found = setup_of(Evidence(Path("run"), head, {}, {}, None), "out", **words)
    assert len(bytes.fromhex(found.salt)) == 16
    return replace(found, salt="")


def test_the_run_s_own_target_is_meant(tmp_path: Path) -> None:
    """Its profile and its target are used; --target and --profile say otherwise, the latter with its own target."""
    path = tmp_path / "klas.toml"
    path.touch()
    before = Setup("klas", "out", profile_path=str(path), seed=3)
    assert resumed(before) == replace(before, target=TARGET)
    assert resumed(before, target="http://other") == replace(before, target="http://other")
    assert resumed(before, profile_path="p.toml") == replace(before, profile_path="p.toml")
    assert resumed(Setup("klas", "out", target="http://x")).target == TARGET


def test_a_profile_that_is_gone_is_named() -> None:
    """One line says which file is missing, and how to say where it is."""
    with pytest.raises(UsageError, match=r"profile gone.toml is not here; name its place with --profile FILE"):
        resumed(Setup("klas", "out", profile_path="gone.toml"))


def test_an_embedded_target_is_started_again() -> None:
    """Unless another is named, which is tested with the reference target's data where no profile says better."""
    before = Setup("klas", "out", embedded=True, faults=("signature-prefix",))
    assert resumed(before) == before
    other = resumed(before, target="http://other")
    assert not other.embedded
    assert other.profile is not None
    assert other.profile["target"]["url"] == "http://other"
    both = resumed(before, target="http://other", profile_path="p.toml")
    assert (both.embedded, both.profile, both.target, both.profile_path) == (False, None, "http://other", "p.toml")


def test_the_way_to_another_target_is_the_command_line_s() -> None:
    """It counts for an exchange of an embedded target that is sent elsewhere, too."""
    before = Setup("klas", "out", embedded=True)
    other = resumed(before, target="https://other", way={"insecure": True, "proxy": "http://proxy.example"})
    route = other.load().profile.route
    assert (route.insecure, route.proxy) == (True, "http://proxy.example")
