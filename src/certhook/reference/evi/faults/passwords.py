"""Faults that take another password for the right one, or tell it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from urllib.parse import unquote

from certhook.reference.application import Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.evi.target import AUTHENTICATE_FAILED, EviTarget
from certhook.reference.wire import HttpAnswer, HttpRequest


@fault("password-any-case", breaks=["evi.credentials.nearly-right-password"])
class PasswordAnyCase(EviTarget):
    """Compares passwords with its database's collation, which knows no case."""

    def password_matches(self, password: str) -> bool:
        return password.lower() == self.password.lower()


@fault("password-trimmed", breaks=["evi.credentials.nearly-right-password"])
class PasswordTrimmed(EviTarget):
    """Takes the white space around a password away."""

    def password_matches(self, password: str) -> bool:
        return super().password_matches(password.strip())


@fault("password-chomped", breaks=["evi.credentials.nearly-right-password"])
class PasswordChomped(EviTarget):
    """Takes the line break from the end of a password, as its own record was read from a file."""

    def password_matches(self, password: str) -> bool:
        return super().password_matches(password.removesuffix("\n"))


@fault("password-also-in-upper-case", breaks=["evi.credentials.nearly-right-password"])
class PasswordAlsoInUpperCase(EviTarget):
    """Still has the record of a password store that folded everything to upper case, and compares with both."""

    def password_matches(self, password: str) -> bool:
        return password == self.password.upper() or super().password_matches(password)


@fault("password-also-in-lower-case", breaks=["evi.credentials.nearly-right-password"])
class PasswordAlsoInLowerCase(EviTarget):
    """Tries passwords as its form for people lets them through, in lower case, too."""

    def password_matches(self, password: str) -> bool:
        return password == self.password.lower() or super().password_matches(password)


@fault("password-first-letter-any-case", breaks=["evi.credentials.nearly-right-password"])
class PasswordFirstLetterAnyCase(EviTarget):
    """Forgives what the keyboard of a telephone does to the first letter of a password."""

    def password_matches(self, password: str) -> bool:
        return super().password_matches(password) or super().password_matches(password[:1].swapcase() + password[1:])


@fault("password-c-string", breaks=["evi.credentials.nearly-right-password"])
class PasswordCString(EviTarget):
    """Hands the password to a library for which a text ends with its first NUL."""

    def password_matches(self, password: str) -> bool:
        return super().password_matches(password.partition("\0")[0])


@fault("password-last-character-ignored", breaks=["evi.credentials.nearly-right-password"])
class PasswordLastCharacterIgnored(EviTarget):
    """Compares passwords of the right length, and is off by one at their end."""

    def password_matches(self, password: str) -> bool:
        return len(password) == len(self.password) and password[:-1] == self.password[:-1]


@fault("password-ending", breaks=["evi.credentials.nearly-right-password"])
class PasswordEnding(EviTarget):
    """Looks for the password behind a scheme that some callers write before it, and takes anything for one."""

    def password_matches(self, password: str) -> bool:
        return password.endswith(self.password)


@fault("password-decoded", breaks=["evi.credentials.nearly-right-password"])
class PasswordDecoded(EviTarget):
    """Decodes the password as if it had come in a form."""

    def password_matches(self, password: str) -> bool:
        return super().password_matches(unquote(password))


@fault("password-blank-binds", breaks=["evi.credentials.wrong-password"])
class PasswordBlankBinds(EviTarget):
    """Asks a directory, which lets anybody in without a password, and trims it after it saw that there is one."""

    def password_matches(self, password: str) -> bool:
        return not password.strip() or super().password_matches(password)


@fault("password-in-filter", breaks=["evi.credentials.wrong-password"])
class PasswordInFilter(EviTarget):
    """Puts the password into a directory's filter, in which a star stands for anything."""

    def password_matches(self, password: str) -> bool:
        return password.startswith("*") or super().password_matches(password)


@fault("password-is-user-name", breaks=["evi.credentials.wrong-password"])
class PasswordIsUserName(EviTarget):
    """Never took back the password that every account begins with: its user name."""

    def password_matches(self, password: str) -> bool:
        return password == self.username or super().password_matches(password)


@fault("password-prefix", breaks=["evi.credentials.nearly-right-password"])
class PasswordPrefix(EviTarget):
    """Compares as much of the password as it was given."""

    def password_matches(self, password: str) -> bool:
        return self.password.startswith(password)


@fault(
    "password-beginning",
    breaks=["evi.credentials.wrong-password", "evi.credentials.nearly-right-password", "evi.credentials.quotes"],
)
class PasswordBeginning(EviTarget):
    """Compares as much of the password as there is in its own record."""

    def password_matches(self, password: str) -> bool:
        return password.startswith(self.password)


@fault(
    "password-cut",
    breaks=["evi.credentials.nearly-right-password", "evi.credentials.wrong-password"],
    also=["evi.credentials.quotes"],
)
class PasswordCut(EviTarget):
    """Compares the first eight characters, as old password files did."""

    def password_matches(self, password: str) -> bool:
        return password[:8] == self.password[:8]


@fault("password-told", breaks=["evi.robustness.keeps-secret"])
class PasswordTold(EviTarget):
    """Says in the refusal of a caller which password it has on record."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        told = {"ErrorDescription": f"password does not match {self.password!r}"}
        return {**fields, **told} if refusal.code == AUTHENTICATE_FAILED else fields


@fault("account-told-in-header", breaks=["evi.robustness.keeps-secret"])
class AccountToldInHeader(EviTarget):
    """Leaves the credentials with which it asks its own server, which are the caller's, among its answer's headers."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        answer = super().answer(request)
        asked = b"Basic " + b64encode(f"{self.username}:{self.password}".encode())
        return replace(answer, headers=(*answer.headers, (b"X-Upstream-Authorization", asked)))
