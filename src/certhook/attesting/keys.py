"""Ed25519 keys in files: the private one as PKCS#8, the public one as SubjectPublicKeyInfo, both in PEM."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from certhook.attesting.reading import first_bytes
from certhook.errors import UsageError
from certhook.recording.wholefile import write_new

_LARGEST = 64 * 1024
_UNUSABLE = (ValueError, TypeError, UnsupportedAlgorithm)
_PEM_LABEL = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Where the two keys of a pair are, and the id that both go by."""

    private: Path
    public: Path
    id: str


def generate(prefix: str) -> KeyPair:
    """Write a new pair: PREFIX.key, for its owner's eyes only, and PREFIX.pub.

    Raises UsageError where one of them is there already or cannot be written; then nothing is left behind.
    """
    if prefix.endswith("/") or not prefix:
        raise UsageError(f"--output {prefix!r}: must end with a name, such as ops for ops.key and ops.pub")
    key = Ed25519PrivateKey.generate()
    pair = KeyPair(Path(f"{prefix}.key"), Path(f"{prefix}.pub"), key_id(key.public_key()))
    _write(pair.private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    try:
        _write(pair.public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)
    except UsageError:
        pair.private.unlink()
        raise
    return pair


def key_id(key: Ed25519PublicKey) -> str:
    """The SHA-256 of a public key's DER, in hexadecimal: openssl pkey -pubin -outform DER | sha256sum."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def private_key(path: Path) -> Ed25519PrivateKey:
    """The private key in a file. Raises UsageError, one line, where the file holds anything else."""
    data, key = first_bytes(path, _LARGEST), None
    with suppress(*_UNUSABLE):
        key = load_pem_private_key(data, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise _refusal(path, data, key, "private key in PEM, without a password")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The public key in a file. Raises UsageError, one line, where the file holds anything else."""
    data, key = first_bytes(path, _LARGEST), None
    with suppress(*_UNUSABLE):
        key = load_pem_public_key(data)
    if not isinstance(key, Ed25519PublicKey):
        raise _refusal(path, data, key, "public key in PEM")
    return key


def _write(path: Path, data: bytes, mode: int) -> None:
    try:
        write_new(path, data, mode)
    except FileExistsError:
        raise UsageError(f"{path}: is there already, and no key is overwritten; name another --output") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None


def _refusal(path: Path, data: bytes, key: object, wanted: str) -> UsageError:
    label = _PEM_LABEL.search(data)
    holds = type(key).__name__ if key else label[1].decode() if label else "no PEM"
    return UsageError(f"{path}: holds {holds}; wanted: an Ed25519 {wanted}, as certhook keygen writes it")
