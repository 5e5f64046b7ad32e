"""Keys are made once, kept from others, and recognised for what they are."""

from __future__ import annotations

import hashlib
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from certhook.attesting.keys import generate, key_id, private_key, public_key
from certhook.errors import UsageError
from tests.attesting.runs import pair_in


def test_a_pair_belongs_together(tmp_path: Path) -> None:
    """What the private key signs the public key verifies, and both go by the id that was given."""
    pair = pair_in(tmp_path)
    private, public = private_key(pair.private), public_key(pair.public)
    public.verify(private.sign(b"data"), b"data")
    assert key_id(private.public_key()) == key_id(public) == pair.id


def test_two_pairs_differ(tmp_path: Path) -> None:
    """No two pairs have an id in common."""
    assert pair_in(tmp_path).id != generate(str(tmp_path / "other")).id


def test_a_private_key_is_private(tmp_path: Path) -> None:
    """Nobody but its owner may read the private key, which is PKCS#8 in PEM."""
    pair = pair_in(tmp_path)
    assert pair.private.stat().st_mode & 0o777 == 0o600
    assert pair.private.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n")


def test_the_id_can_be_worked_out_by_others(tmp_path: Path) -> None:
    """The id is the SHA-256 of the public key's DER."""
    pair = pair_in(tmp_path)
    der = load_pem_public_key(pair.public.read_bytes()).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert hashlib.sha256(der).hexdigest() == pair.id


@pytest.mark.parametrize("name", ["ops.key", "ops.pub"])
def test_no_file_is_overwritten(name: str, tmp_path: Path) -> None:
    """Where one of the two files is there already, it stays as it is, and the other is not made."""
    (tmp_path / name).write_text("precious")
    with pytest.raises(UsageError, match=rf"{name}: is there already"):
        pair_in(tmp_path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "precious")]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A prefix in no folder is wrong usage."""
    with pytest.raises(UsageError, match=r"ops\.key: cannot be written: No such file"):
        pair_in(tmp_path / "nowhere")


def test_a_full_disk_leaves_no_half_key(tmp_path: Path) -> None:
    """Where a key cannot be written whole, none is left."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    try:
        with pytest.raises(UsageError, match="cannot be written: File too large"):
            pair_in(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def _pem(key: Any, how: KeySerializationEncryption | None = None) -> bytes:
    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how or NoEncryption())
    return pem


NO_PRIVATE_KEY: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "holds no PEM"),
    "text": (lambda: b"not a key", "holds no PEM"),
    "binary": (lambda: bytes(range(256)) * 300, "holds no PEM"),
    "cut": (lambda: _pem(Ed25519PrivateKey.generate())[:60], "holds PRIVATE KEY"),
    "encrypted": (
        lambda: _pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(b"pass")),
        "holds ENCRYPTED PRIVATE KEY",
    ),
    "RSA": (lambda: _pem(rsa.generate_private_key(65537, 2048)), "holds RSAPrivateKey"),
    "elliptic": (lambda: _pem(ec.generate_private_key(ec.SECP256R1())), "PrivateKey; wanted: an Ed25519"),
}


@pytest.mark.parametrize("kind", NO_PRIVATE_KEY)
def test_what_is_no_key_is_named(kind: str, tmp_path: Path) -> None:
    """A file that holds anything but an Ed25519 key is refused in a line that says what it holds."""
    content, expected = NO_PRIVATE_KEY[kind]
    path = tmp_path / "wrong.pem"
    path.write_bytes(content())
    for load in (private_key, public_key):
        with pytest.raises(UsageError, match=r"wrong\.pem: holds .*wanted: an Ed25519") as refusal:
            load(path)
        assert "\n" not in str(refusal.value)
    with pytest.raises(UsageError, match=expected):
        private_key(path)


def test_the_two_keys_are_not_mixed_up(tmp_path: Path) -> None:
    """The public key does not sign, and the private key is not asked for where nothing is signed."""
    pair = pair_in(tmp_path)
    with pytest.raises(UsageError, match="holds PUBLIC KEY; wanted: an Ed25519 private key"):
        private_key(pair.public)
    with pytest.raises(UsageError, match="holds PRIVATE KEY; wanted: an Ed25519 public key"):
        public_key(pair.private)


def test_a_key_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is not there, or a folder, is named."""
    with pytest.raises(UsageError, match=r"no\.key: cannot be read: No such file"):
        private_key(tmp_path / "no.key")
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        public_key(tmp_path)
