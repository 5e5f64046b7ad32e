"""Faults over a signature that is not where it belongs."""

from __future__ import annotations

from certhook.reference.catalogue import fault
from certhook.reference.evenbet.parameters import pairs
from certhook.reference.evenbet.target import EvenbetTarget
from certhook.reference.wire import HttpRequest


@fault("signature-named-in-query", breaks=["evenbet.signature.header-missing"])
class SignatureNamedInQuery(EvenbetTarget):
    """Takes a request with a signature in its query for one that its gateway has checked."""

    def signature_missing(self, request: HttpRequest) -> None:
        if "sign" not in dict(pairs(request.query)):
            super().signature_missing(request)


@fault("signature-named-in-form", breaks=["evenbet.signature.header-missing"])
class SignatureNamedInForm(EvenbetTarget):
    """Asks whether there is a signature anywhere, and checks that of the header where there is one."""

    def signature_missing(self, request: HttpRequest) -> None:
        if "sign" not in self.read_form(request.body):
            super().signature_missing(request)
