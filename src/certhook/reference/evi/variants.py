"""Legal variants of the evi target: other choices where the document is open."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from types import MappingProxyType

from certhook.reference import choices
from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import variant
from certhook.reference.evi.target import (
    AUTHENTICATE_FAILED,
    GENERAL_ERROR,
    INVALID_ROUND,
    LAUNCH_TOKENS,
    PLAYER,
    EviTarget,
    Player,
)
from certhook.reference.wire import Headers, HttpRequest


@variant("single-use-tokens", subject={"client_tokens": list(LAUNCH_TOKENS)})
class SingleUseTokens(EviTarget):
    """Takes a launch token once: a success uses it up, a refusal does not."""

    def __init__(self) -> None:
        self.spent: set[str] = set()

    def succeed(self, player: Player, fields: Fields) -> Reply:
        if fields["ClientToken"] in self.spent:
            raise Refusal(INVALID_ROUND)
        self.spent.add(fields["ClientToken"])
        return super().succeed(player, fields)


@variant("coercing")
class Coercing(EviTarget):
    """Takes numbers for texts."""

    def examine(self, fields: Fields) -> Reply:
        account = fields.get("Account")
        return super().examine(
            {**self.texts(fields), **({"Account": self.texts(account)} if isinstance(account, dict) else {})}
        )

    def texts(self, fields: Fields) -> Fields:
        return {name: str(value) if type(value) is int else value for name, value in fields.items()}


@variant("credentials-that-look-wrong", subject={"client_tokens": ["%"]})
class CredentialsThatLookWrong(EviTarget):
    """Has a caller, a password and a launch whose names are what others are attacked with."""

    username = "*"
    password = "'"  # noqa: S105 - of a target that holds nothing
    launched: Mapping[str, Player] = MappingProxyType({"%": PLAYER})


@variant("credentials-of-digits", subject={"client_tokens": ["0"]})
class CredentialsOfDigits(Coercing):
    """Takes numbers for texts, and has a caller, a password and a launch that are numbers."""

    username = "12001"
    password = "0"  # noqa: S105 - the same
    launched: Mapping[str, Player] = MappingProxyType({"0": PLAYER})


@variant("example-account")
class ExampleAccount(EviTarget):
    """Has the account of the document's example for its only one."""

    username = "eviuser"
    password = "evipassword"  # noqa: S105 - the same


@variant("address-field-of-the-table", options={"client_ip_field": "ClientIP"})
class AddressFieldOfTheTable(EviTarget):
    """Knows the player's address as ClientIP, insists on it, and refuses the example's spelling."""

    optional = ("ExtraData", "GameCode", "ClientIP")

    def check_optional(self, fields: Fields) -> None:
        super().check_optional(fields)
        if "ClientIP" not in fields or "ClientIp" in fields:
            raise Refusal(GENERAL_ERROR)


@variant("without-session-data")
class WithoutSessionData(EviTarget):
    """Has no SessionData, being under no Spanish regulation, and says in successes that there was no error."""

    def success_fields(self, player: Player, fields: Fields) -> Fields:
        kept = super().success_fields(player, fields)
        del kept["SessionData"]
        return {**kept, "ErrorCode": 0}


@variant("error-code-null")
class ErrorCodeNull(EviTarget):
    """Writes every member of its answers, null where there is no value."""

    def session_data(self, player: Player) -> object:
        return None

    def success_fields(self, player: Player, fields: Fields) -> Fields:
        return {**super().success_fields(player, fields), "ErrorCode": None}

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        empty = dict.fromkeys(("PlayerId", "Token", "CurrencyCode", "CountryCode", "OperatorCode", "SessionData"))
        return {**empty, **super().refusal_fields(refusal, request)}


@variant("spain", options={"jurisdiction": "ES"})
class Spain(EviTarget):
    """Stands under the Spanish regulation, and writes the amounts of a session as whole numbers."""

    def session_data(self, player: Player) -> object:
        return {"TotalBet": 0, "TotalWin": 0, "SessionBalance": -5}


@variant("refusals-4xx")
class Refusals4xx(EviTarget):
    """Answers wrong credentials with HTTP 401, everything else that is wrong with HTTP 400 or 404."""

    def refusal_status(self, refusal: Refusal) -> int:
        statuses = {AUTHENTICATE_FAILED: 401, INVALID_ROUND: 404}
        return statuses.get(refusal.code, 400) if refusal.status == 200 else refusal.status


@variant("token-first")
class TokenFirst(EviTarget):
    """Looks at the launch token before the credentials."""

    def check_account(self, fields: Fields) -> None:
        self.check_token(fields)
        super().check_account(fields)


@variant("authenticate-failed-for-all")
class AuthenticateFailedForAll(EviTarget):
    """Has one code for whatever it refuses, and sends it alone."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"ErrorCode": int(AUTHENTICATE_FAILED)}


@variant("code-of-the-example")
class CodeOfTheExample(EviTarget):
    """Answers a launch token that leads nowhere with the example's code 2."""

    def error_code(self, refusal: Refusal) -> object:
        return 2 if refusal.code == INVALID_ROUND else super().error_code(refusal)


@variant("strict-about-absence")
class StrictAboutAbsence(EviTarget):
    """Takes every field of the table as mandatory."""

    def check_optional(self, fields: Fields) -> None:
        super().check_optional(fields)
        if not {"ExtraData", "GameCode", "ClientIp"} <= fields.keys():
            raise Refusal(GENERAL_ERROR)


@variant("indifferent-to-the-rest")
class IndifferentToTheRest(EviTarget):
    """Does not look at the fields that it has no use for."""

    def check_optional(self, fields: Fields) -> None:
        return


@variant("amounts-otherwise-written")
class AmountsOtherwiseWritten(EviTarget):
    """Writes amounts with an exponent, with many digits, or as whole numbers: all of them JSON numbers."""

    def __init__(self) -> None:
        self.amounts = itertools.cycle(["1e2", "1.97545350000E5", "-0.1", "30"])

    def serialise(self, fields: Fields) -> bytes:
        body = super().serialise(fields)
        return body.replace(b'"Balance":197545.35', f'"Balance":{next(self.amounts)}'.encode())


@variant("pretty-with-extras")
class PrettyWithExtras(EviTarget):
    """Indents its answers, adds fields of its own, and declares them as UTF-8."""

    def serialise(self, fields: Fields) -> bytes:
        extras = {"server": "caf\u00e9", "version": 3, "trace": None}
        return json.dumps({**extras, **fields}, indent=2, ensure_ascii=False).encode()

    def media_type(self, reply: Reply) -> Headers:
        return ((b"content-type", b'application/problem+json; charset="UTF-8"'),)


@variant("lenient-reader")
class LenientReader(choices.LenientReader, EviTarget):
    """Takes the last of repeated keys, any number, any escape, and a byte order mark."""


@variant("other-methods-redirected")
class OtherMethodsRedirected(choices.ShowsOtherMethodsElsewhere, EviTarget):
    """Leads whatever is not POST to a page for people."""


@variant("filtered")
class Filtered(choices.Filtered, EviTarget):
    """Stands behind a filter that answers what looks like an attack with HTTP 403 and a page of its own."""


@variant("refusals-explained")
class RefusalsExplained(choices.Explained, EviTarget):
    """Explains refusals with times, counts, ids, an address, how long they took, and what was sent."""


@variant("rate-limited")
class RateLimited(choices.RateLimited, EviTarget):
    """Asks for patience with every twentieth request: HTTP 429 with Retry-After."""


@variant("connection-close")
class ConnectionClose(choices.ConnectionClose, EviTarget):
    """Closes the connection after every answer."""
