"""Faults in the check of parameters: what is let through, and what is refused otherwise than the page says."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

from collections.abc import Mapping

from certhook.reference.application import Crash, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import (
    AUTH_TYPE,
    CURRENCY_UNKNOWN,
    NICK_LONG,
    NICK_TAKEN,
    PLAYER_NOT_FOUND,
    EvenbetTarget,
)


@fault("client-optional", breaks=["evenbet.parameters.client-missing"])
class ClientOptional(EvenbetTarget):
    """Takes its only casino for granted where none is named."""

    def check_client(self, parameters: Parameters) -> None:
        if "clientId" in parameters.query:
            super().check_client(parameters)


class _Keeps(EvenbetTarget):
    """Takes what it was asked for once for something that it has."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def is_new(self, name: str) -> bool:
        """Whether that is asked for for the first time; nothing is asked for by an empty name."""
        new = name not in self.asked
        self.asked |= {name} - {""}
        return new


@fault("client-registered", breaks=["evenbet.parameters.client-unknown"])
class ClientRegistered(_Keeps):
    """Registers a casino that it does not know, and knows it from then on."""

    def check_client(self, parameters: Parameters) -> None:
        if self.is_new(parameters.query.get("clientId", "")):
            super().check_client(parameters)


@fault("client-empty-optional", breaks=["evenbet.parameters.empty-identifier"])
class ClientEmptyOptional(EvenbetTarget):
    """Takes its only casino for granted where the name is empty."""

    def check_client(self, parameters: Parameters) -> None:
        if parameters.query.get("clientId") != "":
            super().check_client(parameters)


@fault("client-unchecked", breaks=["evenbet.parameters.client-unknown", "evenbet.parameters.empty-identifier"])
class ClientUnchecked(EvenbetTarget):
    """Has one key for all casinos, and so does not look for the one that is named."""

    def check_client(self, parameters: Parameters) -> None:
        if "clientId" not in parameters.query:
            super().check_client(parameters)


@fault("client-crash", breaks=["evenbet.parameters.client-missing", "evenbet.robustness.no-server-error"])
class ClientCrash(EvenbetTarget):
    """Reads the query as if clientId were always there."""

    def check_client(self, parameters: Parameters) -> None:
        if "clientId" not in parameters.query:
            raise Crash
        super().check_client(parameters)


@fault(
    "auth-type-unchecked",
    breaks=[
        "evenbet.malformed.auth-type",
        "evenbet.parameters.auth-type",
        "evenbet.parameters.auth-type-case",
        "evenbet.parameters.auth-type-whole",
    ],
)
class AuthTypeUnchecked(EvenbetTarget):
    """Takes every authType but internal for external."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        return


@fault(
    "auth-type-unchecked-in-full-forms",
    breaks=["evenbet.malformed.auth-type", "evenbet.parameters.auth-type"],
)
class AuthTypeUncheckedInFullForms(EvenbetTarget):
    """Checks authType only where no game is to be opened."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        if "gameCode" not in form:
            super().check_auth_type(form)


@fault(
    "auth-type-checked-for-poker-only",
    breaks=["evenbet.parameters.auth-type"],
    also=["evenbet.malformed.auth-type"],
)
class AuthTypeCheckedForPokerOnly(EvenbetTarget):
    """Checks authType only where poker is to be opened, be it asked for or not."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        if form.get("gameCode", "poker") == "poker":
            super().check_auth_type(form)


@fault(
    "auth-type-unchecked-at-table",
    breaks=["evenbet.parameters.auth-type"],
    also=["evenbet.malformed.auth-type"],
)
class AuthTypeUncheckedAtTable(EvenbetTarget):
    """Opens tables by another way, where it does not look at authType."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        if "tableId" not in form:
            super().check_auth_type(form)


@fault(
    "auth-type-crash-with-nick",
    breaks=["evenbet.parameters.auth-type", "evenbet.parameters.auth-type-message"],
    also=["evenbet.status.refusal-json"],
)
class AuthTypeCrashWithNick(EvenbetTarget):
    """Writes a nickname to the database along with whatever authType is sent, which that does not take."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        if "nick" in form and form.get("authType", "external") not in self.auth_types:
            raise Crash
        super().check_auth_type(form)


@fault("auth-type-first-of-list", breaks=["evenbet.parameters.auth-type"])
class AuthTypeFirstOfList(EvenbetTarget):
    """Splits authType at its commas, and takes the first part."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        super().check_auth_type({"authType": form.get("authType", "external").split(",")[0]})


class _AuthTypeWord(EvenbetTarget):
    """Lets pass one authType that is none."""

    word = ""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        if form.get("authType") != self.word:
            super().check_auth_type(form)


@fault("auth-type-null-absent", breaks=["evenbet.parameters.auth-type"])
class AuthTypeNullAbsent(_AuthTypeWord):
    """Takes the word null for no authType, which careless clients write."""

    word = "null"


@fault("auth-type-inherited", breaks=["evenbet.parameters.auth-type"], also=["evenbet.parameters.auth-type-message"])
class AuthTypeInherited(_AuthTypeWord):
    """Looks for a type in an object of its language, which has more names than its own."""

    word = "constructor"


@fault("auth-type-unchecked-with-options", breaks=["evenbet.malformed.auth-type"])
class AuthTypeUncheckedWithOptions(EvenbetTarget):
    """Takes the way in which a session is opened from launchOptions, where there are some."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        if "launchOptions" not in form:
            super().check_auth_type(form)


@fault("auth-type-400", breaks=["evenbet.parameters.auth-type"])
class AuthType400(EvenbetTarget):
    """Answers a wrong authType with HTTP 400."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        if form.get("authType", "external") not in self.auth_types:
            raise Refusal(AUTH_TYPE, 400)


@fault("auth-type-message", breaks=["evenbet.parameters.auth-type-message"])
class AuthTypeMessage(EvenbetTarget):
    """Answers a wrong authType in words of its own."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        if form.get("authType", "external") not in self.auth_types:
            raise Refusal("authType must be one of internal, external", 422)


@fault("currency-blank-accepted", breaks=["evenbet.parameters.currency-blank"])
class CurrencyBlankAccepted(EvenbetTarget):
    """Takes its default currency where none is given, though it is configured to ask."""

    def check_currency(self, form: Mapping[str, str]) -> None:
        if form.get("currency"):
            super().check_currency(form)


@fault("currency-blank-message", breaks=["evenbet.parameters.currency-blank-message"])
class CurrencyBlankMessage(EvenbetTarget):
    """Answers a missing currency as an unknown one."""

    def check_currency(self, form: Mapping[str, str]) -> None:
        if not form.get("currency"):
            raise Refusal(CURRENCY_UNKNOWN, 422)
        super().check_currency(form)


@fault(
    "currency-unchecked",
    breaks=[
        "evenbet.parameters.currency-inactive",
        "evenbet.parameters.currency-misshapen",
        "evenbet.parameters.currency-unknown",
    ],
)
class CurrencyUnchecked(EvenbetTarget):
    """Looks only whether there is a currency."""

    def check_configured(self, currency: str) -> None:
        return


@fault("currency-inactive-accepted", breaks=["evenbet.parameters.currency-inactive"])
class CurrencyInactiveAccepted(EvenbetTarget):
    """Does not look whether a currency is active."""

    def check_configured(self, currency: str) -> None:
        if currency not in self.currencies:
            super().check_configured(currency)


@fault("currency-unknown-400", breaks=["evenbet.parameters.currency-unknown"])
class CurrencyUnknown400(EvenbetTarget):
    """Answers an unknown currency with HTTP 400."""

    def check_configured(self, currency: str) -> None:
        if currency not in self.currencies:
            raise Refusal(CURRENCY_UNKNOWN, 400)
        super().check_configured(currency)


@fault(
    "currency-messages",
    breaks=["evenbet.parameters.currency-unknown-message", "evenbet.parameters.currency-inactive-message"],
)
class CurrencyMessages(EvenbetTarget):
    """Has one message for every currency that it does not take."""

    def check_configured(self, currency: str) -> None:
        if not self.currencies.get(currency):
            raise Refusal("Currency is not supported", 422)


@fault(
    "currency-refused",
    breaks=["evenbet.parameters.currency-accepted"],
    also=["evenbet.parameters.game-accepted"],
    options={"currency_mandatory": False},
)
class CurrencyRefused(EvenbetTarget):
    """Does not ask for a currency, and takes none but its own."""

    currency_mandatory = False

    def check_currency(self, form: Mapping[str, str]) -> None:
        if form.get("currency", "USD") != "USD":
            raise Refusal("A currency cannot be chosen", 422)


@fault("player-unknown-accepted", breaks=["evenbet.parameters.player-unknown"])
class PlayerUnknownAccepted(EvenbetTarget):
    """Creates whoever it does not know, even under an id of its own kind."""

    def check_player(self, user_id: str) -> None:
        return


@fault("player-unknown-422", breaks=["evenbet.parameters.player-unknown"])
class PlayerUnknown422(EvenbetTarget):
    """Answers an unknown id of its own kind like a bad parameter."""

    def check_player(self, user_id: str) -> None:
        if user_id.startswith("EBG-") and user_id not in self.players:
            raise Refusal(PLAYER_NOT_FOUND, 422)


@fault("player-unknown-message", breaks=["evenbet.parameters.player-unknown-message"])
class PlayerUnknownMessage(EvenbetTarget):
    """Answers an unknown id of its own kind like an unknown path."""

    def check_player(self, user_id: str) -> None:
        if user_id.startswith("EBG-") and user_id not in self.players:
            raise Refusal("Page not found.", 404)


@fault("player-made-by-asking", breaks=["evenbet.parameters.player-unknown"])
class PlayerMadeByAsking(_Keeps):
    """Has made the player by the time that it finds out that there is none."""

    def check_player(self, user_id: str) -> None:
        if self.is_new(user_id):
            super().check_player(user_id)


@fault("nick-taken-once", breaks=["evenbet.parameters.nick-taken"])
class NickTakenOnce(_Keeps):
    """Gives the nickname to whoever asks before it finds out that somebody has it."""

    def check_nick(self, form: Mapping[str, str]) -> None:
        if self.is_new(form.get("nick", "")):
            super().check_nick(form)


@fault("nick-taken-accepted", breaks=["evenbet.parameters.nick-taken"])
class NickTakenAccepted(EvenbetTarget):
    """Lets two users have one nickname."""

    def check_nick(self, form: Mapping[str, str]) -> None:
        if len(form.get("nick", "")) > self.max_nick_length:
            self.nick_long()


@fault("nick-cut", breaks=["evenbet.parameters.nick-long"])
class NickCut(EvenbetTarget):
    """Cuts a nickname that is too long."""

    def check_nick(self, form: Mapping[str, str]) -> None:
        super().check_nick({"nick": form.get("nick", "")[: self.max_nick_length]})


@fault("nick-limit-off-by-one", breaks=["evenbet.parameters.nick-long"])
class NickLimitOffByOne(EvenbetTarget):
    """Takes one character more than it says."""

    def check_nick(self, form: Mapping[str, str]) -> None:
        if len(form.get("nick", "")) != self.max_nick_length + 1:
            super().check_nick(form)


@fault(
    "nick-refusals-200",
    breaks=["evenbet.parameters.nick-taken", "evenbet.parameters.nick-long", "evenbet.status.refusal-http"],
    also=["evenbet.parameters.nick-taken-status", "evenbet.parameters.nick-long-status"],
)
class NickRefusals200(EvenbetTarget):
    """Answers errors of nicknames with HTTP 200."""

    def nick_taken(self) -> None:
        raise Refusal(NICK_TAKEN, 200)

    def nick_long(self) -> None:
        raise Refusal(NICK_LONG.format(self.max_nick_length), 200)


@fault("nick-refusals-422", breaks=["evenbet.parameters.nick-taken-status", "evenbet.parameters.nick-long-status"])
class NickRefusals422(EvenbetTarget):
    """Answers errors of nicknames as what they are, with HTTP 422."""

    def nick_taken(self) -> None:
        raise Refusal(NICK_TAKEN, 422)

    def nick_long(self) -> None:
        raise Refusal(NICK_LONG.format(self.max_nick_length), 422)


@fault("nick-messages", breaks=["evenbet.parameters.nick-taken-message", "evenbet.parameters.nick-long-message"])
class NickMessages(EvenbetTarget):
    """Has no words for what is wrong with a nickname."""

    def nick_taken(self) -> None:
        raise Refusal("An internal server error occurred.", 500)

    def nick_long(self) -> None:
        raise Refusal("An internal server error occurred.", 500)
