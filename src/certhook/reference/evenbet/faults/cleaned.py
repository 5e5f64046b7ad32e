"""Faults that check a signature over what was left of the values after they were cut or cleaned."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from certhook.reference.catalogue import fault
from certhook.reference.evenbet.faults.normalised import Normalised
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import EvenbetTarget


class _Cleaned(Normalised):
    """Cleans every value."""

    def form(self, form: Mapping[str, str]) -> dict[str, str]:
        return {name: self.cleaned(value) for name, value in form.items()}

    def cleaned(self, value: str) -> str:
        raise NotImplementedError


@fault("signature-values-cut", breaks=["evenbet.signature.parameter-changed"])
class SignatureValuesCut(_Cleaned):
    """Keeps values in columns of 255 characters, and signs what stands there."""

    def cleaned(self, value: str) -> str:
        return value[:255]


@fault("signature-values-cut-at-nul", breaks=["evenbet.signature.parameter-changed"])
class SignatureValuesCutAtNul(_Cleaned):
    """Has a library that reads up to a NUL."""

    def cleaned(self, value: str) -> str:
        return value.split("\0", maxsplit=1)[0]


@fault("signature-tags-stripped", breaks=["evenbet.signature.parameter-changed"])
class SignatureTagsStripped(_Cleaned):
    """Has a framework that strips tags from whatever comes in."""

    def cleaned(self, value: str) -> str:
        return re.sub(r"<[^>]*>", "", value)


def _known(text: str) -> dict[str, str] | None:
    """The options that a page knows; None for what is no object."""
    try:
        options = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(options, dict):
        return None
    return {name: str(value) for name, value in options.items() if name == "restoreSessionUrl"}


@fault("signature-of-known-options", breaks=["evenbet.signature.parameter-changed"])
class SignatureOfKnownOptions(Normalised):
    """Reads launchOptions into an object of its own, and signs that when it has been written again."""

    def form(self, form: Mapping[str, str]) -> dict[str, str]:
        known = _known(form.get("launchOptions", ""))
        return {**form, **({"launchOptions": json.dumps(known, separators=(",", ":"))} if known else {})}


@fault("signature-of-known-options-decoded", breaks=["evenbet.signature.parameter-changed"])
class SignatureOfKnownOptionsDecoded(EvenbetTarget):
    """Joins those of launchOptions that it knows."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        values = super().signed_values(parameters)
        known = _known(values.get("launchOptions", ""))
        return {**values, **({"launchOptions": "".join(known.values())} if known else {})}
