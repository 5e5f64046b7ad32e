"""Faults in the fields of a success."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import itertools

from certhook.reference.application import Fields
from certhook.reference.catalogue import fault
from certhook.reference.evi.target import EviTarget, Player

_SPAIN = {"jurisdiction": "ES"}


class _Rewritten(EviTarget):
    """Writes some members of a success otherwise; an ellipsis leaves one out."""

    def success_fields(self, player: Player, fields: Fields) -> Fields:
        success = super().success_fields(player, fields)
        return {name: value for name, value in {**success, **self.rewritten(player)}.items() if value is not ...}

    def rewritten(self, player: Player) -> Fields:
        raise NotImplementedError


@fault("player-id-number", breaks=["evi.fields.player-id"])
class PlayerIdNumber(_Rewritten):
    """Sends the key of its own table as the player's id."""

    def rewritten(self, player: Player) -> Fields:
        return {"PlayerId": 327}


@fault("player-id-empty", breaks=["evi.fields.player-id"])
class PlayerIdEmpty(_Rewritten):
    """Sends the player's bonus id, which the player does not have."""

    def rewritten(self, player: Player) -> Fields:
        return {"PlayerId": ""}


@fault("currency-missing", breaks=["evi.fields.currency"])
class CurrencyMissing(_Rewritten):
    """Leaves the currency to the game's configuration."""

    def rewritten(self, player: Player) -> Fields:
        return {"CurrencyCode": ...}


@fault("currency-lower-case", breaks=["evi.fields.currency-iso"])
class CurrencyLowerCase(_Rewritten):
    """Sends the code in lower case."""

    def rewritten(self, player: Player) -> Fields:
        return {"CurrencyCode": player.currency.lower()}


@fault("currency-symbol", breaks=["evi.fields.currency-iso"])
class CurrencySymbol(_Rewritten):
    """Sends the currency's sign."""

    def rewritten(self, player: Player) -> Fields:
        return {"CurrencyCode": "\N{POUND SIGN}"}


@fault("currency-withdrawn", breaks=["evi.fields.currency-current"])
class CurrencyWithdrawn(_Rewritten):
    """Has a list of currencies from before 2002."""

    def rewritten(self, player: Player) -> Fields:
        return {"CurrencyCode": "DEM"}


@fault("country-null", breaks=["evi.fields.country"])
class CountryNull(_Rewritten):
    """Sends null where the player has not given an address."""

    def rewritten(self, player: Player) -> Fields:
        return {"CountryCode": None}


@fault("country-three-letters", breaks=["evi.fields.country-iso"])
class CountryThreeLetters(_Rewritten):
    """Sends the code of three letters."""

    def rewritten(self, player: Player) -> Fields:
        return {"CountryCode": "GBR"}


@fault("country-unassigned", breaks=["evi.fields.country-iso"])
class CountryUnassigned(_Rewritten):
    """Sends what the country is called for short, which ISO 3166-1 does not assign."""

    def rewritten(self, player: Player) -> Fields:
        return {"CountryCode": "UK"}


@fault("country-withdrawn", breaks=["evi.fields.country-current"])
class CountryWithdrawn(_Rewritten):
    """Has a list of countries from before 2003."""

    def rewritten(self, player: Player) -> Fields:
        return {"CountryCode": "YU"}


@fault("token-missing", breaks=["evi.fields.token"])
class TokenMissing(_Rewritten):
    """Goes on with the launch token, and sends no other."""

    def rewritten(self, player: Player) -> Fields:
        return {"Token": ...}


@fault("token-number", breaks=["evi.fields.token"])
class TokenNumber(EviTarget):
    """Counts its sessions, and sends the number."""

    def __init__(self) -> None:
        self.sessions = itertools.count(1)

    def new_token(self, fields: Fields) -> object:
        return next(self.sessions)


@fault("balance-text", breaks=["evi.fields.balance"])
class BalanceText(_Rewritten):
    """Writes the balance as text, so as not to lose a digit."""

    def rewritten(self, player: Player) -> Fields:
        return {"Balance": str(player.balance)}


@fault("balance-missing", breaks=["evi.fields.balance"])
class BalanceMissing(_Rewritten):
    """Leaves the balance to the first bet."""

    def rewritten(self, player: Player) -> Fields:
        return {"Balance": ...}


@fault("operator-code-number", breaks=["evi.fields.operator-code"])
class OperatorCodeNumber(_Rewritten):
    """Sends the operator's number."""

    def rewritten(self, player: Player) -> Fields:
        return {"OperatorCode": 14}


@fault("operator-code-missing", breaks=["evi.fields.operator-code"])
class OperatorCodeMissing(_Rewritten):
    """Knows one operator only, and does not name it."""

    def rewritten(self, player: Player) -> Fields:
        return {"OperatorCode": ...}


@fault("success-error-code-text", breaks=["evi.fields.success-error-code"])
class SuccessErrorCodeText(_Rewritten):
    """Writes the code of a success as text."""

    def rewritten(self, player: Player) -> Fields:
        return {"ErrorCode": "0"}


@fault("session-data-texts", breaks=["evi.fields.session-data"])
class SessionDataTexts(_Rewritten):
    """Writes the amounts of a session as text."""

    def rewritten(self, player: Player) -> Fields:
        return {"SessionData": {"TotalBet": "20.00", "TotalWin": "10.00", "SessionBalance": "220.00"}}


@fault("session-data-array", breaks=["evi.fields.session-data"], also=["evi.fields.session-data-whole"])
class SessionDataArray(_Rewritten):
    """Sends the sessions of a player rather than this one."""

    def rewritten(self, player: Player) -> Fields:
        return {"SessionData": [{"TotalBet": 20.0, "TotalWin": 10.0, "SessionBalance": 220.0}]}


@fault("session-data-partial", breaks=["evi.fields.session-data-whole"])
class SessionDataPartial(_Rewritten):
    """Has no sum of wins."""

    def rewritten(self, player: Player) -> Fields:
        return {"SessionData": {"TotalBet": 20.0, "SessionBalance": 220.0}}


@fault("spain-without-session-data", breaks=["evi.fields.session-data-spain"], options=_SPAIN)
class SpainWithoutSessionData(_Rewritten):
    """Has no SessionData, though it stands under the Spanish regulation."""

    def rewritten(self, player: Player) -> Fields:
        return {"SessionData": ...}


@fault(
    "spain-with-partial-session-data",
    breaks=["evi.fields.session-data-spain", "evi.fields.session-data-whole"],
    options=_SPAIN,
)
class SpainWithPartialSessionData(SessionDataPartial):
    """Has no sum of wins, though it stands under the Spanish regulation."""
