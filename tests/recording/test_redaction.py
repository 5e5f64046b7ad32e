"""Secrets are found in every spelling, and masked names in every place."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import urllib.parse
import zlib
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from certhook.recording.redaction import MASK, Redactor

SALT = b"salt"
SECRET = "pä/ss+w€rd \"'&<\\%=\n\U0001f511"

# No asterisk: what is put in a secret's place must not be able to complete another.
secrets = st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]), min_size=4, max_size=24)

ENCODERS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "mojibake": lambda text: text.encode().decode("latin-1").encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "HEX": lambda text: text.encode().hex().upper().encode(),
    "quote": lambda text: urllib.parse.quote(text, safe="").encode(),
    "quote, slash left": lambda text: urllib.parse.quote(text).encode(),
    "quote, lower case": lambda text: _lower_percents(urllib.parse.quote(text, safe="")).encode(),
    "quote, all": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
    "quote_plus": lambda text: urllib.parse.quote_plus(text).encode(),
    "quote twice": lambda text: urllib.parse.quote(urllib.parse.quote(text, safe=""), safe="").encode(),
    "json": lambda text: json.dumps(text)[1:-1].encode(),
    "json, slash": lambda text: json.dumps(text)[1:-1].replace("/", "\\/").encode(),
    "json, unescaped": lambda text: json.dumps(text, ensure_ascii=False)[1:-1].encode(),
    "json, all": lambda text: _utf16_escapes(text).encode(),
    "json, all, upper": lambda text: _utf16_escapes(text).upper().replace("\\U", "\\u").encode(),
    "json in json": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1].encode(),
    "html": lambda text: html.escape(text).encode(),
    "html, decimal": lambda text: "".join(f"&#{ord(character):03d};" for character in text).encode(),
    "html, hexadecimal": lambda text: "".join(f"&#x{ord(character):X};" for character in text).encode(),
    "base64 in a url": lambda text: urllib.parse.quote(base64.b64encode(text.encode()), safe="").encode(),
    "base64 in json": lambda text: base64.b64encode(text.encode()).replace(b"/", b"\\/"),
}


def _lower_percents(text: str) -> str:
    return re.sub(r"%..", lambda found: found[0].lower(), text)


def _utf16_escapes(text: str) -> str:
    units = text.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


@given(secret=secrets)
@example(secret=SECRET)
@example(secret="ends in %")
@example(secret="ends in \\")
@example(secret="ends in &")
@example(secret="ends in Ã")
@settings(deadline=None, max_examples=40)
def test_every_spelling_is_masked(secret: str) -> None:
    """A planted secret is masked in every spelling, and what stands around it stays."""
    redactor = Redactor([secret], [], SALT)
    redacted = {name: redactor.data(b"\x01<" + spell(secret) + b">\x01") for name, spell in ENCODERS.items()}
    assert redacted == dict.fromkeys(ENCODERS, b"\x01<***>\x01")


@given(
    secret=secrets,
    before=st.binary(max_size=7),
    after=st.binary(max_size=7),
    urlsafe=st.booleans(),
    padded=st.booleans(),
)
@example(secret=SECRET, before=b"u:", after=b"", urlsafe=True, padded=False)
@settings(deadline=None, max_examples=40)
def test_base64_is_masked_at_every_alignment(
    secret: str, before: bytes, after: bytes, *, urlsafe: bool, padded: bool
) -> None:
    """Within longer base64, no more stays than what encodes the bytes around the secret."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    encoded = encode(before + secret.encode() + after)
    redacted = Redactor([secret], [], SALT).data(encoded if padded else encoded.rstrip(b"="))
    head, mask, tail = redacted.partition(b"***")
    assert mask
    assert len(head) <= -(-len(before) * 8 // 6)
    assert len(tail) <= -(-len(after) * 8 // 6) + 2


@given(secret=secrets, around=st.text(max_size=20))
@settings(deadline=None, max_examples=40)
def test_text_is_redacted_as_bytes_are(secret: str, around: str) -> None:
    """A secret in text does not survive, whatever stands beside it."""
    assert secret not in Redactor([secret], [], SALT).text(f"{around}{secret}{around}")


def test_longest_secret_goes_first() -> None:
    """A secret that begins another one does not leave the rest of it."""
    assert Redactor(["abcd", "abcdefgh"], [], SALT).text("abcdefgh abcd") == "*** ***"


@pytest.mark.parametrize("token", ["a 1", "tok-", "tok-001", "tok-0001", "a much longer token"])
def test_secrets_of_a_list_are_found_however_short(token: str) -> None:
    """Where one stands as a word there is a mask, or a tag of its own."""
    redacted = Redactor([], [], SALT, [token, "another one"]).text(f"unknown token {token}!")
    assert re.fullmatch(r"unknown token \*\*\*(?:[0-9a-f]{8})?!", redacted)


def test_latin_1_bytes() -> None:
    """A secret in Latin-1 is masked, in bytes, percent-encoded, and in text that was read as such."""
    redactor = Redactor(["päss-wörd"], [], SALT)
    assert redactor.data("päss-wörd".encode("latin-1")) == b"***"
    assert redactor.text("p%E4ss-w%f6rd p\u00c3\u00a4ss-w\u00c3\u00b6rd") == "*** ***"


def test_a_latin_1_secret_in_the_middle_of_utf_8() -> None:
    """A spelling that ends within a character of text costs that character, not an exception."""
    assert Redactor(["\u00e9\u00a1\u00a2\u00e9\u00a1"], [], SALT).text("\u9862\u9862") == "***\ufffd"


def test_short_secrets_are_whole_words() -> None:
    """A secret of fewer than four characters is masked where it stands alone, not within words."""
    assert Redactor(["abc", ""], [], SALT).text('abcd "abc" a%62c xabc') == 'abcd "***" *** xabc'


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "zlib"])
def test_compressed_bodies(pack: Callable[[bytes], bytes]) -> None:
    """A secret within a compressed body is masked, and the body stays compressed; one without stays as it was."""
    redactor = Redactor(["secret-value"], [], SALT)
    assert zlib.decompress(redactor.data(pack(b"a secret-value")), 47) == b"a ***"
    assert redactor.data(pack(b"nothing")) == pack(b"nothing")
    assert redactor.data(b"x, a secret-value") == b"x, a ***"


NAMED = Redactor([], ["Token", "auth", "X-Signature"], SALT)
TAG = NAMED.header("auth", b"v-1").decode()


@pytest.mark.parametrize(
    "text",
    [
        '{"Token": "v-1"}',
        '{"token":"v-1","a":1}',
        '{"T\\u006fken" : "v-1"}',
        "{'Token': 'v-1'}",
        "auth=v-1",
        "http://x/?a=1&auth=v-1&b=2",
        "http://x/?a=1\\u0026auth=v-1",
        "http://x/?a=1&amp;auth=v-1",
        "auth[]=v-1",
        '{"Token":"v-1',
    ],
)
def test_values_under_masked_names(text: str) -> None:
    """A value under a masked name becomes its tag, in JSON, forms and URLs, and nothing else changes."""
    assert NAMED.text(text) == text.replace("v-1", TAG)


@given(st.lists(st.sampled_from([*"\"'?&;=:{,%\\ x", "\\u0026", "%26", "%3F", "token", "TOKEN", "tok\\u0065n"])))
def test_nothing_under_a_masked_name_is_passed_over(pieces: list[str]) -> None:
    """Where the pattern of masked names would match, the quick look before it does not say that nothing can."""
    redactor, data = Redactor([], ["Token"], SALT), "".join(pieces).encode()
    assert redactor._named is not None
    assert redactor._may_name(data) or not redactor._named.search(data.lower())


def test_numbers_under_masked_names() -> None:
    """A number is masked, too."""
    assert "12345" not in NAMED.text('{"Token": 12345}')


@pytest.mark.parametrize(
    "text", ['{"Token": null, "auth": ""}', '{"Token": {"a": [1]}}', "author=v-1", '{"tokens": "v-1"}']
)
def test_evidence_stays(text: str) -> None:
    """What holds no value of that name stays readable."""
    assert NAMED.text(text) == text


def test_a_masked_value_under_another_name() -> None:
    """A token that is repeated under another name is masked there, too, by the same tag."""
    masked = json.loads(NAMED.text('{"data": {"id": "tok-123456"}, "auth": "tok-123456"}'))
    assert masked["data"]["id"] == masked["auth"] != "tok-123456"


def test_json_within_json() -> None:
    """A masked name is found in JSON that was put into a JSON string."""
    assert "v-1" not in NAMED.text(json.dumps({"echo": json.dumps({"Token": "v-1"})}))


def test_tags_compare_and_tell_nothing() -> None:
    """Equal values have equal tags under one salt, and others under another one."""
    same, other = Redactor([], ["sign"], SALT), Redactor([], ["sign"], b"another")
    assert same.header("Sign", b"abc") == same.header("sign", b"abc") != same.header("sign", b"abd")
    assert same.header("sign", b"abc") != other.header("sign", b"abc")
    assert same.header("sign", b"") == b""


def test_secret_under_a_masked_name() -> None:
    """The very secret shows as three asterisks, so that a wrong one can be told from it."""
    assert Redactor(["the-key"], ["auth"], SALT).text('{"auth": "the-key"}') == f'{{"auth": "{MASK}"}}'


def test_other_headers_are_redacted_by_value() -> None:
    """A header with any other name loses only the secret, also where it is given as a parameter."""
    redactor = Redactor(["the-key"], ["auth"], SALT)
    assert redactor.header("X-Other", b"is the-key") == b"is ***"
    assert b"v-1" not in redactor.header("Location", b"/lobby?auth=v-1")


def test_trees() -> None:
    """Every text in a JSON value is redacted; anything else stays."""
    assert Redactor(["the-key"], [], SALT).tree({"a": ["the-key", 1, None, {"b": ("the-key",)}]}) == {
        "a": ["***", 1, None, {"b": ["***"]}]
    }


@pytest.mark.parametrize("text", ["\\" * 16_384, "%25" * 5_000, "&auth[" * 3_000, '"auth"' + " " * 16_384])
def test_hostile_text_is_no_trouble(text: str) -> None:
    """Text that is made to be slow to search comes back as it was."""
    assert Redactor(["\\%25&secret"], ["auth"], SALT).text(text) == text


def test_no_half_secret_is_left_where_text_is_cut() -> None:
    """An excerpt is cut after redaction, wherever the cut falls."""
    redactor = Redactor(["the-very-secret-key"], [], SALT)
    for before in range(60):
        excerpt = redactor.excerpt("x" * before + "the-very-secret-key" + "x" * 3000, 40)
        assert len(excerpt) <= 40
        assert "the-" not in excerpt
    assert redactor.excerpt("the-very-secret-key", 10) == "***"


LIST = ["PPT_0123456789/A", "PPT_0123456789/B"]


@pytest.mark.parametrize("spell", ["utf-8", "hex", "HEX", "quote", "quote, lower case"])
def test_secrets_of_a_list(spell: str) -> None:
    """A secret of a list becomes its own tag, as it stands and encoded; one that is on no list stays."""
    redactor = Redactor([], [], SALT, LIST)
    first, second = (redactor.data(ENCODERS[spell](one)) for one in LIST)
    assert first.startswith(b"***")
    assert first != second
    assert redactor.text("PPT_0123456789/C ppt_0123456789/a").startswith("PPT_0123456789/C ***")
    assert redactor.data(base64.b64encode(b"to:" + LIST[0].encode() + b".")).startswith(b"dG86***")


def test_what_an_exchange_hid_once_it_hides_again() -> None:
    """A redactor that remembers masks a token without its name; the one that it was made from does not."""
    remembering = NAMED.remembering()
    tag = json.loads(remembering.text('{"Token": "tok-123456"}'))["Token"]
    assert remembering.header("X-Other", b"is tok-123456") == b"is " + tag.encode()
    assert NAMED.header("X-Other", b"is tok-123456") == b"is tok-123456"
    assert remembering.text(f'{{"Token": "{tag}"}}') == f'{{"Token": "{tag}"}}', "a tag stays as it is"


REPEATS: dict[str, Callable[[bytes], bytes]] = {
    "in base64": base64.b64encode,
    "in base64 for URLs": base64.urlsafe_b64encode,
    "percent-encoded": lambda body: urllib.parse.quote(body, safe="").encode(),
    "in Python's escapes": lambda body: repr(body).encode(),
    "in Python's escapes, in base64": lambda body: base64.b64encode(repr(body).encode()),
    "in JSON's escapes": lambda body: json.dumps(body.decode("latin-1")).encode(),
}


@pytest.mark.parametrize("repeat", REPEATS)
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-7", "cp037"])
def test_what_was_sent_in_another_encoding_may_be_repeated_in_a_third(codec: str, repeat: str) -> None:
    """Within an exchange, the bytes of a recoded secret are masked however they are repeated, at any alignment."""
    for secret in ('Zq7"v\\\u00e4/+% &w5Kd', LIST[0]):
        for shift in range(3):
            body = json.dumps({"a" * (1 + shift): secret}).encode(codec)
            redactor = Redactor([secret], [], SALT, LIST).remembering()
            assert MASK.encode() in redactor.data(body)
            repeated = REPEATS[repeat](b"shift"[:shift] + body)
            hidden = REPEATS[repeat](json.dumps(secret)[1:-1].encode(codec))
            assert len(repeated) - len(redactor.data(repeated)) >= len(hidden) - 24, (
                "more than a mask and edges is left"
            )


def test_a_secret_but_for_its_case() -> None:
    """A secret in another case is masked, and can be told from the secret itself."""
    redactor = Redactor(["Secret-Value"], [], SALT)
    assert redactor.text("Secret-Value") == "***"
    assert re.fullmatch(r"\*\*\*[0-9a-f]{8}", redactor.text("sECRET-vALUE"))
