"""How a target is reached: a private CA, no CA at all, a proxy. Over real sockets, with certificates made here."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certhook.profile.route import Route
from certhook.reference.wire import HttpAnswer
from tests.running import FEW, certhook, inline, profile_file, result_in
from tests.targets import Call, Served, conformant, serving

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
SOME = ("--group", "methods", *FEW)
NOT_VERIFIED = "certificates of the target were not verified (insecure)"


def certificate(name: str, issuer: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey) -> bytes:
    """A certificate in PEM, a CA's where it is its own issuer."""
    own, other = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in (name, issuer))
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(other, own, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=name == issuer, path_length=None), critical=True)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    return builder.add_extension(address, critical=False).sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a private CA, `ca.pem`, and the certificate and key of a target, `target.pem`."""
    folder = tmp_path_factory.mktemp("ca")
    own, target = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    (folder / "ca.pem").write_bytes(certificate("a private CA", "a private CA", own, own))
    key = target.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "target.pem").write_bytes(certificate("a target", "a private CA", target, own) + key)
    return folder


@pytest.fixture
def secured(ca: Path) -> Iterator[Served]:
    """A conformant target behind a certificate of the private CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca / "target.pem")
    with serving(conformant, context) as served:
        yield served


def proxied(call: Call) -> HttpAnswer:
    """What a proxy in front of a conformant target answers: the target of a request is a whole URL."""
    return conformant(replace(call, request=replace(call.request, path=urlsplit(call.request.path).path)))


def test_a_private_ca_is_judged_alike_on_every_python(ca: Path) -> None:
    """What Python asks of certificates beyond OpenSSL's own rules differs by its version: it is not asked for."""
    assert not Route(str(ca / "ca.pem")).trust().verify_flags & ssl.VERIFY_X509_STRICT


def test_an_unknown_ca_is_not_trusted(secured: Served, tmp_path: Path) -> None:
    """Nothing goes to a target whose certificate nobody vouches for, and one sentence says what to do."""
    profile_file(tmp_path, secured.url)
    ended = certhook("run", "klas", "--profile", "profile.toml", *SOME, "--output", "out", cwd=tmp_path)
    assert ended.status == 3
    assert "is not trusted" in ended.err
    assert "--ca-file" in ended.err
    assert secured.calls == []


def test_a_private_ca_is_trusted_where_it_is_named(secured: Served, ca: Path, tmp_path: Path) -> None:
    """--ca-file lets the run through, with names checked, and the result says whose word was taken."""
    profile_file(tmp_path, secured.url)
    words = ("run", "klas", "--profile", "profile.toml", "--ca-file", str(ca / "ca.pem"), *SOME, "--output", "out")
    ended = certhook(*words, cwd=tmp_path)
    assert ended.status == 0, ended.said
    assert any("CA file" in notice for notice in result_in(tmp_path / "out")["notices"])
    assert "--ca-file" in result_in(tmp_path / "out")["command"]


def test_a_profile_s_ca_file_stands_beside_it(secured: Served, ca: Path, tmp_path: Path) -> None:
    """`ca_file` in a profile is relative to the profile, as secret files are; plain doctor takes it, too."""
    (tmp_path / "ca.pem").write_bytes((ca / "ca.pem").read_bytes())
    path = profile_file(tmp_path, secured.url)
    path.write_text(path.read_text().replace("[target]", '[target]\nca_file = "ca.pem"'))
    ended = certhook("doctor", "klas", "--profile", str(path), cwd=ca)
    assert ended.status == 0, ended.said
    assert "TLS: the certificate is trusted and fits the name" in ended.out


def test_an_insecure_run_says_so(secured: Served, tmp_path: Path) -> None:
    """--insecure takes any certificate, and whoever reads the verdict learns of it."""
    profile_file(tmp_path, secured.url)
    ended = certhook("run", "klas", "--profile", "profile.toml", "--insecure", *SOME, "--output", "out", cwd=tmp_path)
    assert ended.status == 0, ended.said
    assert NOT_VERIFIED in result_in(tmp_path / "out")["notices"]
    assert NOT_VERIFIED in " ".join(ended.out.split())


def test_requests_go_through_a_proxy_where_one_is_named(tmp_path: Path) -> None:
    """Every request goes to the proxy, none elsewhere; its password is written nowhere."""
    with serving(proxied) as proxy:
        profile_file(tmp_path, "http://target.invalid")
        address = proxy.url.replace("://", "://auditor:s3cr%2Fet-word@")
        ended = certhook(
            "run", "klas", "--profile", "profile.toml", "--proxy", address, *SOME, "--output", "out", cwd=tmp_path
        )
    assert ended.status == 0, ended.said
    assert proxy.calls
    assert {call.request.path for call in proxy.calls} == {"http://target.invalid/authenticate"}
    assert f"requests went through the proxy {proxy.url}" in result_in(tmp_path / "out")["notices"]
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert b"s3cr" not in written


def test_the_environment_s_proxy_is_taken_when_asked_for_only(tmp_path: Path) -> None:
    """HTTP_PROXY is passed over, unless --proxy env asks for it."""
    with serving(proxied) as proxy, serving(conformant) as target:
        profile_file(tmp_path, target.url)
        run = ("run", "klas", "--profile", "profile.toml", *SOME)
        alone = certhook(*run, "--output", "one", cwd=tmp_path, http_proxy=proxy.url, HTTP_PROXY=proxy.url)
        assert (alone.status, proxy.calls) == (0, [])
        through = certhook(*run, "--proxy", "env", "--output", "two", cwd=tmp_path, http_proxy=proxy.url, no_proxy="")
    assert through.status == 0, through.said
    assert len(proxy.calls) == result_in(tmp_path / "two")["requests"]


def test_the_environment_excepts_targets(tmp_path: Path) -> None:
    """With --proxy env, no_proxy counts: nobody listens at the proxy, and the target is reached."""
    with serving(conformant) as target:
        profile_file(tmp_path, target.url)
        run = ("run", "klas", "--profile", "profile.toml", *SOME, "--proxy", "env", "--output", "out")
        around = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "localhost,127.0.0.1"}
        ended = certhook(*run, cwd=tmp_path, **around)
    assert ended.status == 0, ended.said
    assert "proxy" not in " ".join(result_in(tmp_path / "out")["notices"])


@pytest.mark.parametrize(
    ("no_proxy", "url", "direct"),
    [
        ("operator.example", "https://operator.example/x", True),
        ("example", "https://operator.example/x", True),
        (".example", "https://OPERATOR.example:8443/x", True),
        ("operator.example:8443", "https://operator.example:8443/x", True),
        ("operator.example:8443", "https://operator.example/x", False),
        ("operator.example:443", "https://operator.example/x", True),
        ("ample", "https://operator.example/x", False),
        ("::1", "https://[::1]:8443/x", True),
        ("[::1]", "https://[::1]:8443/x", True),
        ("*", "https://operator.example/x", True),
        ("", "https://operator.example/x", False),
    ],
)
def test_no_proxy_names_hosts_and_ports(no_proxy: str, url: str, direct: bool, monkeypatch: Patch) -> None:  # noqa: FBT001 - a column of the table
    """A name stands for its host and what is below it, on every port or on the one that it names."""
    monkeypatch.setenv("https_proxy", "http://proxy.example")
    monkeypatch.setenv("no_proxy", no_proxy)
    route = Route.of({"url": url, "proxy": "env"}, Path())
    assert route.proxy == (None if direct else "http://proxy.example")


WRONG = {
    "no such file": (("--ca-file", "nowhere.pem"), "nowhere.pem cannot be read"),
    "no certificate": (("--ca-file", "profile.toml"), "holds no CA certificate in PEM"),
    "no proxy": (("--proxy", "ftp://proxy"), "must be the http or https URL of a proxy, or 'env'"),
    "no proxy in the environment": (("--proxy", "env"), "http_proxy is not set"),
}


@pytest.mark.parametrize(("words", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_way_that_cannot_be_gone_is_wrong_usage(
    words: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: Patch, capfd: Capture
) -> None:
    """One line says which word is wrong, and nothing is sent."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    profile_file(tmp_path, "http://127.0.0.1:9")
    ended = inline(monkeypatch, capfd, "run", "klas", "--profile", "profile.toml", *words, cwd=tmp_path)
    assert ended.status == 2
    assert message in ended.err
    assert ended.err.count("\n") == 1


def test_the_built_in_target_needs_no_way(monkeypatch: Patch, capfd: Capture) -> None:
    """What says how a target is reached goes with a target of one's own."""
    ended = inline(monkeypatch, capfd, "run", "klas", "--embedded", "--insecure")
    assert (ended.status, ended.err) == (2, "certhook: --embedded and --insecure exclude each other\n")
