"""A crash of certhook shows where it crashed, and no secret, whatever its variables and its message hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.running import FEW, Ended, profile_file, python
from tests.secrecy.canaries import HARD, leaks
from tests.secrecy.parrots import KlasParrot, parroting
from tests.targets import serving

CRASHING = """
from {module} import {owner} as owner

def broken(*given, **named):
    key = {canary!r}
    body = b'x' * 100 + key.encode() + b'x' * 200
    {condition}
    raise ZeroDivisionError("the key is " + key + repr(body))

sound, owner.{name} = owner.{name}, broken
"""

VERBOSE = """
import pytest
from certhook.cli import main

quiet = pytest.main
pytest.main = lambda words: quiet([*words, "-p", "crashing", "--showlocals", "--tb=long", "-vv", "-rA"])
main()
"""

PLACES = {
    "a case": (
        "certhook.running.group_run",
        "GroupRun",
        "result",
        "if 'nibble' not in given[1].id: return sound(*given)\n    print(key)",
    ),
    "a hook": ("certhook.plugin.executor", "Executor", "pytest_collection_finish", ""),
    "the end": ("certhook.plugin.controller", "Controller", "_finish", ""),
    "the start": ("certhook.plugin.controller", "Controller", "_examined", ""),
    "the command": ("certhook.plugin.controller", "Controller", "_direct_reports", ""),
}


def crashed(folder: Path, place: str, *words: str) -> Ended:
    """A run that crashes at a place of certhook's own, as verbose as pytest can be."""
    module, owner, name, condition = PLACES[place]
    text = CRASHING.format(module=module, owner=owner, name=name, condition=condition, canary=KlasParrot.known[0])
    (folder / "crashing.py").write_text(text, encoding="utf-8")
    (folder / "verbose.py").write_text(VERBOSE, encoding="utf-8")
    with serving(parroting(KlasParrot())) as served:
        profile = profile_file(folder, served.url, secret='{env = "CANARY"}')
        environment = {
            "CANARY": KlasParrot.known[0],
            "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]),
        }
        chosen = ("--group", "signature", "--output", "out", *FEW, *words)
        return python("verbose.py", "run", "klas", "--profile", str(profile), *chosen, cwd=folder, **environment)


@pytest.mark.parametrize(
    ("place", "words"), [*((place, ()) for place in PLACES), ("a case", ("-n", "2")), ("a hook", ("-n", "2"))]
)
def test_a_crash_tells_no_secret(place: str, words: tuple[str, ...], tmp_path: Path) -> None:
    """Wherever certhook crashes, its terminal and its files say so without the secret, and nothing is certified."""
    ended = crashed(tmp_path, place, *words)
    assert ended.status in ((1, 3) if place == "a case" else (3,)), ended.said
    log = tmp_path / "out" / "pytest.log"
    shown = ended.said + (log.read_text(encoding="utf-8") if log.exists() else "")
    assert "ZeroDivisionError" in shown
    assert leaks(tmp_path / "out", ended.said, [HARD]) == {}
