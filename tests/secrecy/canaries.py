"""Canaries: secrets that occur nowhere else, and the search for them in every spelling by which one would know them."""

from __future__ import annotations

import base64
import gzip
import html
import json
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, quote_plus

HARD = "Zq7\"v\\\u00e4\u20ac/+% &<'w5Kd-Xj2"
"""With every character that some format escapes, and one from outside of Latin-1."""

CODECS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-7", "cp037")


@lru_cache
def spellings(canary: str) -> tuple[bytes, ...]:
    """The canary as it may stand in a file: in any of these, in lower case, it would be known."""
    found: set[bytes] = set()
    for text in {*_written(canary), *_written(canary.swapcase())}:
        for raw in {text.encode(), text.encode("latin-1", "ignore")}:
            found |= {raw, raw.hex().encode(), raw.hex(" ").encode(), *_inner_base64(raw)}
        for codec in CODECS:
            raw = text.encode(codec, "replace")
            found |= {raw, *_inner_base64(raw), quote(raw, safe="").encode(), repr(raw)[2:-1].encode()}
        found.add(repr(text.encode())[2:-1].encode())
    return tuple(spelling.lower() for spelling in found)


def _written(text: str) -> Iterator[str]:
    for string in (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], text):
        yield from (string, string.replace("/", "\\/"), html.escape(string))
        yield from (quote(string, safe=""), quote(string), quote_plus(string))


def _inner_base64(raw: bytes) -> Iterator[bytes]:
    """What base64 has of it whatever stands around it, at each of three alignments."""
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + raw)
        yield encoded[(0, 2, 3)[lead] : (lead + len(raw)) * 8 // 6]


def found_in(data: bytes, canaries: Iterable[str]) -> list[str]:
    """The canaries that can be known from some bytes, or from what those are when unpacked."""
    lowered = b"\n".join([data, *_unpacked(data)]).lower()
    return [canary for canary in canaries if any(spelling in lowered for spelling in spellings(canary))]


def _unpacked(data: bytes) -> Iterator[bytes]:
    for unpack in (gzip.decompress, zlib.decompress):
        try:
            yield unpack(data)
        except (OSError, EOFError, zlib.error):
            continue


def leaks(folder: Path, said: str, canaries: Iterable[str]) -> dict[str, list[str]]:
    """By file, its name and what a terminal showed included, the canaries that can be known from it."""
    wanted = tuple(canaries)
    texts = {"the terminal": said.encode()}
    for path in folder.rglob("*"):
        texts[f"the name {path}"] = str(path).encode()
        if path.is_file():
            texts[str(path.relative_to(folder))] = path.read_bytes()
    return {name: found for name, data in texts.items() if (found := found_in(data, wanted))}
