"""Faults in the fields of a refusal."""

from __future__ import annotations

from certhook.reference.application import Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.evi.faults.consequences import CODES
from certhook.reference.evi.target import GENERAL_ERROR, INVALID_ROUND, EviTarget
from certhook.reference.wire import HttpRequest


@fault("error-code-text", breaks=["evi.fields.error-code", "evi.credentials.code"], also=CODES)
class ErrorCodeText(EviTarget):
    """Writes codes as text."""

    def error_code(self, refusal: Refusal) -> object:
        return refusal.code


@fault(
    "error-code-name",
    breaks=["evi.fields.error-code", "evi.credentials.code", "evi.status.documented-code"],
    also=CODES,
)
class ErrorCodeName(EviTarget):
    """Sends the names of codes."""

    def error_code(self, refusal: Refusal) -> object:
        return {"1": "AuthenticateFailed", "4": "InvalidRound"}.get(refusal.code, "GeneralError")


@fault("error-code-fraction", breaks=["evi.fields.error-code", "evi.credentials.code"], also=CODES)
class ErrorCodeFraction(EviTarget):
    """Writes codes with a number for the kind of refusal behind the point."""

    def error_code(self, refusal: Refusal) -> object:
        return int(refusal.code) + 0.5


@fault(
    "error-code-missing",
    breaks=["evi.fields.error-code", "evi.parameters.unknown-token", "evi.robustness.readable"],
    also=[
        "evi.parameters.missing",
        "evi.parameters.null",
        "evi.parameters.empty-token",
        "evi.parameters.coercible",
    ],
)
class ErrorCodeMissing(EviTarget):
    """Answers a launch token that leads nowhere with an empty account, and no code."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"Balance": 0} if refusal.code == INVALID_ROUND else super().refusal_fields(refusal, request)


@fault(
    "error-code-negative",
    breaks=["evi.fields.error-code-sign", "evi.status.documented-code", "evi.malformed.code"],
)
class ErrorCodeNegative(EviTarget):
    """Writes its own errors as negative codes."""

    def error_code(self, refusal: Refusal) -> object:
        return -900 if refusal.code == GENERAL_ERROR else super().error_code(refusal)


@fault("refusal-balance-text", breaks=["evi.fields.refusal-types"], also=["evi.fields.refusal-balance"])
class RefusalBalanceText(EviTarget):
    """Writes the balance of refusals as text."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {**super().refusal_fields(refusal, request), "Balance": "0"}


@fault("refusal-balance-not-zero", breaks=["evi.fields.refusal-balance"])
class RefusalBalanceNotZero(EviTarget):
    """Marks the balance of refusals as unknown, with -1."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {**super().refusal_fields(refusal, request), "Balance": -1}


@fault("refusal-nulls", breaks=["evi.fields.refusal-null"])
class RefusalNulls(EviTarget):
    """Writes all members of a success into refusals, as null."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {**super().refusal_fields(refusal, request), "PlayerId": None, "Token": None, "SessionData": None}
