"""Finds what a crashed application leaves in an answer: a stack trace, or the path of a source file.

The target's bytes are data: whatever they are, the search takes time in proportion to their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from certhook.judging.escapes import unescaped

# At most places none of it can begin, which is asked first.
_TRACE = re.compile(
    rb"(?=[\n\".(FSTagp]|^)(?:Traceback \(most recent call last\)|File \"[^\"\n]+\", line \d+"
    rb"|\bat [\w.$<>]+\((?:Native Method|Unknown Source)\)|\([\w$]{1,100}\.(?:java|kt|scala):\d+\)"
    rb"|(?:^|[\n\"])[ \t]*at (?:[\w$`<>]++\.){2,}+[\w$`<>\[\],.]*\([^()\n]{0,400}\)"
    rb"|Stack trace:|(?i:\"stack_?trace\")\s*:\s*(?:\"[^\"]|[\[{]\s*[^\]}\s])|\bgoroutine \d+ \["
    rb"|\.php(?: on line |:| \(|\()\d+|\.cs:line \d+|\.rb:\d+:in "
    rb"|\.(?<=[\w-]\.)(?:cpp|cc|cxx|hpp):\d+\b|\.\w{1,100}\(\w[\w.\[\]]{0,100} \w{1,100}[^()\n]{0,200}\) \+\d{1,5}\b"
    rb"|\bpanicked at (?:'[^\n]{0,400}', )?[\w./\\-]{1,200}\.rs:\d+:\d+|\bat [\w./-]{1,200}\.p[lm] line \d+)"
)
_SCRIPT = re.compile(rb"\.(?:[cm]?[jt]s|[jt]sx):\d+:\d+")
_AT = re.compile(rb"\bat [^\n]+$")
_LONGEST_FRAME = 200

_UNIX_PATH = re.compile(rb"(?:/[\w.-]++){2,}+")
_WINDOWS_PATH = re.compile(rb"[A-Z]:\\(?:[\w. -]++\\)++[\w.-]+")
_ROOT = re.compile(rb"/(?:usr|var|home|srv|app|opt|root|www|node_modules)(?=/)")
_LINES = re.compile(rb":\d")
_SOURCE_FILE = re.compile(
    rb"[\w-]\.(?:(?:py|php|phtml|rb|erb|[cm]?js|jsx|tsx?|java|kt|scala|go|cs|vb|ex|pl|pm|rs|lua|cpp|hs)\b"
    rb"|c(?![\w-]|\.\w))"
)
_LINK = re.compile(rb"(?:(?<!file):/(?:/[\w.:-]*)?|\b(?:href|src|action)\s*=\s*[\"']?)$", re.IGNORECASE)
_LONGEST_LINK = 80

_BETWEEN_WORDS = re.compile(rb"[\s\"'<>]")
_LONGEST_WORD = 80


def trace_in(body: bytes) -> bytes | None:
    """The first sign of a stack trace or of a source path, also where it stands within a JSON string; None for none.

    What stands around a path without a space belongs to it.

    A link to a page or a script of the target's own is neither.
    """
    return next(_signs(body), None) or (next(_signs(unescaped(body)), None) if b"\\" in body else None)


def _signs(body: bytes) -> Iterator[bytes]:
    yield from (_whole(body, *found.span()) for found in _TRACE.finditer(body))
    yield from _frames(body)
    yield from _source_files(body)


def _frames(body: bytes) -> Iterator[bytes]:
    """Lines such as `at handler (app.js:10:5)`, found from their ends: an `at` may stand anywhere, and often."""
    for place in _SCRIPT.finditer(body):
        frame = _AT.search(body, max(0, place.start() - _LONGEST_FRAME), place.start())
        if frame:
            yield body[frame.start() : place.end()]


def _source_files(body: bytes) -> Iterator[bytes]:
    for path in _UNIX_PATH.finditer(body):
        root = _ROOT.search(body, *path.span()) or (path if _LINES.match(body, path.end()) else None)
        file = _SOURCE_FILE.search(body, root.start(), path.end()) if root else None
        if root and file and not _LINK.search(body, max(0, path.start() - _LONGEST_LINK), path.start()):
            yield _whole(body, root.start(), file.end())
    for path in _WINDOWS_PATH.finditer(body):
        file = _SOURCE_FILE.search(body, *path.span())
        if file:
            yield _whole(body, path.start(), file.end())


def _whole(body: bytes, start: int, end: int) -> bytes:
    """What stands there, with the rest of the words that it begins and ends in."""
    before = _BETWEEN_WORDS.split(body[max(0, start - _LONGEST_WORD) : start])[-1]
    after = _BETWEEN_WORDS.split(body[end : end + _LONGEST_WORD], maxsplit=1)[0]
    return before + body[start:end] + after
