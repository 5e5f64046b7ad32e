"""Faults that check a signature over what became of the values, and not over what was sent."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from certhook.reference.catalogue import fault
from certhook.reference.evenbet.faults.signature import Lenient
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import EvenbetTarget


class Normalised(Lenient):
    """Accepts a signature over the `form` and the `user` that it made of what was sent, too."""

    def others(self, parameters: Parameters) -> set[str]:
        path = {"userId": self.user(parameters.path["userId"])}
        return {self.signature(self.signed_content(Parameters(path, parameters.query, self.form(parameters.form))))}

    def user(self, user_id: str) -> str:
        return user_id

    def form(self, form: Mapping[str, str]) -> dict[str, str]:
        return dict(form)


def _number(text: str) -> str:
    """The number that a text begins with, as many languages read it; the text itself where there is none."""
    digits = re.match(r"[0-9]+", text)
    return str(int(digits[0])) if digits and len(digits[0]) < 20 else text


@fault("signature-user-as-number", breaks=["evenbet.signature.path-changed", "evenbet.signature.spaces"])
class SignatureUserAsNumber(Normalised):
    """Has a route that makes a number of the user's id."""

    def user(self, user_id: str) -> str:
        return _number(user_id)


@fault("signature-user-trimmed", breaks=["evenbet.signature.spaces"])
class SignatureUserTrimmed(Normalised):
    """Has a route that cuts spaces off the user's id."""

    def user(self, user_id: str) -> str:
        return user_id.rstrip(" ")


@fault("signature-user-lowered", breaks=["evenbet.signature.path-changed"])
class SignatureUserLowered(Normalised):
    """Keeps the ids of users in lower case."""

    @classmethod
    def profile(cls, url: str) -> dict[str, Any]:
        found = super().profile(url)
        return {**found, "subject": {**found["subject"], "user_id": "player-100"}}

    def user(self, user_id: str) -> str:
        return user_id.lower()


@fault("signature-table-as-number", breaks=["evenbet.signature.parameter-changed"])
class SignatureTableAsNumber(Normalised):
    """Makes a number of a table's id before it checks the signature."""

    def form(self, form: Mapping[str, str]) -> dict[str, str]:
        return {name: _number(value) if name == "tableId" else value for name, value in form.items()}


@fault("signature-boolean-normalised", breaks=["evenbet.signature.parameter-changed"])
class SignatureBooleanNormalised(Normalised):
    """Binds longLifeLoginToken to a boolean, and signs how its language writes that."""

    def form(self, form: Mapping[str, str]) -> dict[str, str]:
        words = {"1": "true", "0": "false"}
        return {
            name: words.get(value, value) if name == "longLifeLoginToken" else value for name, value in form.items()
        }


class _Lowered(Normalised):
    """Writes a parameter in lower case as soon as it comes in."""

    lowered = ""

    def form(self, form: Mapping[str, str]) -> dict[str, str]:
        return {name: value.lower() if name == self.lowered else value for name, value in form.items()}


@fault(
    "signature-auth-type-lowered",
    breaks=["evenbet.parameters.auth-type-case", "evenbet.signature.parameter-changed"],
)
class SignatureAuthTypeLowered(_Lowered):
    """Tells no cases apart in authType."""

    lowered = "authType"

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        super().check_auth_type(self.form(form))


@fault("signature-game-code-lowered", breaks=["evenbet.signature.parameter-changed"])
class SignatureGameCodeLowered(_Lowered):
    """Tells no cases apart in gameCode."""

    lowered = "gameCode"


@fault("signature-nick-lowered", breaks=["evenbet.signature.parameter-changed"])
class SignatureNickLowered(_Lowered):
    """Keeps nicknames in lower case."""

    lowered = "nick"


class _Default(Normalised):
    """Takes the default of a parameter for its own addition."""

    name, default = "", ""

    def form(self, form: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in form.items() if (name, value) != (self.name, self.default)}


@fault("signature-default-game-left-out", breaks=["evenbet.signature.parameter-added"])
class SignatureDefaultGameLeftOut(_Default):
    """Leaves gameCode out of what is signed where it is poker, as if it were not asked for."""

    name, default = "gameCode", "poker"


@fault("signature-default-language-left-out", breaks=["evenbet.signature.parameter-added"])
class SignatureDefaultLanguageLeftOut(_Default):
    """Leaves the language out of what is signed where it is English."""

    name, default = "lang", "en"


@fault("signature-auth-type-filled-in", breaks=["evenbet.signature.parameter-removed"])
class SignatureAuthTypeFilledIn(Normalised):
    """Checks the signature after the default authType was filled in, too."""

    def form(self, form: Mapping[str, str]) -> dict[str, str]:
        return {"authType": "external", **form}


@fault("signature-zeros-left-out", breaks=["evenbet.signature.parameter-added"])
class SignatureZerosLeftOut(EvenbetTarget):
    """Leaves out of what is signed what its language takes for nothing, "0" like an empty text."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        return {name: value for name, value in super().signed_values(parameters).items() if value != "0"}


@fault("signature-of-escaped-values", breaks=["evenbet.parameters.launch-options-accepted"])
class SignatureOfEscapedValues(EvenbetTarget):
    """Escapes what is special in HTML in all that comes in, before anything else looks at it."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        signed = super().signed_values(parameters)
        return {name: html.escape(value, quote=False) for name, value in signed.items()}
