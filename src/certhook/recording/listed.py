"""Secrets of which there may be hundreds, such as launch tokens that are good for one success each.

A pattern that has all spellings of all of them would take seconds to build; a table of how each begins takes none. They
are found as they stand, in other encodings, in hexadecimal, percent-encoded and in base64 at any alignment, each in any
case of letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

from certhook.recording.spellings import inner_base64, recoded

_ANCHOR = 8


class Listed:
    """Replaces each of some texts by what `put` has for it. One that is shorter than eight bytes is left alone."""

    def __init__(self, put: Mapping[str, bytes]) -> None:
        self._starting: dict[bytes, list[tuple[bytes, bytes]]] = {}
        for text, instead in put.items():
            for form in _forms(text):
                self._starting.setdefault(form[:_ANCHOR], []).append((form, instead))
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
        for at in range(len(lowered) - _ANCHOR + 1):
            forms = starting.get(lowered[at : at + _ANCHOR])
            if forms is None or at < done:
                continue
            for form, instead in forms:
                if lowered.startswith(form, at):
                    done = at + len(form)
                    yield at, done, instead
                    break


def _forms(text: str) -> set[bytes]:
    """The spellings in lower case, but for those that are too short to begin with an anchor."""
    raw = text.encode("utf-8", "surrogatepass")
    forms = {raw, raw.hex().encode(), raw.hex(" ").encode(), quote(raw, safe="").encode()}
    forms |= {*recoded(text), *inner_base64(raw)}
    return {form.lower() for form in forms if len(form) >= _ANCHOR}
