"""FLEET.toml: what it means, and that every mistake in it is one line, before anything is sent or written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from certhook.errors import UsageError
from certhook.fleet.cluster import check_sendable, sendable, with_sent_secrets
from certhook.fleet.plan import Plan, read_plan
from certhook.profile.tomltext import as_toml
from tests.fleet.fleets import DEAD, SECRET, at, embedded, fleet_file
from tests.running import inline, profile_file


def plan(folder: Path, text: str) -> Plan:
    """The plan of that text."""
    path = folder / "fleet.toml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path)


ONE = '[[operators]]\nname = "acme"\nprotocol = "klas"\nembedded = true\n'

MISTAKES: dict[str, tuple[str, str]] = {
    "no toml": ("[[operators", "not TOML"),
    "no operators": ("[fleet]\nseed = 1", "operators: is missing"),
    "an empty list": ("operators = []", "operators: must not be empty"),
    "unknown table": (f"{ONE}[defualts]", "defualts: unknown key; did you mean defaults?"),
    "unknown key": (f"{ONE}profil = 1", "operators[0].profil: unknown key; did you mean profile?"),
    "missing name": ('[[operators]]\nprotocol = "klas"\nembedded = true', "operators[0].name: is missing"),
    "missing protocol": ('[[operators]]\nname = "a"\nembedded = true', "operators[0].protocol: is missing"),
    "unknown protocol": (ONE.replace("klas", "klass"), "operators[0].protocol: unknown protocol 'klass'; did you mean"),
    "neither profile nor embedded": (
        '[[operators]]\nname = "a"\nprotocol = "klas"',
        "operators[0]: needs at least one of profile, embedded",
    ),
    "not embedded and no profile": (
        '[[operators]]\nname = "a"\nprotocol = "klas"\nembedded = false',
        "operators[0].profile: is missing",
    ),
    "a name twice": (f"{ONE}{ONE}", "operators[1].name: 'acme' is there twice"),
    "names that one folder has": (f"{ONE}{ONE.replace('acme', 'ACME')}", "'ACME' differs from 'acme' in case only"),
    "a name that leads out": (ONE.replace("acme", "../acme"), "operators[0].name: does not fit; expected: 1 to 100"),
    "a hidden name": (ONE.replace("acme", ".acme"), "operators[0].name: does not fit"),
    "a name with a line break": (ONE.replace("acme", "acme\\n"), "operators[0].name: does not fit"),
    "unreadable profile": (
        '[[operators]]\nname = "a"\nprotocol = "klas"\nprofile = "nowhere.toml"',
        "operators[0].profile: ",
    ),
    "unknown fault": (
        f'{ONE}fault = "signature-prefi"',
        "operators[0].fault: no fault 'signature-prefi'; did you mean",
    ),
    "fault of a real target": (
        '[[operators]]\nname = "a"\nprotocol = "klas"\nprofile = {}\nfault = "x"',
        "operators[0].fault: needs embedded",
    ),
    "unknown group": (f'{ONE}groups = ["signatur"]', "operators[0].groups[0]: must be "),
    "no time": (f"{ONE}time_limit_s = 0", "operators[0].time_limit_s: must be greater than 0"),
    "endless time": (f"{ONE}time_limit_s = inf", "operators[0].time_limit_s: must be a finite number"),
    "wrong type": (f'{ONE}tags = "eu"', "operators[0].tags: must be an array, not a string"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_file_is_one_line(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every mistake ends in one line that names file and place, and leaves nothing behind."""
    text, expected = MISTAKES[mistake]
    (tmp_path / "fleet.toml").write_text(text, encoding="utf-8")
    ended = inline(monkeypatch, capfd, "fleet", "fleet.toml", cwd=tmp_path)
    assert ended.status == 2
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("certhook: fleet.toml: ")
    assert expected in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["fleet.toml"]


WORDS: dict[str, tuple[tuple[str, ...], str]] = {
    "no file": (("nowhere.toml",), "nowhere.toml: cannot be read"),
    "unknown operator": (("FLEET", "--operator", "acm"), "no operator 'acm'; did you mean acme?"),
    "unknown tag": (("FLEET", "--tag", "ue"), "no operator has the tag 'ue'; known: eu"),
    "resume elsewhere": (("FLEET", "--resume", "a", "--output", "b"), "--resume continues a run as it began"),
    "resume nothing": (("FLEET", "--resume", "a"), "--resume a: no night to resume"),
    "jobs of a cluster": (
        ("FLEET", "--scheduler", "tcp://127.0.0.1:9", "--jobs", "2"),
        "--jobs is for runs on this machine",
    ),
    "secrets to nobody": (("FLEET", "--send-secrets"), "--send-secrets needs --scheduler"),
    "no webhook": (("FLEET", "--notify", "ftp://token@x"), "--notify: must be an absolute http or https URL"),
    "no database": (("FLEET", "--history", "nosuch://user:hidden@host/x"), "no database that SQLAlchemy knows"),
    "no url of a database": (("FLEET", "--history", "://hidden"), "--history: must be a path, or a URL"),
    "no driver": (("FLEET", "--history", "oracle+cx_oracle://u:hidden@h/x"), "needs the package cx_Oracle"),
    "no place for the history": (("FLEET", "--history", "no/such/folder.sqlite"), "cannot be used: unable to open"),
    "output in use": (("FLEET", "--output", "."), "--output .: is not empty"),
    "output is a file": (("FLEET", "--output", "fleet.toml"), "--output fleet.toml: cannot be used"),
}


@pytest.mark.parametrize("mistake", WORDS)
def test_a_wrong_command_line_is_one_line(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every wrong word ends in one line, in which no password of a database and no token of a webhook stands."""
    words, expected = WORDS[mistake]
    fleet_file(tmp_path, embedded("acme", tags=["eu"]))
    ended = inline(monkeypatch, capfd, "fleet", *(word.replace("FLEET", "fleet.toml") for word in words), cwd=tmp_path)
    assert ended.status == 2
    assert ended.err.count("\n") == 1
    assert expected in ended.err
    assert "hidden" not in ended.err
    assert "token" not in ended.err
    assert not (tmp_path / "reports").exists()


def test_a_tag_where_there_are_none(tmp_path: Path) -> None:
    """Where no operator has any tag, none are listed as known."""
    with pytest.raises(UsageError, match=r"no operator has the tag 'eu'$"):
        read_plan(fleet_file(tmp_path, embedded("acme"))).only([], ["eu"])


def test_defaults_lie_under_what_an_operator_says(tmp_path: Path) -> None:
    """An operator has the defaults that it does not say otherwise, profiles table by table and key by key."""
    found = plan(
        tmp_path,
        f"""
        [fleet]
        jitter_s = 2
        seed = 7
        [defaults]
        protocol = "klas"
        time_limit_s = 8
        tags = ["eu"]
        profile = {{limits = {{in_flight = 2, timeout_s = 3}}, credentials = {{secret = {{env = "SHARED"}}}}}}
        [[operators]]
        name = "one"
        profile = {{target = {{url = "{DEAD}"}}, limits = {{in_flight = 4}}}}
        [[operators]]
        name = "two"
        protocol = "evi"
        tags = ["us"]
        embedded = true
        """,
    )
    one, two = found.operators
    assert (found.source, found.jitter_s, found.seed) == ("fleet.toml", 2.0, 7)
    assert (one.protocol, one.time_limit_s, one.tags) == ("klas", 8.0, frozenset({"eu"}))
    assert one.profile == {
        "target": {"url": DEAD},
        "limits": {"in_flight": 4, "timeout_s": 3},
        "credentials": {"secret": {"env": "SHARED"}},
    }
    assert (two.protocol, two.tags, two.host) == ("evi", frozenset({"us"}), "operator two")
    assert [one.name for one in found.only([], ["us"]).operators] == ["two"]
    assert [one.name for one in found.only(["one"], ["us"]).operators] == ["one", "two"]


def test_a_profile_may_be_a_file(tmp_path: Path) -> None:
    """The path is relative to FLEET.toml, and the run is told it; files of secrets are named from the root."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    profile_file(folder, DEAD, secret='{file = "secret.txt"}')
    entry = {"name": "acme", "profile": "profiles/profile.toml"}
    (operator,) = read_plan(fleet_file(tmp_path, entry)).operators
    assert operator.profile_path == folder / "profile.toml"
    assert operator.profile["credentials"] == {"secret": {"file": str(folder / "secret.txt")}}
    (laid_under,) = read_plan(fleet_file(tmp_path, entry, profile={"limits": {"in_flight": 1}})).operators
    assert laid_under.profile_path is None
    assert laid_under.profile["limits"] == {"in_flight": 1}


def test_every_file_of_a_profile_is_named_from_the_root(tmp_path: Path) -> None:
    """From a file or from tables, shared or its own: the run reads the profile in another folder."""
    (tmp_path / "profiles").mkdir()
    target, credentials = {"ca_file": "ca.pem"}, {"secret": {"file": "secret.txt"}}
    own = {"target": target, "credentials": credentials}
    (tmp_path / "profiles" / "acme.toml").write_text(as_toml(own), encoding="utf-8")

    def files(folder: Path, *operators: dict[str, Any], **defaults: Any) -> None:
        for operator in read_plan(fleet_file(tmp_path, *operators, **defaults)).operators:
            assert operator.profile["target"]["ca_file"] == str(folder / "ca.pem")
            assert operator.profile["credentials"] == {"secret": {"file": str(folder / "secret.txt")}}

    named = {"name": "named", "profile": "profiles/acme.toml"}
    files(tmp_path / "profiles", named)
    files(tmp_path / "profiles", named, profile={"target": {"url": DEAD}})
    files(tmp_path, {"name": "tables", "profile": own})
    files(tmp_path, {"name": "shared", "profile": {"target": {"url": DEAD}}}, profile=own)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Host.Example.:8443/x", "host.example"),
        ("http://[::1]:80/", "::1"),
        ("http://[::1", "operator acme"),
        (7, "operator acme"),
    ],
)
def test_the_host_is_what_operators_may_share(url: Any, host: str, tmp_path: Path) -> None:
    """Port, path, case and a dot at the end make no other host; what is no URL is left to the run to refuse."""
    entry = at("acme", DEAD)
    entry["profile"]["target"]["url"] = url
    (operator,) = read_plan(fleet_file(tmp_path, entry)).operators
    assert operator.host == host


def test_a_secret_does_not_travel_unless_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A credential, or secret test data, that stands in a profile is refused; places of secrets travel as they are."""
    monkeypatch.setenv("ACME_SECRET", "from here")
    literal, by_name = read_plan(
        fleet_file(tmp_path, at("literal", DEAD), at("named", DEAD, secret={"env": "ACME_SECRET"}))
    ).operators
    with pytest.raises(UsageError, match=r"literal: credentials\.secret is in the profile itself") as refusal:
        check_sendable([by_name, literal], send_secrets=False)
    assert SECRET not in str(refusal.value)
    assert sendable(by_name).profile["credentials"] == {"secret": {"env": "ACME_SECRET"}}
    assert with_sent_secrets(by_name).profile["credentials"] == {"secret": "from here"}
    check_sendable([by_name, literal], send_secrets=True)
    monkeypatch.delenv("ACME_SECRET")
    with pytest.raises(UsageError, match=r"named: credentials\.secret: the environment variable ACME_SECRET is not"):
        check_sendable([by_name], send_secrets=True)
    tokens = {"name": "evi", "protocol": "evi", "profile": {"subject": {"client_token": "t-1"}}}
    (token,) = read_plan(fleet_file(tmp_path, tokens)).operators
    with pytest.raises(UsageError, match=r"subject\.client_token is in the profile itself"):
        sendable(token)
    proxied = {"name": "proxied", "protocol": "klas", "profile": {"target": {"proxy": "http://me:pass@proxy.example"}}}
    (proxy,) = read_plan(fleet_file(tmp_path, proxied)).operators
    with pytest.raises(UsageError, match=r"target\.proxy is in the profile itself") as refusal:
        sendable(proxy)
    assert "pass" not in str(refusal.value)
