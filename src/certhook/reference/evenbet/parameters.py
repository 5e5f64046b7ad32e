"""The parameters of a request, from its path, its query and its form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Parameters:
    """Each part by name, in the order in which it was sent; of a repeated name the last value counts."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]

    @property
    def all(self) -> dict[str, str]:
        """The path's, the query's and the form's, in that order; where they share a name, the path's value counts."""
        return {**self.path, **self.query, **self.form, **self.path}


def pairs(text: str | bytes) -> list[tuple[str, str]]:
    """The pairs of a query or form. Bytes that are not UTF-8 become surrogates, so that nothing is lost."""
    raw = text.decode("latin-1") if isinstance(text, bytes) else text
    decoded = parse_qsl(raw, keep_blank_values=True, encoding="latin-1")
    return [(_utf8(name), _utf8(value)) for name, value in decoded]


def joined(values: Iterable[str]) -> bytes:
    """The values with nothing between them, as the bytes that were sent."""
    return b"".join(value.encode("utf-8", "surrogateescape") for value in values)


def _utf8(latin: str) -> str:
    return latin.encode("latin-1").decode("utf-8", "surrogateescape")
