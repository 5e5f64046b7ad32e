"""Items that need nothing set up are run by their call alone; what is told of them is as pytest's own way tells it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.running import FEW, certhook, pytest_suites, python

CONFTEST = """
import pytest
from certhook.plugin.bare import BareProtocol

def pytest_configure(config):
    config.pluginmanager.register(BareProtocol())

def pytest_runtest_logreport(report):
    print(report.nodeid, report.when, report.outcome)
"""

TESTS = """
import pytest

@pytest.fixture
def thing():
    return 1

def test_bare():
    pass

def test_failing():
    raise ZeroDivisionError

def test_given(thing):
    assert thing == 1

class TestPrepared:
    def setup_method(self):
        self.ready = True

    def test_prepared(self):
        assert self.ready
"""


def test_only_what_needs_nothing_is_run_bare(tmp_path: Path) -> None:
    """A test that asks for a fixture, be it by a method of its class, is set up and taken down by pytest."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_some.py").write_text(TESTS)
    without = ("-p", "no:cacheprovider", "-p", "no:logging")  # as under `certhook run`; the latter relies on set-up
    ended = python("-m", "pytest", "-s", "-q", *without, "-c", "/dev/null", ".", cwd=tmp_path)
    told = [line.split("::")[-1].split() for line in ended.out.splitlines() if line.endswith(("passed", "failed"))]
    assert ["test_bare", "call", "passed"] in told
    assert ["test_failing", "call", "failed"] in told
    whens = {name: [when for one, when, _ in filter(_is_report, told) if one == name] for name, *_ in told}
    assert whens["test_bare"] == whens["test_failing"] == ["call"]
    assert whens["test_given"] == whens["test_prepared"] == ["setup", "call", "teardown"]
    assert "ZeroDivisionError" in ended.out
    assert ended.status == 1


def _is_report(words: list[str]) -> bool:
    return len(words) == 3


@pytest.mark.parametrize("faults", [(), ("--fault", "timestamp-zero-skipped")], ids=["none", "one"])
def test_junit_is_told_the_same(tmp_path: Path, faults: tuple[str, ...]) -> None:
    """junit.xml has the same tests, failures and skips as under plain pytest."""
    words = ("--group", "timestamp", *FEW, *faults, "--output")
    certhook("run", "klas", "--embedded", *words, "one", cwd=tmp_path)
    pytest_suites("--protocol", "klas", *words, "two", cwd=tmp_path)
    one, two = (_junit(tmp_path / name) for name in ("one", "two"))
    assert one == two
    assert len(one) > 10


def _junit(folder: Path) -> list[tuple[str, list[str]]]:
    (suite,) = ET.parse(folder / "junit.xml").getroot()  # noqa: S314 - our own file
    return sorted((str(case.get("name")), [part.tag for part in case]) for case in suite.iter("testcase"))
