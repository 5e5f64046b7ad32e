"""Whether bytes carry the shared secret or a signature: as text, in hexadecimal or in base64.

Asked of every answer of a run: the bytes come in lower case as well, so that nobody lowers them twice.
"""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from functools import lru_cache

from certhook.recording.spellings import inner_base64


def carries_key(data: bytes, lowered: bytes, key: bytes) -> bool:
    """Whether the secret stands in `data`, be it amid other things that were encoded with it."""
    digits, forms = _spelled(key)
    return digits in lowered or _has_one(forms, data)


def carries_signature(data: bytes, lowered: bytes, signature: bytes) -> bool:
    """Whether a signature, given in lower-case hex, stands in `data`; its digits may be encoded, or what they mean."""
    return signature in lowered or _has_one(in_base64(signature), data)


def _has_one(forms: tuple[bytes, ...], data: bytes) -> bool:
    for form in forms:  # noqa: SIM110 - any() takes twice as long
        if form in data:
            return True
    return False


@lru_cache(maxsize=16)
def _spelled(key: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Its hex digits, and the forms in which case matters. Kept, since every answer is searched for the same."""
    return key.hex().encode(), tuple(dict.fromkeys((key, *inner_base64(key))))


def in_base64(signature: bytes) -> tuple[bytes, ...]:
    """A signature, given in lower-case hex, as base64 has it: what it means, in both alphabets, and its digits.

    At one alignment: a signature is encoded alone. Without the padding, and so found with it as well.
    """
    meant = bytes.fromhex(signature.decode())
    forms = (b64encode(meant), urlsafe_b64encode(meant), b64encode(signature))  # of digits both alphabets have the same
    return tuple(form.rstrip(b"=") for form in forms)
