"""Wrong credentials in a request's own fields, made from what the schema marks as credentials."""

from __future__ import annotations

from typing import Any

import pytest

from certhook.building.builder import Builder
from certhook.changes import Change, Scope, changes_of
from certhook.pack.loading import load_pack
from certhook.profile.profile import profile_from
from certhook.reference import profile

FAMILIES = ("wrong", "loose", "all-wrong", "swapped", "other-case", "trailing-space", "prefix", "quotes")


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
