"""Waivers, from the profile to every report: what is accepted, by whom, until when, and what comes of misuse."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.running import FEW, Ended, certhook, result_in

WAIVED = "klas.signature.header-missing"
UNUSED = "klas.signature.random"
WORDS = ("run", "klas", "--embedded", "--group", "signature", "--profile", "waivers.toml", "--output", "out", *FEW)


@dataclass(frozen=True)
class Run:
    """A run with a waiver, and what it left."""

    folder: Path
    ended: Ended

    @property
    def result(self) -> dict[str, Any]:
        return result_in(self.folder)

    @property
    def requirement(self) -> dict[str, Any]:
        """The requirement that the fault breaks."""
        return next(one for one in self.result["requirements"] if one["id"] == WAIVED)

    @property
    def junit(self) -> ET.Element:
        """The test suite in junit.xml."""
        (suite,) = ET.parse(self.folder / "junit.xml").getroot()  # noqa: S314 - our own file
        return suite

    @property
    def allure(self) -> list[dict[str, Any]]:
        """Allure's results."""
        return [json.loads(path.read_text()) for path in (self.folder / "allure-results").glob("*-result.json")]


def waiver(requirement: str = WAIVED, expires: str = "2999-12-31") -> str:
    """A waiver as a profile has it."""
    says = f'requirement = "{requirement}"\nreason = "ticket 7"\nowner = "Ada"\nexpires = {expires}\n'
    return f"[[waivers]]\n{says}"


def run(folder: Path, *waivers: str, fault: str = "signature-optional") -> Run:
    """Run klas with those waivers against a target with that fault."""
    (folder / "waivers.toml").write_text("".join(waivers))
    return Run(folder / "out", certhook(*WORDS, "--fault", fault, cwd=folder))


@pytest.fixture(scope="module")
def waived(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run in which a MUST is broken and waived."""
    return run(tmp_path_factory.mktemp("waived"), waiver())


def test_a_waived_breach_is_certified(waived: Run) -> None:
    """A MUST that is broken and waived leaves the run certified, with reason, owner and day in the result."""
    assert waived.ended.status == 0, waived.ended.said
    assert waived.result["verdict"] == "certified"
    assert waived.result["counts"]["failed"] == 0
    assert waived.requirement["outcome"] == "waived"
    assert waived.requirement["reason"] == "waived until 2999-12-31 by Ada: ticket 7"
    assert waived.requirement["findings"]
    (listed,) = waived.result["waivers"]
    assert (listed["requirement"], listed["owner"], listed["expired"]) == (WAIVED, "Ada", False)


def test_a_waived_breach_is_shown_at_the_end(waived: Run) -> None:
    """The terminal names the waived requirement, what was observed, and who answers for it until when."""
    words = " ".join(waived.ended.out.split())
    assert f"waived MUST {WAIVED}" in waived.ended.out.replace("  ", " ")
    for part in ("2999-12-31", "Ada:", "ticket 7", "1 waived", "CERTIFIED"):
        assert part in words


def test_a_waived_breach_is_not_red(waived: Run) -> None:
    """junit.xml and Allure show a waived breach as skipped, with the waiver and the breach, and nothing as failed."""
    assert waived.junit.findall("testcase/failure") == waived.junit.findall("testcase/error") == []
    said = [one.get("message", "") for one in waived.junit.findall("testcase/skipped")]
    assert any(one.startswith(f"waived: {WAIVED}") and "by Ada: ticket 7" in one and "observed:" in one for one in said)
    assert {one["status"] for one in waived.allure} <= {"passed", "skipped"}
    messages = [one["statusDetails"]["message"] for one in waived.allure if one["status"] == "skipped"]
    assert any("waived: " in one and "ticket 7" in one for one in messages)


def test_the_journal_keeps_what_was_seen(waived: Run) -> None:
    """A waiver changes what a breach is called, not what is recorded of it."""
    lines = [json.loads(line) for line in (waived.folder / "journal.ndjson").read_text().splitlines()]
    seen = [one for line in lines if line["kind"] == "case" for one in line["outcomes"] if one["requirement"] == WAIVED]
    assert "failed" in {one["outcome"] for one in seen}


def test_an_expired_waiver_waives_nothing(tmp_path: Path) -> None:
    """The breach fails the run, red everywhere, and the result says that the waiver expired."""
    ended = run(tmp_path, waiver(expires="2020-02-29"))
    assert ended.ended.status == 1
    assert ended.requirement["outcome"] == "failed"
    assert ended.junit.findall("testcase/failure")
    assert ended.result["incomplete_because"] == [f"the waiver of {WAIVED} expired on 2020-02-29"]


@pytest.mark.parametrize("expires", ["2999-12-31", "2020-02-29"])
def test_a_waiver_without_a_breach_makes_the_run_incomplete(expires: str, tmp_path: Path) -> None:
    """A waiver that waives nothing, and one that expired, end a run that passes with 3 and a sentence."""
    ended = run(tmp_path, waiver(), waiver(UNUSED, expires))
    what = "waived nothing" if expires > "2026" else f"expired on {expires}"
    assert ended.ended.status == 3, ended.ended.said
    assert f"incomplete: the waiver of {UNUSED} {what}" in " ".join(ended.ended.out.split())


def test_a_waiver_does_not_cover_its_neighbour(tmp_path: Path) -> None:
    """Other breaches of the same fault fail the run as before."""
    ended = run(tmp_path, waiver(), fault="signature-ignored")
    assert ended.ended.status == 1
    assert ended.junit.findall("testcase/failure")
    assert ended.requirement["outcome"] == "waived"
