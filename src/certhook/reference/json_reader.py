"""A strict reader of JSON: what RFC 8259 allows and every platform reads the same."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

MAX_DIGITS = 308  # an IEEE double holds no more
MAX_DEPTH = 500  # how deep Python itself reads depends on its version


class Unreadable(ValueError):
    """The bytes are not JSON that every reader understands the same."""


def read_json(body: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Raises Unreadable also for what the grammar allows and readers disagree on: repeated keys, numbers beyond a double,
    lone surrogates, a byte order mark, nesting beyond MAX_DEPTH.
    """
    try:
        value = _DECODER.decode(body.decode("utf-8"))
        if rb"\u" in body:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    if _is_too_deep(value):
        raise Unreadable("it is nested too deeply")
    return value


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for one in level for inner in _elements(one)]
        if not level:
            return False
    return True


def _elements(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise Unreadable("a key is repeated")
    return value


def _constant(word: str) -> NoReturn:
    raise Unreadable(f"{word} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise Unreadable("a number is out of range")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise Unreadable("a number is out of range")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_integer, parse_float=_float)
