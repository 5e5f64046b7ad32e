"""Faults in the check of the launch token and of the other fields."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import re

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evi.target import GENERAL_ERROR, INVALID_ROUND, LAUNCH_TOKENS, PLAYER, EviTarget, Player

_KNOWN = LAUNCH_TOKENS[0]
_GUEST = Player("PPT_guest", "GBP", "GB", 0.0, "PPT")


@fault("unknown-token-is-guest", breaks=["evi.parameters.unknown-token"])
class UnknownTokenIsGuest(EviTarget):
    """Lets whoever it does not know play as a guest."""

    def find_player(self, token: str) -> Player:
        return self.launched.get(token, _GUEST)


@fault("unknown-token-kept", breaks=["evi.parameters.unknown-token"])
class UnknownTokenKept(EviTarget):
    """Keeps a launch token that it does not know, for whoever comes with it again."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: set[str] = set()

    def find_player(self, token: str) -> Player:
        if token in self.kept:
            return _GUEST
        try:
            return super().find_player(token)
        except Refusal:
            self.kept.add(token)
            raise


@fault("token-form-only", breaks=["evi.parameters.unknown-token"])
class TokenFormOnly(EviTarget):
    """Sees from its form that a launch token is one of its own, and not whether it was ever given."""

    def find_player(self, token: str) -> Player:
        return PLAYER if re.fullmatch("PPT_[0-9A-F]{32}", token) else super().find_player(token)


class _TokenFoundOtherwise(EviTarget):
    """Finds the player by more than the whole launch token."""

    def find_player(self, token: str) -> Player:
        return PLAYER if self.finds(token) else super().find_player(token)

    def finds(self, token: str) -> bool:
        raise NotImplementedError


@fault("token-end-unread", breaks=["evi.parameters.unknown-token"])
class TokenEndUnread(_TokenFoundOtherwise):
    """Keeps tokens in a column that is a character too narrow, and compares as much as fits into it."""

    def finds(self, token: str) -> bool:
        return len(token) == len(_KNOWN) and token[:-1] == _KNOWN[:-1]


@fault("token-by-beginning", breaks=["evi.parameters.unknown-token"])
class TokenByBeginning(_TokenFoundOtherwise):
    """Looks up the launch whose token begins with what it was given, since logs show tokens cut short."""

    def finds(self, token: str) -> bool:
        return len(token) > 8 and any(known.startswith(token) for known in self.launched)


@fault("token-with-more-behind", breaks=["evi.parameters.unknown-token"])
class TokenWithMoreBehind(_TokenFoundOtherwise):
    """Has a column as wide as its tokens, and cuts what it was given to that."""

    def finds(self, token: str) -> bool:
        return token[: len(_KNOWN)] in self.launched


@fault("token-c-string", breaks=["evi.parameters.unknown-token"])
class TokenCString(_TokenFoundOtherwise):
    """Looks tokens up in a cache for which a text ends with its first NUL."""

    def finds(self, token: str) -> bool:
        return token.partition("\0")[0] in self.launched


@fault("token-blank-accepted", breaks=["evi.parameters.unknown-token"])
class TokenBlankAccepted(_TokenFoundOtherwise):
    """Trims the token after it saw that there is one, and takes none for the last launch of the address."""

    def finds(self, token: str) -> bool:
        return not token.strip()


@fault("token-in-query-by-hand", breaks=["evi.parameters.unknown-token"])
class TokenInQueryByHand(_TokenFoundOtherwise):
    """Puts the token into its query as it is."""

    def finds(self, token: str) -> bool:
        return "' OR '1'='1" in token


@fault("token-in-pattern", breaks=["evi.parameters.unknown-token"])
class TokenInPattern(_TokenFoundOtherwise):
    """Looks tokens up with LIKE, for which a percent sign stands for anything."""

    def finds(self, token: str) -> bool:
        return "%" in token and any(known.startswith(token.partition("%")[0]) for known in self.launched)


@fault("token-of-script", breaks=["evi.parameters.unknown-token"])
class TokenOfScript(_TokenFoundOtherwise):
    """Lets the games of its own test page in, which sends what a script makes of a token that it lacks."""

    def finds(self, token: str) -> bool:
        return token in ("null", "undefined")


@fault("token-missing-accepted", breaks=["evi.parameters.missing"])
class TokenMissingAccepted(EviTarget):
    """Takes the last launch of the address where no token is given."""

    def examine(self, fields: Fields) -> Reply:
        return super().examine({"ClientToken": _KNOWN, **fields})


@fault("token-null-accepted", breaks=["evi.parameters.null"])
class TokenNullAccepted(EviTarget):
    """Takes the last launch of the address where the token is null."""

    def examine(self, fields: Fields) -> Reply:
        null = "ClientToken" in fields and fields["ClientToken"] is None
        return super().examine({**fields, "ClientToken": _KNOWN} if null else fields)


@fault("token-empty-accepted", breaks=["evi.parameters.empty-token"])
class TokenEmptyAccepted(EviTarget):
    """Finds a launch by the beginning of its token, and the empty text is the beginning of all."""

    def check_token(self, fields: Fields) -> None:
        if fields.get("ClientToken") != "":
            super().check_token(fields)

    def find_player(self, token: str) -> Player:
        return super().find_player(token or _KNOWN)


@fault("token-array-unwrapped", breaks=["evi.parameters.wrong-type"])
class TokenArrayUnwrapped(EviTarget):
    """Takes the first element of an array."""

    def examine(self, fields: Fields) -> Reply:
        token = fields.get("ClientToken")
        return super().examine({**fields, "ClientToken": token[0]} if isinstance(token, list) and token else fields)


@fault("token-array-joined", breaks=["evi.parameters.wrong-type"])
class TokenArrayJoined(EviTarget):
    """Writes an array as text, its elements joined with commas, so that an array of one is its element."""

    def examine(self, fields: Fields) -> Reply:
        token = fields.get("ClientToken")
        joined = ",".join(map(str, token)) if isinstance(token, list) else token
        return super().examine({**fields, "ClientToken": joined} if "ClientToken" in fields else fields)


@fault("token-operator-obeyed", breaks=["evi.parameters.wrong-type"])
class TokenOperatorObeyed(EviTarget):
    """Hands the token on to its document store, to which an object is an operator: $ne finds any other token."""

    def examine(self, fields: Fields) -> Reply:
        token = fields.get("ClientToken")
        found = isinstance(token, dict) and "$ne" in token
        return super().examine({**fields, "ClientToken": _KNOWN} if found else fields)


@fault("token-number-is-player", breaks=["evi.parameters.coercible", "evi.parameters.unknown-token"])
class TokenNumberIsPlayer(EviTarget):
    """Takes a number as the launch token for the number of a player."""

    def check_token(self, fields: Fields) -> None:
        if type(fields.get("ClientToken")) is not int:
            super().check_token(fields)

    def find_player(self, token: object) -> Player:
        return super().find_player(token) if isinstance(token, str) else PLAYER


class _TokenRefusedOtherwise(EviTarget):
    """Answers launch tokens that lead nowhere with another code."""

    token_code = INVALID_ROUND

    def error_code(self, refusal: Refusal) -> object:
        return int(self.token_code) if refusal.code == INVALID_ROUND else super().error_code(refusal)


@fault("token-as-general-error", breaks=["evi.parameters.token-code"])
class TokenAsGeneralError(_TokenRefusedOtherwise):
    """Answers a launch token that leads nowhere as a general error."""

    token_code = GENERAL_ERROR


@fault("optional-unchecked", breaks=["evi.parameters.optional-wrong-type"])
class OptionalUnchecked(EviTarget):
    """Does not look at the fields that it has no use for."""

    def check_optional(self, fields: Fields) -> None:
        return


@fault(
    "optional-crash",
    breaks=["evi.parameters.optional-wrong-type", "evi.robustness.no-server-error", "evi.status.refusal-http"],
)
class OptionalCrash(EviTarget):
    """Takes every field for a text, and answers its own error where one is not."""

    def check_optional(self, fields: Fields) -> None:
        try:
            super().check_optional(fields)
        except Refusal:
            raise Refusal(GENERAL_ERROR, 500) from None


@fault("extra-field-refused", breaks=["evi.parameters.extra-field"])
class ExtraFieldRefused(EviTarget):
    """Refuses fields that it does not know."""

    def check_optional(self, fields: Fields) -> None:
        super().check_optional(fields)
        if not fields.keys() <= {"Account", "ClientToken", *self.optional}:
            raise Refusal(GENERAL_ERROR)
