"""Faults in the check of fields: missing, null, of a wrong type, empty, or standing for nothing."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import re
import string
from typing import Any

from certhook.reference.application import Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.fargames.faults.consequences import BAD_FIELDS
from certhook.reference.fargames.platform import AGENT, INVALID, refusal
from certhook.reference.fargames.target import DEMO, LINK, LIST, FargamesTarget

_LACKING = ("fargames.parameters.bad-body",)
_BAD_TEXTS = ("fargames.parameters.missing", "fargames.parameters.null", "fargames.parameters.wrong-type")


class _Filled(FargamesTarget):
    """Puts something in the place of fields before it checks them."""

    def check_shape(self, operation: str, fields: Fields) -> None:
        self.fill(operation, fields)
        super().check_shape(operation, fields)

    def fill(self, operation: str, fields: Fields) -> None:
        raise NotImplementedError


@fault("ip-optional", breaks=["fargames.parameters.missing"], also=_LACKING)
class IpOptional(_Filled):
    """Takes the address of the caller where no ip is given."""

    def fill(self, operation: str, fields: Fields) -> None:
        fields.setdefault("ip", "192.0.2.1")


@fault("session-null-accepted", breaks=["fargames.parameters.null"], also=_LACKING)
class SessionNullAccepted(_Filled):
    """Takes null for a session that it is to name itself."""

    def fill(self, operation: str, fields: Fields) -> None:
        if operation == LINK and fields.get("agent_session_id", "") is None:
            fields["agent_session_id"] = "new"


@fault("agent-default", breaks=["fargames.parameters.bad-agent"], also=_LACKING)
class AgentDefault(_Filled):
    """Takes its first agent where none is named."""

    def fill(self, operation: str, fields: Fields) -> None:
        fields.setdefault("agent_id", AGENT.agent_id)


@fault("timestamp-default", breaks=["fargames.parameters.bad-timestamp"], also=_LACKING)
class TimestampDefault(_Filled):
    """Takes the time of arrival where the timestamp is null or missing."""

    def fill(self, operation: str, fields: Fields) -> None:
        if fields.get("timestamp") is None:
            fields["timestamp"] = int(self.now())


@fault(
    "list-defaults",
    breaks=["fargames.parameters.bad-agent", "fargames.parameters.bad-timestamp", "fargames.parameters.bad-body"],
)
class ListDefaults(_Filled):
    """Needs nothing for a list, as its documentation's example has it."""

    def fill(self, operation: str, fields: Fields) -> None:
        if operation == LIST:
            fields.setdefault("agent_id", AGENT.agent_id)
            fields.setdefault("timestamp", int(self.now()))


@fault(
    "arrays-unwrapped",
    breaks=["fargames.parameters.wrong-type"],
    also=BAD_FIELDS | {"fargames.parameters.bad-agent", "fargames.parameters.bad-timestamp"},
)
class ArraysUnwrapped(_Filled):
    """Takes the first element of an array, as a query string's parser does."""

    def fill(self, operation: str, fields: Fields) -> None:
        for name, value in fields.items():
            fields[name] = value[0] if isinstance(value, list) and value else value


@fault("false-is-no-text", breaks=["fargames.parameters.wrong-type"], also=_LACKING)
class FalseIsNoText(_Filled):
    """Takes false for a text that was left open."""

    def fill(self, operation: str, fields: Fields) -> None:
        for name in self.texts[operation]:
            fields |= {name: "none"} if fields.get(name) is False else {}


@fault("numbers-as-text", breaks=["fargames.parameters.coercible"])
class NumbersAsText(_Filled):
    """Takes numbers for identifiers."""

    def fill(self, operation: str, fields: Fields) -> None:
        for name in self.texts[operation]:
            value = fields.get(name)
            fields[name] = str(value) if isinstance(value, int) and not isinstance(value, bool) else value


@fault("agent-as-text", breaks=["fargames.parameters.coercible"])
class AgentAsText(_Filled):
    """Takes digits in a string for an agent's id."""

    def fill(self, operation: str, fields: Fields) -> None:
        value = fields.get("agent_id")
        if isinstance(value, str) and value.isascii() and value.isdigit():
            fields["agent_id"] = int(value)


@fault(
    "username-unchecked",
    breaks=[
        "fargames.parameters.missing",
        "fargames.parameters.null",
        "fargames.parameters.wrong-type",
        "fargames.parameters.coercible",
        "fargames.parameters.empty",
    ],
    also=_LACKING,
)
class UsernameUnchecked(FargamesTarget):
    """Takes whatever stands in the user name, which is only shown."""

    def check_text(self, name: str, value: object) -> None:
        if name != "player_username":
            super().check_text(name, value)


@fault("empty-accepted", breaks=["fargames.parameters.empty"])
class EmptyAccepted(FargamesTarget):
    """Takes empty strings."""

    def check_text(self, name: str, value: object) -> None:
        super().check_text(name, value or "empty" if isinstance(value, str) else value)


class _ShapeRefusedOtherwise(FargamesTarget):
    """Answers bad fields otherwise than as invalid."""

    def check_text(self, name: str, value: object) -> None:
        try:
            super().check_text(name, value)
        except Refusal:
            raise self.shape_refusal() from None

    def shape_refusal(self) -> Refusal:
        raise NotImplementedError


@fault(
    "texts-refused-400",
    breaks=[*_BAD_TEXTS, "fargames.status.code-and-status"],
    also=["fargames.parameters.empty", "fargames.parameters.coercible", *_LACKING],
)
class TextsRefused400(_ShapeRefusedOtherwise):
    """Answers bad texts with the right code and HTTP 400."""

    def shape_refusal(self) -> Refusal:
        return refusal(INVALID, 400)


@fault(
    "texts-refused-as-signature",
    breaks=_BAD_TEXTS,
    also=["fargames.parameters.empty"],
)
class TextsRefusedAsSignature(_ShapeRefusedOtherwise):
    """Answers bad texts as a wrong signature."""

    def shape_refusal(self) -> Refusal:
        return refusal("invalid_signature")


@fault("language-any", breaks=["fargames.parameters.language"])
class LanguageAny(FargamesTarget):
    """Passes any language on to the game, which falls back to English."""

    def check_language(self, language: str) -> None:
        return


@fault("currency-any", breaks=["fargames.parameters.currency"])
class CurrencyAny(FargamesTarget):
    """Passes any currency on to the game."""

    def check_currency(self, currency: str) -> None:
        return


@fault("currency-refused-as-game", breaks=["fargames.parameters.currency"])
class CurrencyRefusedAsGame(FargamesTarget):
    """Finds no game in a currency that does not exist."""

    def check_currency(self, currency: str) -> None:
        try:
            super().check_currency(currency)
        except Refusal:
            raise refusal("game_not_available") from None


@fault("home-url-any", breaks=["fargames.parameters.home-url"])
class HomeUrlAny(FargamesTarget):
    """Puts any text behind the home button."""

    def check_home_url(self, home_url: str) -> None:
        return


@fault("demo-ip-any", breaks=["fargames.parameters.ip"])
class DemoIpAny(FargamesTarget):
    """Does not look at the address of a demo player."""

    def perform(self, operation: str, fields: Fields, agent: Any) -> Fields:
        return super().perform(operation, {**fields, "ip": "192.0.2.1"} if operation == DEMO else fields, agent)


@fault("extra-field-refused", breaks=["fargames.parameters.extra-field", "fargames.parameters.demo-session-id"])
class ExtraFieldRefused(FargamesTarget):
    """Refuses fields that it does not know."""

    def check_shape(self, operation: str, fields: Fields) -> None:
        super().check_shape(operation, fields)
        if len(fields) > len(self.numbers[operation]) + len(self.texts[operation]):
            raise refusal(INVALID)


@fault("demo-session-refused", breaks=["fargames.parameters.demo-session-id"])
class DemoSessionRefused(FargamesTarget):
    """Refuses a session in a demo request, which has none."""

    def check_shape(self, operation: str, fields: Fields) -> None:
        super().check_shape(operation, fields)
        if operation == DEMO and "agent_session_id" in fields:
            raise refusal(INVALID)


@fault("game-by-its-beginning", breaks=["fargames.parameters.coercible"])
class GameByItsBeginning(_Filled):
    """Reads numbers with a function that stops where the digits end."""

    def fill(self, operation: str, fields: Fields) -> None:
        game_id = fields.get("game_id")
        if isinstance(game_id, str) and re.match("[0-9]+[a-z]", game_id):
            fields["game_id"] = int(game_id.rstrip(string.ascii_lowercase))
