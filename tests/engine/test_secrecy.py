"""What no answer may tell: traces of how the target is made, secrets, passwords."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import pytest

from tests.certifying import builder
from tests.engine.seeing import KEY, REQUEST, answered, seen, verdict

PASSWORD = "Hunter7-Zebra"


@pytest.mark.parametrize(
    "text",
    [
        'Traceback (most recent call last):\n  File "/srv/app/views.py", line 3, in handler',
        'File "handler.py", line 12',
        "java.lang.NullPointerException\n\tat com.example.Wallet.find(Wallet.java:12)",
        "Stack trace:\n#0 index.php(3): main()",
        '{"stacktrace": ["a"]}',
        "goroutine 12 [running]:",
        "Fatal error: Uncaught Error in /var/www/html/index.php:12",
        "in index.php on line 12",
        "at Wallet.Find() in C:\\src\\Wallet.cs:line 12",
        "app/models/user.rb:12:in `find'",
        "TypeError: x\n    at Object.handle (/usr/src/app/index.js:12:7)",
        "/app/node_modules/express/lib/router.js",
        "/home/deploy/api/handler.py",
        "C:\\inetpub\\wwwroot\\api\\handler.php",
        "file:///usr/src/app/server.ts",
        "failed\n   at System.Text.Json.ThrowHelper.ThrowJsonReaderException(Utf8JsonReader& json)\n",
        '{"detail":"   at Microsoft.AspNetCore.Http.Endpoint.Run[T](HttpContext c)"}',
        "java.lang.Error\n\tat jdk.internal.reflect.Method.invoke0(Native Method)",
        "at com.example.Wallet.find(Unknown Source)",
        "panic in /go/src/plat/handlers/games.go:118",
        "KeyError, /code/plat/api/validators.py:77",
        '{"detail":"C:\\\\src\\\\api\\\\Games.cs"}',
        '{"detail":"in \\/var\\/www\\/html\\/index.php"}',
        "thread 'main' panicked at src/main.rs:12:5:\nindex out of bounds",
        "thread 'main' panicked at 'no entry', src/handlers/auth.rs:88:17",
        "Can't locate object method at /opt/evi/lib/Auth.pm line 31.",
        "/app/src/main.rs",
        "/srv/api/lib/Auth.pm",
        "/app/src/Wallet.kt",
        "/app/src/Wallet.scala",
        "/usr/local/openresty/auth.lua",
        "/app/dist/server.cjs",
        "/app/dist/server.mjs",
        "/app/src/Page.jsx",
        "/app/src/Page.tsx",
        "/var/www/views/error.phtml",
        "/app/views/error.html.erb",
        "/usr/src/api/auth.c",
        "/usr/src/api/auth.cpp",
        "/app/src/Auth.hs",
        "/srv/api/Auth.vb",
        "Error\n    at handle (server.cjs:10:5)",
        "com.evi.AuthKt.auth(Auth.kt:12)",
        "auth.cpp:88: assertion `player' failed",
        "Evi.Auth.Page_Load(Object sender, EventArgs e) +52",
    ],
)
def test_traces_are_known(text: str) -> None:
    """Stack traces and source paths of common platforms are found in a refusal."""
    assert verdict("no-trace", seen(answered(500, text.encode()))) == "broken"


@pytest.mark.parametrize(
    "text",
    [
        "see https://docs.example.com/errors/bad-params",
        "see https://example.com/app/reference.html and https://example.com/index.php?page=2",
        "https://example.com:8443/help",
        "/authenticate takes POST only",
        "timestamp 12:30:45 is not inside the window",
        "at least one of a, b (c:1) is missing",
        "player_id: expected string at line 1, column 12",
        "Invalid value at $.player_id (char 12)",
        "ratio 16:9, stack of 3, trace id 4bf92f3577b34da6a3ce929d0e0e4736",
        '{"trace_id": "00-4bf92f-01", "stack": null}',
        "C: drive, D:\\ is not used",
        "error in section /var of the manual",
        "Please contact support at support@example.com.",
        "see https://example.com/home/index.php and http://example.com/app/pay.js",
        "https://example.com:8443/app/errors.go",
        "look at the field player.id (a text)\nat most 64 characters (UTF-8)",
        "/api/games.go is not here",
        "<script src=\"/app/main.js\"></script><a HREF = '/home/index.php'>home</a>",
        '<script src="/app/main.jsx"></script><script type=module src=/app/main.mjs></script>',
        "see https://example.com/app/main.rs and https://example.com/srv/index.phtml",
        "nobody panicked at 12:30:45",
        "look at chapter.pm, line 3",
        "/app/v1.c-2/errors and /opt/a.c.d are no files",
        "look at /docs/api.c or /docs/api.rs",
        "see support.contact(UK) +44 20 1234 and terms.of(use) +1",
    ],
)
def test_ordinary_text_is_no_trace(text: str) -> None:
    """Addresses, times, JSON positions and prose in a refusal accuse nobody."""
    assert verdict("no-trace", seen(answered(400, text.encode()))) == "met"


def told_a_caller(sent: bytes, told: bytes, password: str = PASSWORD) -> str | None:
    """What `keeps-password` says of an answer with `told` to a request whose body is `sent`."""
    what = seen(answered(200, b'{"status_code":"ERR_UNKNOWN","a":"%s"}' % told))
    request = replace(REQUEST, body=sent)
    asked = replace(what, exchange=replace(what.exchange, request=request), passwords=(password,))
    return verdict("keeps-password", asked)


@pytest.mark.parametrize(
    "told", [PASSWORD, f"user:{PASSWORD}", b64encode(f"user:{PASSWORD}".encode()).decode(), r"\u0048unter7-Zebra"]
)
def test_a_password_is_not_told(told: str) -> None:
    """Whoever sends another password does not learn the right one, in whatever spelling."""
    assert told_a_caller(b'{"Password":"wrong"}', told.encode()) == "broken"
    assert told_a_caller(b'{"Password":"wrong"}', b"no such account") == "met"


@pytest.mark.parametrize(
    "sent",
    [
        PASSWORD.encode(),
        PASSWORD.upper().encode(),
        rb"\u0048unter7-Zebra",
        f" {PASSWORD}1".encode(),
        PASSWORD.encode("utf-16-le"),
    ],
)
def test_what_the_caller_said_itself_may_be_repeated(sent: bytes) -> None:
    """A target that quotes its caller tells nothing; nor does one of whose request we cannot say what is in it."""
    assert told_a_caller(b'{"Password":"%s"}' % sent, PASSWORD.encode()) is None


@pytest.mark.parametrize("password", ["Zebra-1", "Forgotten", "wrong password"])
def test_a_password_that_anybody_writes_is_not_looked_for(password: str) -> None:
    """A short one, or words, may stand in a refusal by chance."""
    assert told_a_caller(b"{}", password.encode(), password) is None


SAFE = bytes.maketrans(b"+/", b"-_")
RIGHT = (builder().request_signature(REQUEST) or "").encode()
SPELT = {
    "signature": RIGHT.upper(),
    "signature-base64": b64encode(bytes.fromhex(RIGHT.decode())),
    "signature-unpadded": b64encode(bytes.fromhex(RIGHT.decode())).rstrip(b"="),
    "signature-url-safe": b64encode(bytes.fromhex(RIGHT.decode())).translate(SAFE),
    "digits-base64": b64encode(RIGHT),
    "key-base64": b64encode(KEY),
    "key-unpadded": b64encode(b"x" + KEY).rstrip(b"="),
    "key-url-safe": b64encode(b"xy" + KEY + b"z").translate(SAFE),
    "key-hex": KEY.hex().upper().encode(),
}


@pytest.mark.parametrize("spelt", SPELT.values(), ids=SPELT)
def test_a_secret_is_known_in_other_spellings(spelt: bytes) -> None:
    """In hexadecimal, and in base64 with padding and without, for URLs, and amid other text."""
    answer = b'{"status_code":"ERR_UNKNOWN","debug":"%s"}'
    assert verdict("keeps-secret", seen(answered(200, answer % spelt))) == "broken"
    assert verdict("keeps-secret", seen(answered(200, answer % spelt[:20]))) == "met"


def test_a_signature_that_was_sent_in_base64_may_be_quoted() -> None:
    """Nobody learns what it said itself."""
    sent = SPELT["signature-base64"]
    what = seen(answered(200, b'{"status_code":"ERR_UNKNOWN","sent":"%s"}' % sent))
    quoted = replace(what, exchange=replace(what.exchange, request=REQUEST.with_header("X-Signature", sent)))
    assert verdict("keeps-secret", quoted) == "met"


def test_the_signature_of_nothing_is_no_secret() -> None:
    """A signed answer without a body carries what an unsigned request without one would have been signed with."""
    what = seen(answered(405, b""))
    unsigned = replace(what, exchange=replace(what.exchange, request=replace(what.exchange.request, body=b"")))
    assert verdict("keeps-secret", unsigned) == "met"
