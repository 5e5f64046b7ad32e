"""Wrong credentials in a request's own fields, made from what the schema marks as credentials."""

from __future__ import annotations

from typing import Any

import pytest

from certhook.building.builder import Builder
from certhook.changes import Change, Scope, changes_of
from certhook.pack.loading import load_pack
from certhook.profile.profile import profile_from
from certhook.reference import profile
from certhook.running.cases import cases_of, select

FAMILIES = (
    *("wrong", "loose", "all-wrong", "swapped", "other-case", "altered", "respelled", "trailing-space", "prefix"),
    *("example", "shape", "hollow", "all-empty", "quotes"),
)


def scope(**credentials: str) -> Scope:
    """What families are asked with, for these credentials."""
    pack = load_pack("evi")
    data = profile("evi", "http://target.example")
    data["credentials"] |= credentials
    read = profile_from(data, source="test", protocol="evi", protocol_schema=pack.profile_schema, requirement_ids=[])
    return Scope(pack, pack.operations[0], read)


def made(scope: Scope, *families: str) -> dict[str, Any]:
    """The account that each change sends, by the change's name."""
    changes: list[Change] = [one for name in families for one in changes_of(f"credentials.{name}", scope)]
    builder = Builder(scope.pack, scope.profile)
    accounts = {}
    for change in changes:
        draft = builder._draft(scope.operation, change.name, builder.fields(scope.operation))
        change.apply(draft)
        accounts[change.name.removeprefix("credentials.")] = draft.fields.pop("Account")
        valid = builder.fields(scope.operation)
        del valid["Account"]
        assert draft.fields == valid
    return accounts


def test_every_change_makes_other_credentials() -> None:
    """No two changes send the same account, none the right one, and nothing but the account is changed."""
    accounts = made(scope(username="caller", password="Secret-9"), *FAMILIES)
    assert {"Username": "caller", "Password": "Secret-9"} not in accounts.values()
    assert len({str(account) for account in accounts.values()}) == len(accounts)


def test_nearly_right_passwords() -> None:
    """The other case, a space behind it, and its beginning."""
    accounts = made(scope(username="caller", password="Secret-9"), "other-case", "trailing-space", "prefix")
    assert {account["Username"] for account in accounts.values()} == {"caller"}
    assert {account["Password"] for account in accounts.values()} == {"sECRET-9", "Secret-9 ", "Secret-", "Secr"}


@pytest.mark.parametrize(
    ("credentials", "family"),
    [
        ({"username": "same", "password": "same"}, "swapped"),
        ({"username": "caller", "password": "2710"}, "other-case"),
        ({"username": "caller", "password": "x"}, "prefix"),
        ({"username": "x", "password": "Secret-9"}, "all-wrong:divided"),
    ],
)
def test_what_would_change_nothing_is_left_out(credentials: dict[str, str], family: str) -> None:
    """Where a change leads back to the right credentials, or to none, it is not made."""
    assert made(scope(**credentials), family) == {}


def test_passwords_that_differ_in_little() -> None:
    """Each as whoever folds, cuts or trims would have it, and none of them twice."""
    accounts = made(scope(username="caller", password="sEcret-9"), "altered", "respelled")
    assert [account["Password"] for account in accounts.values()] == [
        "SECRET-9",
        "secret-9",
        "SEcret-9",
        "sEcret-x",
        "xsEcret-9",
        "Ecret-9",
        " sEcret-9",
        "sEcret-9\n",
        "sEcret-9\t",
        "sEcret-9\0x",
        "%73Ecret-9",
    ]


def test_accents_make_another_password_and_another_form_of_them_does_not() -> None:
    """Without its accents a password is another one; that they are written apart is nothing to be judged by."""
    sent = {account["Password"] for account in made(scope(password="\xe9t\xe9-9"), "respelled").values()}
    assert "ete-9" in sent
    assert "e\u0301te\u0301-9" not in sent


def test_an_account_in_other_shapes() -> None:
    """What stands around the credentials is changed as a whole."""
    accounts = made(scope(username="caller", password="Secret-9"), "shape", "hollow", "all-empty")
    empty = {"Username": "", "Password": ""}
    assert list(accounts.values()) == [["caller", "Secret-9"], "caller:Secret-9", {}, empty]


@pytest.mark.parametrize(
    ("credentials", "change"),
    [
        ({"password": "'"}, "quotes:Account.Password=quote"),
        ({"password": "%"}, "loose:Account.Password=percent"),
        ({"username": "*"}, "loose:Account.Username=star"),
        ({"username": "same", "password": "same"}, "wrong:Account.Password=user-name"),
        ({"username": "eviuser", "password": "evipassword"}, "example"),
        ({"password": "0"}, "loose:Account.Password=zero"),
    ],
)
def test_a_valid_request_is_never_taken_for_a_wrong_one(credentials: dict[str, str], change: str) -> None:
    """Where what is sent as wrong is what is right, no case is made of it."""

    def sent(scope: Scope) -> set[str]:
        found = cases_of(
            scope.pack, scope.profile, select(scope.pack, scope.profile), Builder(scope.pack, scope.profile)
        )
        return {case.change.name for case in found}

    left_out = sent(scope()) - sent(scope(**credentials))
    assert f"credentials.{change}" in left_out
    assert all(one.startswith(("credentials.", "robustness.")) for one in left_out)


def test_launch_tokens_that_differ_in_little() -> None:
    """A long one with a character less, another, more, or behind a NUL; and words, of which a valid one is left out."""

    def sent(*tokens: str) -> list[str]:
        asked = scope()
        asked.profile.subject["client_tokens"][:] = tokens
        builder, names = Builder(asked.pack, asked.profile), []
        for change in changes_of("parameters.near", asked):
            fields = builder.fields(asked.operation)
            draft = builder._draft(asked.operation, change.name, fields)
            change.apply(draft)
            names += [draft.fields["ClientToken"]] if change.place == "ClientToken" else []
        return names

    words = ["   ", "' OR '1'='1", "%", "null", "undefined", "constructor"]
    long = "PPT_D8A1CA355FB54904BD061AF331B52C9D"
    assert sent(long) == [long[:-1], f"{long[:-1]}q", f"{long}x", f"{long}\0x", *words]
    assert sent(f"{long}==")[:3] == [long[:-1], f"{long[:-1]}q==", f"{long}x"]
    assert sent("launch-1", "launch-12") == words


def test_the_right_credentials_are_divided_elsewhere() -> None:
    """Joined with nothing between them, both being wrong is not to be seen."""
    accounts = made(scope(username="caller", password="Secret-9"), "all-wrong:divided")
    assert list(accounts.values()) == [{"Username": "calle", "Password": "rSecret-9"}]


def test_quotes_stand_behind_the_right_user_name_too() -> None:
    """Where a query is put together by hand, they make it forget the password, which is a wrong one."""
    accounts = made(scope(username="caller", password="Secret-9"), "quotes")
    behind = [account for name, account in accounts.items() if "behind" in name]
    assert all(account["Username"].startswith("caller'") for account in behind)
    assert all(account["Password"] != "Secret-9" for account in behind)
    assert len(behind) == 3


def test_quotes_stand_behind_each_right_value_with_nothing_else_wrong() -> None:
    """Who strips them is left with the right credentials, though what was sent was wrong."""
    accounts = made(scope(username="caller", password="Secret-9"), "quotes")
    sent = [(one["Username"], one["Password"]) for name, one in accounts.items() if "right-and" in name]
    assert sent == [
        ("caller'", "Secret-9"),
        ("caller'-- ", "Secret-9"),
        ("caller", "Secret-9'"),
        ("caller", "Secret-9'-- "),
    ]
