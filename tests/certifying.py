"""A certification in this process, of klas unless a test says otherwise, against a target of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from certhook.building.builder import Builder
from certhook.changes import FAMILIES, Change, Scope, changes_of
from certhook.judging.oracle import wrongs_of
from certhook.pack.loading import load_pack
from certhook.pack.model import Operation, Pack
from certhook.profile.profile import Profile, profile_from
from certhook.profile.tomltext import as_toml
from certhook.reference.klas.target import KlasTarget
from certhook.running.certification import Certification
from certhook.running.setup import Setup

NOW = 1_800_000_000.0


@cache
def klas() -> Pack:
    """The pack that the tests of the engine work on."""
    return load_pack("klas")


def authenticate() -> Operation:
    """The only operation of klas."""
    return klas().operations[0]


def profile(data: Mapping[str, Any] | None = None) -> Profile:
    """The profile of the reference target, or another one."""
    pack = klas()
    return profile_from(
        data or KlasTarget.profile("http://target.example"),
        source="test",
        protocol=pack.protocol,
        protocol_schema=pack.profile_schema,
        requirement_ids=[one.id for one in pack.requirements],
    )


def scope(data: Mapping[str, Any] | None = None) -> Scope:
    """What families of changes are asked with."""
    return Scope(klas(), authenticate(), profile(data))


def changes() -> list[Change]:
    """Every change that a run against klas sends: those that its requirements name, and the unusual requests."""
    named = [name for entry in klas().entries for name in entry.check.changes]
    unusual = [name for name in FAMILIES if name.startswith("robustness.")]
    found = [one for name in (*named, *unusual) for one in changes_of(name, scope())]
    return list({one.name: one for one in found}.values())


def change(name: str) -> Change:
    """The only change that a name stands for."""
    (found,) = changes_of(name, scope())
    return found


def builder(seed: int = 0, clock: Callable[[], float] = lambda: NOW, data: Mapping[str, Any] | None = None) -> Builder:
    """A builder whose clock stands still."""
    return Builder(klas(), profile(data), seed=seed, clock=clock)


def categories_of(body: bytes, operation: Operation, valid: Mapping[str, Any]) -> frozenset[str]:
    """The categories of what the oracle finds wrong with a body."""
    return frozenset(one.category for one in wrongs_of(body, operation, valid))


@contextmanager
def certifying(
    folder: Path, data: Mapping[str, Any], *, protocol: str = "klas", worker: int = 0, **setup: Any
) -> Iterator[Certification]:
    """A certification with that profile, its journal in a folder."""
    path = folder / "profile.toml"
    path.write_text(as_toml(data), encoding="utf-8")
    setting = Setup(protocol, str(folder), profile_path=str(path), salt="00" * 16, **setup)
    certification = Certification(setting, worker)
    try:
        yield certification
    finally:
        certification.close()
