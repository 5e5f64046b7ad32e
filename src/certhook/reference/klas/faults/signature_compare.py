"""Faults in how a given signature is compared with the right one, and in what happens where there is none."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import base64
from string import hexdigits

from certhook.reference.application import Crash, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.klas.faults.consequences import NEARLY_RIGHT, OTHER_BYTES, WITH_ANYTHING
from certhook.reference.klas.target import BAD_PARAMS, INTEGRITY, KlasTarget
from certhook.reference.wire import HttpRequest

_WRONG = (
    frozenset(
        {
            "klas.signature.random",
            "klas.signature.nibble",
            "klas.signature.prefix",
            "klas.signature.other-key",
            "klas.signature.empty-key",
            "klas.signature.plain-hash",
        }
    )
    | OTHER_BYTES
)
_ACCEPTED = _WRONG | WITH_ANYTHING


_BY_ITS_BEGINNING = (
    "klas.signature.behind",
    "klas.signature.long",
    "klas.signature.nibble",
    "klas.signature.prefix",
    "klas.signature.truncated",
)


@fault("signature-prefix", breaks=_BY_ITS_BEGINNING)
class SignaturePrefix(KlasTarget):
    """Compares only the first eight digits of the signature."""

    def signature_matches(self, given: str, right: str) -> bool:
        return given[:8] == right[:8]


@fault("signature-first-half", breaks=_BY_ITS_BEGINNING)
class SignatureFirstHalf(KlasTarget):
    """Compares only the first half, as a column of 32 characters keeps it."""

    def signature_matches(self, given: str, right: str) -> bool:
        return given[:32] == right[:32]


@fault("signature-suffix", breaks=["klas.signature.nibble", "klas.signature.prefixed"])
class SignatureSuffix(KlasTarget):
    """Compares only the last eight digits of the signature."""

    def signature_matches(self, given: str, right: str) -> bool:
        return given[-8:] == right[-8:]


@fault("signature-starts-with", breaks=["klas.signature.truncated"])
class SignatureStartsWith(KlasTarget):
    """Accepts any beginning of the right signature."""

    def signature_matches(self, given: str, right: str) -> bool:
        return right.startswith(given)


@fault("signature-first-64", breaks=["klas.signature.behind", "klas.signature.long"])
class SignatureFirst64(KlasTarget):
    """Compares as many characters as a signature has, whatever comes behind them."""

    def signature_matches(self, given: str, right: str) -> bool:
        return super().signature_matches(given[: len(right)], right)


@fault("signature-contained", breaks=["klas.signature.prefixed", "klas.signature.behind", "klas.signature.long"])
class SignatureContained(KlasTarget):
    """Looks for the right signature anywhere in the header."""

    def signature_matches(self, given: str, right: str) -> bool:
        return right in given


@fault("signature-until-bad-digit", breaks=["klas.signature.behind"])
class SignatureUntilBadDigit(KlasTarget):
    """Decodes the hex digits of a signature up to the first character that is none."""

    def signature_matches(self, given: str, right: str) -> bool:
        digits = given[: len(given) - len(given.lstrip(hexdigits))]
        return super().signature_matches(digits.lower(), right)


@fault("signature-odd-digit-dropped", breaks=["klas.signature.behind"])
class SignatureOddDigitDropped(KlasTarget):
    """Decodes two hex digits at a time, and does not see one that is left over."""

    def signature_matches(self, given: str, right: str) -> bool:
        return super().signature_matches(given[: len(given) // 2 * 2], right)


@fault("signature-label", breaks=["klas.signature.prefixed"])
class SignatureLabel(KlasTarget):
    """Takes an algorithm's label off the signature, as other providers' webhooks have one."""

    def signature_matches(self, given: str, right: str) -> bool:
        return super().signature_matches(given.removeprefix("sha256="), right)


@fault("signature-base64", breaks=["klas.signature.base64"])
class SignatureBase64(KlasTarget):
    """Accepts base64 beside hex."""

    def signature_matches(self, given: str, right: str) -> bool:
        return given in (right, base64.b64encode(bytes.fromhex(right)).decode())


@fault(
    "signature-error-passes",
    breaks=[
        "klas.signature.not-hex",
        "klas.signature.non-ascii",
        "klas.signature.base64",
        "klas.signature.prefixed",
        "klas.signature.truncated",
        "klas.signature.behind",
    ],
)
class SignatureErrorPasses(KlasTarget):
    """Logs that the signature could not be decoded, and goes on."""

    def signature_matches(self, given: str, right: str) -> bool:
        try:
            return bytes.fromhex(given) == bytes.fromhex(right)
        except ValueError:
            return True


@fault("signature-no-value-passes", breaks=["klas.signature.not-hex"])
class SignatureNoValuePasses(KlasTarget):
    """Takes the word for no value for the caller's way to say that it has switched its signing off."""

    def signature_matches(self, given: str, right: str) -> bool:
        return given in ("null", "undefined") or super().signature_matches(given, right)


@fault("signature-zeros-pass", breaks=["klas.signature.not-hex", "klas.signature.random"])
class SignatureZerosPass(KlasTarget):
    """Accepts zeros, as its simulator of callers sends them."""

    def signature_matches(self, given: str, right: str) -> bool:
        return not given.strip("0") or super().signature_matches(given, right)


@fault("signature-length-only", breaks=_ACCEPTED)
class SignatureLengthOnly(KlasTarget):
    """Checks that there are 64 hex digits, which a stub left behind calls a valid signature."""

    def signature_matches(self, given: str, right: str) -> bool:
        return len(given) == len(right) and set(given) <= set("0123456789abcdefABCDEF")


@fault(
    "signature-ignored",
    breaks=[
        *_ACCEPTED,
        *NEARLY_RIGHT,
        "klas.signature.other-algorithm",
        "klas.signature.base64",
        "klas.signature.header-missing",
        "klas.signature.header-empty",
    ],
)
class SignatureIgnored(KlasTarget):
    """Does not look at the signature."""

    def check_signature(self, request: HttpRequest) -> None:
        return


@fault(
    "signature-short-skipped",
    breaks=["klas.signature.truncated", "klas.signature.other-algorithm", "klas.signature.base64"],
    also=["klas.signature.not-hex"],
)
class SignatureShortSkipped(KlasTarget):
    """Takes a signature shorter than its own for one of an older scheme, which it no longer checks."""

    def signature_matches(self, given: str, right: str) -> bool:
        return len(given) < len(right) or super().signature_matches(given, right)


@fault("signature-optional", breaks=["klas.signature.header-missing"])
class SignatureOptional(KlasTarget):
    """Checks the signature only where there is one."""

    def signature_missing(self, request: HttpRequest) -> None:
        if request.header("X-Signature") is not None:
            raise Refusal(INTEGRITY)


@fault("signature-empty-passes", breaks=["klas.signature.header-empty"])
class SignatureEmptyPasses(KlasTarget):
    """Skips the check where the header is empty."""

    def signature_missing(self, request: HttpRequest) -> None:
        if request.header("X-Signature") is None:
            raise Refusal(INTEGRITY)


@fault("signature-missing-400", breaks=["klas.signature.missing-answer"])
class SignatureMissing400(KlasTarget):
    """Answers a missing header as a bad parameter, with HTTP 400."""

    def signature_missing(self, request: HttpRequest) -> None:
        raise Refusal(BAD_PARAMS, 400)


@fault(
    "signature-missing-crash",
    breaks=["klas.robustness.no-server-error", "klas.signature.header-missing", "klas.signature.header-empty"],
)
class SignatureMissingCrash(KlasTarget):
    """Reads the header as if it were always there."""

    def signature_missing(self, request: HttpRequest) -> None:
        raise Crash


@fault("signature-wrong-401", breaks=["klas.signature.answer"])
class SignatureWrong401(KlasTarget):
    """Answers a failed check with HTTP 401."""

    def signature_wrong(self, request: HttpRequest) -> None:
        raise Refusal(INTEGRITY, 401)


@fault("signature-wrong-bad-params", breaks=["klas.signature.answer"])
class SignatureWrongBadParams(KlasTarget):
    """Knows only the codes of the Authenticate page."""

    def signature_wrong(self, request: HttpRequest) -> None:
        raise Refusal(BAD_PARAMS)


@fault(
    "signature-wrong-500",
    breaks=[
        "klas.status.refusal-http",
        "klas.robustness.no-server-error",
        *_WRONG,
        *NEARLY_RIGHT,
        "klas.signature.base64",
        "klas.signature.other-algorithm",
    ],
)
class SignatureWrong500(KlasTarget):
    """Answers a failed check with the right body and HTTP 500."""

    def signature_wrong(self, request: HttpRequest) -> None:
        raise Refusal(INTEGRITY, 500)


@fault("signature-text-compare", breaks=["klas.signature.non-ascii", "klas.robustness.no-server-error"])
class SignatureTextCompare(KlasTarget):
    """Compares two strings with a function that takes only ASCII ones."""

    def signature_matches(self, given: str, right: str) -> bool:
        if not given.isascii():
            raise Crash
        return given == right


@fault("signature-long-crash", breaks=["klas.signature.long", "klas.robustness.no-server-error"])
class SignatureLongCrash(KlasTarget):
    """Writes the signature to an audit column of 255 characters before it looks at it."""

    def signature_matches(self, given: str, right: str) -> bool:
        if len(given) > 255:
            raise Crash
        return super().signature_matches(given, right)


@fault("signature-header-spelling", breaks=["klas.signature.header-name-case"])
class SignatureHeaderSpelling(KlasTarget):
    """Finds the header only where it is spelled as in the document."""

    def given_signature(self, request: HttpRequest) -> str | None:
        return next((value.decode("latin-1") for name, value in request.headers if name == b"X-Signature"), None)
