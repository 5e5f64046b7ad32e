"""Faults in what is accepted: optional parameters with documented values that are refused."""

from __future__ import annotations

from urllib.parse import unquote

from certhook.reference.application import Crash, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import EvenbetTarget


@fault(
    "long-life-refused",
    breaks=["evenbet.parameters.optional-accepted"],
    also=["evenbet.parameters.auth-type-message", "evenbet.signature.any-order"],
)
class LongLifeRefused(EvenbetTarget):
    """Knows true and false only as 1 and 0."""

    def admit(self, parameters: Parameters) -> Reply:
        if parameters.form.get("longLifeLoginToken", "0") not in {"0", "1"}:
            raise Refusal("longLifeLoginToken must be a boolean", 422)
        return super().admit(parameters)


@fault(
    "casino-lobby-spelling",
    breaks=["evenbet.parameters.optional-accepted"],
    also=["evenbet.parameters.auth-type-message"],
)
class CasinoLobbySpelling(EvenbetTarget):
    """Spells casinoLobby in lower case, and refuses any other spelling."""

    def admit(self, parameters: Parameters) -> Reply:
        if parameters.form.get("gameCode") == "casinoLobby":
            raise Refusal("gameCode not valid", 422)
        return super().admit(parameters)


@fault("nick-longest-refused", breaks=["evenbet.parameters.optional-accepted"])
class NickLongestRefused(EvenbetTarget):
    """Refuses a nickname of just the length that it gives as the greatest."""

    def admit(self, parameters: Parameters) -> Reply:
        if len(parameters.form.get("nick", "")) == self.max_nick_length:
            self.nick_long()
        return super().admit(parameters)


@fault("ipv6-refused", breaks=["evenbet.parameters.ipv6-accepted"])
class Ipv6Refused(EvenbetTarget):
    """Takes four numbers for an address, and nothing else."""

    def admit(self, parameters: Parameters) -> Reply:
        if ":" in parameters.form.get("userIp", ""):
            raise Refusal("userIp not valid", 422)
        return super().admit(parameters)


@fault("ipv6-crash", breaks=["evenbet.parameters.ipv6-accepted", "evenbet.robustness.no-server-error"])
class Ipv6Crash(EvenbetTarget):
    """Makes a number of each part of an address between its dots."""

    def admit(self, parameters: Parameters) -> Reply:
        if ":" in parameters.form.get("userIp", ""):
            raise Crash
        return super().admit(parameters)


@fault("values-decoded-twice", breaks=["evenbet.parameters.launch-options-accepted"])
class ValuesDecodedTwice(EvenbetTarget):
    """Decodes the percent escapes of values that its framework has decoded already, and then checks the signature."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        values = super().signed_values(parameters)
        return {name: unquote(value) if name in parameters.form else value for name, value in values.items()}


@fault(
    "plus-kept",
    breaks=[
        "evenbet.parameters.extra-accepted",
        "evenbet.parameters.launch-options-accepted",
        "evenbet.signature.utf-8",
    ],
)
class PlusKept(EvenbetTarget):
    """Reads a form as if it were a path, in which a plus sign is no space."""

    def read_form(self, body: bytes) -> dict[str, str]:
        return super().read_form(body.replace(b"+", b"%2B"))


@fault("launch-options-spaces-refused", breaks=["evenbet.parameters.launch-options-accepted"])
class LaunchOptionsSpacesRefused(EvenbetTarget):
    """Allows no space in any value of a form that it knows."""

    def admit(self, parameters: Parameters) -> Reply:
        if " " in parameters.form.get("launchOptions", ""):
            raise Refusal("launchOptions not valid", 422)
        return super().admit(parameters)


@fault("launch-options-refused", breaks=["evenbet.parameters.launch-options-accepted"])
class LaunchOptionsRefused(EvenbetTarget):
    """Wants launchOptions as an array of the form, and not as JSON."""

    def admit(self, parameters: Parameters) -> Reply:
        if "launchOptions" in parameters.form:
            raise Refusal("launchOptions must be an array", 422)
        return super().admit(parameters)


@fault(
    "launch-options-unsigned",
    breaks=[
        "evenbet.parameters.launch-options-accepted",
        "evenbet.signature.parameter-added",
    ],
    also=["evenbet.signature.parameter-changed", "evenbet.signature.parameter-removed"],
)
class LaunchOptionsUnsigned(EvenbetTarget):
    """Leaves launchOptions out of what is signed, be it text or decoded."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        return {name: value for name, value in super().signed_values(parameters).items() if name != "launchOptions"}


@fault("sport-refused", breaks=["evenbet.parameters.game-accepted"])
class SportRefused(EvenbetTarget):
    """Has no sports, and refuses them where the page lists them."""

    def admit(self, parameters: Parameters) -> Reply:
        if parameters.form.get("gameCode") == "sport":
            raise Refusal("gameCode not valid", 422)
        return super().admit(parameters)


@fault("extra-refused", breaks=["evenbet.parameters.extra-accepted"], also=["evenbet.signature.utf-8"])
class ExtraRefused(EvenbetTarget):
    """Refuses parameters that it does not know."""

    def admit(self, parameters: Parameters) -> Reply:
        if any(name.startswith("x_") for name in parameters.form):
            raise Refusal("Unknown parameter", 422)
        return super().admit(parameters)
