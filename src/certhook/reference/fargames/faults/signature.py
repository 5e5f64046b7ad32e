"""Faults in the check of the signature."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import base64
import hashlib
import hmac
from string import hexdigits

from certhook.reference.application import Crash
from certhook.reference.catalogue import fault
from certhook.reference.fargames.faults.consequences import NEARLY_RIGHT, WRONG_DIGITS
from certhook.reference.fargames.platform import INVALID, Agent, refusal
from certhook.reference.fargames.target import DEMO, LIST, FargamesTarget
from certhook.reference.wire import HttpRequest

_UNREADABLE = frozenset(
    {
        "fargames.signature.base64",
        "fargames.signature.behind",
        "fargames.signature.non-ascii",
        "fargames.signature.not-hex",
        "fargames.signature.prefixed",
        "fargames.signature.truncated",
    }
)
_ALL_WRONG = WRONG_DIGITS | NEARLY_RIGHT | {"fargames.signature.base64", "fargames.signature.other-algorithm"}


@fault(
    "list-unsigned",
    breaks=[*_ALL_WRONG, "fargames.signature.header-missing", "fargames.signature.header-empty"],
    also=["fargames.parameters.agent-without-token"],
)
class ListUnsigned(FargamesTarget):
    """Gives the list of games to whoever asks."""

    def signature_missing(self, operation: str, request: HttpRequest) -> None:
        if operation != LIST:
            super().signature_missing(operation, request)

    def check_signature(self, operation: str, given: str, request: HttpRequest, agent: Agent) -> None:
        if operation != LIST:
            super().check_signature(operation, given, request, agent)


@fault("demo-signature-optional", breaks=["fargames.signature.header-missing", "fargames.signature.header-empty"])
class DemoSignatureOptional(FargamesTarget):
    """Checks the signature of a demo request only where there is one."""

    def signature_missing(self, operation: str, request: HttpRequest) -> None:
        if operation != DEMO:
            super().signature_missing(operation, request)

    def check_signature(self, operation: str, given: str, request: HttpRequest, agent: Agent) -> None:
        if operation != DEMO or given:
            super().check_signature(operation, given, request, agent)


@fault("signature-missing-403", breaks=["fargames.signature.header-missing"])
class SignatureMissing403(FargamesTarget):
    """Answers a missing header like a wrong one."""

    def signature_missing(self, operation: str, request: HttpRequest) -> None:
        raise refusal("invalid_signature")


@fault(
    "signature-missing-crash",
    breaks=["fargames.signature.header-missing", "fargames.robustness.no-server-error"],
)
class SignatureMissingCrash(FargamesTarget):
    """Reads the header as if it were always there."""

    def signature_missing(self, operation: str, request: HttpRequest) -> None:
        raise Crash


@fault("signature-empty-passes", breaks=["fargames.signature.header-empty"])
class SignatureEmptyPasses(FargamesTarget):
    """Skips the check where the header is empty."""

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        return not given or super().signature_matches(given, right, key, content)


@fault("signature-empty-invalid", breaks=["fargames.signature.header-empty"])
class SignatureEmptyInvalid(FargamesTarget):
    """Answers an empty header as a bad field."""

    def check_signature(self, operation: str, given: str, request: HttpRequest, agent: Agent) -> None:
        if not given:
            raise refusal(INVALID)
        super().check_signature(operation, given, request, agent)


@fault(
    "signature-wrong-401",
    breaks=["fargames.signature.answer", "fargames.status.code-and-status"],
    also=["fargames.signature.header-empty"],
)
class SignatureWrong401(FargamesTarget):
    """Answers a wrong signature with HTTP 401."""

    def signature_wrong(self, operation: str) -> None:
        raise refusal("invalid_signature", 401)


@fault("demo-signature-wrong-required", breaks=["fargames.signature.answer"])
class DemoSignatureWrongRequired(FargamesTarget):
    """Has one answer for missing and for wrong signatures of demo requests."""

    def signature_wrong(self, operation: str) -> None:
        raise refusal("signature_required" if operation == DEMO else "invalid_signature")


@fault("signature-length-only", breaks=WRONG_DIGITS)
class SignatureLengthOnly(FargamesTarget):
    """Checks that there are 64 hex digits, which a stub left behind calls a valid signature."""

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        return len(given) == len(right) and set(given) <= set("0123456789abcdef")


@fault(
    "signature-first-half",
    breaks=[f"fargames.signature.{name}" for name in ("behind", "long", "nibble", "prefix", "truncated")],
)
class SignatureFirstHalf(FargamesTarget):
    """Compares only the first half, as a column of 32 characters keeps it."""

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        return given[:32] == right[:32]


@fault("signature-last-eight", breaks=["fargames.signature.nibble", "fargames.signature.prefixed"])
class SignatureLastEight(FargamesTarget):
    """Compares only the last eight digits of the signature."""

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        return given[-8:] == right[-8:]


@fault("signature-error-passes", breaks=_UNREADABLE)
class SignatureErrorPasses(FargamesTarget):
    """Logs that the signature could not be decoded, and goes on."""

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        try:
            return bytes.fromhex(given) == bytes.fromhex(right)
        except ValueError:
            return True


@fault("signature-until-bad-digit", breaks=["fargames.signature.behind"])
class SignatureUntilBadDigit(FargamesTarget):
    """Decodes the hex digits of a signature up to the first character that is none."""

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        digits = given[: len(given) - len(given.lstrip(hexdigits))]
        return super().signature_matches(digits.lower(), right, key, content)


@fault("signature-odd-digit-dropped", breaks=["fargames.signature.behind"])
class SignatureOddDigitDropped(FargamesTarget):
    """Decodes two hex digits at a time, and does not see one that is left over."""

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        return super().signature_matches(given[: len(given) // 2 * 2], right, key, content)


@fault("signature-long-crash", breaks=["fargames.signature.long", "fargames.robustness.no-server-error"])
class SignatureLongCrash(FargamesTarget):
    """Writes the signature to an audit column of 255 characters before it looks at it."""

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        if len(given) > 255:
            raise Crash
        return super().signature_matches(given, right, key, content)


@fault(
    "signature-seen-before",
    breaks=["fargames.signature.captured"],
    also=["fargames.signature.value-changed"],  # what is changed may have been signed for a control in the same second
)
class SignatureSeenBefore(FargamesTarget):
    """Caches signatures that were right once, and does not compute them again."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        if super().signature_matches(given, right, key, content):
            self.known.add(given)
        return given in self.known


class _AlsoAccepted(FargamesTarget):
    """Accepts, beside the right signature, any of `others`."""

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        return super().signature_matches(given, right, key, content) or given in self.others(right, key, content)

    def others(self, right: str, key: bytes, content: bytes) -> set[str]:
        raise NotImplementedError


@fault("signature-base64", breaks=["fargames.signature.base64"])
class SignatureBase64(_AlsoAccepted):
    """Accepts base64 beside hex."""

    def others(self, right: str, key: bytes, content: bytes) -> set[str]:
        return {base64.b64encode(bytes.fromhex(right)).decode()}


@fault("signature-label", breaks=["fargames.signature.prefixed"])
class SignatureLabel(_AlsoAccepted):
    """Accepts an algorithm's label before the signature, as other platforms write it."""

    def others(self, right: str, key: bytes, content: bytes) -> set[str]:
        return {f"sha256={right}"}


@fault("signature-empty-key", breaks=["fargames.signature.empty-key"])
class SignatureEmptyKey(_AlsoAccepted):
    """Tries the tokens of all agents, one of whom has none."""

    def others(self, right: str, key: bytes, content: bytes) -> set[str]:
        return {self.signature(agent.token or b"", content) for agent in self.agents}


@fault("signature-key-in-any-case", breaks=["fargames.signature.other-key"])
class SignatureKeyInAnyCase(_AlsoAccepted):
    """Tries the token in one case, as its back office shows it, too."""

    def others(self, right: str, key: bytes, content: bytes) -> set[str]:
        return {self.signature(key.upper(), content), self.signature(key.lower(), content)}


@fault("signature-key-of-tests", breaks=["fargames.signature.other-key"])
class SignatureKeyOfTests(_AlsoAccepted):
    """Accepts, beside the agent's token, the one that its tests use."""

    def others(self, right: str, key: bytes, content: bytes) -> set[str]:
        return {self.signature(b"test", content)}


@fault("signature-no-value-passes", breaks=["fargames.signature.not-hex"])
class SignatureNoValuePasses(_AlsoAccepted):
    """Takes the word for no value for the agent's way to say that it has switched its signing off."""

    def others(self, right: str, key: bytes, content: bytes) -> set[str]:
        return {"null", "undefined"}


@fault("signature-zeros-pass", breaks=["fargames.signature.random"])
class SignatureZerosPass(_AlsoAccepted):
    """Accepts zeros, as its simulator of agents sends them."""

    def others(self, right: str, key: bytes, content: bytes) -> set[str]:
        return {"0" * len(right)}


@fault("signature-plain-hash", breaks=["fargames.signature.plain-hash"])
class SignaturePlainHash(_AlsoAccepted):
    """Accepts the plain hash of body and token, as its first version had it."""

    def others(self, right: str, key: bytes, content: bytes) -> set[str]:
        return {hashlib.sha256(content + key).hexdigest()}


@fault("signature-md5", breaks=["fargames.signature.other-algorithm"])
class SignatureMd5(_AlsoAccepted):
    """Accepts HMAC-MD5 for older agents."""

    def others(self, right: str, key: bytes, content: bytes) -> set[str]:
        return {hmac.digest(key, content, "md5").hex()}


@fault("signature-in-a-list", breaks=["fargames.signature.behind"])
class SignatureInAList(FargamesTarget):
    """Takes a header with commas for several signatures, of which one has to be right."""

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        return any(
            super(SignatureInAList, self).signature_matches(one.strip(), right, key, content)
            for one in given.split(",")
        )
