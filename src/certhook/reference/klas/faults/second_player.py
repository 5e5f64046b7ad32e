"""Faults that the second player alone meets with: what a target does for a known account need not hold for another."""

from __future__ import annotations

import json
import time

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.klas.target import OTHER_PLAYER, KlasTarget, Player
from certhook.reference.wire import HttpRequest

_LOAD = 6
"""Answers in half a second that are load enough for those of two players to be mixed up."""


@fault("second-player-lower-case", breaks=["klas.fields.currency-iso"], also=["klas.fields.currency-current"])
class SecondPlayerLowerCase(KlasTarget):
    """Has accounts from an older platform, which wrote its currencies in lower case."""

    def currency(self, player: Player) -> object:
        return player.currency.lower() if player.player_id == OTHER_PLAYER.player_id else player.currency


@fault("second-player-without-balance", breaks=["klas.fields.balance"], also=["klas.fields.balance-decimal"])
class SecondPlayerWithoutBalance(KlasTarget):
    """Leaves out the balance of whoever has not paid in yet."""

    def success_fields(self, player: Player) -> Fields:
        fields = dict(super().success_fields(player))
        if player.player_id == OTHER_PLAYER.player_id:
            del fields["balance"]
        return fields


@fault("players-mixed-up", breaks=["klas.semantics.same-currency"])
class PlayersMixedUp(KlasTarget):
    """Keeps the account that it answers for where all requests can see it, and overwrites it under load."""

    def __init__(self) -> None:
        super().__init__()
        self.lately: list[tuple[float, Player]] = []

    def succeed(self, player: Player) -> Reply:
        now = time.monotonic()
        self.lately = [(then, other) for then, other in self.lately if now - then < 0.5]
        self.lately.append((now, player))
        others = [other for _, other in self.lately[-_LOAD:] if other is not player]
        return super().succeed(others[-1] if len(others) >= _LOAD // 2 else player)


class _TestAccount(KlasTarget):
    """Has a test account, for which it is less strict."""

    def is_test_account(self, body: bytes) -> bool:
        try:
            return bool(json.loads(body)["player_id"] == OTHER_PLAYER.player_id)
        except (ValueError, LookupError, TypeError, RecursionError):
            return False


@fault("second-player-balance-told", breaks=["klas.semantics.refusal-hides-balance"])
class SecondPlayerBalanceTold(_TestAccount):
    """Explains refusals to whoever has its test account, with what is in that."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        told = {"balance": OTHER_PLAYER.balance} if self.is_test_account(request.body) else {}
        return {**super().refusal_fields(refusal, request), **told}


@fault("second-player-unsigned", breaks=["klas.status.second-player"])
class SecondPlayerUnsigned(_TestAccount):
    """Does not check the signature of requests for its test account."""

    def check_signature(self, request: HttpRequest) -> None:
        if not self.is_test_account(request.body):
            super().check_signature(request)


@fault("second-player-stale", breaks=["klas.status.second-player"])
class SecondPlayerStale(_TestAccount):
    """Does not look at the time of requests for its test account."""

    def check_timestamp(self, fields: Fields) -> None:
        if fields["player_id"] != OTHER_PLAYER.player_id:
            super().check_timestamp(fields)
