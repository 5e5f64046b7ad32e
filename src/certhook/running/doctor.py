"""Is this run going to mean anything? Asked before any negative request goes out.

The name, the TCP connection, TLS, one control request per operation, and the target's clock. Each problem ends in one
sentence that says what to mend.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from certhook.building.clock import Window
from certhook.building.pool import Exhausted
from certhook.changes import Scope, changes_of
from certhook.exchange import Failure, FailureKind, Response
from certhook.judging.answers import Kind, status_fits
from certhook.pack.annotations import annotated_parts
from certhook.profile.route import Route
from certhook.running.certification import Certification
from certhook.running.settling import PACE
from certhook.sending.allowance import CONNECT_LIMIT_S
from certhook.sending.courier import Delivery, Errand

MAX_SKEW_S = 30
"""Seconds by which the target's Date may differ from our clock, or a quarter of the window where that is less: tests of
the window stay that far from its edge, and farther."""

BESIDE_LIMIT_S = 3.0
"""Seconds within which a second connection must be answered while a first one is open."""

WAITED_S = 0.15
WAITED_TIMES = 4
"""A request on a second connection was starved where it took more than so many seconds, and more than so many times as
long as one sent alone: the target may have answered it only after it had given up waiting on the first one."""


@dataclass(frozen=True, slots=True)
class CheckUp:
    """One thing that was looked at, and in a sentence how it is or what to mend."""

    name: str
    ok: bool
    says: str

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "says": self.says}


def examine(certification: Certification) -> list[CheckUp]:
    """Look at one thing after the other, and stop at the first that is wrong; what is said of it is redacted.

    Where the target turns out to serve one connection at a time, requests go out one by one from then on.
    """
    found = []
    try:
        for check in _checks(certification):
            found.append(replace(check, says=certification.said(check.says)))
            if not check.ok:
                break
    except Exhausted as reason:
        found.append(CheckUp("test data", False, str(reason)))
    return found


def record_examined(certification: Certification) -> None:
    """Record what is wrong with the answers to the doctor's controls: a target may answer its first one otherwise."""
    for delivery in certification.examined:
        if not delivery.accepted:
            continue
        operation = delivery.errand.operation.name
        judgements = certification.judge.invariants(delivery.exchange, delivery.answer, delivery.errand.change)
        sent = f"a valid {operation} request, the first of the run"
        outcomes = [certification.outcome_of(one, sent) for one in judgements if not one.met]
        if outcomes:
            group = certification.requirements[outcomes[0].requirement].group
            certification.record(delivery.errand.case, group, operation, outcomes, [delivery.exchange.number])


def _checks(certification: Certification) -> Iterator[CheckUp]:
    parts = urlsplit(certification.profile.url)
    route = certification.profile.route
    door = _door(urlsplit(route.proxy_address) if route.proxy_address else parts)
    address, who = ("target.proxy or --proxy", "the proxy") if route.proxy_address else ("target.url", "the target")
    yield _name(*door, address)
    advice = f"check {address}, and that {who} is running"
    yield _connection(*door, advice, min(CONNECT_LIMIT_S, certification.profile.limits.timeout_s))
    if parts.scheme == "https" and route.proxy is None:
        yield _tls(*_door(parts), route)
    first, *others = (
        certification.courier.control(operation, f"{operation.name}.doctor")
        for operation in certification.pack.operations
    )
    delivery, beside = _first_delivered(first, certification)
    yield from _of_control(delivery, certification)
    courier = certification.courier
    if beside is not None:
        yield _connections(beside, certification)
        sent: Iterable[Delivery] = courier.deliver_apart(others)
    else:  # whether it serves several connections is not known
        sent = map(courier.deliver, others)
    for delivery in sent:
        yield from _of_control(_answered(delivery, certification), certification)


def _of_control(delivery: Delivery, certification: Certification) -> Iterator[CheckUp]:
    """What a control says of the clock and of itself; where the clock is wrong, of that first."""
    certification.examined.append(delivery)
    skewed = _skew(delivery, certification)
    if skewed is not None and not skewed.ok:
        yield skewed
    yield _control(delivery, certification)
    if skewed is not None:
        yield skewed


def _first_delivered(control: Errand, certification: Certification) -> tuple[Delivery, Delivery | None]:
    """The first operation's control and, where nothing is wrong with it, a second connection beside it."""

    def sound(delivery: Delivery) -> bool:
        skewed = _skew(delivery, certification)
        return delivery.accepted and (skewed is None or skewed.ok)

    (other,) = changes_of("methods.get", Scope(certification.pack, control.operation, certification.profile))
    patience_s = min(BESIDE_LIMIT_S, certification.profile.limits.timeout_s)
    courier = certification.courier
    delivery, beside = courier.deliver_beside(control, replace(control, change=other), patience_s, sound=sound)
    return _answered(delivery, certification), beside


def _answered(delivery: Delivery, certification: Certification) -> Delivery:
    """The delivery, or a second one where the first brought no answer."""
    failed = isinstance(delivery.exchange.answer, Failure)
    return certification.courier.deliver(delivery.errand) if failed else delivery


def _door(parts: SplitResult) -> tuple[str, int]:
    """Host and port of a URL."""
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _connections(beside: Delivery, certification: Certification) -> CheckUp:
    if _is_starved(beside, certification):
        certification.courier.send_one_by_one()
        says = "the target serves one connection at a time: requests go out one by one, and connections are not kept"
        return CheckUp("connections", True, says)
    return CheckUp("connections", True, "the target serves several connections at once")


def _is_starved(beside: Delivery, certification: Certification) -> bool:
    """Whether a second connection was not served, was told to come later, or had to wait until the first was idle."""
    if isinstance(beside.exchange.answer, Failure) or beside.answer.kind is Kind.LIMITED:
        return True
    waited_s = beside.exchange.elapsed_s
    if waited_s < WAITED_S:
        return False
    alone = certification.courier.deliver(beside.errand)
    return waited_s > WAITED_TIMES * alone.exchange.elapsed_s


def _name(host: str, port: int, address: str) -> CheckUp:
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return CheckUp("name", False, f"the name {host} cannot be resolved ({_words(error)}): check {address}")
    return CheckUp("name", True, f"{host} resolves")


def _connection(host: str, port: int, advice: str, limit_s: float) -> CheckUp:
    try:
        socket.create_connection((host, port), timeout=limit_s).close()
    except OSError as error:
        return CheckUp("connection", False, f"{host} port {port} cannot be reached ({_words(error)}): {advice}")
    return CheckUp("connection", True, f"{host} port {port} takes connections")


def _tls(host: str, port: int, route: Route) -> CheckUp:
    context = route.trust()
    try:
        with (
            socket.create_connection((host, port), timeout=CONNECT_LIMIT_S) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            says = (
                "any certificate is taken (insecure)"
                if route.insecure
                else "the certificate is trusted and fits the name"
            )
            return CheckUp("TLS", True, says)
    except ssl.SSLCertVerificationError as error:
        says = (
            f"the certificate of {host} is not trusted ({error.verify_message}): "
            "fix it, check target.url, or name its CA with --ca-file"
        )
        return CheckUp("TLS", False, says)
    except OSError as error:
        return CheckUp("TLS", False, f"no TLS with {host} port {port} ({_words(error)}): is it http rather than https?")


def _control(delivery: Delivery, certification: Certification) -> CheckUp:
    name = f"control {delivery.errand.operation.name}"
    if delivery.accepted:
        milliseconds = delivery.exchange.elapsed_s * 1000
        return CheckUp(name, True, f"a valid request is accepted ({delivery.answer.says}) in {milliseconds:.0f} ms")
    if delivery.answer.kind is Kind.UNMARKED:
        return CheckUp(name, True, f"a valid request is answered, though not as it should be ({delivery.answer.says})")
    return CheckUp(name, False, _advice(delivery, certification))


def _advice(delivery: Delivery, certification: Certification) -> str:
    answer, response = delivery.answer, delivery.exchange.answer
    url = certification.profile.url.rstrip("/") + delivery.exchange.request.target
    if isinstance(response, Failure):
        return _failure_advice(response, url)
    if answer.kind is Kind.LIMITED:
        return f"{url} answers a valid request with {answer.says}: wait, or {PACE}"
    path = delivery.exchange.request.target.partition("?")[0]
    if certification.profile.url.rstrip("/").endswith(path):
        return (
            f"{url} answers a valid request with {answer.says}: leave {path} out of target.url, since it is added to it"
        )
    if answer.status == 404 and answer.front:
        return f"{url} was not found (HTTP 404): check the path in target.url"
    if answer.kind is Kind.REFUSED:
        return (
            f"{url} refuses a valid request ({answer.says}): check {_suspects(certification)} in the profile; "
            f"it cannot be told from here whether they or the target are wrong{_hint(certification)}"
        )
    return f"{url} answers a valid request with {answer.says}: {_mending(response)}"


def _mending(response: Response) -> str:
    """What to do about an answer that is neither a success nor a refusal."""
    if status_fits(response.status, ("3xx",)):
        return (
            f"it leads to {response.header('location') or 'nowhere'}, and redirects are not followed: check target.url"
        )
    if status_fits(response.status, ("5xx",)):
        return "the target, or what it stands on, is out of order: see its log"
    if response.media_type.endswith("json") or response.body.lstrip()[:1] == b"{":
        return "mend the answer, which no strict reader takes for a success or a refusal of the document"
    return "check that target.url leads to the endpoint, and works"


def _hint(certification: Certification) -> str:
    hint = certification.pack.signing.hint
    return f"; {hint}" if hint else ""


def _suspects(certification: Certification) -> str:
    pack, profile = certification.pack, certification.profile
    places = [f"credentials.{name}" for name in profile.credentials]
    key = pack.signing.key
    places += [f"{key} (which is not set)"] if key and profile.value(key) is None else []
    places += [f"subject.{name}" for name in profile.subject if name in _used(certification)]
    options = pack.profile_schema["properties"].get("options", {}).get("properties", {})
    places += ["options.timestamp_unit"] if "timestamp_unit" in options else []
    return f"{', '.join(places[:-1])} and {places[-1]}" if len(places) > 1 else "".join(places)


def _used(certification: Certification) -> set[str]:
    """The names of the subject's values that a control request carries."""
    parts = (part for operation in certification.pack.operations for part in annotated_parts(operation.request))
    places = (str(part.get(source, "")).partition(".") for part in parts for source in ("x-value", "x-pool"))
    return {name for table, _, name in places if table == "subject"}


def _failure_advice(failure: Failure, url: str) -> str:
    advice = {
        FailureKind.UNREACHABLE: "check target.url, and that the target is running",
        FailureKind.TIMEOUT: "the target takes connections and does not answer; or raise limits.timeout_s",
        FailureKind.TLS: "fix the certificate, or check target.url",
        FailureKind.NOT_HTTP: "it does not speak HTTP: check scheme and port in target.url",
        FailureKind.OVERRUN: "its Content-Length is too small, such as one that counts characters in place of bytes",
        FailureKind.NOT_PACKED: "no caller can decode that: send the body plain, or encoded as Content-Encoding says",
        FailureKind.DROPPED: "it drops the connection: check scheme and port in target.url, and that the target works",
        FailureKind.CUT_SHORT: "it cuts its answer short: check scheme and port in target.url, and that it works",
        FailureKind.TOO_LARGE: "an answer that long is not read: check that target.url leads to the endpoint",
    }
    return f"{url} gives no answer to a valid request ({failure.kind}: {failure.detail}): {advice[failure.kind]}"


def _skew(delivery: Delivery, certification: Certification) -> CheckUp | None:
    """How far the target's clock is from ours, by the Date header; None where that tells nothing, or nobody asks."""
    window = Window.of(certification.pack, certification.profile)
    response = delivery.exchange.answer
    date = response.header("date") if isinstance(response, Response) else None
    theirs = _moment(date) if date else None
    if theirs is None or window is None:
        return None
    since_sent_s = (theirs - delivery.exchange.started).total_seconds()
    # It may be that of the request's arrival, of the answer, or of any moment in between.
    skew = since_sent_s - min(max(since_sent_s, 0), delivery.exchange.elapsed_s)
    if abs(skew) <= min(MAX_SKEW_S, window.seconds // 4) + 1:  # the header has whole seconds
        return CheckUp("clock", True, "the target's clock agrees with ours, by its Date header")
    direction = "ahead of" if skew > 0 else "behind"
    says = (
        f"the target's clock is {abs(skew):.0f} s {direction} ours, by its Date header: "
        "synchronise them (NTP), since timestamps cannot be tested while the clocks differ"
    )
    return CheckUp("clock", False, says)


def _moment(date: str) -> datetime | None:
    """What a Date header says. The old asctime form names no zone, and means UTC (RFC 9110, section 5.6.7)."""
    try:
        moment = parsedate_to_datetime(date)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is not None:
        return moment
    unknown_zone = date[-1].isalpha()
    return None if unknown_zone else moment.replace(tzinfo=UTC)


def _words(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
