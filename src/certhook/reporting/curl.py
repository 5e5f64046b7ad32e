"""A recorded exchange as a `curl` command on one line, to be copied into a POSIX shell."""

from __future__ import annotations

import shlex
from typing import Any

from certhook.recording.record import body_bytes

BODY_LIMIT = 2 * 1024
"""Longer bodies are not in the command, which then names the file that they have to be put into."""

_FROM_INPUT = "@-"


def curl_command(record: dict[str, Any]) -> str:
    """Return the command that repeats an exchange's line of the journal; `***` in it stands for what was redacted.

    A body that a shell cannot hold as it is comes through `printf`; nothing in the command is a control character.
    """
    request = record["request"]
    words = ["curl", "--silent", "--show-error", "--include", *_url_switches(request["url"])]
    words += _version(request)
    words += ["--head"] if request["method"] == "HEAD" else ["--request", quoted(request["method"])]
    words += [f"--header {quoted(header)}" for header in _headers(request)]
    feed, data, remark = _body(record)
    return feed + " ".join([*words, *data, quoted(request["url"])]) + remark


def quoted(text: str) -> str:
    """Return `text` quoted for a shell: plainly, or as $'...' where it is more than printable ASCII."""
    if text.isascii() and text.isprintable():
        return shlex.quote(text)
    raw = text.encode("latin-1") if _is_latin(text) else text.encode("utf-8", "surrogatepass")
    return "$'" + "".join(_octal(byte, b"\\'") for byte in raw) + "'"


def _is_latin(text: str) -> bool:
    return all(ord(character) < 256 for character in text)


def _octal(byte: int, escaped: bytes) -> str:
    if byte in escaped:
        return "\\" + chr(byte)
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"


def _url_switches(url: str) -> list[str]:
    switches = ["--globoff"] if any(mark in url for mark in "[]{}") else []
    return [*switches, "--path-as-is"] if "/." in url else switches


def _version(request: dict[str, Any]) -> list[str]:
    return ["--http1.1"] if request["url"].startswith("https:") else []


def _headers(request: dict[str, Any]) -> list[str]:
    """The headers as curl wants them, those that it would add of its own switched off."""
    sent = [(name, value) for name, value in request["headers"] if name.lower() != "content-length"]
    names = {name.lower() for name, _ in sent}
    headers = [f"{name}: {value}" if value else f"{name};" for name, value in sent]
    if request.get("chunks") and "transfer-encoding" not in names:
        headers.append("Transfer-Encoding: chunked")
    return headers + [f"{name}:" for name in ("Accept", "Content-Type", "User-Agent") if name.lower() not in names]


def _body(record: dict[str, Any]) -> tuple[str, list[str], str]:
    """What feeds the command, its words for the body, and a remark after it."""
    body = record["request"]["body"]
    if not body["bytes"]:
        return "", [], ""
    if body["bytes"] > BODY_LIMIT:
        number = record["number"]
        remark = f"  # the body, {body['bytes']} bytes, is in exchanges.har, exchange {number}"
        return "", ["--data-binary", f"@exchange-{number}.body"], remark
    raw = body_bytes(body)
    text = raw.decode("utf-8", "replace")
    if text.isprintable() and text.encode() == raw and not text.startswith("@"):
        return "", ["--data-binary", shlex.quote(text)], ""
    return f"{_printf(raw)} | ", ["--data-binary", _FROM_INPUT], ""


def _printf(raw: bytes) -> str:
    text = "".join("%%" if byte == ord("%") else _octal(byte, b"\\") for byte in raw)
    text = "\\055" + text[1:] if text.startswith("-") else text
    return f"printf {shlex.quote(text)}"
