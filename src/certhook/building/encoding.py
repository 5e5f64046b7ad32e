"""How fields become bytes: JSON in several spellings, forms, paths and queries.

| name             | bytes                                                                                       |
|------------------|---------------------------------------------------------------------------------------------|
| `json`           | compact, UTF-8, keys in the order given                                                     |
| `json-canonical` | keys sorted, ASCII only, `/` escaped: what PHP's `json_encode` writes after a `ksort`       |
| `form`           | application/x-www-form-urlencoded, UTF-8                                                     |
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias
from urllib.parse import quote, quote_plus, unquote_to_bytes

from certhook.errors import PackError, nearest

Encoder: TypeAlias = Callable[[Mapping[str, Any]], bytes]

# Made once: json.dumps() makes one for each value.
_COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_ASCII = json.JSONEncoder(ensure_ascii=True)
_ASCII_SORTED = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"))
_WRITTEN_ALIKE = {str, int, bool, type(None)}
"""Types that Python writes as PHP does, but for the slash and DEL."""
_PLACEHOLDER = re.compile(r"(?<=/):([A-Za-z_][A-Za-z0-9_]*)")
_PHP_PRECISION = 17
_PHP_SMALLEST_PLAIN_EXPONENT = -3


def text_bytes(text: str) -> bytes:
    r"""The UTF-8 of any text; it never fails.

    A surrogate that stands for a raw byte (Python's `surrogateescape`) becomes that byte, any other surrogate the three
    bytes that UTF-8 forbids. So a field whose bytes are not UTF-8 can be signed and sent alike.

    >>> text_bytes("é\udcff")
    b'\xc3\xa9\xff'
    """
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def json_compact(value: Any) -> bytes:
    """JSON without spaces, in UTF-8, keys in the order given.

    Raises ValueError for NaN and the infinities, which JSON has no word for.
    """
    return _utf8(_COMPACT.encode(value))


def json_pretty(value: Any) -> bytes:
    """JSON with two spaces of indentation, in UTF-8, keys in the order given. Raises ValueError like `json_compact`."""
    return _utf8(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


def json_canonical(value: Any) -> bytes:
    r"""The bytes that PHP's `json_encode` writes, with its defaults, after a `ksort` of string keys.

    Nested objects are sorted as well, so that a target finds nothing to change, whether it sorts those or only the
    outermost one. Raises ValueError like `json_compact`.

    >>> json_canonical({"b": "é/", "B": 1}).decode()
    '{"B":1,"b":"\\u00e9\\/"}'
    """
    return _php(value).encode("ascii")


def json_escaped(value: Any) -> bytes:
    r"""Compact JSON in which every character of every string, names too, is a `\u` escape.

    Raises ValueError like `json_compact`.
    """
    return _written(value, _escape_all).encode("ascii")


def form_encode(pairs: Iterable[tuple[str, Any]]) -> bytes:
    """The pairs as application/x-www-form-urlencoded, UTF-8, in the order given (URL Standard § 5.2).

    Values that are not text are written by `field_text`.
    """
    return "&".join(f"{_form_quote(name)}={_form_quote(field_text(value))}" for name, value in pairs).encode("ascii")


def form_pairs(body: bytes) -> list[tuple[str, str]]:
    r"""The pairs of a form as a tolerant parser reads them; it never fails.

    A percent sign that begins no escape stands for itself; bytes that are not UTF-8 become surrogates, as `text_bytes`
    takes them.

    >>> form_pairs(b"a=1%&b=%ff&c")
    [('a', '1%'), ('b', '\udcff'), ('c', '')]
    """
    pieces = (piece.partition(b"=") for piece in body.split(b"&") if piece)
    return [(_form_unquote(name), _form_unquote(value)) for name, _, value in pieces]


def query_encode(pairs: Iterable[tuple[str, Any]]) -> str:
    """The pairs as the query of a URL, without its question mark; a space is %20 (RFC 3986 § 3.4)."""
    return "&".join(f"{_quote(name)}={_quote(field_text(value))}" for name, value in pairs)


def expand_path(template: str, values: Mapping[str, Any]) -> str:
    """The path of `template` with every `:name` segment replaced by its percent-encoded value.

    Raises PackError where a value is missing.

    >>> expand_path("/users/:userId/session", {"userId": "a/b"})
    '/users/a%2Fb/session'
    """

    def segment(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            raise PackError(f"path {template}: no value for {name}{nearest(name, values)}")
        text = _quote(field_text(values[name]))
        # Clients resolve dot segments before they send.
        return text.replace(".", "%2E") if text in {".", ".."} else text

    return _PLACEHOLDER.sub(segment, template)


def path_values(template: str, path: str) -> dict[str, str]:
    """The values by name that `expand_path` made the path of; nothing where it is not of that template.

    >>> path_values("/users/:userId/session", "/users/a%2Fb/session")
    {'userId': 'a/b'}
    """
    match = re.fullmatch(_PLACEHOLDER.sub(r"(?P<\1>[^/]*)", re.escape(template)), path)
    found = match.groupdict() if match else {}
    return {name: unquote_to_bytes(value).decode("utf-8", "surrogateescape") for name, value in found.items()}


def field_text(value: Any) -> str:
    """A field of a form, a query or a path as text: text as it is, None as nothing, anything else as compact JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else json_compact(value).decode("utf-8")


def encoder(name: str) -> Encoder:
    """The encoder of that name (see the table above). Raises PackError for any other."""
    if name not in ENCODERS:
        raise PackError(f"unknown encoding {name!r}{nearest(name, ENCODERS)}")
    return ENCODERS[name]


def _form(fields: Mapping[str, Any]) -> bytes:
    return form_encode(fields.items())


ENCODERS: Mapping[str, Encoder] = {"json": json_compact, "json-canonical": json_canonical, "form": _form}


def _utf8(text: str) -> bytes:
    # A lone surrogate has no UTF-8; Python's replacement for it happens to be JSON's own escape.
    return text.encode("utf-8", "backslashreplace")


def _quote(text: str) -> str:
    return quote(text_bytes(text), safe="")


def _form_quote(text: str) -> str:
    return quote_plus(text_bytes(text), safe="*").replace("~", "%7E")


def _form_unquote(raw: bytes) -> str:
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8", "surrogateescape")


def _written(value: Any, string: Callable[[str], str], number: Callable[[float], str] = repr) -> str:
    """Compact JSON, keys in the order given, with strings and fractional numbers written by the two functions."""
    if isinstance(value, str):
        return string(value)
    if isinstance(value, Mapping):
        members = (f"{string(name)}:{_written(member, string, number)}" for name, member in value.items())
        return f"{{{','.join(members)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{','.join(_written(element, string, number) for element in value)}]"
    if isinstance(value, float) and math.isfinite(value):
        return number(value)
    return _COMPACT.encode(value)


def _php(value: Any) -> str:
    if type(value) is dict and _WRITTEN_ALIKE.issuperset(map(type, value.values())):
        written = _ASCII_SORTED.encode(value)  # a request as it usually is, in a third of the time
        if "\\u007f" not in written:
            return written.replace("/", "\\/")
    return _written(_sorted(value), _php_string, _php_float)


def _sorted(value: Any) -> Any:
    """The value with the names of every object in byte order, which is also the order of code points."""
    if isinstance(value, Mapping):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(element) for element in value] if isinstance(value, (list, tuple)) else value


def _php_string(text: str) -> str:
    # PHP writes the escapes that Python does, and one for the slash, but none for DEL.
    between = (_ASCII.encode(part)[1:-1] for part in text.split("\x7f"))
    return '"' + "\x7f".join(between).replace("/", "\\/") + '"'


def _escape_all(text: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass").hex()
    escapes = (f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
    return f'"{"".join(escapes)}"'


def _php_float(value: float) -> str:
    """The shortest digits that read back as the same double, laid out as PHP does: 10, 0.5, 1.0e+25, 1.0e-5."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + int(exponent)
    minus = "-" if sign else ""
    if point > _PHP_PRECISION or point < _PHP_SMALLEST_PLAIN_EXPONENT:
        return f"{minus}{text[0]}.{text[1:] or '0'}e{point - 1:+d}"
    whole = text[:point].ljust(point, "0") if point > 0 else "0"
    fraction = text[point:] if point > 0 else "0" * -point + text
    return f"{minus}{whole}.{fraction}" if fraction.strip("0") else f"{minus}{whole}"
