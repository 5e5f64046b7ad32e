"""Secrets of which there may be hundreds, such as launch tokens that are good for one success each.

A pattern that has all spellings of all of them would take seconds to build; a table of how each begins takes none. They
are found as they stand, in other encodings, in hexadecimal, percent-encoded and in base64 at any alignment, each in any
case of letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

from certhook.recording.spellings import inner_base64, recoded

SHORTEST = 4
"""Bytes that a text must have at least, as all of them are found by their first ones."""

_SHORTEST_ENCODED = 8
"""Bytes that an encoded one must have: shorter ones occur everywhere by accident."""


class Listed:
    """Replaces each of some texts, of `SHORTEST` bytes at least, by what `put` has for it."""

    def __init__(self, put: Mapping[str, bytes]) -> None:
        self._starting: dict[bytes, list[tuple[bytes, bytes]]] = {}
        for text, instead in put.items():
            for form in _forms(text):
                self._starting.setdefault(form[:SHORTEST], []).append((form, instead))
        for forms in self._starting.values():
            forms.sort(key=lambda one: -len(one[0]))

    def masked(self, data: bytes, noticed: Callable[[bytes, bytes], None]) -> bytes:
        """`data` without those texts; `noticed` is told of each how it was spelled, and what stands for it."""
        if not self._starting:
            return data
        pieces, done = [], 0
        for start, end, instead in self._found(data.lower()):
            noticed(data[start:end], instead)
            pieces += [data[done:start], instead]
            done = end
        return b"".join([*pieces, data[done:]])

    def _found(self, lowered: bytes) -> Iterator[tuple[int, int, bytes]]:
        starting, done = self._starting, 0
        for at in range(len(lowered) - SHORTEST + 1):
            forms = starting.get(lowered[at : at + SHORTEST])
            if forms is None or at < done:
                continue
            for form, instead in forms:
                if lowered.startswith(form, at):
                    done = at + len(form)
                    yield at, done, instead
                    break


def _forms(text: str) -> set[bytes]:
    """The spellings in lower case, but for those that are too short to mean the text."""
    raw = text.encode("utf-8", "surrogatepass")
    encoded = {raw.hex().encode(), raw.hex(" ").encode(), *recoded(text), *inner_base64(raw)}
    forms = {raw, quote(raw, safe="").encode(), *(form for form in encoded if len(form) >= _SHORTEST_ENCODED)}
    return {form.lower() for form in forms}
