"""`certhook run` against every hostile target: the right exit status, in time, in little memory, and harmless files.

Some minutes on one core, so that they are an environment of their own: `tox -e hostile`.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.catalogue import Hostile
from tests.hostile.measuring import Measured, certhook_measured
from tests.hostile.server import serving_hostile
from tests.hostile.variants import VARIANTS
from tests.hostile.wellformed import assert_well_formed, obeyed
from tests.running import FEW, profile_file

LIMIT_S, DEAD_S, MEGABYTES = 60, 15, 300
ALWAYS = [pytest.param(one, True, id=f"{one.name}-always") for one in VARIANTS.values() if one.always]
REFUSING = [pytest.param(one, False, id=f"{one.name}-refusing") for one in VARIANTS.values() if one.refusing]


Run = Callable[..., Measured]


@pytest.fixture
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Run:
    """Run klas against a target, with few fuzzed bodies; what it took is kept in the test's report."""

    def build(url: str, timeout_s: float, *words: str) -> Measured:
        profile = str(profile_file(tmp_path, url, "[limits]", f"timeout_s = {timeout_s}"))
        ended = certhook_measured("run", "klas", "--profile", profile, "--output", "out", *FEW, *words, cwd=tmp_path)
        request.node.user_properties += [(name, getattr(ended, name)) for name in ("status", "seconds", "megabytes")]
        return ended

    return build


def assert_bounded(ended: Measured, statuses: tuple[int, ...], seconds: float = LIMIT_S) -> None:
    """The run ended as it should, within its bounds, and said nothing that a terminal would obey."""
    assert ended.status in statuses, ended.err
    assert ended.seconds < seconds
    assert ended.megabytes < MEGABYTES
    assert "Traceback" not in ended.err
    assert not obeyed(ended.out + ended.err)


@pytest.mark.parametrize(("variant", "always"), [*ALWAYS, *REFUSING])
def test_a_run_survives(variant: Hostile, always: bool, run: Run, tmp_path: Path) -> None:  # noqa: FBT001 - by pytest
    """Never certified for being hostile, never a crash, never led elsewhere, and reports that can be read."""
    with serving_hostile(variant, always=always) as served:
        ended = run(served.url, 0.5)
        assert not served.led_astray
    assert_bounded(ended, variant.always if always else variant.refusing)
    result = assert_well_formed(tmp_path / "out")
    assert "certhook itself failed" not in str(result)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_dead_target_ends_the_run_in_seconds(run: Run, tmp_path: Path, workers: str) -> None:
    """Where nobody listens, nothing is judged, and the run is over in a moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert_bounded(run(f"http://127.0.0.1:{port}", 2, "-n", workers), (3,), DEAD_S)
    assert assert_well_formed(tmp_path / "out")["requests"] == 0


HANGING = {
    "takes-connections-only": 3,
    "never-answers": 3,
    "hangs-from-the-40th-on": 3,
    "dies-at-the-40th-request": 3,
    "never-answers-refusing": 1,
}


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("name", HANGING)
def test_a_hanging_target_ends_the_run_in_a_minute(run: Run, tmp_path: Path, name: str, workers: str) -> None:
    """With two seconds for an answer, hundreds of requests that are never answered take a minute at most."""
    variant = VARIANTS[name.removesuffix("-refusing")]
    with serving_hostile(variant, always=variant.name == name) as served:
        ended = run(served.url, 2, "-n", workers)
    assert_bounded(ended, (HANGING[name],))
    counts = assert_well_formed(tmp_path / "out")["counts"]
    assert counts["blocked"] > 0
    assert bool(counts["failed"]) is (HANGING[name] == 1)
