"""What a body is, from its bytes alone: the reading of RFC 8259 that decides which requirement a body tests.

It shares nothing with what writes bodies. The standard library's decoder reads; hooks refuse what it lets through.
Texts that nest too deep for it are walked without recursion.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from itertools import accumulate
from typing import Any, Final, NoReturn

DEEPEST = 500
"""Arrays and objects within each other that any reader is expected to cope with."""

FATHOMED = 25_000
"""Arrays and objects within each other beyond which nobody looks whether they are ever closed."""

MOST_VALUES = 500_000
"""Values of a text beyond which it is not read: a few megabytes of brackets would take hundreds in memory.

A list of 50,000 games with seven members each has fewer.
"""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SPACE = re.compile(r"[ \t\n\r]*")
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
# In a text that fits the grammar a backslash stands in strings only, and always before what it escapes.
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>\\u[dD][89a-fA-F])|\\.", re.DOTALL
)
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_CLOSINGS = {"[": "]", "{": "}"}
_DIGITS_OF_A_DOUBLE = 308
_OPENED: Final = object()


class Flaw(StrEnum):
    """What is wrong with a body, or unwise about it; sections are those of RFC 8259.

    GRAMMAR: not a JSON text in UTF-8 (§ 2 to 8.1). ROOT: its outermost value is not an object. DUPLICATE_KEYS: an
    object names a member twice (§ 4). BYTE_ORDER_MARK: one stands before the text (§ 8.1). OUT_OF_RANGE: a number
    beyond a double (§ 6), or an escape that is half of a surrogate pair (§ 8.2). DEEP: nested beyond DEEPEST (§ 9).
    LARGE: of more than MOST_VALUES values, and read no further.
    """

    GRAMMAR = "grammar"
    ROOT = "root"
    DUPLICATE_KEYS = "duplicate-keys"
    BYTE_ORDER_MARK = "byte-order-mark"
    OUT_OF_RANGE = "out-of-range"
    DEEP = "deep"
    LARGE = "large"


class Unreadable(Enum):
    """The type of UNREADABLE, which is apart from null."""

    UNREADABLE = "unreadable"


UNREADABLE: Final = Unreadable.UNREADABLE


@dataclass(frozen=True, slots=True)
class JsonText:
    """A body's value and flaws.

    `value` is UNREADABLE where the flaws hold GRAMMAR, DEEP or LARGE. Of a repeated key the last value counts; a number
    beyond a double is an infinity. Beside GRAMMAR stands no other flaw but BYTE_ORDER_MARK; `why` says what breaks it.
    """

    value: Any
    flaws: frozenset[Flaw]
    why: str = field(default="", repr=False, compare=False)


def read_json(data: bytes) -> JsonText:
    """What the bytes are as an RFC 8259 text. It never fails, and takes time in proportion to their number.

    >>> read_json(b'{"a": 1}')
    JsonText(value={'a': 1}, flaws=frozenset())
    """
    mark = {Flaw.BYTE_ORDER_MARK} if data.startswith(_BYTE_ORDER_MARK) else set()
    try:
        value, flaws = _read(data.removeprefix(_BYTE_ORDER_MARK).decode("utf-8"))
    except ValueError as error:
        return JsonText(UNREADABLE, frozenset(mark | {Flaw.GRAMMAR}), _why(error))
    return JsonText(UNREADABLE if flaws & {Flaw.DEEP, Flaw.LARGE} else value, frozenset(mark | flaws))


def _why(error: ValueError) -> str:
    """What does not fit the grammar, and where, in one short line."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 at byte {error.start}"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at character {error.pos}"
    return str(error)


def _read(text: str) -> tuple[Any, set[Flaw]]:
    """The value and what is wrong with it. Raises ValueError where the text does not fit the grammar."""
    if text.count(",") + text.count("[") + text.count("{") > MOST_VALUES:
        return UNREADABLE, {Flaw.LARGE}
    flaws = {Flaw.DEEP} if _depth(text) > DEEPEST else set()
    decoder = _decoder(flaws)
    value = _fathomed(text, decoder) if flaws else _decoded(text, decoder)
    if not isinstance(value, dict):
        flaws.add(Flaw.ROOT)
    if any(escape["lone"] for escape in _ESCAPE.finditer(text)):
        flaws.add(Flaw.OUT_OF_RANGE)
    return value, flaws


def _decoded(text: str, decoder: json.JSONDecoder) -> Any:
    try:
        return decoder.decode(text)
    except RecursionError:
        # The text is not deep, but the stack that this call stands on is.
        return _Walk(text, decoder).value()


def _fathomed(text: str, decoder: json.JSONDecoder) -> Any:
    """The value of a deep text, as far down as anybody looks. Raises ValueError where it does not fit the grammar."""
    try:
        return _Walk(text, decoder).value()
    except _TooDeep:
        return {}


def _depth(text: str) -> int:
    """How deep a text that fits the grammar nests; 0 where that is far from too deep.

    Raises ValueError where brackets stay open: nobody need walk down such a text to see that it does not fit.
    """
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    depths = list(accumulate(_STEPS.get(one, 0) for one in _STRING_OR_BRACKET.findall(text)))
    if depths[-1]:
        raise ValueError(f"{abs(depths[-1])} unmatched brackets")
    return max(depths)


def _decoder(flaws: set[Flaw]) -> json.JSONDecoder:
    """The library's decoder, made to refuse NaN and the infinities, and to note flaws as it reads."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            flaws.add(Flaw.DUPLICATE_KEYS)
        return found

    def number(digits: str) -> float:
        found = float(digits)
        if math.isinf(found):
            flaws.add(Flaw.OUT_OF_RANGE)
        return found

    def integer(digits: str) -> float:
        # A double holds 308 digits. More are not turned into an integer, which would take time in their square.
        found = number(digits) if len(digits) > _DIGITS_OF_A_DOUBLE else 0
        return found if math.isinf(found) else int(digits)

    return json.JSONDecoder(
        object_pairs_hook=members, parse_float=number, parse_int=integer, parse_constant=_no_such_word
    )


def _no_such_word(word: str) -> NoReturn:
    raise ValueError(f"the word {word}")


class _TooDeep(Exception):
    """A text nests beyond FATHOMED."""


class _Walk:
    """One reading of a text with a stack of its own. The decoder reads scalars and names."""

    def __init__(self, text: str, decoder: json.JSONDecoder) -> None:
        self._text = text
        self._decoder = decoder
        self._position = 0
        self._open: list[_Holder] = []

    def value(self) -> Any:
        """The value of the whole text. Raises ValueError where the text does not fit the grammar."""
        self._skip_space()
        while True:
            value = self._begun()
            if value is _OPENED:
                continue
            value = self._ended(value)
            if value is not _OPENED:
                break
        if self._position < len(self._text):
            raise ValueError("trailing characters")
        return value

    def _begun(self) -> Any:
        """The scalar or empty holder at the position, or _OPENED where a holder begins and its first value follows."""
        opening = self._text[self._position : self._position + 1]
        if opening not in _CLOSINGS:
            value, self._position = self._decoder.raw_decode(self._text, self._position)
            return value
        self._step()
        if self._at(_CLOSINGS[opening]):
            self._step()
            return {} if opening == "{" else []
        if len(self._open) > FATHOMED:
            raise _TooDeep
        self._open.append(_Holder(_CLOSINGS[opening], self._name() if opening == "{" else ""))
        return _OPENED

    def _ended(self, value: Any) -> Any:
        """After a value: the outermost one that ends here, or _OPENED where another value follows a comma."""
        self._skip_space()
        while self._open:
            holder = self._open[-1]
            holder.members.append((holder.name, value))
            if self._at(","):
                self._step()
                holder.name = self._name() if holder.closing == "}" else ""
                return _OPENED
            if not self._at(holder.closing):
                raise ValueError("a comma or closing bracket is missing")
            self._step()
            value = self._open.pop().value(self._decoder)
        return value

    def _name(self) -> str:
        """The name at the position, which is then behind its colon."""
        if not self._at('"'):
            raise ValueError("no name")
        name, self._position = self._decoder.raw_decode(self._text, self._position)
        self._skip_space()
        if not self._at(":"):
            raise ValueError("no colon")
        self._step()
        return str(name)

    def _at(self, character: str) -> bool:
        return self._text.startswith(character, self._position)

    def _step(self) -> None:
        self._position += 1
        self._skip_space()

    def _skip_space(self) -> None:
        self._position = _SPACE.match(self._text, self._position).end()  # type: ignore[union-attr] # it matches nothing, too


@dataclass(slots=True)
class _Holder:
    """An array or object whose end has not come: `name` is that of the member being read, empty in an array."""

    closing: str
    name: str
    members: list[tuple[str, Any]] = field(default_factory=list)

    def value(self, decoder: json.JSONDecoder) -> Any:
        if self.closing == "]":
            return [value for _, value in self.members]
        return decoder.object_pairs_hook(self.members)
