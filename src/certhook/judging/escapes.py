"""What stands within the strings of a JSON text, found in its bytes: it may be cut short, or quoted by a page."""

from __future__ import annotations

import re

_ESCAPE = re.compile(rb"(?:\\u[0-9a-fA-F]{4})+|\\([ntr\"/\\])")
_SHORT = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}


def unescaped(body: bytes) -> bytes:
    r"""The body with each JSON escape as the character that it stands for, in UTF-8; what is no escape is left alone.

    >>> unescaped(rb'{"a":"1\/2\u002d"}')
    b'{"a":"1/2-"}'
    """
    return _ESCAPE.sub(_character, body)


def _character(match: re.Match[bytes]) -> bytes:
    """Of neighbours in hexadecimal all at once: two may be the halves of one character."""
    if match[1]:
        return _SHORT.get(match[1], match[1])
    units = bytes.fromhex(match[0].replace(b"\\u", b"").decode("ascii"))
    return units.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")
