"""The ways in which a text can be spelled on the wire, as regular expressions over bytes in lower case.

A target may answer in another case, and whoever knows a secret but for its case knows it: what is searched is lowered
first, and so are the expressions. Every branch starts with a literal byte: `re` then skips quickly over positions at
which none can start, which is what makes redaction cheap. Every repetition is bounded, so that a hostile text cannot
make it slow.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from html.entities import codepoint2name
from itertools import chain
from urllib.parse import quote, quote_plus

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_LEGACY = ("latin-1", "cp1252")
_OTHER_CODECS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-7", "cp037")
_SHORT_ESCAPES = {"\b": b"b", "\f": b"f", "\n": b"n", "\r": b"r", "\t": b"t"}
_PERCENT_BACKSLASH = b"%(?:25){0,4}5c"
_BACKSLASH = rb"(?:\\|%b)" % _PERCENT_BACKSLASH
_BETWEEN_HEX = rb"[ :,_-]{0,2}(?:\\{0,4}0?x)?"


def literal_forms(character: str) -> list[bytes]:
    """The forms of one character in text, JSON, URLs and HTML, in either case, also nested in one another."""
    return list(dict.fromkeys(chain.from_iterable(map(_forms, _cases(character)))))


def letter_forms(character: str) -> list[bytes]:
    """The forms of one character of a name: all that a JSON parser would read as that name, in either case."""
    return [re.escape(character.lower().encode())] + [rb"\\u%04x" % ord(case) for case in _cases(character)]


def joined(forms: Iterable[list[bytes]]) -> list[bytes]:
    """The branches that match those forms one after another: one for each byte with which they may begin."""
    first, *rest = forms
    tail = b"".join(_either(branches) for branches in rest)
    begun: dict[bytes, list[bytes]] = {}
    for form in first:
        at = 2 if form.startswith(b"\\") else 1
        begun.setdefault(form[:at], []).append(form[at:])
    return [byte + _either(ends) + tail for byte, ends in begun.items()]


def spellings(secret: str) -> list[bytes]:
    """The branches that match `secret` literally, escaped, in other encodings, in hexadecimal, in base64 wherever."""
    branches = joined(map(literal_forms, secret))
    branches += [_escaped(raw) for written in dict.fromkeys((secret, *_written(secret))) for raw in recoded(written)]
    for raw in dict.fromkeys(chain(_raws(secret), _raws(secret.swapcase()))):
        branches.append(_BETWEEN_HEX.join(b"%02x" % byte for byte in raw))
        branches += chain.from_iterable(_base64(raw, lead) for lead in range(3))
    return list(dict.fromkeys(branches))


def recoded(text: str) -> list[bytes]:
    """The text in the encodings in which a body may be sent as a whole, to damage it."""
    return [text.encode(codec, "replace") for codec in _OTHER_CODECS]


def echoes(raw: bytes) -> Iterator[bytes]:
    """How a target may repeat bytes that it was sent in an encoding that it does not know: in URLs, escaped, in base64.

    Exactly so, unlike all else here: as patterns, for every secret and encoding, these would cost more than the rest.
    """
    escaped = (repr(raw)[2:-1].encode(), json.dumps(raw.decode("latin-1"))[1:-1].encode())
    for form in dict.fromkeys((raw, *escaped)):
        yield form
        if not form.isalnum():  # what is, a URL has as it is
            yield from {quote(form).encode(), quote(form, safe="").encode(), quote_plus(form).encode()}
        yield from {form.hex().encode(), form.hex().upper().encode()}
        yield from inner_base64(form)


def inner_base64(raw: bytes) -> Iterator[bytes]:
    """What base64 has of it at each alignment, in either alphabet, but for characters that others have a part in."""
    for lead in range(3):
        inner = b64encode(b"\0" * lead + raw)[(0, 2, 3)[lead] : (lead + len(raw)) * 8 // 6]
        yield from {inner, inner.translate(_URL_SAFE)}


def _cases(character: str) -> list[str]:
    cases = (character, character.lower(), character.upper())
    return [case for case in dict.fromkeys(cases) if len(case) == 1]


def _forms(character: str) -> Iterator[bytes]:
    # What is longer goes first: a secret that ends in % must not leave the 25 of its %25.
    raws = sorted({*_encodings(character), *_misread(character)}, key=lambda raw: (-len(raw), raw))
    yield from map(_percent, raws)
    yield from _backslashed(character, raws)
    yield _entity(character)
    if character == " ":
        yield b"\\+"
    yield from map(_escaped, raws)


def _raws(text: str) -> Iterator[bytes]:
    """The bytes of which hexadecimal and base64 are made where the text is in what was encoded."""
    yield from _encodings(text)
    yield from (written.encode("utf-8", "surrogatepass") for written in _written(text))


def _written(text: str) -> list[str]:
    """The text as it may stand in JSON or in a URL that was encoded as a whole."""
    strings = [json.dumps(text, ensure_ascii=ascii)[1:-1] for ascii in (True, False)]
    slashes = [string.replace("/", "\\/") for string in strings]
    urls = [spell(text.encode("utf-8", "surrogatepass"), safe="") for spell in (quote, quote_plus)]
    return list(dict.fromkeys([*strings, *slashes, *urls]))


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


def _escaped(raw: bytes) -> bytes:
    return re.escape(raw.lower())


def _either(branches: list[bytes]) -> bytes:
    return branches[0] if len(branches) == 1 else b"(?:" + b"|".join(branches) + b")"


def _percent(raw: bytes) -> bytes:
    return b"".join(b"%%(?:25){0,4}%02x" % byte for byte in raw)


def _backslashed(character: str, raws: list[bytes]) -> Iterator[bytes]:
    """As in JSON, JavaScript and Python, whose escapes of bytes count: a traceback shows what was sent in them."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    branches = [(_BACKSLASH + b"{1,8}").join(b"u" + units[at : at + 4].encode() for at in range(0, len(units), 4))]
    branches += [b"u%08x" % ord(character)] if len(units) > 4 else []
    branches += [(_BACKSLASH + b"{1,8}").join(b"x%02x" % byte for byte in raw) for raw in raws]
    if character in _SHORT_ESCAPES:
        branches.append(_SHORT_ESCAPES[character])
    elif character.isascii() and not character.isalnum():
        branches += [re.escape(character.encode()), _percent(character.encode()), _entity(character)]
    # Nobody writes a letter as an escape and then the escape for a URL; leaving that out makes patterns much smaller.
    for first in (rb"\\",) if character.isalnum() and character.isascii() else (rb"\\", _PERCENT_BACKSLASH):
        yield first + _BACKSLASH + b"{0,7}" + _either(branches)


def _entity(character: str) -> bytes:
    code = ord(character)
    branches = [b"#0{0,5}%d" % code, b"#x0{0,5}%x" % code]
    name = "apos" if character == "'" else codepoint2name.get(code)
    branches += [name.lower().encode()] if name else []
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
    tail = b"(?:" + _either(list(dict.fromkeys(chain.from_iterable(last)))) + padding + b"{0,2})?"
    return [branch + tail for branch in branches]


def _base64_forms(character: bytes) -> list[bytes]:
    if character.isalnum():
        return [character.lower()]
    return [*literal_forms(character.decode()), {b"+": b"-", b"/": b"_"}[character]]
