"""Signing schemes by name. They know no protocol: a protocol's folder names one and gives its settings.

| name                   | message                                          | signature, in lower-case hex |
|------------------------|--------------------------------------------------|------------------------------|
| `hmac-sha256-body`     | the raw body                                     | HMAC, keyed                  |
| `sha256-joined-values` | the values in the order of their names, joined   | hash of message + key        |
| `none`                 | nothing                                          | nothing                      |

A violation asks for another construction or algorithm than the scheme's own.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from certhook.building.encoding import field_text, text_bytes
from certhook.errors import PackError, nearest

ALGORITHMS = ("sha256", "sha1", "md5", "sha512")


@dataclass(frozen=True, slots=True)
class Signable:
    """What a signature may cover.

    `parameters` are the values of path, query and form, decoded: text, or nested mappings and lists of text; what is
    not text counts as a form would write it. Only schemes that join values look at them.
    """

    body: bytes = b""
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Scheme(Protocol):
    """How a message is made of a request or response, and a signature of a message."""

    @property
    def name(self) -> str:
        """The name under which a protocol asks for the scheme."""

    def message(self, signable: Signable) -> bytes:
        """The bytes that the signature covers, without the key."""

    def sign(self, message: bytes, key: bytes, algorithm: str = "sha256", construction: str | None = None) -> str:
        """The signature in lower-case hex; `construction` is one of CONSTRUCTIONS, None the scheme's own.

        Raises PackError for an unknown algorithm or construction.
        """


@dataclass(frozen=True, slots=True)
class _Scheme:
    """A scheme made of what its message covers and of its own construction, None where it signs nothing."""

    name: str
    covered: Callable[[Signable], bytes]
    own: str | None

    def message(self, signable: Signable) -> bytes:
        return self.covered(signable)

    def sign(self, message: bytes, key: bytes, algorithm: str = "sha256", construction: str | None = None) -> str:
        wanted = construction or self.own
        return digest(message, key, algorithm, wanted) if wanted else ""


def scheme(name: str, **settings: Any) -> Scheme:
    """The scheme of that name. `sha256-joined-values` takes `excluded`, a list of names.

    Raises PackError for an unknown name or setting.

    >>> scheme("hmac-sha256-body").name
    'hmac-sha256-body'
    """
    if name not in SCHEMES:
        raise PackError(f"unknown signing scheme {name!r}{nearest(name, SCHEMES)}")
    make, known = SCHEMES[name]
    for setting in settings:
        if setting not in known:
            raise PackError(f"signing scheme {name}: unknown setting {setting!r}{nearest(setting, known)}")
    return make(**settings)


def digest(message: bytes, key: bytes, algorithm: str, construction: str) -> str:
    """The hash of message and key in lower-case hex. Raises PackError for an unknown algorithm or construction."""
    if algorithm not in ALGORITHMS:
        raise PackError(f"unknown hash algorithm {algorithm!r}{nearest(algorithm, ALGORITHMS)}")
    if construction not in CONSTRUCTIONS:
        raise PackError(f"unknown construction {construction!r}{nearest(construction, CONSTRUCTIONS)}")
    return CONSTRUCTIONS[construction](message, key, algorithm)


def _hmac(message: bytes, key: bytes, algorithm: str) -> str:
    return hmac.new(key, message, algorithm).hexdigest()


def _plain(message: bytes, algorithm: str) -> str:
    return hashlib.new(algorithm, message, usedforsecurity=False).hexdigest()


CONSTRUCTIONS: Mapping[str, Callable[[bytes, bytes, str], str]] = {
    "hmac": _hmac,
    "key-first": lambda message, key, algorithm: _plain(key + message, algorithm),
    "key-last": lambda message, key, algorithm: _plain(message + key, algorithm),
    "no-key": lambda message, _key, algorithm: _plain(message, algorithm),
}


def _body(signable: Signable) -> bytes:
    return signable.body


def _nothing(_signable: Signable) -> bytes:
    return b""


def _values(signable: Signable, *, excluded: frozenset[str]) -> bytes:
    return _joined({name: value for name, value in signable.parameters.items() if name not in excluded})


def _joined(value: Any) -> bytes:
    """The values with nothing between them, in the byte order of their names; one that holds others alike."""
    if isinstance(value, Mapping):
        # The order of code points is the byte order of UTF-8.
        return b"".join(_joined(value[name]) for name in sorted(value))
    if isinstance(value, (list, tuple)):
        return b"".join(_joined(element) for element in value)
    return text_bytes(field_text(value))


def _body_hmac() -> Scheme:
    return _Scheme("hmac-sha256-body", _body, "hmac")


def _joined_values(excluded: Iterable[str] = ()) -> Scheme:
    names = [excluded] if isinstance(excluded, str) else list(excluded)
    return _Scheme("sha256-joined-values", partial(_values, excluded=frozenset(names)), "key-last")


def _unsigned() -> Scheme:
    return _Scheme("none", _nothing, None)


SCHEMES: Mapping[str, tuple[Callable[..., Scheme], tuple[str, ...]]] = {
    "hmac-sha256-body": (_body_hmac, ()),
    "sha256-joined-values": (_joined_values, ("excluded",)),
    "none": (_unsigned, ()),
}
