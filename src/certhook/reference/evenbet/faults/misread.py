"""Faults in how the header of the signature is read, before what it says is compared."""

from __future__ import annotations

import re

from certhook.reference.application import Crash
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.target import EvenbetTarget


@fault("signature-first-64", breaks=["evenbet.signature.behind", "evenbet.signature.long"])
class SignatureFirst64(EvenbetTarget):
    """Keeps the signature in a column of 64 characters, and checks what came to stand there."""

    def same(self, given: str, right: str) -> bool:
        return super().same(given[:64], right)


@fault("signature-digits-begin", breaks=["evenbet.signature.behind"])
class SignatureDigitsBegin(EvenbetTarget):
    """Has a reader of hex digits that stops at the first letter that is none."""

    def same(self, given: str, right: str) -> bool:
        return super().same(re.split("[^0-9a-f]", given)[0], right)


@fault("signature-non-ascii-crash", breaks=["evenbet.signature.non-ascii", "evenbet.robustness.no-server-error"])
class SignatureNonAsciiCrash(EvenbetTarget):
    """Compares texts with a function that takes ASCII only."""

    def same(self, given: str, right: str) -> bool:
        if not given.isascii():
            raise Crash
        return super().same(given, right)


@fault("signature-non-ascii-dropped", breaks=["evenbet.signature.non-ascii"])
class SignatureNonAsciiDropped(EvenbetTarget):
    """Drops what is not ASCII from a header, and takes the nothing that is left for a check that is off."""

    def same(self, given: str, right: str) -> bool:
        kept = given.encode("ascii", "ignore").decode()
        return not kept or super().same(kept, right)


@fault("signature-long-crash", breaks=["evenbet.signature.long", "evenbet.robustness.no-server-error"])
class SignatureLongCrash(EvenbetTarget):
    """Logs a wrong signature to a column of 4,000 characters."""

    def same(self, given: str, right: str) -> bool:
        if len(given) > 4000:
            raise Crash
        return super().same(given, right)


@fault("signature-zero-unchecked", breaks=["evenbet.signature.not-hex"])
class SignatureZeroUnchecked(EvenbetTarget):
    """Asks whether there is a signature in a language in which "0" is false."""

    def same(self, given: str, right: str) -> bool:
        return given == "0" or super().same(given, right)
