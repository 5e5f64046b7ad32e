"""What a certificate is worth today: who signed it, what it says, and everything that speaks against it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certhook.attesting.envelope import NotAuthentic, opened
from certhook.attesting.statement import MEDIA_TYPE, contradictions, read_statement
from certhook.errors import UsageError
from certhook.profile.waivers import Waiver
from certhook.reporting.escaping import visible
from certhook.values import Verdict


@dataclass(frozen=True, slots=True)
class Expected:
    """What a certificate is held against: the day, and where they are known, the target and result.json."""

    today: date
    target: str | None = None
    result: Path | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """`statement` is None where nobody can say who made it. `problems` are lines; a good certificate has none."""

    statement: Mapping[str, Any] | None
    problems: tuple[str, ...]


def verified(data: bytes, key: Ed25519PublicKey, expected: Expected) -> Verification:
    """Verify the bytes of a certificate with a public key. Raises UsageError where `expected.result` cannot be read.

    A statement that is rightly signed and does not say `certified` is authentic, and a problem.
    """
    try:
        payload = opened(data, MEDIA_TYPE, key)
    except NotAuthentic as reason:
        return Verification(None, (f"not authentic: {reason}",))
    try:
        statement = read_statement(payload)
    except ValueError as error:
        return Verification(None, (f"authentic, but: it {error}",))
    problems = [*contradictions(statement), *_held_against(statement["predicate"]["certhook"], expected)]
    return Verification(statement, tuple(f"authentic, but: {problem}" for problem in problems))


def _held_against(own: Mapping[str, Any], expected: Expected) -> Iterator[str]:
    if own["verdict"] != Verdict.CERTIFIED:
        yield own["verdict"].replace("-", " ")
    if expected.target is not None and expected.target.rstrip("/") != own["target"].rstrip("/"):
        yield f"the target is {visible(own['target'])}, not {visible(expected.target)}"
    if expected.result is not None and _sha256(expected.result) != own["result"]["digest"]["sha256"]:
        yield f"{expected.result} is not the result that was signed"
    for waiver in map(Waiver.from_json, own["waivers"]):
        if waiver.expired(expected.today):
            yield f"the waiver of {waiver.requirement} expired on {waiver.expires}"


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
