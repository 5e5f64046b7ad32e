"""The mutant matrix: every fault of every reference target is found, for what it is, and nothing else is accused.

Each run is a `certhook run` against a target of its own, over real sockets. Where CERTHOOK_MATRIX=all, every fault has
a whole one, in depth. CERTHOOK_MATRIX_OPTIONS are further words for each, such as `-n 2`.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import pytest

from certhook.pack.loading import load_pack, protocols
from certhook.reference import Fault, faults, variants
from certhook.values import Level
from tests.embedded_runs import embedded_run
from tests.running import FEW

EVERYTHING = os.environ.get("CERTHOOK_MATRIX") == "all"


def _chosen(protocol: str) -> list[str]:
    """A few faults that break every requirement between them; or all of them."""
    every = faults(protocol)
    if EVERYTHING:
        return list(every)
    chosen: list[str] = []
    left = {id for fault in every.values() for id in fault.breaks}
    while left:
        widest = max(sorted(every), key=lambda name: len(every[name].breaks & left))
        chosen.append(widest)
        left -= every[widest].breaks
    return chosen


SEEN_ANYWHERE = ("front-html", "keeps-secret", "sessions-apart", "user-id")
"""Names of requirements that some faults break in answers to other groups' requests only."""


def _groups(protocol: str, fault: Fault) -> list[str]:
    """The groups that a fault has to do with, since the others cost most of the time; or all of them."""
    if EVERYTHING or any(id.endswith(SEEN_ANYWHERE) for id in fault.breaks):
        return []
    concerned = {one.group for one in load_pack(protocol).requirements if one.id in fault.breaks | fault.also}
    return [word for group in sorted(concerned) for word in ("--group", group)]


OPTIONS = shlex.split(os.environ.get("CERTHOOK_MATRIX_OPTIONS", ""))
if not EVERYTHING:
    OPTIONS += FEW
FAULTS = [(protocol, name) for protocol in protocols() for name in _chosen(protocol)]
VARIANTS = [(protocol, name) for protocol in protocols() for name in variants(protocol)]


def _with(result: dict[str, Any], *outcomes: str) -> set[str]:
    return {one["id"] for one in result["requirements"] if one["outcome"] in outcomes}


@pytest.mark.parametrize(("protocol", "name"), FAULTS, ids=str)
def test_a_fault_is_found_for_what_it_is(protocol: str, name: str, tmp_path: Path) -> None:
    """Exactly the requirements that the fault breaks, or drags along, are not met; the exit status says so."""
    fault = faults(protocol)[name]
    status, result = embedded_run(protocol, tmp_path / "run", "--fault", name, *_groups(protocol, fault), *OPTIONS)
    unmet = _with(result, "failed", "warned")
    assert fault.breaks <= unmet, f"not found: {sorted(fault.breaks - unmet)}"
    assert unmet <= fault.breaks | fault.also, f"wrongly accused: {sorted(unmet - fault.breaks - fault.also)}"
    levels = {one.id: one.level for one in load_pack(protocol).requirements}
    expected = 1 if any(levels[id] is Level.MUST for id in fault.breaks) else 0
    assert status == expected, result["incomplete_because"]
    assert all(one["findings"] for one in result["requirements"] if one["outcome"] in {"failed", "warned"})


@pytest.mark.parametrize(("protocol", "name"), VARIANTS, ids=str)
def test_a_legal_variant_is_certified(protocol: str, name: str, tmp_path: Path) -> None:
    """Whatever the document leaves open, no choice of it fails a MUST or leaves one unjudged."""
    status, result = embedded_run(protocol, tmp_path / "run", "--variant", name, *OPTIONS)
    assert not _with(result, "failed", "blocked"), result["incomplete_because"]
    assert status == 0


@pytest.mark.parametrize("protocol", protocols())
def test_the_conformant_target_meets_everything(protocol: str, tmp_path: Path) -> None:
    """Not even a warning."""
    status, result = embedded_run(protocol, tmp_path / "run", *OPTIONS)
    assert not _with(result, "failed", "warned", "blocked")
    assert status == 0


@pytest.mark.parametrize("protocol", protocols())
def test_every_requirement_has_a_killer(protocol: str) -> None:
    """A requirement that no fault can break tests nothing."""
    testable = {one.requirement.id for one in load_pack(protocol).entries if not one.check.not_applicable}
    killed = {id for fault in faults(protocol).values() for id in fault.breaks}
    assert testable == killed
