"""Faults over values that came in an accepted request before."""

from __future__ import annotations

from certhook.reference.application import Crash, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import EvenbetTarget
from certhook.reference.wire import HttpRequest


class _Remembers(EvenbetTarget):
    """Keeps each value of the parameter `name` that came in an accepted request."""

    name = ""

    def __init__(self) -> None:
        self.kept: set[str] = set()

    def is_known(self, parameters: Parameters) -> bool:
        return parameters.form.get(self.name) in self.kept

    def succeed(self, parameters: Parameters) -> Reply:
        if self.name in parameters.form:
            self.kept.add(parameters.form[self.name])
        return super().succeed(parameters)


class _Trusts(_Remembers):
    """Checks no signature where it knows the value."""

    def check_signature(self, request: HttpRequest, parameters: Parameters) -> None:
        if not self.is_known(parameters):
            super().check_signature(request, parameters)


@fault("signature-unchecked-in-session", breaks=["evenbet.signature.known-values"])
class SignatureUncheckedInSession(_Trusts):
    """Takes a request with the sessionId of a session that is open for one of that session's."""

    name = "sessionId"


@fault("signature-unchecked-for-known-nick", breaks=["evenbet.signature.known-values"])
class SignatureUncheckedForKnownNick(_Trusts):
    """Knows players by their nicknames, and whom it knows it need not check."""

    name = "nick"


@fault(
    "session-again-crash",
    breaks=["evenbet.robustness.no-server-error", "evenbet.robustness.repeated-session"],
)
class SessionAgainCrash(_Remembers):
    """Writes sessions to a table whose key is sessionId, and does not expect that one is there."""

    name = "sessionId"

    def succeed(self, parameters: Parameters) -> Reply:
        if self.is_known(parameters):
            raise Crash
        return super().succeed(parameters)
