"""What a response's wrong signature is after all: that tells whoever wrote it where to look."""

from __future__ import annotations

from collections.abc import Callable

from certhook.judging.carried_secrets import in_base64


def likeness(given: str, right: str, *, body: bytes, sign: Callable[[bytes], str | None], sent: str | None) -> str:
    """In words; empty where nobody knows.

    `right` is the lower-case hex that the body should have, `sign` makes that of another body, `sent` is the request's.
    """
    name, _, bare = given.partition("=")
    if given.rstrip("=").encode() in in_base64(right.encode()):
        return "the right one in base64"
    if bare.lower() == right:
        return f"the right one behind {name[:20]}="
    if body.rstrip(b"\r\n") != body and given.lower() == sign(body.rstrip(b"\r\n")):
        return "that of the body without its last line break"
    if given.lower() == sign(body + b"\n"):
        return "that of the body with a line break behind it"
    if given.lower() == sign(b""):
        return "that of an empty body"
    return "that of the request" if given.lower() == sent else ""
