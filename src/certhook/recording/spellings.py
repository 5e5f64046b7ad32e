"""The ways in which a text can be spelled on the wire, as regular expressions over bytes.

Every branch starts with a literal byte: `re` then skips quickly over positions at which none can start, which is what
makes redaction cheap. Every repetition is bounded, so that a hostile text cannot make it slow.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from html.entities import codepoint2name
from itertools import chain

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LEGACY = ("latin-1", "cp1252")
_SHORT_ESCAPES = {"\b": b"b", "\f": b"f", "\n": b"n", "\r": b"r", "\t": b"t"}


def literal_forms(character: str) -> list[bytes]:
    """The forms of one character in text, JSON, URLs and HTML, also where those were nested in one another."""
    # What is longer goes first: a secret that ends in % must not leave the 25 of its %25.
    raws = sorted({*_encodings(character), *_misread(character)}, key=lambda raw: (-len(raw), raw))
    escapes = [*map(_percent, raws), _backslash(character), _entity(character)]
    plus = [b"\\+"] if character == " " else []
    return [*escapes, *plus, *map(re.escape, raws)]


def letter_forms(character: str) -> list[bytes]:
    """The forms of one character of a name, in either case: all that a JSON parser would read as that name."""
    cases = dict.fromkeys((character.lower(), character.upper()))
    return [re.escape(case.encode()) for case in cases] + [rb"\\u00" + _hex(f"{ord(case):02x}") for case in cases]


def joined(forms: Iterable[list[bytes]]) -> list[bytes]:
    """The branches that match those forms one after another."""
    first, *rest = forms
    tail = b"".join(_either(branches) for branches in rest)
    return [form + tail for form in first]


def spellings(secret: str) -> list[bytes]:
    """The branches that match `secret` literally, escaped, in UTF-16, hexadecimal and base64 at any alignment."""
    branches = joined(map(literal_forms, secret))
    branches += [re.escape(secret.encode(wide, "surrogatepass")) for wide in ("utf-16-le", "utf-16-be")]
    for raw in _encodings(secret):
        branches += joined(_any_case(digit) for digit in raw.hex())
        branches += chain.from_iterable(_base64(raw, lead) for lead in range(3))
    return list(dict.fromkeys(branches))


def _encodings(text: str) -> list[bytes]:
    """The text in UTF-8, Latin-1 and Windows-1252, as far as these have its characters."""
    found = [text.encode("utf-8", "surrogatepass")]
    for codec in _LEGACY:
        with suppress(UnicodeError):
            found.append(text.encode(codec))
    return list(dict.fromkeys(found))


def _misread(text: str) -> list[bytes]:
    """What becomes of the text when its UTF-8 is taken for Latin-1 or Windows-1252."""
    found = []
    for codec in _LEGACY:
        with suppress(UnicodeError):
            found.append(text.encode().decode(codec).encode())
    return found


def _either(branches: list[bytes]) -> bytes:
    return branches[0] if len(branches) == 1 else b"(?:" + b"|".join(branches) + b")"


def _any_case(digit: str) -> list[bytes]:
    return [case.encode() for case in dict.fromkeys((digit.lower(), digit.upper()))]


def _hex(digits: str) -> bytes:
    return b"".join(b"[%b]" % b"".join(_any_case(digit)) if digit.isalpha() else digit.encode() for digit in digits)


def _percent(raw: bytes) -> bytes:
    return b"".join(b"%(?:25){0,4}" + _hex(f"{byte:02x}") for byte in raw)


def _backslash(character: str) -> bytes:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    branches = [b"\\\\{1,8}".join(b"u" + _hex(units[at : at + 4]) for at in range(0, len(units), 4))]
    if character in _SHORT_ESCAPES:
        branches.append(_SHORT_ESCAPES[character])
    elif character.isascii() and not character.isalnum():
        branches.append(re.escape(character.encode()))
    return b"\\\\\\\\{0,7}" + _either(branches)


def _entity(character: str) -> bytes:
    code = ord(character)
    branches = [b"#0{0,5}%d" % code, b"#[xX]0{0,5}" + _hex(f"{code:x}")]
    name = "apos" if character == "'" else codepoint2name.get(code)
    branches += [name.encode()] if name else []
    return b"&(?:amp;){0,4}" + _either(branches) + b";"


def _base64(raw: bytes, lead: int) -> list[bytes]:
    """The branches for `raw` when `lead` (modulo 3) bytes stand before it in what was encoded.

    Characters that carry bits of the bytes before it are left standing; those that share bits with what follows go too.
    """
    encoded = b64encode(b"\0" * lead + raw)
    whole, bits = divmod((lead + len(raw)) * 8, 6)
    branches = joined(_base64_forms(encoded[at : at + 1]) for at in range((0, 2, 3)[lead], whole))
    if not bits:
        return branches
    start = _BASE64.index(encoded[whole : whole + 1])
    last = [_base64_forms(_BASE64[at : at + 1]) for at in range(start, start + 2 ** (6 - bits))]
    padding = _either(literal_forms("="))
    tail = b"(?:" + _either(list(chain.from_iterable(last))) + padding + b"{0,2})?"
    return [branch + tail for branch in branches]


def _base64_forms(character: bytes) -> list[bytes]:
    if character.isalnum():
        return [character]
    return [*literal_forms(character.decode()), {b"+": b"-", b"/": b"_"}[character]]
