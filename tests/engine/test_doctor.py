"""The doctor: what makes a run meaningless is found at once, and said in one sentence."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from certhook.pack.loading import load_pack
from certhook.profile import route
from certhook.profile.profile import profile_from
from certhook.recording.journal import read_journal
from certhook.reference.fargames.target import FargamesTarget
from certhook.reference.klas.target import KlasTarget
from certhook.reference.wire import HttpAnswer
from certhook.running import doctor
from certhook.running.certification import Certification
from certhook.running.doctor import CheckUp, examine, record_examined
from certhook.sending.courier import Courier, Delivery
from tests.certifying import NOW, certifying
from tests.recording.lines import schema
from tests.targets import (
    Answering,
    Call,
    conformant,
    dropping,
    plain,
    refusing,
    serving,
    signed,
    silent,
    wrong_once,
    wrong_where,
)

CERTIFICATE = Path(__file__).with_name("self-signed.pem")


def examined(folder: Path, data: Mapping[str, Any]) -> list[CheckUp]:
    """What the doctor finds."""
    with certifying(folder, data) as certification:
        return examine(certification)


def asked_of(folder: Path, target: Answering, **sections: Any) -> tuple[list[CheckUp], int]:
    """What the doctor finds at a target, and how many controls that took."""
    with serving(target) as served:
        checks = examined(folder, served.profile(limits={"timeout_s": 0.3}, **sections))
        return checks, len([call for call in served.calls if call.request.method == "POST"])


def complaint(checks: list[CheckUp]) -> CheckUp:
    """The one thing that is wrong: the last that was looked at."""
    assert [check.ok for check in checks] == [True] * (len(checks) - 1) + [False]
    assert "\n" not in checks[-1].says
    return checks[-1]


def at(url: str) -> dict[str, Any]:
    """A profile for a target elsewhere."""
    return KlasTarget.profile(url) | {"limits": {"timeout_s": 0.3}}


def test_a_sound_target_is_sound(tmp_path: Path) -> None:
    """Name, connection and control are in order; where no Date is sent the clock is not judged."""
    checks, calls = asked_of(tmp_path, conformant)
    assert [check.name for check in checks] == ["name", "connection", "control authenticate", "connections"]
    assert all(check.ok for check in checks)
    assert calls == 1
    assert checks[0].as_json().keys() == {"name", "ok", "says"}


def first_get(how: Answering) -> Answering:
    """Answer the first GET, which goes over a second connection, in another way."""
    return wrong_once(lambda call: call.request.method == "GET", how)


def each_get(how: Answering) -> Answering:
    """Answer every GET in another way."""
    return wrong_where(lambda call: call.request.method == "GET", how)


def waiting(call: Call) -> HttpAnswer:
    """Answer late."""
    call.served.ending.wait(0.2)
    return conformant(call)


@pytest.mark.parametrize(
    ("target", "one_by_one"),
    [
        (conformant, False),
        (first_get(dropping), True),
        (
            wrong_where(lambda call: call.request.method == "GET", lambda _: plain(503, b"", (b"Retry-After", b"0"))),
            True,
        ),
        (first_get(waiting), True),
        (each_get(waiting), False),
    ],
)
def test_a_second_connection_that_starves_is_noticed(tmp_path: Path, target: Answering, *, one_by_one: bool) -> None:
    """Where a connection is served only when the others have gone, requests go out one by one; a slow GET is slow."""
    with serving(target) as served, certifying(tmp_path, served.profile(limits={"timeout_s": 0.5})) as certification:
        examine(certification)
        assert certification.courier.one_by_one is one_by_one


def test_a_name_that_cannot_be_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host's name is quoted, and the place in the profile named."""

    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    found = complaint(examined(tmp_path, at("http://no-such-host.invalid/webhook")))
    assert found.name == "name"
    assert "no-such-host.invalid" in found.says
    assert "check target.url" in found.says


def test_a_name_that_cannot_be_a_name(tmp_path: Path) -> None:
    """A label that is too long for the DNS ends in the same sentence, not in a crash."""
    assert "cannot be resolved" in complaint(examined(tmp_path, at(f"http://{'a' * 70}.example"))).says


def test_a_refused_connection(tmp_path: Path) -> None:
    """Where nobody listens, the doctor says which host and port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    found = complaint(examined(tmp_path, at(f"http://127.0.0.1:{port}")))
    assert found.name == "connection"
    assert f"port {port} cannot be reached" in found.says


@contextmanager
def over_tls() -> Iterator[str]:
    """A listener with a certificate that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def serve() -> None:
            while not ending.is_set():
                try:
                    with context.wrap_socket(listener.accept()[0], server_side=True) as connection:
                        connection.recv(1)
                except OSError:
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        ending.set()
        thread.join()


def test_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    """A self-signed certificate is named as what it is, before any request."""
    with over_tls() as url:
        found = complaint(examined(tmp_path, at(url)))
    assert found.name == "TLS"
    assert "is not trusted" in found.says
    assert "self-signed" in found.says


def test_a_certificate_that_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the certificate's issuer is trusted, TLS is in order, and the doctor looks further."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    route._context.cache_clear()
    with over_tls() as url:
        checks = examined(tmp_path, at(url))
    assert [(check.name, check.ok) for check in checks[:3]] == [("name", True), ("connection", True), ("TLS", True)]


def test_http_where_https_is_meant(tmp_path: Path) -> None:
    """A target that speaks no TLS behind an https address is asked whether it is http."""
    with serving(conformant) as served:
        found = complaint(examined(tmp_path, at(served.url.replace("http:", "https:"))))
    assert found.name == "TLS"
    assert "is it http rather than https?" in found.says


def test_a_wrong_secret_is_not_told_from_a_broken_target(tmp_path: Path) -> None:
    """The sentence names every place of the profile that may be wrong, and does not guess between them."""
    checks, _ = asked_of(tmp_path, conformant, credentials={"secret": "another-secret"})
    says = complaint(checks).says
    assert "ERR_INTEGRITY_CHECK_FAILED" in says
    for place in ("credentials.secret", "subject.player_id", "subject.session_id", "options.timestamp_unit"):
        assert place in says
    assert "other_player_id" not in says
    assert "another-secret" not in says
    assert "cannot be told from here" in says


def test_suspects_are_what_a_control_carries() -> None:
    """Neither an option that the protocol's profile does not have is named, nor data that other requests carry."""
    pack = load_pack("fargames")
    data = FargamesTarget.profile("http://target.example")
    profile = profile_from(
        data, source="test", protocol="fargames", protocol_schema=pack.profile_schema, requirement_ids=()
    )
    says = doctor._suspects(cast("Certification", SimpleNamespace(pack=pack, profile=profile)))
    assert "credentials.api_token" in says
    assert "subject.game_id" in says
    for place in ("options.timestamp_unit", "subject.unavailable_game_id", "subject.agent_without_token"):
        assert place not in says


def test_an_unknown_player(tmp_path: Path) -> None:
    """A player that the target does not have is refused, and the subject is among the suspects."""
    checks, calls = asked_of(tmp_path, conformant, subject={"player_id": "nobody"})
    assert "subject.player_id" in complaint(checks).says
    assert calls == 1


def test_a_target_that_refuses_everything_gets_one_request(tmp_path: Path) -> None:
    """A refusal is an answer: it is not asked for again."""
    checks, calls = asked_of(tmp_path, refusing)
    assert not checks[-1].ok
    assert calls == 1


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (lambda _: plain(404), "was not found (HTTP 404): check the path in target.url"),
        (lambda _: plain(200, b"<!doctype html><title>Shop</title>"), "an HTML page"),
        (lambda _: plain(500, b"oops"), "an undocumented server error"),
        (lambda _: plain(200, b'{"status_code":"OK","name":"Jos\xe9"}'), "mend the answer"),
        (lambda _: b"220 mail.example ESMTP\r\n\r\n", "it does not speak HTTP"),
        (dropping, "it drops the connection"),
        (silent, "takes connections and does not answer"),
    ],
    ids=["404", "page", "500", "not UTF-8", "not http", "dropping", "silent"],
)
def test_what_is_no_endpoint_is_said_so(tmp_path: Path, target: Answering, words: str) -> None:
    """Each wrong kind of answer to a valid request has a sentence of its own that says what to mend."""
    checks, _ = asked_of(tmp_path, target)
    found = complaint(checks)
    assert found.name == "control authenticate"
    assert words in found.says


def test_a_rate_limit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that only ever says "later" leads to the limits of the profile."""
    from certhook.sending import transport

    monkeypatch.setattr(transport.Pace, "hold", lambda *_: True)
    checks, _ = asked_of(tmp_path, lambda _: plain(429))
    assert "set limits.requests_per_second" in complaint(checks).says


def test_one_hiccup_is_forgiven(tmp_path: Path) -> None:
    """A control without an answer is sent once more."""
    checks, calls = asked_of(tmp_path, wrong_once(lambda call: call.valid, dropping))
    assert all(check.ok for check in checks)
    assert calls == 2


@pytest.mark.parametrize("body", [b'{"currency":"EUR","balance":"30"}', b'{"status_code":"OK","balance":NaN}'])
def test_an_unmarked_answer_is_left_to_the_run(tmp_path: Path, body: bytes) -> None:
    """A success without its marker, or in what is not JSON by the letter, is a finding, not a reason to stop."""
    checks, _ = asked_of(tmp_path, lambda _: signed(body))
    assert all(check.ok for check in checks)
    assert "not as it should be" in " ".join(check.says for check in checks)


def dated(date: str, answer: Answering = conformant) -> Answering:
    """A target that sends that Date."""

    def with_date(call: Call) -> HttpAnswer:
        given = answer(call)
        assert isinstance(given, HttpAnswer)
        return HttpAnswer(given.status, (*given.headers, (b"Date", date.encode())), given.body)

    return with_date


def test_a_clock_that_agrees(tmp_path: Path) -> None:
    """The Date header of the control tells that the clocks agree."""
    checks, _ = asked_of(tmp_path, dated(formatdate(usegmt=True)))
    assert ("clock", True) in [(check.name, check.ok) for check in checks]


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The local time is hours away from UTC."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "EST5")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize("form", ["%a %b %d %H:%M:%S %Y", "%a, %d %b %Y %H:%M:%S -0000", "%A, %d-%b-%y %H:%M:%S GMT"])
@pytest.mark.usefixtures("in_new_york")
def test_a_date_is_utc_wherever_we_are(tmp_path: Path, form: str) -> None:
    """Every form of a date that HTTP knows is read as UTC, not in the local time zone (RFC 9110, section 5.6.7)."""
    checks, _ = asked_of(tmp_path, dated(time.strftime(form, time.gmtime())))
    assert ("clock", True) in [(check.name, check.ok) for check in checks]


def test_a_clock_within_a_slow_answer_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Date may be that of the request's arrival, however long the answer took, and then agrees with ours."""
    deliver = Courier.deliver_beside

    def slowly(*given: Any, **named: Any) -> tuple[Delivery, Delivery | None]:
        first, beside = deliver(*given, **named)
        return replace(first, exchange=replace(first.exchange, elapsed_s=100.0)), beside

    monkeypatch.setattr(Courier, "deliver_beside", slowly)
    checks, _ = asked_of(tmp_path, dated(formatdate(usegmt=True)))
    assert ("clock", True) in [(check.name, check.ok) for check in checks]


@pytest.mark.parametrize(("window_s", "agrees"), [(300, True), (60, True), (20, False)])
def test_a_small_window_needs_a_better_clock(tmp_path: Path, window_s: int, *, agrees: bool) -> None:
    """What the clocks differ by must leave room within the window, or times inside of it would be refused for that."""
    options = {"timestamp_window_s": window_s}
    checks, _ = asked_of(tmp_path, dated(formatdate(time.time() + 12, usegmt=True)), options=options)
    assert ("clock", agrees) in [(check.name, check.ok) for check in checks]


@pytest.mark.parametrize(("date", "words"), [(4_000_000_000, "ahead of ours"), (NOW - 900_000_000, "behind ours")])
def test_a_clock_that_is_wrong(tmp_path: Path, date: float, words: str) -> None:
    """A target's clock that differs ends the run with the number of seconds and the direction."""
    checks, _ = asked_of(tmp_path, dated(formatdate(date, usegmt=True)))
    found = complaint(checks)
    assert found.name == "clock"
    assert words in found.says
    assert "NTP" in found.says


def test_a_wrong_clock_comes_before_a_refusal(tmp_path: Path) -> None:
    """Where the clock explains why a valid request is refused, it is the clock that is named."""
    checks, _ = asked_of(tmp_path, dated(formatdate(4_000_000_000, usegmt=True), refusing))
    assert complaint(checks).name == "clock"


@pytest.mark.parametrize("date", ["yesterday", "", "Thu, 99 Foo 2026 10:00:00 GMT", "Fri, 02 Jan 2026 10:00:00 XYZ"])
def test_a_date_that_cannot_be_read_is_none(tmp_path: Path, date: str) -> None:
    """A Date that makes no sense says nothing of the clock."""
    checks, _ = asked_of(tmp_path, dated(date))
    assert all(check.ok for check in checks)
    assert "clock" not in [check.name for check in checks]


def test_the_first_answer_is_judged_like_any_other(tmp_path: Path) -> None:
    """What is wrong with the answer to the doctor's control, such as its status, stands in the journal as a finding."""

    def created(call: Call) -> HttpAnswer:
        given = conformant(call)
        return replace(given, status=201) if call.number == 0 else given

    with serving(created) as served, certifying(tmp_path, served.profile()) as certification:
        assert all(check.ok for check in examine(certification))
        record_examined(certification)
    (line,) = read_journal(tmp_path / "journal.ndjson", "case")
    schema("journal").validate(line)
    assert [(one["requirement"], one["outcome"]) for one in line["outcomes"]] == [
        ("klas.status.success-http", "failed")
    ]
