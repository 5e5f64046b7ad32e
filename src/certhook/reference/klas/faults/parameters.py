"""Faults in the check of parameters, and in finding the account that they name."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.klas.target import (
    BAD_PARAMS,
    INTEGRITY,
    INVALID_BODY,
    OTHER_PLAYER,
    PLAYER,
    UNKNOWN,
    KlasTarget,
    Player,
)


@fault("request-id-optional", breaks=["klas.parameters.missing"])
class RequestIdOptional(KlasTarget):
    """Does not need the request id, and so does not ask for it."""

    def check_shape(self, fields: Fields) -> None:
        super().check_shape({"request_id": "none", **fields})


@fault(
    "request-id-unchecked",
    breaks=[
        "klas.parameters.missing",
        "klas.parameters.null",
        "klas.parameters.wrong-type",
        "klas.parameters.coercible",
        "klas.parameters.empty-request-id",
    ],
)
class RequestIdUnchecked(KlasTarget):
    """Takes whatever stands in the request id, as long as the field is there."""

    def check_text(self, name: str, value: object) -> None:
        if name != "request_id":
            super().check_text(name, value)


@fault("player-id-as-number", breaks=["klas.parameters.unknown-player"])
class PlayerIdAsNumber(KlasTarget):
    """Looks for the number that a player's id begins with, as its database does with a text."""

    def find_player(self, player_id: str) -> Player:
        return super().find_player(player_id.rstrip(string.ascii_letters))


@fault("unknown-player-registered", breaks=["klas.parameters.unknown-player"])
class UnknownPlayerRegistered(KlasTarget):
    """Makes an account for a player whom it does not know, and lets them in from the next request on."""

    def __init__(self) -> None:
        super().__init__()
        self.players = dict(self.players)

    def find_player(self, player_id: str) -> Player:
        try:
            return super().find_player(player_id)
        except Refusal:
            self.players = {**self.players, player_id: replace(PLAYER, player_id=player_id)}
            raise


@fault("unknown-session-registered", breaks=["klas.parameters.unknown-session"])
class UnknownSessionRegistered(KlasTarget):
    """Notes a session that it does not know as the player's newest one, though it refuses that very request."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: set[str] = {player.session_id for player in self.players.values()}

    def check_session(self, player: Player, session_id: str) -> None:
        if session_id in self.noted and session_id != OTHER_PLAYER.session_id:
            return
        self.noted.add(session_id)
        super().check_session(player, session_id)


@fault("timestamp-in-array", breaks=["klas.parameters.wrong-type"])
class TimestampInArray(KlasTarget):
    """Takes an array of one number for the number, as its language does."""

    def check_shape(self, fields: Fields) -> None:
        given = fields.get("timestamp")
        if isinstance(given, list) and len(given) == 1:
            fields["timestamp"] = given[0]
        super().check_shape(fields)


@fault("false-is-no-text", breaks=["klas.parameters.wrong-type"])
class FalseIsNoText(KlasTarget):
    """Looks at the type of a text only where there is one, and takes false for none."""

    def check_text(self, name: str, value: object) -> None:
        if value is not False:
            super().check_text(name, value)

    def find_player(self, player_id: str) -> Player:
        return super().find_player(player_id or "")


@fault("timestamp-optional", breaks=["klas.parameters.missing"])
class TimestampOptional(KlasTarget):
    """Takes the time of arrival where no timestamp is given."""

    def check_shape(self, fields: Fields) -> None:
        fields.setdefault("timestamp", self.now())
        super().check_shape(fields)


@fault("timestamp-null-is-now", breaks=["klas.parameters.null", "klas.parameters.missing"])
class TimestampNullIsNow(KlasTarget):
    """Takes the time of arrival where the timestamp is null or missing."""

    def check_shape(self, fields: Fields) -> None:
        if fields.get("timestamp") is None:
            fields["timestamp"] = self.now()
        super().check_shape(fields)


@fault("session-null-accepted", breaks=["klas.parameters.null"])
class SessionNullAccepted(KlasTarget):
    """Compares the session only where it is not null."""

    def check_shape(self, fields: Fields) -> None:
        null = "session_id" in fields and fields["session_id"] is None
        super().check_shape({**fields, "session_id": "none"} if null else fields)

    def check_session(self, player: Player, session_id: str) -> None:
        if session_id is not None:
            super().check_session(player, session_id)


@fault(
    "timestamp-unreadable-is-now",
    breaks=[
        "klas.parameters.wrong-type",
        "klas.parameters.coercible",
        "klas.timestamp.not-a-number",
        "klas.timestamp.stale",
    ],
)
class TimestampUnreadableIsNow(KlasTarget):
    """Swallows the error of a timestamp that it cannot read."""

    def check_shape(self, fields: Fields) -> None:
        if isinstance(fields.get("timestamp"), str | list | dict):
            fields["timestamp"] = self.now()
        super().check_shape(fields)


@fault("arrays-unwrapped", breaks=["klas.parameters.wrong-type"])
class ArraysUnwrapped(KlasTarget):
    """Takes the first element of an array, as a query string's parser does."""

    def check_shape(self, fields: Fields) -> None:
        for name, value in fields.items():
            fields[name] = value[0] if isinstance(value, list) and value else value
        super().check_shape(fields)


@fault("texts-coerced", breaks=["klas.parameters.wrong-type", "klas.parameters.coercible"])
class TextsCoerced(KlasTarget):
    """Turns whatever it is given into text."""

    def check_shape(self, fields: Fields) -> None:
        for name in self.texts:
            if fields.get(name) is not None:
                fields[name] = str(fields[name])
        super().check_shape(fields)


@fault("numbers-as-text", breaks=["klas.parameters.coercible"])
class NumbersAsText(KlasTarget):
    """Takes numbers for identifiers."""

    def check_shape(self, fields: Fields) -> None:
        for name in self.texts:
            value = fields.get(name)
            fields[name] = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        super().check_shape(fields)


@fault("timestamp-as-text", breaks=["klas.parameters.coercible"])
class TimestampAsText(KlasTarget):
    """Takes digits in a string for a timestamp."""

    def check_shape(self, fields: Fields) -> None:
        value = fields.get("timestamp")
        if isinstance(value, str) and value.isascii() and value.isdigit():
            fields["timestamp"] = int(value)
        super().check_shape(fields)


@fault("empty-player-is-default", breaks=["klas.parameters.empty-identifier"])
class EmptyPlayerIsDefault(KlasTarget):
    """Takes the demonstration player where the player id is empty."""

    def check_shape(self, fields: Fields) -> None:
        if fields.get("player_id") == "":
            fields["player_id"] = PLAYER.player_id
        super().check_shape(fields)


@fault(
    "empty-session-accepted",
    breaks=["klas.parameters.empty-identifier"],
    also=["klas.parameters.unknown-session"],
)
class EmptySessionAccepted(KlasTarget):
    """Finds the session by a beginning, and the empty text is the beginning of all."""

    def check_text(self, name: str, value: object) -> None:
        if name != "session_id" or value != "":
            super().check_text(name, value)

    def check_session(self, player: Player, session_id: str) -> None:
        if not player.session_id.startswith(session_id):
            raise Refusal(BAD_PARAMS)


@fault("empty-request-id-accepted", breaks=["klas.parameters.empty-request-id"])
class EmptyRequestIdAccepted(KlasTarget):
    """Accepts an empty request id."""

    def check_text(self, name: str, value: object) -> None:
        if name != "request_id" or value != "":
            super().check_text(name, value)


@fault("extra-field-refused", breaks=["klas.parameters.extra-field"])
class ExtraFieldRefused(KlasTarget):
    """Refuses fields that it does not know."""

    def check_shape(self, fields: Fields) -> None:
        super().check_shape(fields)
        if len(fields) > 4:
            raise Refusal(BAD_PARAMS)


class _ShapeRefusedOtherwise(KlasTarget):
    """Answers bad parameters with another code."""

    shape_code = BAD_PARAMS

    def check_shape(self, fields: Fields) -> None:
        try:
            super().check_shape(fields)
        except Refusal:
            raise Refusal(self.shape_code) from None


@fault("parameters-as-invalid-body", breaks=["klas.parameters.code"])
class ParametersAsInvalidBody(_ShapeRefusedOtherwise):
    """Answers bad parameters as an invalid body."""

    shape_code = INVALID_BODY


@fault("parameters-as-unknown-error", breaks=["klas.parameters.code"])
class ParametersAsUnknownError(_ShapeRefusedOtherwise):
    """Answers bad parameters as an internal error."""

    shape_code = UNKNOWN


@fault(
    "parameters-as-integrity",
    breaks=[
        "klas.parameters.not-integrity",
        "klas.parameters.missing",
        "klas.parameters.null",
        "klas.parameters.wrong-type",
        "klas.parameters.code",
    ],
)
class ParametersAsIntegrity(_ShapeRefusedOtherwise):
    """Answers bad parameters as a failed integrity check."""

    shape_code = INTEGRITY


@fault("unknown-player-created", breaks=["klas.parameters.unknown-player"])
class UnknownPlayerCreated(KlasTarget):
    """Opens an account for whom it does not know."""

    def admit(self, fields: Fields) -> Reply:
        if fields["player_id"] not in self.players:
            return self.succeed(Player(fields["player_id"], fields["session_id"], "EUR", "0"))
        return super().admit(fields)


@fault("players-by-number", breaks=["klas.parameters.unknown-player"])
class PlayersByNumber(KlasTarget):
    """Opens an account for any number that it does not know."""

    def admit(self, fields: Fields) -> Reply:
        player_id = fields["player_id"]
        if player_id not in self.players and player_id.isdecimal() and player_id.isascii():
            return self.succeed(Player(player_id, fields["session_id"], "EUR", "0"))
        return super().admit(fields)


@fault("players-by-value", breaks=["klas.parameters.unknown-player"])
class PlayersByValue(KlasTarget):
    """Compares ids that look like numbers by their values, as some languages do."""

    def find_player(self, player_id: str) -> Player:
        return super().find_player(re.sub(r"(?<=\d)\.0+$", "", player_id))


@fault("player-ignored", breaks=["klas.parameters.unknown-player", "klas.parameters.foreign-session"])
class PlayerIgnored(KlasTarget):
    """Finds the account by the session alone."""

    def admit(self, fields: Fields) -> Reply:
        for player in self.players.values():
            if player.session_id == fields["session_id"]:
                return self.succeed(player)
        raise Refusal(BAD_PARAMS)


@fault(
    "session-ignored",
    breaks=["klas.parameters.unknown-session", "klas.parameters.foreign-session"],
    also=["klas.signature.query-ignored"],
)
class SessionIgnored(KlasTarget):
    """Does not look at the session."""

    def check_session(self, player: Player, session_id: str) -> None:
        return


@fault("session-of-another", breaks=["klas.parameters.foreign-session"])
class SessionOfAnother(KlasTarget):
    """Checks that the session exists, not whose it is."""

    def check_session(self, player: Player, session_id: str) -> None:
        if all(session_id != one.session_id for one in self.players.values()):
            raise Refusal(BAD_PARAMS)


@fault(
    "session-unknown-accepted",
    breaks=["klas.parameters.unknown-session"],
    also=["klas.signature.query-ignored"],
)
class SessionUnknownAccepted(KlasTarget):
    """Opens a session that it does not know, unless another player has it."""

    def check_session(self, player: Player, session_id: str) -> None:
        if any(session_id == one.session_id for one in self.players.values()):
            super().check_session(player, session_id)


@fault("session-by-form", breaks=["klas.parameters.unknown-session"])
class SessionByForm(KlasTarget):
    """Takes for a session whatever looks like one, unless another player has it."""

    players: Mapping[str, Player] = {
        PLAYER.player_id: replace(PLAYER, session_id="s-1a2b3c4d5e"),
        OTHER_PLAYER.player_id: replace(OTHER_PLAYER, session_id="s-9z8y7x6w5v"),
    }

    @classmethod
    def profile(cls, url: str) -> dict[str, Any]:
        profile = super().profile(url)
        sessions = [player.session_id for player in cls.players.values()]
        profile["subject"] |= dict(zip(("session_id", "other_session_id"), sessions, strict=True))
        return profile

    def check_session(self, player: Player, session_id: str) -> None:
        others = {one.session_id for one in self.players.values()} - {player.session_id}
        if session_id in others or not re.fullmatch("s-[0-9a-z]{10}", session_id):
            raise Refusal(BAD_PARAMS)
