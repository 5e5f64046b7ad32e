"""Profiles: what is read, and that every mistake is one line that says where, what and what would be right."""

import json
import pickle
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certhook.errors import PackError, ProfileError
from certhook.places import schemas_dir
from certhook.profile.credentials import Unresolved, resolved
from certhook.profile.mistakes import first_mistake
from certhook.profile.profile import Limits, Profile, profile_from, read_profile
from certhook.profile.waivers import Waiver
from certhook.validation import flaw_of
from certhook.values import Level

SECRET = "correct horse"
SCHEMA = json.loads((schemas_dir() / "klas" / "profile.schema.json").read_bytes())
REQUIREMENTS = [
    *(f"klas.fields.number-{number}" for number in range(20)),
    "klas.timestamp.stale",
    "klas.timestamp.future",
]

TARGET = '[target]\nurl = "https://host.example/webhook"\n'
CREDENTIALS = f'[credentials]\nsecret = "{SECRET}"\n'
SUBJECT = '[subject]\nplayer_id = "12001"\nsession_id = "s-1"\n'
WAIVER = '[[waivers]]\nrequirement = "klas.timestamp.stale"\nreason = "legacy"\nowner = "Ann"\nexpires = 2027-01-31\n'
GOOD = TARGET + CREDENTIALS + SUBJECT


def loaded(folder: Path, text: str, target: str | None = None, environ: dict[str, str] | None = None) -> Profile:
    """The profile of that text, as a file in `folder`."""
    path = folder / "p.toml"
    path.write_text(text, "utf-8")
    return profile_from(
        read_profile(path),
        source=str(path),
        folder=path.parent,
        protocol="klas",
        protocol_schema=SCHEMA,
        requirement_ids=REQUIREMENTS,
        target=target,
        environ=environ or {},
    )


def made(data: dict[str, Any], schema: dict[str, Any] | None = None) -> Profile:
    """The profile of that data."""
    return profile_from(
        data, source="test", protocol="klas", protocol_schema=schema or SCHEMA, requirement_ids=REQUIREMENTS, environ={}
    )


def mistake(folder: Path, text: str, **given: Any) -> str:
    """What is said of a text after its file's name; it is one line and holds no secret."""
    with pytest.raises(ProfileError) as refusal:
        loaded(folder, text, **given)
    message = str(refusal.value)
    assert len(message.splitlines()) == 1
    assert SECRET not in message
    return message.removeprefix(f"{folder / 'p.toml'}: ")


def test_whole_profile_is_read(tmp_path: Path) -> None:
    """Every section of a profile arrives, typed."""
    text = GOOD + (
        '[options]\ntimestamp_unit = "ms"\ntimestamp_window_s = 120\nmax_p95_ms = 250.5\n'
        "[limits]\nrequests_per_second = 50\nin_flight = 4\ntimeout_s = 2.5\nmax_examples = 10\n"
        f'[levels]\n"klas.timestamp.future" = "MUST"\n{WAIVER}'
    )
    assert loaded(tmp_path, text) == Profile(
        protocol="klas",
        url="https://host.example/webhook",
        credentials={"secret": SECRET},
        subject={"player_id": "12001", "session_id": "s-1"},
        options={"timestamp_unit": "ms", "timestamp_window_s": 120, "max_p95_ms": 250.5},
        limits=Limits(50.0, 4, 2.5, 10),
        levels={"klas.timestamp.future": Level.MUST},
        waivers=(Waiver("klas.timestamp.stale", "legacy", "Ann", date(2027, 1, 31)),),
        source=str(tmp_path / "p.toml"),
    )


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """What some editors begin a file with is no part of the profile."""
    assert loaded(tmp_path, f"\ufeff{GOOD}") == loaded(tmp_path, GOOD)


def test_sections_left_out_have_defaults(tmp_path: Path) -> None:
    """A profile needs only what its protocol needs."""
    profile = loaded(tmp_path, GOOD)
    assert (profile.limits, profile.options, profile.levels, profile.waivers) == (Limits(), {}, {}, ())


def test_limits_have_their_types(tmp_path: Path) -> None:
    """A whole number serves as a rate, and 8.0 as a count."""
    limits = loaded(tmp_path, GOOD + "[limits]\nin_flight = 8.0\ntimeout_s = 3\n").limits
    assert [type(limits.in_flight), type(limits.timeout_s)] == [int, float]


def test_there_may_be_no_fuzzing(tmp_path: Path) -> None:
    """max_examples may be 0, as on the command line."""
    assert loaded(tmp_path, GOOD + "[limits]\nmax_examples = 0\n").limits.max_examples == 0


def test_command_line_overrides_the_target(tmp_path: Path) -> None:
    """A target on the command line wins, and serves a profile that has none."""
    assert loaded(tmp_path, GOOD, target="http://other").url == "http://other"
    assert loaded(tmp_path, CREDENTIALS + SUBJECT, target="http://other").url == "http://other"


def test_target_alone_makes_a_profile_where_nothing_else_is_needed() -> None:
    """Without a file the command line is the profile."""
    profile = profile_from(
        {}, source="command line", protocol="p", protocol_schema={}, requirement_ids=[], target="http://host"
    )
    assert (profile.url, profile.source, profile.secrets()) == ("http://host", "command line", ())


def test_target_alone_does_not_make_up_credentials() -> None:
    """Without a file a protocol that needs a secret is told so."""
    with pytest.raises(ProfileError, match=r"^command line: credentials\.secret: is missing; expected: "):
        profile_from(
            {}, source="command line", protocol="klas", protocol_schema=SCHEMA, requirement_ids=[], target="http://h"
        )


def test_values_are_found_by_place(tmp_path: Path) -> None:
    """A place leads to its value, or to the default where the profile has none."""
    profile = loaded(tmp_path, GOOD)
    assert profile.value("subject.player_id") == "12001"
    assert profile.value("credentials.secret") == SECRET
    assert profile.value("options.max_p95_ms") is None
    assert profile.value("subject.other_player_id", "none") == "none"
    assert profile.value("subject.player_id.deeper", "none") == "none"


def test_place_in_no_section_is_the_pack_s_mistake(tmp_path: Path) -> None:
    """A pack that names a section which no profile has is refused, not given a default."""
    with pytest.raises(PackError, match=r"subjct\.player_id: .*did you mean subject\?"):
        loaded(tmp_path, GOOD).value("subjct.player_id")


def test_reports_never_see_a_secret(tmp_path: Path) -> None:
    """Neither the report's form nor the repr of a profile holds a credential."""
    profile = loaded(tmp_path, GOOD + f'[levels]\n"klas.timestamp.future" = "MUST"\n{WAIVER}')
    report = json.loads(json.dumps(profile.without_secrets()))
    assert profile.secrets() == (SECRET,)
    assert report["credentials"] == {"secret": "***"}
    assert report["waivers"][0]["expires"] == "2027-01-31"
    assert SECRET not in json.dumps(report) + repr(profile)


def test_profile_travels_between_processes(tmp_path: Path) -> None:
    """A profile can be handed to a worker."""
    profile = loaded(tmp_path, GOOD + WAIVER)
    assert pickle.loads(pickle.dumps(profile)) == profile  # noqa: S301 - it was pickled a moment ago


def test_data_that_is_given_is_left_alone() -> None:
    """Making a profile changes nothing in the data that it is made of."""
    data: dict[str, Any] = {
        "target": {"url": "http://h"},
        "credentials": {"secret": "k"},
        "subject": {"player_id": "1", "session_id": "s"},
        "waivers": [{"requirement": "klas.timestamp.stale", "reason": "r", "owner": "o", "expires": date(2027, 1, 31)}],
    }
    before = repr(data)
    profile = made(data)
    assert repr(data) == before
    assert profile.subject is not data["subject"]


def test_secret_from_the_environment(tmp_path: Path) -> None:
    """A variable gives its value as it is."""
    text = TARGET + '[credentials]\nsecret = {env = "KEY"}\n' + SUBJECT
    assert loaded(tmp_path, text, environ={"KEY": "k \n"}).secrets() == ("k \n",)


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (b"k", "k"),
        (b"k\n", "k"),
        (b"k\r\n", "k"),
        (b"k\n\n", "k\n"),
        (b"k\r", "k\r"),
        (b"\xef\xbb\xbfk\r\n", "k"),
        (b" k ", " k "),
        ("ключ\n".encode(), "ключ"),
    ],
)
def test_secret_from_a_file_beside_the_profile(tmp_path: Path, content: bytes, secret: str) -> None:
    """A file gives its text without the one line break, and the byte order mark, that editors add."""
    (tmp_path / "key.txt").write_bytes(content)
    text = TARGET + '[credentials]\nsecret = {file = "key.txt"}\n' + SUBJECT
    assert loaded(tmp_path, text).secrets() == (secret,)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "the file 'key' cannot be read: No such file or directory"),
        (b"", "the file 'key' is empty"),
        (b"\n", "the file 'key' is empty"),
        (b"\xff", "the file 'key' is not UTF-8"),
        (b"k" * 65537, "the file 'key' is larger than 64 KiB"),
    ],
)
def test_file_without_a_secret_is_named(tmp_path: Path, content: bytes | None, reason: str) -> None:
    """A file that gives no secret is named, and why."""
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    text = TARGET + '[credentials]\nsecret = {file = "key"}\n' + SUBJECT
    assert mistake(tmp_path, text) == f"credentials.secret: {reason}"


@pytest.mark.parametrize(
    ("environ", "reason"), [({}, "not set"), ({"KEY": ""}, "empty"), ({"KEY": "\udcff"}, "not UTF-8")]
)
def test_variable_without_a_secret_is_named(tmp_path: Path, environ: dict[str, str], reason: str) -> None:
    """A variable that gives no secret is named, and why."""
    text = TARGET + '[credentials]\nsecret = {env = "KEY"}\n' + SUBJECT
    message = mistake(tmp_path, text, environ=environ)
    assert message == f"credentials.secret: the environment variable KEY is {reason}"


def test_path_that_is_none_is_refused() -> None:
    """A path that no system takes is refused like a missing file."""
    with pytest.raises(Unresolved, match="cannot be read: not a path"):
        resolved({"file": "a\0b"}, folder=Path(), environ={})


# What is changed in the good profile, what it is changed to, and what is said of it.
CHANGES = [
    ("player_id", "playerid", "subject.playerid: unknown key; did you mean player_id?"),
    ("[subject]", "[subjct]", "subjct: unknown key; did you mean subject?"),
    ("secret", "secrt", "credentials.secrt: unknown key; did you mean secret?"),
    ('"12001"', "12001", "subject.player_id: must be a string, not a whole number; expected: a player that exists"),
    ('"12001"', '""', "subject.player_id: must not be empty; expected: a player that exists"),
    ('"12001"', "2027-01-31", "subject.player_id: must be a string, not a date;"),
    ('"12001"', "nan", "subject.player_id: must be a finite number"),
    ('player_id = "12001"', "", "subject.player_id: is missing; expected: a player that exists"),
    (
        "\nsession_id",
        "\nother_player_id = '2'\nsession_id",
        "subject.other_session_id: is missing; subject.other_player_id",
    ),
    (f'"{SECRET}"', '""', "credentials.secret: must not be empty; expected: "),
    (f'"{SECRET}"', "5", "credentials.secret: must be a string or a table, not a whole number; expected: "),
    (f'"{SECRET}"', "{}", "credentials.secret: must not be empty; expected: "),
    (f'"{SECRET}"', f'{{evn = "{SECRET}"}}', "credentials.secret.evn: unknown key; did you mean env?"),
    (
        f'"{SECRET}"',
        f'{{env = "{SECRET}"}}',
        "credentials.secret.env: does not fit; expected: the name of an environment",
    ),
    (f'"{SECRET}"', '{env = "A", file = "b"}', "credentials.secret: does not fit; expected: "),
    (f'"{SECRET}"', f'["{SECRET}"]', "credentials.secret: must be a string or a table, not an array; expected: "),
    ("https://host.example", "", "target.url: must be an absolute http or https URL with a host"),
    ("https://", "ftp://", "target.url: must be an absolute http or https URL with a host"),
    ("https://", f"https://user:{SECRET.replace(' ', '')}@", "target.url: must not hold a user name or password"),
    ("/webhook", "/webhook#a", "target.url: must not have a fragment (#...)"),
    ("/webhook", "/webhook?a", "target.url: must not have a query (?...)"),
    ('url = "https://host.example/webhook"', "", "target.url: is missing; give it in the profile or as --target"),
    ("url =", "uri =", "target.uri: unknown key; did you mean url?"),
    ("[subject]", "[subject", "line 5, column 9: not TOML: "),
    ("[subject]", "[target]", "line 5, column 8: not TOML: "),
    ("[subject]", f'[subject]\nx = "{SECRET}', "line 6, column 19: not TOML: "),
]


@pytest.mark.parametrize(("old", "new", "said"), CHANGES)
def test_mistake_in_a_section_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    """One line names the place, what is wrong there, and what would be right."""
    assert mistake(tmp_path, GOOD.replace(old, new, 1)).startswith(said)


ADDITIONS = [
    ("[limits]\nin_flight = 0", "limits.in_flight: must be at least 1; expected: concurrent requests"),
    ("[limits]\nin_flight = 1.5", "limits.in_flight: must be a whole number, not a fractional number"),
    ("[limits]\nin_flight = true", "limits.in_flight: must be a whole number, not a boolean"),
    ("[limits]\nin_flight = 10000", "limits.in_flight: must be at most 1000"),
    ("[limits]\nmax_examples = -1", "limits.max_examples: must be at least 0; expected: fuzzed bodies per operation"),
    ("[limits]\ntimeout_s = 0", "limits.timeout_s: must be greater than 0"),
    ("[limits]\ntimeout_s = inf", "limits.timeout_s: must be a finite number"),
    ("[limits]\ntimeout = 3", "limits.timeout: unknown key; did you mean timeout_s?"),
    ('[options]\ntimestamp_unit = "sec"', 'options.timestamp_unit: must be "s" or "ms"; expected: the unit'),
    ("[options]\ntimestamp_windows = 1", "options.timestamp_windows: unknown key; did you mean timestamp_window_s?"),
    ("[options.x]", "options.x: unknown key"),
    ('[levels]\n"klas.timestamp.future" = "MAY"', 'levels."klas.timestamp.future": must be "MUST" or "SHOULD"'),
    (
        '[levels]\n"klas.timestamp.futur" = "MUST"',
        'levels."klas.timestamp.futur": unknown requirement "klas.timestamp.futur"; did you mean klas.timestamp.future',
    ),
    ('[levels]\n"a\\nb" = "MUST"', 'levels."a\\nb": unknown requirement "a\\nb"'),
    (
        WAIVER.replace("stale", "stal"),
        'waivers[0].requirement: unknown requirement "klas.timestamp.stal"; did you mean',
    ),
    (WAIVER.replace('"legacy"', '" "'), "waivers[0].reason: does not fit; expected: why"),
    (WAIVER.replace('owner = "Ann"', ""), "waivers[0].owner: is missing; expected: who accepted it"),
    (WAIVER.replace("owner", "owners"), "waivers[0].owners: unknown key; did you mean owner?"),
    (WAIVER.replace("2027-01-31", '"2027-01-31"'), "waivers[0].expires: must be a TOML date, such as 2027-01-31"),
    (WAIVER.replace("2027-01-31", "2027-01-31T00:00:00Z"), "waivers[0].expires: must be a TOML date"),
    (WAIVER.replace("2027-01-31", "2027-02-30"), "line 12, column 1"),
    (WAIVER + WAIVER, "waivers[1].requirement: klas.timestamp.stale is waived twice"),
    ("[waivers]\nx = 1", "waivers: must be an array, not a table"),
    ("[options]\nx = " + "[" * 5000, "holds a number or a nesting too large to be read"),
    ("[limits]\nin_flight = " + "9" * 5000, "holds a number or a nesting too large to be read"),
]


@pytest.mark.parametrize(("addition", "said"), ADDITIONS)
def test_mistake_in_an_added_section_is_told(tmp_path: Path, addition: str, said: str) -> None:
    """One line names the place, what is wrong there, and what would be right."""
    assert mistake(tmp_path, GOOD + addition + "\n").startswith(said)


def test_wrong_target_of_the_command_line_is_told(tmp_path: Path) -> None:
    """The option is blamed, not the file."""
    assert mistake(tmp_path, GOOD, target="host").startswith("command line: --target: must be an absolute http")


def test_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing file and one in another encoding are told apart."""
    missing = tmp_path / "none.toml"
    with pytest.raises(ProfileError, match=r"none\.toml: cannot be read: No such file or directory$"):
        read_profile(missing)
    (tmp_path / "p.toml").write_bytes(b"a = '\xff'")
    with pytest.raises(ProfileError, match=r"p\.toml: byte 5: not UTF-8"):
        read_profile(tmp_path / "p.toml")


toml_values = st.recursive(
    st.text(max_size=4) | st.integers() | st.floats() | st.booleans() | st.dates() | st.datetimes() | st.times(),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["env", "file", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)
sections = ["target", "credentials", "subject", "options", "limits", "levels", "waivers", "other"]
keys = ["url", "secret", "player_id", "session_id", "in_flight", "expires", "klas.timestamp.stale", "\n"]


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from(sections), toml_values | st.dictionaries(st.sampled_from(keys), toml_values, max_size=3)
    )
)
def test_any_data_makes_a_profile_or_one_line(data: dict[str, Any]) -> None:
    """Whatever a file holds, a profile comes of it or a single line."""
    try:
        made(data)
    except ProfileError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017 - most data makes none, some may


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, "needs at least one of a, b"),
        ({"oneOf": [{"required": ["a"]}, {"required": ["b", "c"]}]}, "needs one of a, b with c"),
        ({"oneOf": [{"type": "string"}, {"type": "array"}]}, "does not fit"),
        ({"minProperties": 2}, "must be longer than 1"),
    ],
)
def test_other_rules_of_a_protocol_are_told(part: dict[str, Any], said: str) -> None:
    """A protocol may ask for one of several keys, and is understood."""
    found = first_mistake({"subject": {}}, {"properties": {"subject": part}})
    assert found is not None
    assert (found.place, found.what) == ("subject", said)


def test_format_of_a_protocol_s_value_is_told() -> None:
    """A value with a format says which, in words."""
    schema = {"properties": {"subject": {"properties": {"currency": {"format": "iso-4217"}}}}}
    with pytest.raises(ProfileError, match=r"currency: must be an ISO 4217 currency code in upper case$"):
        made({"target": {"url": "http://h"}, "subject": {"currency": "XYZ"}}, schema)


def test_waiver_holds_through_its_last_day() -> None:
    """A waiver is over on the day after it expires."""
    waiver = Waiver("klas.timestamp.stale", "legacy", "Ann", date(2027, 1, 31))
    assert [waiver.expired(date(2027, 1, day)) for day in (30, 31)] == [False, False]
    assert waiver.expired(date(2027, 2, 1))


@pytest.mark.parametrize("path", sorted(schemas_dir().rglob("profile.schema.json")), ids=lambda path: path.parent.name)
def test_schemas_describe_every_key(path: Path) -> None:
    """Every key of a profile is described, for the messages quote its description."""
    schema = json.loads(path.read_bytes())
    assert flaw_of(schema) is None
    for section in schema["properties"].values():
        described = [*section.get("properties", {}).values(), *section.get("items", {}).get("properties", {}).values()]
        assert all(part["description"] for part in described)
