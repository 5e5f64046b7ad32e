"""Faults that show only when answers are held against requests, or against each other."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from typing import Any

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evi.target import AUTHENTICATE_FAILED, INVALID_ROUND, PLAYER, EviTarget, Player
from certhook.reference.wire import HttpAnswer, HttpRequest


@fault("token-is-launch-token", breaks=["evi.semantics.token-differs", "evi.semantics.token-new"])
class TokenIsLaunchToken(EviTarget):
    """Goes on with the launch token."""

    def new_token(self, fields: Fields) -> object:
        return fields["ClientToken"]


@fault("token-of-launch", breaks=["evi.semantics.token-new"])
class TokenOfLaunch(EviTarget):
    """Computes the session's token from the launch token."""

    def new_token(self, fields: Fields) -> object:
        return hashlib.sha256(fields["ClientToken"].encode()).hexdigest()


@fault("token-in-turn", breaks=["evi.semantics.token-new"])
class TokenInTurn(EviTarget):
    """Has two tokens for a player, and gives them in turn."""

    def __init__(self) -> None:
        self.tokens = itertools.cycle(["8F6BD1A0C3E24F57", "21C94E7AD05B4B86"])

    def new_token(self, fields: Fields) -> object:
        return next(self.tokens)


@fault("token-of-sixteen", breaks=["evi.semantics.token-new"])
class TokenOfSixteen(EviTarget):
    """Has a pool of sixteen tokens, and gives them in turn."""

    def __init__(self) -> None:
        self.tokens = itertools.cycle([hashlib.sha256(bytes([number])).hexdigest() for number in range(16)])

    def new_token(self, fields: Fields) -> object:
        return next(self.tokens)


class _NowAndThen(EviTarget):
    """Goes wrong with the token of every fifth success."""

    def __init__(self) -> None:
        self.successes = itertools.count(1)
        self.last: object = ""

    def new_token(self, fields: Fields) -> object:
        wrong = not next(self.successes) % 5
        self.last = self.stale(fields) if wrong else super().new_token(fields)
        return self.last

    def stale(self, fields: Fields) -> object:
        raise NotImplementedError


@fault("token-again-now-and-then", breaks=["evi.semantics.token-new"])
class TokenAgainNowAndThen(_NowAndThen):
    """Keeps the last session in a cache, which some requests find before it has run out."""

    def stale(self, fields: Fields) -> object:
        return self.last


@fault(
    "token-is-launch-token-now-and-then",
    breaks=["evi.semantics.token-differs"],
    also=["evi.semantics.token-new"],
)
class TokenIsLaunchTokenNowAndThen(_NowAndThen):
    """Goes on with the launch token where it has no token in stock."""

    def stale(self, fields: Fields) -> object:
        return fields["ClientToken"]


class _Drifting(EviTarget):
    """Answers from two replicas in turn, one of which has an old record of the player."""

    old: Player

    def __init__(self) -> None:
        self.records = itertools.cycle([PLAYER, self.old])

    def succeed(self, player: Player, fields: Fields) -> Reply:
        return super().succeed(next(self.records), fields)


@fault("player-drifts", breaks=["evi.semantics.same-player"])
class PlayerDrifts(_Drifting):
    """Has a replica in which the player has another id."""

    old = replace(PLAYER, player_id="PPT_0327")


@fault("currency-drifts", breaks=["evi.semantics.same-currency"])
class CurrencyDrifts(_Drifting):
    """Has a replica in which the player has another currency."""

    old = replace(PLAYER, currency="EUR")


@fault("country-drifts", breaks=["evi.semantics.same-country"])
class CountryDrifts(_Drifting):
    """Has a replica in which the player lives elsewhere."""

    old = replace(PLAYER, country="MT")


@fault("operator-drifts", breaks=["evi.semantics.same-operator"])
class OperatorDrifts(_Drifting):
    """Has a replica in which the player belongs to another operator."""

    old = replace(PLAYER, operator="PPX")


class _Disclosing(EviTarget):
    """Tells in some refusals what it knows of the player."""

    code = AUTHENTICATE_FAILED

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        return {**fields, **self.disclosed()} if refusal.code == self.code else fields

    def disclosed(self) -> dict[str, Any]:
        raise NotImplementedError


@fault(
    "refusal-with-balance",
    breaks=["evi.semantics.refusal-discloses-nothing", "evi.fields.refusal-balance"],
)
class RefusalWithBalance(_Disclosing):
    """Fills the balance in before it knows whether it may."""

    def disclosed(self) -> dict[str, Any]:
        return {"Balance": PLAYER.balance}


@fault("refusal-with-player", breaks=["evi.semantics.refusal-discloses-nothing"])
class RefusalWithPlayer(_Disclosing):
    """Names the player to whoever has the launch token."""

    def disclosed(self) -> dict[str, Any]:
        return {"PlayerId": PLAYER.player_id}


@fault("refusal-with-token", breaks=["evi.semantics.refusal-discloses-nothing"])
class RefusalWithToken(_Disclosing):
    """Makes the session's token before it looks for the player, and sends it in any case."""

    code = INVALID_ROUND

    def disclosed(self) -> dict[str, Any]:
        return {"Token": self.new_token({})}


@fault("refusal-with-session", breaks=["evi.semantics.refusal-discloses-nothing"])
class RefusalWithSession(_Disclosing):
    """Attaches the session to refusals, for support."""

    def disclosed(self) -> dict[str, Any]:
        return {"SessionData": self.session_data(PLAYER), "details": {"player": {"PlayerId": PLAYER.player_id}}}


@fault("refusal-text-with-balance", breaks=["evi.semantics.refusal-discloses-nothing"])
class RefusalTextWithBalance(_Disclosing):
    """Explains wrong credentials with a sentence that was meant for the player."""

    def disclosed(self) -> dict[str, Any]:
        return {"Messages": [f"wrong password; the balance of {PLAYER.balance:,.2f} is safe"]}


@fault("refusal-text-with-player", breaks=["evi.semantics.refusal-discloses-nothing"])
class RefusalTextWithPlayer(_Disclosing):
    """Says in a sentence for whom the launch token was made."""

    def disclosed(self) -> dict[str, Any]:
        return {"Message": f"{PLAYER.player_id} may not play here"}


@fault("refusal-page-with-balance", breaks=["evi.semantics.refusal-discloses-nothing"])
class RefusalPageWithBalance(EviTarget):
    """Shows the player's own page to whoever sends another method."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if request.method in self.methods:
            return super().answer(request)
        return HttpAnswer(405, ((b"Content-Type", b"text/plain"),), b"You have 197545.35 GBP.")
