"""Folders as finished runs leave them, made from lines of a journal, and keys to sign them with."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema import Draft202012Validator

from certhook.attesting.envelope import opened
from certhook.attesting.keys import KeyPair, generate
from certhook.attesting.signing import certificate_of
from certhook.attesting.statement import MEDIA_TYPE, read_statement
from certhook.places import schemas_dir
from certhook.recording.results import write_result
from tests.recording.lines import Line, case_line, end_line, journal_at, outcome, run_line

FAILED = outcome(what="failed", observed="OK")
PACK_DIGEST = "ab" * 32


@cache
def signer() -> Ed25519PrivateKey:
    """The key that the tests trust."""
    return Ed25519PrivateKey.generate()


def pair_in(folder: Path) -> KeyPair:
    """A pair of key files."""
    return generate(str(folder / "ops"))


def head(*requirements: Line, **changed: Any) -> Line:
    """A run line whose digest is one."""
    return run_line(*requirements, **{"pack_digest": PACK_DIGEST, **changed})


def run_at(folder: Path, *outcomes: Line, **changed: Any) -> Path:
    """The folder of a run of one MUST whose only case ended with those outcomes; it passed where none is given."""
    folder.mkdir(exist_ok=True)
    journal_at(folder / "journal.ndjson", head(**changed), case_line(*outcomes), end_line())
    write_result(folder)
    return folder


def signed(folder: Path) -> bytes:
    """The bytes of a run's certificate."""
    return certificate_of(folder, signer()).data


def stated(data: bytes) -> dict[str, Any]:
    """The statement in a certificate."""
    return read_statement(opened(data, MEDIA_TYPE, signer().public_key()))


@cache
def certificate_schema(part: str = "") -> Draft202012Validator:
    """The validator for certificate.json, or for a part of it."""
    whole = json.loads((schemas_dir() / "certificate.schema.json").read_bytes())
    Draft202012Validator.check_schema(whole)
    return Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": whole["$defs"]} if part else whole)
