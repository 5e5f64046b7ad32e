"""Faults that show only when answers are held against each other."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import itertools
import json

from certhook.reference.application import Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.klas.target import KlasTarget, Player
from certhook.reference.wire import HttpRequest


@fault("currency-drifts", breaks=["klas.semantics.same-currency"])
class CurrencyDrifts(KlasTarget):
    """Answers from two replicas, one of which has an old currency."""

    def __init__(self) -> None:
        self.currencies = itertools.cycle(["EUR", "USD"])

    def currency(self, player: Player) -> object:
        return next(self.currencies)


@fault("currency-of-a-replica", breaks=["klas.semantics.same-currency"])
class CurrencyOfAReplica(KlasTarget):
    """Answers now and then from a replica that has an old currency."""

    def __init__(self) -> None:
        self.currencies = itertools.cycle(["EUR"] * 8 + ["USD"])

    def currency(self, player: Player) -> object:
        return next(self.currencies)


@fault("balance-drifts", breaks=["klas.semantics.same-balance"])
class BalanceDrifts(KlasTarget):
    """Takes a fee for every answer."""

    def __init__(self) -> None:
        self.fees = itertools.count()

    def balance(self, player: Player) -> object:
        return f"{float(player.balance) - next(self.fees) / 100:.2f}"


class _Disclosing(KlasTarget):
    """Tells in refusals what it knows of the player that the request names."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        player = self._named_player(request)
        return {**fields, **self.disclosed(player, refusal)} if player else fields

    def disclosed(self, player: Player, refusal: Refusal) -> Fields:
        raise NotImplementedError

    def _named_player(self, request: HttpRequest) -> Player | None:
        try:
            return self.players.get(json.loads(request.body)["player_id"])
        except (ValueError, LookupError, TypeError, RecursionError):
            return None


@fault("refusal-with-balance", breaks=["klas.semantics.refusal-hides-balance"])
class RefusalWithBalance(_Disclosing):
    """Fills the account in before it knows whether it may."""

    def disclosed(self, player: Player, refusal: Refusal) -> Fields:
        return {"currency": player.currency, "balance": player.balance}


@fault("refusal-with-nested-balance", breaks=["klas.semantics.refusal-hides-balance"])
class RefusalWithNestedBalance(_Disclosing):
    """Attaches the player's record to a failed check, for support."""

    def disclosed(self, player: Player, refusal: Refusal) -> Fields:
        return {"details": {"player": {"id": player.player_id, "balance": float(player.balance)}}}


@fault("refusal-with-balance-renamed", breaks=["klas.semantics.refusal-hides-balance"])
class RefusalWithBalanceRenamed(_Disclosing):
    """Tells in its own log's words how much there is, in a part that was not meant for others."""

    def disclosed(self, player: Player, refusal: Refusal) -> Fields:
        return {"debug": {"playerBalance": float(player.balance)}}


@fault("refusal-with-funds", breaks=["klas.semantics.refusal-hides-balance"])
class RefusalWithFunds(_Disclosing):
    """Has another word for the balance in its logs, and shows these."""

    def balance(self, player: Player) -> object:
        return "1742.35"

    def disclosed(self, player: Player, refusal: Refusal) -> Fields:
        return {"log": [{"funds": 1742.350}]}


@fault("refusal-message-with-balance", breaks=["klas.semantics.refusal-hides-balance"])
class RefusalMessageWithBalance(_Disclosing):
    """Explains refusals with a sentence of its log."""

    def balance(self, player: Player) -> object:
        return "1742.35"

    def disclosed(self, player: Player, refusal: Refusal) -> Fields:
        return {"message": f"{refusal.code}, balance 1742.35 EUR"}


@fault("balance-grouped-and-told", breaks=["klas.fields.balance-decimal", "klas.semantics.refusal-hides-balance"])
class BalanceGroupedAndTold(_Disclosing):
    """Writes the balance for people to read in a success, and as a number in the log lines that refusals carry."""

    def balance(self, player: Player) -> object:
        return "1,742.35"

    def disclosed(self, player: Player, refusal: Refusal) -> Fields:
        return {"log": [{"funds": 1742.35}]}


@fault("integrity-refusal-with-balance", breaks=["klas.semantics.refusal-hides-balance"])
class IntegrityRefusalWithBalance(_Disclosing):
    """Answers a failed check with the account and the code of the failure."""

    def disclosed(self, player: Player, refusal: Refusal) -> Fields:
        return {"balance": player.balance} if refusal.code == "ERR_INTEGRITY_CHECK_FAILED" else {}
