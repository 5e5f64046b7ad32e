"""Taking secrets out of what is recorded: by their value wherever they stand, and by the name that they stand under.

Both in any case of letters. Limits, on purpose: a secret of fewer than four characters is masked only as a whole word
and not in base64 or hexadecimal, because such short runs occur everywhere by accident; an empty one is ignored. In
base64 that began before the secret, up to four bits of the secret's first byte stay readable.
"""

from __future__ import annotations

import copy
import hmac
import os
import re
import zlib
from collections.abc import Callable, Collection, Iterable
from itertools import chain
from typing import Any, Self

from certhook.recording.listed import SHORTEST, Listed
from certhook.recording.spellings import echoes, joined, letter_forms, literal_forms, spellings

MASK = "***"
_MASK = MASK.encode()
_REPEATED = 8
_ECHOED = 256
_UNPACKED_LIMIT = 1 << 20
_CLEAN_KEPT, _CLEAN_LENGTH = 1024, 256
_LEADS = bytes.maketrans(b"'?&;", b'""""')
"""What may stand before a masked name, as one of them."""
_TAGGED = re.compile(rb"\*\*\*(?:[0-9a-f]{8})?")


class Redactor:
    """Replaces secrets by `***`, and values under masked names by `***` and a tag that is the same for equal values.

    `masked_names` are names of headers, JSON members, form fields and query parameters, in any case. The tag is keyed
    with `salt`, so that nobody can find a value by trying: all processes of a run share one, and write it nowhere.
    `listed` are secrets of which there may be hundreds: they become their tags, and are found in fewer spellings. Those
    of fewer than four characters are treated as other secrets are.
    """

    def __init__(
        self,
        secrets: Iterable[str],
        masked_names: Iterable[str],
        salt: bytes | None = None,
        listed: Collection[str] = (),
    ) -> None:
        many = sorted(value for value in set(listed) if len(value) >= SHORTEST)
        secrets = {*secrets, *(value for value in listed if len(value) < SHORTEST)}
        ordered = sorted(filter(None, secrets), key=lambda secret: (-len(secret), secret))
        names = sorted(set(filter(None, masked_names)))
        self._secrets = _secrets_pattern([secret for secret in ordered if len(secret) >= SHORTEST])
        self._literal = frozenset(secret.encode("utf-8", "surrogatepass") for secret in ordered)
        self._lowered = frozenset(map(bytes.lower, self._literal))
        self._words = _words_pattern([secret for secret in ordered if len(secret) < SHORTEST])
        self._named = _named_pattern(names)
        self._led = [b'"' + name.lower().encode("utf-8", "surrogatepass") for name in names]
        self._headers = frozenset(name.lower() for name in names)
        self._salt = os.urandom(16) if salt is None else salt
        self._plainly = self._lowered | {value.encode("utf-8", "surrogatepass").lower() for value in many}
        self._listed = Listed({value: self._tag(value.encode("utf-8", "surrogatepass")) for value in many})
        self._remembered: dict[bytes, bytes] | None = None
        self._clean: set[bytes] = set()
        self.reach = 64 + 48 * max((len(secret) for secret in (*ordered, *many)), default=0)
        """Longest spelling of a secret, in bytes: what is cut loses as much at its end, to leave no half secret."""

    def remembering(self) -> Self:
        """A copy for one exchange: what it found under a masked name, it masks in all that it is given after that."""
        own = copy.copy(self)
        own._remembered = {}  # noqa: SLF001 - of its own kind
        return own

    def data(self, data: bytes) -> bytes:
        """Return `data` without secrets; gzip and zlib streams are looked into and packed again where one was found."""
        if data[:1] in (b"\x1f", b"\x78"):
            data = self._packed(data)
        return self._redacted(data)

    def text(self, text: str) -> str:
        """Return `text` without secrets."""
        data = text.encode("utf-8", "surrogatepass")
        redacted = self._plain(data)
        if redacted is data:
            return text
        try:
            return redacted.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # a Latin-1 spelling ended within a UTF-8 character
            return redacted.decode("utf-8", "replace")

    def excerpt(self, text: str, limit: int) -> str:
        """Return `text` without secrets, cut to `limit` characters after that: half a secret would not be found."""
        redacted = self.text(text[: limit + self.reach])
        if len(text) > limit + self.reach:
            redacted = redacted[: -self.reach]
        elif len(redacted) <= limit:
            return redacted
        return f"{redacted[: limit - 1]}…"

    def header(self, name: str, value: bytes) -> bytes:
        """Return a header's value without secrets, masked as a whole where its name is a masked one."""
        if name.lower() not in self._headers:
            return self._plain(value)
        redacted = self._by_value(value)
        tag = self._tag(redacted)
        self._remember({redacted: tag})
        return tag

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
        """What is no body: most headers and URLs are the same all the time, and have nothing to be found in them."""
        if data in self._clean:
            return self._again(data)
        redacted = self._searched(data)
        if redacted is data and len(data) <= _CLEAN_LENGTH and len(self._clean) < _CLEAN_KEPT:
            self._clean.add(data)
        return self._again(redacted)

    def _redacted(self, data: bytes) -> bytes:
        return self._again(self._searched(data))

    def _searched(self, data: bytes) -> bytes:
        # By value first: a secret that holds a quote would end the value under a name too early.
        return self._by_name(self._by_value(data))

    def _by_value(self, data: bytes) -> bytes:
        data = self._listed.masked(data, self._noticed)
        for pattern in (self._secrets, self._words):
            data = _substituted(pattern, self._masked, data) if pattern else data
        return data

    def _masked(self, spelled: bytes) -> bytes:
        # One that is right but for its case is a wrong one, and must be told from the right one.
        instead = self._tag(spelled) if spelled.lower() in self._lowered and spelled not in self._literal else _MASK
        self._noticed(spelled, instead)
        return instead

    def _noticed(self, spelled: bytes, instead: bytes) -> None:
        """What was sent in an encoding of its own may be repeated within others: that is known from here on alone."""
        if self._remembered is not None and spelled.lower() not in self._plainly:
            self._remember(dict.fromkeys(echoes(spelled), instead))

    def _by_name(self, data: bytes) -> bytes:
        if self._named is None or not self._may_name(data):
            return data
        tags: dict[bytes, bytes] = {}

        def mask(value: bytes) -> bytes:
            tags[value] = self._tag(value)
            return tags[value]

        masked = _substituted(self._named, mask, data)
        self._remember({form: tag for value, tag in tags.items() for form in self._echoes(value)})
        return _repeated(_repeatable(tags), masked) if self._remembered is None else masked

    def _may_name(self, data: bytes) -> bool:
        """Whether the pattern of masked names can match at all: to ask that takes a tenth of the time."""
        lowered = b'"' + data.lower().translate(_LEADS)
        return b"%" in lowered or b"\\u" in lowered or any(led in lowered for led in self._led)

    def _again(self, data: bytes) -> bytes:
        return _repeated(self._remembered, data) if self._remembered and len(data) >= _REPEATED else data

    def _echoes(self, value: bytes) -> Iterable[bytes]:
        """What a request carried under a masked name, such as a wrong password, may come back in any encoding.

        A request carries few such values, and is looked at first; an answer may carry any number of them.
        """
        few = self._remembered is not None and len(self._remembered) < _ECHOED
        return echoes(value) if few and len(value) >= _REPEATED and _MASK not in value else (value,)

    def _remember(self, tags: dict[bytes, bytes]) -> None:
        if self._remembered is not None:
            self._remembered |= _repeatable(tags)

    def _tag(self, value: bytes) -> bytes:
        """`***` and eight hexadecimal digits; what is empty, all secret, or a tag stays as it is: that is evidence."""
        if not value or _TAGGED.fullmatch(value):
            return value
        return _MASK + hmac.digest(self._salt, value, "sha256").hex()[:8].encode()

    def _packed(self, data: bytes) -> bytes:
        try:
            plain = zlib.decompressobj(47).decompress(data, _UNPACKED_LIMIT)
        except zlib.error:
            return data
        redacted = self._redacted(plain)
        if redacted == plain:
            return data
        packer = zlib.compressobj(wbits=31 if data[:1] == b"\x1f" else 15)
        return packer.compress(redacted) + packer.flush()


def _repeatable(tags: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Those that are long enough to be no coincidence where they stand again."""
    return {value: tag for value, tag in tags.items() if len(value) >= _REPEATED and _MASK not in value}


def _repeated(tags: dict[bytes, bytes], data: bytes) -> bytes:
    """A target may repeat a token under another name: masked there, too, and comparable."""
    for value, tag in tags.items():
        data = data.replace(value, tag)
    return data


def _substituted(pattern: re.Pattern[bytes], put: Callable[[bytes], bytes], data: bytes) -> bytes:
    """`data` with what `put` makes of each match, or of its group; searched in lower case, and else left in its own."""
    pieces, at = [], 0
    for found in pattern.finditer(data.lower()):
        start, end = found.span(found.lastgroup or 0)
        pieces += [data[at:start], put(data[start:end])]
        at = end
    return b"".join([*pieces, data[at:]]) if pieces else data


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
    value = rb"""(?:"(?P<double>(?:[^"\\]+|\\.)+)|'(?P<single>(?:[^'\\]+|\\.)+)|(?P<bare>-?\d[\d.e+-]*))"""
    # Backslashes before the quotes: JSON within JSON.
    member = rb"""["']%b\\{0,7}["']\s*:\s*\\{0,7}%b""" % (name, value)
    start, equals = rb"(?:^|[?&;]|\\u0026|%26|%3f)", rb"(?:=|%3d|\\u003[dD])"
    field = rb"""%b%b(?:\[[^]=]{0,64}\])?%b(?P<field>[^&\s"'<>\\#;]+)""" % (start, name, equals)
    return re.compile(member + b"|" + field, re.DOTALL)
