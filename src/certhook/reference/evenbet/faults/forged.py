"""Faults that let a wrong signature pass for what else a request carries, or how."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import json
from dataclasses import replace
from email import message_from_bytes
from urllib.parse import urlencode

from certhook.reference.application import Refusal
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import FORM, EvenbetTarget
from certhook.reference.wire import HttpRequest


class _Unchecked(EvenbetTarget):
    """Checks no signature of a request that it trusts."""

    def check_signature(self, request: HttpRequest, parameters: Parameters) -> None:
        if not self.trusts(request, parameters):
            super().check_signature(request, parameters)

    def trusts(self, request: HttpRequest, parameters: Parameters) -> bool:
        raise NotImplementedError


class _OtherBodies(_Unchecked):
    """Takes bodies of another media type by a way of their own, which the check is not on."""

    other = ""

    def trusts(self, request: HttpRequest, parameters: Parameters) -> bool:
        return self.is_other(request)

    def is_other(self, request: HttpRequest) -> bool:
        return (request.header("Content-Type") or FORM).startswith(self.other)

    def check_media_type(self, request: HttpRequest) -> None:
        if not self.is_other(request):
            super().check_media_type(request)

    def read(self, request: HttpRequest) -> Parameters:
        if not self.is_other(request):
            return super().read(request)
        return super().read(replace(request, body=urlencode(self.fields_of(request)).encode()))

    def fields_of(self, request: HttpRequest) -> dict[str, str]:
        raise NotImplementedError


@fault("signature-unchecked-for-json", breaks=["evenbet.signature.whatever-else"])
class SignatureUncheckedForJson(_OtherBodies):
    """Has a framework that reads JSON for forms, and a check that was registered for forms only."""

    other = "application/json"

    def fields_of(self, request: HttpRequest) -> dict[str, str]:
        try:
            return {name: str(value) for name, value in json.loads(request.body).items()}
        except (AttributeError, RecursionError, ValueError) as error:
            raise Refusal("Malformed JSON", 400) from error


@fault("signature-unchecked-for-multipart", breaks=["evenbet.signature.whatever-else"])
class SignatureUncheckedForMultipart(_OtherBodies):
    """Takes multipart bodies for uploads by its own staff."""

    other = "multipart/form-data"

    def fields_of(self, request: HttpRequest) -> dict[str, str]:
        declared = f"Content-Type: {request.header('Content-Type')}\r\n\r\n".encode("latin-1")
        whole = message_from_bytes(declared + request.body)
        if not whole.is_multipart():
            raise Refusal("Malformed multipart body", 400)
        parts = [part for part in whole.walk() if not part.is_multipart()]
        return {str(part.get_param("name", "", "Content-Disposition")): str(part.get_payload()) for part in parts}


@fault("signature-unchecked-when-undeclared", breaks=["evenbet.signature.whatever-else"])
class SignatureUncheckedWhenUndeclared(_Unchecked):
    """Checks what is declared as a form, and reads as a form what is not declared at all."""

    def trusts(self, request: HttpRequest, parameters: Parameters) -> bool:
        return request.header("Content-Type") is None


@fault("signature-unchecked-for-long", breaks=["evenbet.signature.whatever-else"])
class SignatureUncheckedForLong(_Unchecked):
    """Has a filter for the check that lets pass what does not fit into its buffer."""

    def trusts(self, request: HttpRequest, parameters: Parameters) -> bool:
        return len(request.body) > 4096


@fault("signature-unchecked-with-empty", breaks=["evenbet.signature.whatever-else"])
class SignatureUncheckedWithEmpty(_Unchecked):
    """Catches what its check throws, which an empty value is enough for, and goes on."""

    def trusts(self, request: HttpRequest, parameters: Parameters) -> bool:
        return "" in parameters.form.values()


@fault("signature-unchecked-from-itself", breaks=["evenbet.signature.whatever-else"])
class SignatureUncheckedFromItself(_Unchecked):
    """Trusts its own machine, and any header that names that."""

    def trusts(self, request: HttpRequest, parameters: Parameters) -> bool:
        return request.header("X-Forwarded-For") == "127.0.0.1"


@fault("signature-unchecked-where-not-ascii", breaks=["evenbet.signature.whatever-else"])
class SignatureUncheckedWhereNotAscii(_Unchecked):
    """Catches what its check throws, which a value that is not ASCII is enough for, and goes on."""

    def trusts(self, request: HttpRequest, parameters: Parameters) -> bool:
        return not "".join(parameters.form.values()).isascii()


@fault("signature-unchecked-where-array", breaks=["evenbet.signature.whatever-else"])
class SignatureUncheckedWhereArray(_Unchecked):
    """Catches what its check throws, which an array is enough for, and goes on."""

    def trusts(self, request: HttpRequest, parameters: Parameters) -> bool:
        return any(name.endswith("[]") for name in parameters.form)


@fault("signature-unchecked-where-unreadable", breaks=["evenbet.signature.whatever-else"])
class SignatureUncheckedWhereUnreadable(_Unchecked):
    """Catches what its check throws, which launch options that are no JSON are enough for, and goes on."""

    def trusts(self, request: HttpRequest, parameters: Parameters) -> bool:
        try:
            json.loads(parameters.form.get("launchOptions", "{}"))
        except (ValueError, RecursionError):
            return True
        return False
