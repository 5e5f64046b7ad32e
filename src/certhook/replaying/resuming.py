"""A run that has ended, taken up again from its journal: the same target, profile, seed and test data."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from certhook.building.pool import pool_places
from certhook.errors import UsageError
from certhook.judging.answers import Kind, read_answer
from certhook.pack.model import Pack
from certhook.recording.file_names import JOURNAL_NAME
from certhook.recording.journal import read_journal
from certhook.reference import embedded, profile
from certhook.replaying.evidence import Evidence, answer_of
from certhook.running.certification import Certification
from certhook.running.setup import Setup


def setup_of(
    evidence: Evidence,
    output: str,
    *,
    target: str | None,
    profile_path: str | None,
    way: Mapping[str, Any] = MappingProxyType({}),
) -> Setup:
    """What the run was started with, and what is to be otherwise this time.

    The run's own target is meant, unless `target` names another or `profile_path` another profile; `way` says how it is
    reached. A target that the run started itself is started again; at another address, its test data and credentials
    are the reference target's.
    Raises UsageError.
    """
    journal = evidence.head
    try:
        before = replace(Setup.of_command(journal.get("command", ""), output), workers=1)
    except ValueError:
        what = "its journal does not say how it was started; it cannot be resumed"
        raise UsageError(f"{evidence.folder}: {what}") from None
    said = {key: value for key, value in way.items() if value}
    setup = replace(before, salt=secrets.token_hex(16), profile_path=profile_path or before.profile_path, **said)
    if before.embedded and target is None:
        return setup
    if before.embedded and profile_path is None:
        data = profile(before.protocol, str(target), before.faults, before.variants)
        return replace(setup, embedded=False, profile=data)
    if profile_path is None and setup.profile_path and not Path(setup.profile_path).is_file():
        raise UsageError(f"the run's profile {setup.profile_path} is not here; name its place with --profile FILE")
    return replace(setup, embedded=False, target=target or (None if profile_path else journal["target"]))


@contextmanager
def resumed(setup: Setup, evidence: Evidence) -> Iterator[Certification]:
    """A certification with that setup, for as long as the context lasts, its embedded target running."""
    if setup.embedded:
        with embedded(setup.protocol, setup.faults, setup.variants, setup.latency_ms) as target:
            yield from _opened(replace(setup, profile=target.profile))
    else:
        yield from _opened(replace(setup, used=_used(evidence, setup.load().pack)))


def _opened(setup: Setup) -> Iterator[Certification]:
    certification = Certification(setup)
    try:
        yield certification
    finally:
        certification.close()


def _used(evidence: Evidence, pack: Pack) -> dict[str, int]:
    """How many values of each list the run may have taken for good: one with each answer that was no refusal.

    Its workers had taken turns, so that the one who needed most says how far.
    """
    places = {operation.name: pool_places(operation) for operation in pack.operations}
    workers = evidence.head["workers"]
    counts: Counter[tuple[str, int]] = Counter()
    for record in read_journal(evidence.folder / JOURNAL_NAME, "exchange") if any(places.values()) else ():
        if read_answer(pack, answer_of(record)).kind not in (Kind.REFUSED, Kind.LIMITED):
            counts.update((place, record["number"] % workers) for place in places.get(record["operation"], ()))
    return {place: workers * max(counts[key] for key in counts if key[0] == place) for place, _ in counts}
