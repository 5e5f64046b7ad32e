"""Faults in the fields of the answer."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

from certhook.reference.application import Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.klas.target import KlasTarget, Player
from certhook.reference.wire import HttpRequest

_CURRENCY = (
    "klas.fields.currency",
    "klas.fields.currency-iso",
    "klas.semantics.same-currency",
)
_BALANCE = ("klas.fields.balance", "klas.fields.balance-decimal", "klas.semantics.same-balance")


@fault("currency-missing", breaks=["klas.fields.currency"], also=_CURRENCY)
class CurrencyMissing(KlasTarget):
    """Leaves the currency out."""

    def success_fields(self, player: Player) -> Fields:
        return {"balance": self.balance(player), "status_code": "OK"}


@fault("currency-null", breaks=["klas.fields.currency"], also=_CURRENCY)
class CurrencyNull(KlasTarget):
    """Sends null as the currency."""

    def currency(self, player: Player) -> object:
        return None


@fault("currency-number", breaks=["klas.fields.currency"], also=_CURRENCY)
class CurrencyNumber(KlasTarget):
    """Sends the numeric code of ISO 4217, as a number."""

    def currency(self, player: Player) -> object:
        return 978


@fault("currency-numeric-code", breaks=["klas.fields.currency-iso"], also=_CURRENCY)
class CurrencyNumericCode(KlasTarget):
    """Sends the numeric code of ISO 4217, as a string."""

    def currency(self, player: Player) -> object:
        return "978"


@fault("currency-lower-case", breaks=["klas.fields.currency-iso"], also=_CURRENCY)
class CurrencyLowerCase(KlasTarget):
    """Sends the code in lower case."""

    def currency(self, player: Player) -> object:
        return player.currency.lower()


@fault("currency-unassigned", breaks=["klas.fields.currency-iso"], also=_CURRENCY)
class CurrencyUnassigned(KlasTarget):
    """Sends three letters that are no currency."""

    def currency(self, player: Player) -> object:
        return "EUX"


@fault("currency-symbol", breaks=["klas.fields.currency-iso"], also=_CURRENCY)
class CurrencySymbol(KlasTarget):
    """Sends the currency's sign."""

    def currency(self, player: Player) -> object:
        return "\N{EURO SIGN}"


@fault("currency-padded", breaks=["klas.fields.currency-iso"], also=_CURRENCY)
class CurrencyPadded(KlasTarget):
    """Sends the code with the padding of its database column."""

    def currency(self, player: Player) -> object:
        return f"{player.currency} "


@fault("currency-withdrawn", breaks=["klas.fields.currency-current"])
class CurrencyWithdrawn(KlasTarget):
    """Has a list of currencies from before 2002."""

    def currency(self, player: Player) -> object:
        return "DEM"


@fault("balance-missing", breaks=["klas.fields.balance"], also=_BALANCE)
class BalanceMissing(KlasTarget):
    """Leaves the balance out."""

    def success_fields(self, player: Player) -> Fields:
        return {"currency": self.currency(player), "status_code": "OK"}


@fault("balance-number", breaks=["klas.fields.balance"], also=_BALANCE)
class BalanceNumber(KlasTarget):
    """Sends the balance as a number."""

    def balance(self, player: Player) -> object:
        return float(player.balance)


@fault("balance-object", breaks=["klas.fields.balance"], also=_BALANCE)
class BalanceObject(KlasTarget):
    """Sends an amount with its currency."""

    def balance(self, player: Player) -> object:
        return {"amount": player.balance, "currency": player.currency}


@fault("balance-with-sign", breaks=["klas.fields.balance-decimal"])
class BalanceWithSign(KlasTarget):
    """Writes the balance with the currency's sign."""

    def balance(self, player: Player) -> object:
        return f"\N{EURO SIGN}{player.balance}"


@fault("balance-thousands", breaks=["klas.fields.balance-decimal"])
class BalanceThousands(KlasTarget):
    """Separates thousands."""

    def balance(self, player: Player) -> object:
        return "1,030.00"


@fault("balance-decimal-comma", breaks=["klas.fields.balance-decimal"])
class BalanceDecimalComma(KlasTarget):
    """Writes the balance as its own country does."""

    def balance(self, player: Player) -> object:
        return f"{player.balance},00"


@fault("balance-exponent", breaks=["klas.fields.balance-decimal"])
class BalanceExponent(KlasTarget):
    """Writes the balance as its decimal library normalises it."""

    def balance(self, player: Player) -> object:
        return "3E+1"


@fault("balance-empty", breaks=["klas.fields.balance-decimal"])
class BalanceEmpty(KlasTarget):
    """Writes nothing where a wallet is not open yet."""

    def balance(self, player: Player) -> object:
        return ""


class _UnknownPlayerAnswer(KlasTarget):
    """Answers an unknown player with other fields than any other refusal."""

    def find_player(self, player_id: str) -> Player:
        if player_id not in self.players:
            raise Refusal("unknown-player")
        return super().find_player(player_id)

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        unknown = refusal.code == "unknown-player"
        return self.unknown_player_fields() if unknown else super().refusal_fields(refusal, request)

    def unknown_player_fields(self) -> Fields:
        raise NotImplementedError


@fault(
    "status-code-missing",
    breaks=["klas.fields.status-code", "klas.parameters.unknown-player"],
    also=["klas.robustness.readable"],
)
class StatusCodeMissing(_UnknownPlayerAnswer):
    """Names the code of an unknown player otherwise."""

    def unknown_player_fields(self) -> Fields:
        return {"code": "ERR_BAD_PARAMS"}


@fault(
    "status-code-number",
    breaks=["klas.fields.status-code", "klas.parameters.unknown-player"],
    also=["klas.robustness.readable"],
)
class StatusCodeNumber(_UnknownPlayerAnswer):
    """Sends a number as the code of an unknown player."""

    def unknown_player_fields(self) -> Fields:
        return {"status_code": 404}


@fault("refusal-balance-zero", breaks=["klas.fields.refusal-types"])
class RefusalBalanceZero(KlasTarget):
    """Fills refusals up with the number zero as the balance."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {**super().refusal_fields(refusal, request), "balance": 0}


@fault("refusal-currency-null", breaks=["klas.fields.refusal-null"])
class RefusalCurrencyNull(KlasTarget):
    """Writes all fields of a success into refusals, as null."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {**super().refusal_fields(refusal, request), "currency": None, "balance": None}
