"""Whether a value fits a JSON Schema (2020-12, with this project's formats), and what is wrong where it does not.

Two libraries share the work. jsonschema-rs says in microseconds whether a value fits, which nearly all do. jsonschema
is asked, and imported, where something does not: its errors say which part of the schema and of the value is meant, and
without an error of its own nothing is called wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from certhook.errors import PackError, nearest
from certhook.formats import FORMATS

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a value fits. Raises PackError, one line, for a schema that is none."""
    return _sound(schema).fits(value)


def errors(schema: Mapping[str, Any], value: Any) -> Iterator[ValidationError]:
    """What is wrong with a value, in the order of the schema. Raises PackError, one line, for a schema that is none."""
    sound = _sound(schema)
    return iter(()) if sound.fits(value) else sound.thorough.iter_errors(value)


def flaw_of(schema: Mapping[str, Any]) -> str | None:
    """What makes a schema none, in one line: its place and a reason. None where it is one.

    A format that this project does not know is such a flaw: JSON Schema would pass over it in silence.
    """
    return _checked(schema).flaw


class _Checked:
    """A schema that was looked at once: what is wrong with it, or its validators."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self.flaw = next(_unknown_formats(schema), None)
        try:
            self._quick = _quick(schema)
        except ValueError as error:
            self.flaw = self.flaw or _in_words(schema) or str(error).splitlines()[0]

    def fits(self, value: Any) -> bool:
        try:
            return bool(self._quick.is_valid(value))
        except ValueError:  # not what JSON in UTF-8 can hold, such as half of a surrogate pair or a date of TOML
            return self.thorough.is_valid(value)

    @cached_property
    def thorough(self) -> Validator:
        """The validator whose errors say where and why."""
        from jsonschema import Draft202012Validator, FormatChecker

        checker = FormatChecker(formats=())
        for name, fits in FORMATS.items():
            checker.checks(name)(lambda value, fits=fits: not isinstance(value, str) or fits(value))
        return Draft202012Validator(self.schema, format_checker=checker)


_KNOWN: dict[int, _Checked] = {}
"""By the identity of their schemas: those of a pack live as long as it, and are asked for with each answer."""


def _checked(schema: Mapping[str, Any]) -> _Checked:
    known = _KNOWN.get(id(schema))
    if known is None or known.schema is not schema:
        known = _KNOWN[id(schema)] = _Checked(schema)
    return known


def _sound(schema: Mapping[str, Any]) -> _Checked:
    checked = _checked(schema)
    if checked.flaw:
        raise PackError(f"{_title(schema)}: {checked.flaw}")
    return checked


def _quick(schema: Mapping[str, Any]) -> Any:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(dict(schema), formats=dict(FORMATS), validate_formats=True, retriever=_elsewhere)


def _elsewhere(uri: str) -> NoReturn:
    """Nothing is fetched: a schema refers to nothing but its own parts."""
    raise ValueError(f"{uri} is not a part of it")


def _in_words(schema: Mapping[str, Any]) -> str:
    """Where a schema is none, and why, as far as the meta-schema tells."""
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return f"{error.json_path}: {error.message.splitlines()[0]}"
    return ""


def _title(schema: Any) -> str:
    return f"schema {schema.get('title', 'without title')!r}" if isinstance(schema, dict) else "schema"


def _unknown_formats(schema: Any) -> Iterator[str]:
    unknown = (name for name in _named_formats(schema) if name not in FORMATS)
    return (f"unknown format {name!r}{nearest(name, FORMATS)}" for name in unknown)


def _named_formats(schema: Any) -> Iterator[str]:
    """Every value of a keyword `format` in a schema; a property of that name holds a schema, never text."""
    if isinstance(schema, dict):
        if isinstance(schema.get("format"), str):
            yield schema["format"]
        for key, member in schema.items():
            if key not in {"const", "enum", "default", "examples"}:
                yield from _named_formats(member)
    elif isinstance(schema, list):
        for element in schema:
            yield from _named_formats(element)
