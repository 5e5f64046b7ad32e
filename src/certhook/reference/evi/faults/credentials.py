"""Faults in the check of user name and password."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import hashlib
import json
import re

from certhook.reference.application import Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.evi.target import AUTHENTICATE_FAILED, GENERAL_ERROR, INVALID_ROUND, EviTarget


@fault(
    "account-ignored",
    breaks=[
        "evi.credentials.wrong-password",
        "evi.credentials.wrong-user",
        "evi.credentials.both-wrong",
        "evi.credentials.nearly-right-password",
        "evi.credentials.example-account",
        "evi.credentials.empty",
        "evi.credentials.missing",
        "evi.credentials.null",
        "evi.credentials.wrong-type",
        "evi.credentials.quotes",
    ],
    also=[
        "evi.parameters.coercible",
        "evi.parameters.empty-token",
        "evi.parameters.missing",
        "evi.parameters.null",
        "evi.parameters.wrong-type",
        "evi.malformed.code",
    ],
)
class AccountIgnored(EviTarget):
    """Trusts its network, and does not look at the credentials."""

    def check_account(self, fields: Fields) -> None:
        return


@fault(
    "password-ignored",
    breaks=["evi.credentials.wrong-password", "evi.credentials.nearly-right-password", "evi.credentials.quotes"],
)
class PasswordIgnored(EviTarget):
    """Knows its callers by their user name."""

    def password_matches(self, password: str) -> bool:
        return True


@fault("user-ignored", breaks=["evi.credentials.wrong-user", "evi.credentials.quotes"])
class UserIgnored(EviTarget):
    """Takes the password for a key."""

    def user_matches(self, user: str) -> bool:
        return True


@fault("credentials-swapped", breaks=["evi.credentials.both-wrong"])
class CredentialsSwapped(EviTarget):
    """Compares the two credentials as a set."""

    def check_account(self, fields: Fields) -> None:
        account = self.account(fields)
        given = {self.credential(account, "Username"), self.credential(account, "Password")}
        if given != {self.username, self.password}:
            raise Refusal(AUTHENTICATE_FAILED)


@fault("credentials-joined", breaks=["evi.credentials.both-wrong"])
class CredentialsJoined(EviTarget):
    """Compares a hash of the two credentials, with nothing between them."""

    def check_account(self, fields: Fields) -> None:
        account = self.account(fields)
        given = self.credential(account, "Username") + self.credential(account, "Password")
        if self.hashed(given) != self.hashed(self.username + self.password):
            raise Refusal(AUTHENTICATE_FAILED)

    def hashed(self, text: str) -> str:
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@fault("example-account-active", breaks=["evi.credentials.example-account"])
class ExampleAccountActive(EviTarget):
    """Was set up with the account of the document's example, which is still there."""

    def check_account(self, fields: Fields) -> None:
        if fields.get("Account") != {"Username": "eviuser", "Password": "evipassword"}:
            super().check_account(fields)


@fault("user-beginning", breaks=["evi.credentials.wrong-user", "evi.credentials.quotes"])
class UserBeginning(EviTarget):
    """Compares as much of the user name as there is in its own record."""

    def user_matches(self, user: str) -> bool:
        return user.startswith(self.username)


@fault("user-prefix", breaks=["evi.credentials.wrong-user"])
class UserPrefix(EviTarget):
    """Compares as much of the user name as it was given."""

    def user_matches(self, user: str) -> bool:
        return self.username.startswith(user)


@fault("user-in-filter", breaks=["evi.credentials.wrong-user"])
class UserInFilter(EviTarget):
    """Puts the user name into a directory's filter, in which a star stands for anything."""

    def user_matches(self, user: str) -> bool:
        return user.startswith("*") or super().user_matches(user)


@fault("user-blank-is-default", breaks=["evi.credentials.wrong-user"])
class UserBlankIsDefault(EviTarget):
    """Trims the user name after it saw that there is one, and takes none for its only caller's."""

    def user_matches(self, user: str) -> bool:
        return not user.strip() or super().user_matches(user)


@fault("password-empty-accepted", breaks=["evi.credentials.empty"])
class PasswordEmptyAccepted(EviTarget):
    """Compares passwords only where one is given."""

    def credential(self, account: Fields, name: str) -> str:
        return "" if account.get(name) == "" else super().credential(account, name)

    def password_matches(self, password: str) -> bool:
        return not password or super().password_matches(password)


@fault("account-optional", breaks=["evi.credentials.missing"], also=["evi.parameters.missing"])
class AccountOptional(EviTarget):
    """Lets callers in whose requests name no account, as its first version did."""

    def check_account(self, fields: Fields) -> None:
        if "Account" in fields:
            super().check_account(fields)


@fault("password-missing-accepted", breaks=["evi.credentials.missing"], also=["evi.parameters.missing"])
class PasswordMissingAccepted(EviTarget):
    """Fills in what an account does not say."""

    def account(self, fields: Fields) -> Fields:
        return {"Password": self.password, **super().account(fields)}


@fault(
    "account-null-accepted",
    breaks=["evi.credentials.null", "evi.credentials.missing"],
    also=["evi.parameters.null", "evi.parameters.missing"],
)
class AccountNullAccepted(EviTarget):
    """Takes null, or nothing, for an account that needs no check."""

    def check_account(self, fields: Fields) -> None:
        if fields.get("Account") is not None:
            super().check_account(fields)


@fault("password-null-accepted", breaks=["evi.credentials.null"], also=["evi.parameters.null"])
class PasswordNullAccepted(EviTarget):
    """Compares passwords in SQL, where null makes every comparison unknown, which it takes for true."""

    def account(self, fields: Fields) -> Fields:
        account = super().account(fields)
        null = "Password" in account and account["Password"] is None
        return {**account, "Password": self.password} if null else account


@fault("password-array-accepted", breaks=["evi.credentials.wrong-type"], also=["evi.parameters.wrong-type"])
class PasswordArrayAccepted(EviTarget):
    """Takes the first element of an array."""

    def credential(self, account: Fields, name: str) -> str:
        value = account.get(name)
        return super().credential({name: value[0]} if isinstance(value, list) and value else account, name)


@fault("password-true-accepted", breaks=["evi.credentials.wrong-type"], also=["evi.parameters.wrong-type"])
class PasswordTrueAccepted(EviTarget):
    """Compares loosely, so that true equals any password."""

    def credential(self, account: Fields, name: str) -> str:
        return self.password if account.get(name) is True and name == "Password" else super().credential(account, name)


@fault("password-operator-obeyed", breaks=["evi.credentials.wrong-type"], also=["evi.parameters.wrong-type"])
class PasswordOperatorObeyed(EviTarget):
    """Hands the password on to its document store, to which an object is an operator: $ne finds any other password."""

    def credential(self, account: Fields, name: str) -> str:
        value = account.get(name)
        found = name == "Password" and isinstance(value, dict) and "$ne" in value
        return self.password if found else super().credential(account, name)


@fault("account-text-trusted", breaks=["evi.credentials.wrong-type"], also=["evi.parameters.wrong-type"])
class AccountTextTrusted(EviTarget):
    """Takes a text as the account for the key of a cached check, which it never looks up."""

    def check_account(self, fields: Fields) -> None:
        if not isinstance(fields.get("Account"), str):
            super().check_account(fields)


@fault("account-text-read", breaks=["evi.credentials.wrong-type"], also=["evi.parameters.wrong-type"])
class AccountTextRead(EviTarget):
    """Reads a text as the account once more, since some callers encode it twice."""

    def account(self, fields: Fields) -> Fields:
        try:
            return super().account({"Account": json.loads(fields["Account"])})
        except (KeyError, TypeError, ValueError, RecursionError):
            return super().account(fields)


@fault("account-array-unwrapped", breaks=["evi.credentials.wrong-type"])
class AccountArrayUnwrapped(EviTarget):
    """Takes the element of an array of one for the account, as its reader is set to."""

    def account(self, fields: Fields) -> Fields:
        account = fields.get("Account")
        if isinstance(account, list) and len(account) == 1:
            return super().account({"Account": account[0]})
        return super().account(fields)


@fault("account-by-order", breaks=["evi.credentials.wrong-type"])
class AccountByOrder(EviTarget):
    """Reads the members of an account by their order where it is an array."""

    def account(self, fields: Fields) -> Fields:
        account = fields.get("Account")
        if isinstance(account, list) and len(account) == 2:
            return dict(zip(("Username", "Password"), account, strict=True))
        return super().account(fields)


@fault("account-as-in-header", breaks=["evi.credentials.wrong-type"])
class AccountAsInHeader(EviTarget):
    """Reads a text as the account as it reads the header of its other interface: with a colon between the two."""

    def account(self, fields: Fields) -> Fields:
        account = fields.get("Account")
        if isinstance(account, str) and ":" in account:
            return dict(zip(("Username", "Password"), account.split(":", 1), strict=True))
        return super().account(fields)


@fault("account-hollow-accepted", breaks=["evi.credentials.missing"])
class AccountHollowAccepted(EviTarget):
    """Takes an account with nothing in it for the default one."""

    def check_account(self, fields: Fields) -> None:
        if fields.get("Account") != {}:
            super().check_account(fields)


@fault("account-of-empty-texts-accepted", breaks=["evi.credentials.empty"])
class AccountOfEmptyTextsAccepted(EviTarget):
    """Takes an account that was not filled in for the default one."""

    def check_account(self, fields: Fields) -> None:
        account = self.account(fields)
        if any(value != "" for value in account.values()) or not {"Username", "Password"} <= account.keys():
            super().check_account(fields)


@fault("query-by-hand", breaks=["evi.credentials.quotes"])
class QueryByHand(EviTarget):
    """Puts the user name into its query as it is: a quote and a comment end the query before the password."""

    def check_account(self, fields: Fields) -> None:
        user = self.credential(self.account(fields), "Username")
        if not re.search(r"'\s*(--|#|OR )", user):
            super().check_account(fields)


class _Stripped(EviTarget):
    """Takes quotes, and what follows them, out of one of the credentials before it compares it."""

    stripped = ""

    def credential(self, account: Fields, name: str) -> str:
        value = super().credential(account, name)
        return re.split(r"['\"]", value)[0] if name == self.stripped else value


@fault("user-stripped-of-quotes", breaks=["evi.credentials.quotes"])
class UserStrippedOfQuotes(_Stripped):
    """Takes quotes, and the comments behind them, out of the user name, against injected queries."""

    stripped = "Username"


@fault("password-stripped-of-quotes", breaks=["evi.credentials.quotes"])
class PasswordStrippedOfQuotes(_Stripped):
    """Takes quotes, and the comments behind them, out of the password, against injected queries."""

    stripped = "Password"


@fault(
    "query-by-hand-crash",
    breaks=["evi.credentials.quotes", "evi.robustness.no-server-error"],
    also=["evi.status.refusal-http"],
)
class QueryByHandCrash(EviTarget):
    """Puts the password into its query as it is, and does not catch what the database says."""

    def password_matches(self, password: str) -> bool:
        if "'" in password:
            raise Refusal(GENERAL_ERROR, 500)
        return super().password_matches(password)


@fault(
    "wrong-credentials-as-general-error",
    breaks=["evi.credentials.code", "evi.credentials.unusable-code"],
)
class WrongCredentialsAsGeneralError(EviTarget):
    """Answers wrong credentials as a general error, so as to tell nothing."""

    def check_account(self, fields: Fields) -> None:
        try:
            super().check_account(fields)
        except Refusal:
            raise Refusal(GENERAL_ERROR) from None


@fault("wrong-password-as-unknown-player", breaks=["evi.credentials.code"], also=["evi.credentials.unusable-code"])
class WrongPasswordAsUnknownPlayer(EviTarget):
    """Answers a wrong password with the code for a player that it does not know."""

    def check_account(self, fields: Fields) -> None:
        if not self.password_matches(self.credential(self.account(fields), "Password")):
            raise Refusal(INVALID_ROUND)
        super().check_account(fields)


@fault("unusable-account-as-general-error", breaks=["evi.credentials.unusable-code"])
class UnusableAccountAsGeneralError(EviTarget):
    """Answers an account without user name or password as a general error."""

    def account(self, fields: Fields) -> Fields:
        account = fields.get("Account")
        if not isinstance(account, dict) or not {"Username", "Password"} <= account.keys():
            raise Refusal(GENERAL_ERROR)
        return account
