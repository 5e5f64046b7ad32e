"""Text from a target, made fit to be shown: it is data, and a terminal obeys some data."""

from __future__ import annotations


def visible(text: str, limit: int | None = None) -> str:
    r"""Return `text` with everything that does not print as a Python escape, and shortened to `limit` characters.

    Control and format characters can move the cursor, colour the screen, or reverse what is read.

    >>> visible("\x1b[31mOK\u202e")
    '\\x1b[31mOK\\u202e'
    """
    rest = len(text) - limit if limit is not None else 0
    shown = text[:limit] if rest > 0 else text
    escaped = shown if shown.isprintable() else "".join(map(_escaped, shown))
    return f"{escaped} ... ({rest} more characters)" if rest > 0 else escaped


def visible_lines(text: str) -> str:
    """As `visible`, but lines stay lines."""
    return "\n".join(map(visible, text.split("\n")))


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
