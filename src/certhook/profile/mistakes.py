"""What is wrong with a document that a person wrote, in the words of its JSON Schema, as one place and one line.

Values are never quoted, for they may be secret; names of keys are.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from certhook.errors import nearest
from certhook.validation import errors

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_TYPES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a table",
    "array": "an array",
    "null": "null",
}
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (str, "a string"),
    (int, "a whole number"),
    (float, "a fractional number"),
    (Mapping, "a table"),
    (list, "an array"),
    (datetime, "a date and time"),
    (date, "a date"),
    (time, "a time"),
)
_FORMATS = {
    "http-url": "an absolute http or https URL with a host",
    "iso-4217": "an ISO 4217 currency code in upper case",
    "iso-4217-ever": "an ISO 4217 currency code in upper case",
    "iso-3166-1-alpha-2": "an ISO 3166-1 alpha-2 country code in upper case",
    "date": "a date such as 2027-01-31",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where (`subject.player_id`, `waivers[0].expires`) something is wrong, and what would be right."""

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class _Breach:
    """One keyword of a schema that a value does not meet: `wanted` is the keyword's value, `schema` where it stands."""

    path: tuple[str | int, ...]
    keyword: str
    wanted: Any
    value: Any
    schema: Mapping[str, Any]


def first_mistake(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mistake | None:
    """The mistake to mend first, or None where `document` fits `schema`.

    An unknown key comes before a missing one, since it is mostly the missing one's misspelling.
    """
    not_finite = next(_not_finite(document, ()), None)
    if not_finite is not None:
        return Mistake(place_of(not_finite), "must be a finite number")
    breaches = sorted(_breaches(document, schema), key=lambda breach: breach.keyword != "additionalProperties")
    return _mistake(breaches[0]) if breaches else None


def place_of(path: Iterable[str | int]) -> str:
    """The path as TOML would write it: dotted, keys in quotes where they need them, positions in brackets.

    >>> place_of(["levels", "a.b"]), place_of(["waivers", 0, "owner"])
    ('levels."a.b"', 'waivers[0].owner')
    """
    place = ""
    for step in path:
        if isinstance(step, int):
            place += f"[{step}]"
        else:
            key = step if _BARE_KEY.fullmatch(step) else json.dumps(step)
            place += f".{key}" if place else key
    return place


def kind_of(value: object) -> str:
    """What a value read from TOML is called: a string, a table, a date."""
    return next((name for kind, name in _KINDS if isinstance(value, kind)), type(value).__name__)


def _not_finite(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """The paths of TOML's inf and nan, which every comparison of a schema would let through or misjudge."""
    if isinstance(value, float) and not math.isfinite(value):
        yield path
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from _not_finite(member, (*path, key))
    elif isinstance(value, list):
        for position, element in enumerate(value):
            yield from _not_finite(element, (*path, position))


def _breaches(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[_Breach]:
    for error in errors(schema, document):
        where = error.schema if isinstance(error.schema, Mapping) else {}
        yield _Breach(tuple(error.absolute_path), str(error.validator), error.validator_value, error.instance, where)


def _mistake(breach: _Breach) -> Mistake:
    if breach.keyword in _ABOUT_KEYS:
        return _ABOUT_KEYS[breach.keyword](breach)
    says = _SAYINGS.get(breach.keyword, _does_not_fit)
    return Mistake(place_of(breach.path), f"{says(breach)}{_description(breach.schema)}")


def _unknown_key(breach: _Breach) -> Mistake:
    known = _properties(breach)
    key = next(name for name in breach.value if name not in known)
    return Mistake(place_of([*breach.path, key]), f"unknown key{nearest(key, known) if known else ''}")


def _missing_key(breach: _Breach) -> Mistake:
    key = next(name for name in breach.wanted if name not in breach.value)
    return Mistake(place_of([*breach.path, key]), f"is missing{_description(_properties(breach).get(key, {}))}")


def _missing_companion(breach: _Breach) -> Mistake:
    needs = ((key, other) for key, others in breach.wanted.items() for other in others)
    present, absent = next(pair for pair in needs if pair[0] in breach.value and pair[1] not in breach.value)
    return Mistake(
        place_of([*breach.path, absent]), f"is missing; {place_of([*breach.path, present])} needs it beside it"
    )


def _properties(breach: _Breach) -> Mapping[str, Any]:
    found: Mapping[str, Any] = breach.schema.get("properties", {})
    return found


def _description(schema: Mapping[str, Any]) -> str:
    text = schema.get("description", "").rstrip(".")
    acronym = text[1:2].isupper()
    return f"; expected: {text if acronym else text[:1].lower() + text[1:]}" if text else ""


def _wrong_type(breach: _Breach) -> str:
    wanted = breach.wanted
    names = [_TYPES[name] for name in ([wanted] if isinstance(wanted, str) else wanted)]
    return f"must be {' or '.join(names)}, not {kind_of(breach.value)}"


def _not_listed(breach: _Breach) -> str:
    dotted = ", not a table; a key that has dots in it needs quotes" if isinstance(breach.value, Mapping) else ""
    return f"must be {' or '.join(json.dumps(value) for value in breach.wanted)}{dotted}"


def _too_short(breach: _Breach) -> str:
    return "must not be empty" if breach.wanted == 1 else f"must be longer than {breach.wanted - 1}"


def _wrong_format(breach: _Breach) -> str:
    return f"must be {_FORMATS.get(breach.wanted, f'of the format {breach.wanted}')}"


def _no_alternative(breach: _Breach) -> str:
    """Alternatives are mostly keys of which one (at least, or exactly) is needed."""
    keys = [" with ".join(branch.get("required", ())) for branch in breach.wanted]
    if not all(keys):
        return "does not fit"
    return f"needs {'one' if breach.keyword == 'oneOf' else 'at least one'} of {', '.join(keys)}"


def _does_not_fit(_breach: _Breach) -> str:
    return "does not fit"


def _bound(words: str) -> Callable[[_Breach], str]:
    return lambda breach: f"must be {words} {breach.wanted}"


_ABOUT_KEYS: Mapping[str, Callable[[_Breach], Mistake]] = {
    "additionalProperties": _unknown_key,
    "required": _missing_key,
    "dependentRequired": _missing_companion,
}

_SAYINGS: Mapping[str, Callable[[_Breach], str]] = {
    "type": _wrong_type,
    "enum": _not_listed,
    "minLength": _too_short,
    "minItems": _too_short,
    "minProperties": _too_short,
    "format": _wrong_format,
    "anyOf": _no_alternative,
    "oneOf": _no_alternative,
    "minimum": _bound("at least"),
    "maximum": _bound("at most"),
    "exclusiveMinimum": _bound("greater than"),
    "exclusiveMaximum": _bound("less than"),
}
