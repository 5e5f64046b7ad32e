"""Taking secrets out of what is recorded: by their value wherever they stand, and by the name that they stand under.

Limits, on purpose: a secret of fewer than four characters is masked only as a whole word and not in base64 or
hexadecimal, because such short runs occur everywhere by accident; an empty one is ignored. In base64 that began
before the secret, up to four bits of the secret's first byte stay readable.
"""

from __future__ import annotations

import hmac
import os
import re
import zlib
from collections.abc import Iterable
from itertools import chain
from typing import Any

from certhook.recording.spellings import joined, letter_forms, literal_forms, spellings

MASK = "***"
_MASK = MASK.encode()
_SHORTEST = 4
_REPEATED = 8
_UNPACKED_LIMIT = 1 << 20


class Redactor:
    """Replaces secrets by `***`, and values under masked names by `***` and a tag that is the same for equal values.

    `masked_names` are names of headers, JSON members, form fields and query parameters, in any case. The tag is keyed
    with `salt`, so that nobody can find a value by trying: all processes of a run share one, and write it nowhere.
    """

    def __init__(self, secrets: Iterable[str], masked_names: Iterable[str], salt: bytes | None = None) -> None:
        ordered = sorted(set(filter(None, secrets)), key=lambda secret: (-len(secret), secret))
        names = sorted(set(filter(None, masked_names)))
        self._secrets = _secrets_pattern([secret for secret in ordered if len(secret) >= _SHORTEST])
        self._words = _words_pattern([secret for secret in ordered if len(secret) < _SHORTEST])
        self._named = _named_pattern(names)
        self._headers = frozenset(name.lower() for name in names)
        self._salt = os.urandom(16) if salt is None else salt
        self.reach = 64 + 48 * max((len(secret) for secret in ordered), default=0)
        """Longest spelling of a secret, in bytes: what is cut loses as much at its end, to leave no half secret."""

    def data(self, data: bytes) -> bytes:
        """Return `data` without secrets; gzip and zlib streams are looked into and packed again where one was found."""
        if data[:1] in (b"\x1f", b"\x78"):
            data = self._packed(data)
        return self._plain(data)

    def text(self, text: str) -> str:
        """Return `text` without secrets."""
        redacted = self._plain(text.encode("utf-8", "surrogatepass"))
        try:
            return redacted.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # a Latin-1 spelling ended within a UTF-8 character
            return redacted.decode("utf-8", "replace")

    def header(self, name: str, value: bytes) -> bytes:
        """Return a header's value without secrets, masked as a whole where its name is a masked one."""
        redacted = self._by_value(value)
        if name.lower() in self._headers:
            return self._tag(redacted)
        return self._by_name(redacted)

    def tree(self, value: Any) -> Any:
        """Return a JSON value with every text in it redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.tree(member) for key, member in value.items()}
        if isinstance(value, list | tuple):
            return [self.tree(member) for member in value]
        return value

    def _plain(self, data: bytes) -> bytes:
        # By value first: a secret that holds a quote would end the value under a name too early.
        return self._by_name(self._by_value(data))

    def _by_value(self, data: bytes) -> bytes:
        if self._secrets:
            data = self._secrets.sub(_MASK, data)
        return self._words.sub(_MASK, data) if self._words else data

    def _by_name(self, data: bytes) -> bytes:
        if not self._named:
            return data
        tags: dict[bytes, bytes] = {}

        def mask(found: re.Match[bytes]) -> bytes:
            start, end = found.span(found.lastgroup or 0)
            value = data[start:end]
            tags[value] = self._tag(value)
            return data[found.start() : start] + tags[value] + data[end : found.end()]

        masked = self._named.sub(mask, data)
        for value, tag in tags.items():
            # A target may repeat a token under another name: there, too, and comparable.
            masked = masked.replace(value, tag) if len(value) >= _REPEATED and _MASK not in value else masked
        return masked

    def _tag(self, value: bytes) -> bytes:
        """`***` and eight hexadecimal digits; what is empty, or all secret, stays as it is, since that is evidence."""
        if not value or value == _MASK:
            return value
        return _MASK + hmac.digest(self._salt, value, "sha256").hex()[:8].encode()

    def _packed(self, data: bytes) -> bytes:
        try:
            plain = zlib.decompressobj(47).decompress(data, _UNPACKED_LIMIT)
        except zlib.error:
            return data
        redacted = self._plain(plain)
        if redacted == plain:
            return data
        packer = zlib.compressobj(wbits=31 if data[:1] == b"\x1f" else 15)
        return packer.compress(redacted) + packer.flush()


def _secrets_pattern(secrets: list[str]) -> re.Pattern[bytes] | None:
    """One pattern for all, longest secret first, so that one that begins another does not leave the rest of it."""
    branches = list(dict.fromkeys(chain.from_iterable(map(spellings, secrets))))
    return re.compile(b"|".join(branches)) if branches else None


def _words_pattern(secrets: list[str]) -> re.Pattern[bytes] | None:
    branches = list(chain.from_iterable(joined(map(literal_forms, secret)) for secret in secrets))
    return re.compile(rb"(?<!\w)(?:%b)(?!\w)" % b"|".join(branches)) if branches else None


def _named_pattern(names: list[str]) -> re.Pattern[bytes] | None:
    """Values of members and fields with those names; an object, a list, null, true and false stay readable."""
    if not names:
        return None
    name = b"(?:%b)" % b"|".join(chain.from_iterable(joined(map(letter_forms, name)) for name in names))
    value = rb"""(?:"(?P<double>(?:[^"\\]+|\\.)+)|'(?P<single>(?:[^'\\]+|\\.)+)|(?P<bare>-?\d[\d.eE+-]*))"""
    # Backslashes before the quotes: JSON within JSON.
    member = rb"""["']%b\\{0,7}["']\s*:\s*\\{0,7}%b""" % (name, value)
    start, equals = rb"(?:^|[?&;]|\\u0026|%26|%3[fF])", rb"(?:=|%3[dD]|\\u003[dD])"
    field = rb"""%b%b(?:\[[^]=]{0,64}\])?%b(?P<field>[^&\s"'<>\\#;]+)""" % (start, name, equals)
    return re.compile(member + b"|" + field, re.DOTALL)
