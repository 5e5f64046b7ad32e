"""A protocol is a folder of data: a fifth one, invented here, is certified without touching certhook."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SEAL = "a-seal-for-tests"


class Tally(BaseHTTPRequestHandler):
    """A conformant target; its faults override one method each."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, answer = self.answer(body, self.headers.get("X-Seal", ""))
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def answer(self, body: bytes, seal: str) -> tuple[int, dict[str, Any]]:
        right = hmac.new(SEAL.encode(), body, hashlib.sha256).hexdigest()
        if not self.sealed(seal, right):
            return 400, {"ok": False, "why": "seal"}
        try:
            holder = self.holder(body)
        except (ValueError, KeyError, TypeError, RecursionError):
            return 400, {"ok": False, "why": "body"}
        return (200, {"ok": True, "coins": self.coins()}) if holder == "h-1" else (400, {"ok": False, "why": "holder"})

    def sealed(self, seal: str, right: str) -> bool:
        return hmac.compare_digest(seal.encode("latin-1"), right.encode())

    def holder(self, body: bytes) -> Any:
        def strict(text: str) -> Any:
            raise ValueError(text)

        return self.holder_in(json.loads(body.decode("utf-8"), parse_constant=strict))

    def holder_in(self, given: Any) -> Any:
        holder = given["holder"]
        if not isinstance(given.get("purse", ""), str):
            raise TypeError("purse")
        return holder

    def coins(self) -> Any:
        return 7

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class SealPrefix(Tally):
    """Compares the first digits of the seal only."""

    def sealed(self, seal: str, right: str) -> bool:
        return seal[:8] == right[:8]


class HolderOptional(Tally):
    """Takes a request without a holder for its own."""

    def holder(self, body: bytes) -> Any:
        try:
            return super().holder(body)
        except KeyError:
            return "h-1"


class PurseUnread(Tally):
    """Never looks at the purse."""

    def holder_in(self, given: Any) -> Any:
        return given["holder"]


class CoinsAsText(Tally):
    """Writes the number as text."""

    def coins(self) -> Any:
        return "7"


class CoinsSpent(Tally):
    """Counts down."""

    left = itertools.count(10_000, -1)

    def coins(self) -> Any:
        return next(self.left)


class LenientReader(Tally):
    """Reads what comes before the first mistake."""

    def holder(self, body: bytes) -> Any:
        return self.holder_in(json.JSONDecoder().raw_decode(body.decode("utf-8", "replace").lstrip())[0])


def _again(result: Mapping[str, Any], broken: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the command says that sends the finding of a requirement again."""
    (findings,) = (one["findings"] for one in result["requirements"] if one["id"] == broken)
    command = [sys.executable, "-m", "certhook", "replay", str(folder), str(findings[0]["exchange"])]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


STILL = "still broken"


@contextmanager
def _served(handler: type[Tally]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _certified(url: str, folder: Path) -> tuple[int, dict[str, Any]]:
    profile = folder / "tally.toml"
    profile.write_text(f'[credentials]\nseal = "{SEAL}"\n[subject]\nholder = "h-1"\n', encoding="utf-8")
    words = ["--protocol", "tally", "--packs", str(HERE / "packs"), "--target", url, "--profile", str(profile)]
    command = [sys.executable, "-m", "pytest", "suites", str(HERE / "suite"), *words, "--output", str(folder / "run")]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "--max-examples", "12"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    result = folder / "run" / "result.json"
    assert result.exists(), done.stdout + done.stderr
    return done.returncode, json.loads(result.read_text(encoding="utf-8"))


def test_the_fifth_protocol_is_collected_and_certified(tmp_path: Path) -> None:
    """All its requirements are tested, its own flow among them, and a conformant target meets them."""
    with _served(Tally) as url:
        status, result = _certified(url, tmp_path)
    assert {one["id"]: one["outcome"] for one in result["requirements"]} == {
        "tally.fields.coins": "passed",
        "tally.status.valid-accepted": "passed",
        "tally.signature.seal": "passed",
        "tally.parameters.holder": "passed",
        "tally.malformed.grammar": "passed",
        "tally.semantics.steady": "passed",
        "tally.parameters.purse": "passed",
        "tally.status.lasting": "passed",
    }
    assert status == 0


@pytest.mark.parametrize(
    ("handler", "broken", "again"),
    [
        (SealPrefix, "tally.signature.seal", STILL),
        (HolderOptional, "tally.parameters.holder", STILL),
        (PurseUnread, "tally.parameters.purse", STILL),
        (CoinsAsText, "tally.fields.coins", STILL),
        (CoinsSpent, "tally.semantics.steady", "run its suite with --requirement tally.semantics.steady"),
        (LenientReader, "tally.malformed.grammar", STILL),
    ],
)
def test_its_faults_are_found(handler: type[Tally], broken: str, again: str, tmp_path: Path) -> None:
    """Each fault fails exactly the requirement that it breaks, and its finding can be seen again, or where."""
    with _served(handler) as url:
        status, result = _certified(url, tmp_path)
        ended = _again(result, broken, tmp_path / "run")
    assert [one["id"] for one in result["requirements"] if one["outcome"] == "failed"] == [broken]
    assert status == 1
    assert again in ended.stdout + ended.stderr
