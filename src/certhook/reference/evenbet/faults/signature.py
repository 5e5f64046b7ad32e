"""Faults in the check of the signature."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import hashlib
import hmac

from certhook.reference.application import Crash, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.faults.consequences import MISSHAPEN, NOT_ACCEPTED, OTHER_PARAMETERS, SHAPED
from certhook.reference.evenbet.parameters import Parameters, joined
from certhook.reference.evenbet.target import EXCLUDED, NOT_VALID, EvenbetTarget
from certhook.reference.wire import HttpRequest


@fault("signature-optional", breaks=["evenbet.signature.header-missing"])
class SignatureOptional(EvenbetTarget):
    """Checks the signature only where there is one."""

    def signature_missing(self, request: HttpRequest) -> None:
        if request.header("sign") is not None:
            raise Refusal(NOT_VALID, 400)


@fault("signature-empty-passes", breaks=["evenbet.signature.header-empty"])
class SignatureEmptyPasses(EvenbetTarget):
    """Skips the check where the header is empty."""

    def signature_missing(self, request: HttpRequest) -> None:
        if request.header("sign") is None:
            raise Refusal(NOT_VALID, 400)


@fault(
    "signature-ignored",
    breaks=[
        *SHAPED,
        *MISSHAPEN,
        "evenbet.signature.header-missing",
        "evenbet.signature.header-empty",
        "evenbet.signature.known-values",
        "evenbet.signature.whatever-else",
    ],
)
class SignatureIgnored(EvenbetTarget):
    """Does not look at the signature."""

    def check_signature(self, request: HttpRequest, parameters: Parameters) -> None:
        return


@fault(
    "signature-unchecked-for-internal",
    breaks=["evenbet.signature.header-missing", "evenbet.signature.random"],
    # The requests of two carry every listed parameter; that of the third had this one added.
    also=["evenbet.signature.unsorted", "evenbet.signature.key-first", "evenbet.signature.parameter-added"],
)
class SignatureUncheckedForInternal(EvenbetTarget):
    """Trusts whoever opens a session of its own client application."""

    def check_signature(self, request: HttpRequest, parameters: Parameters) -> None:
        if parameters.form.get("authType") != "internal":
            super().check_signature(request, parameters)


@fault(
    "signature-shape-only",
    breaks=[*SHAPED, "evenbet.signature.known-values", "evenbet.signature.whatever-else"],
)
class SignatureShapeOnly(EvenbetTarget):
    """Checks that there are 64 hex digits, which a stub left behind calls a valid signature."""

    def signature_matches(self, given: str, parameters: Parameters) -> bool:
        return len(given) == 64 and set(given) <= set("0123456789abcdef")


@fault("signature-not-hex-passes", breaks=["evenbet.signature.not-hex", "evenbet.signature.behind"])
class SignatureNotHexPasses(EvenbetTarget):
    """Takes what its reader of hex digits says of other letters for the answer of its check."""

    def signature_matches(self, given: str, parameters: Parameters) -> bool:
        return "z" in given or super().signature_matches(given, parameters)


@fault("signature-null-passes", breaks=["evenbet.signature.not-hex"])
class SignatureNullPasses(EvenbetTarget):
    """Has a gateway that writes null for a header that is missing, and has checked the others itself."""

    def signature_matches(self, given: str, parameters: Parameters) -> bool:
        return given == "null" or super().signature_matches(given, parameters)


@fault(
    "signature-not-hex-crash",
    breaks=[
        "evenbet.robustness.no-server-error",
        "evenbet.signature.behind",
        "evenbet.signature.non-ascii",
        "evenbet.signature.not-hex",
    ],
)
class SignatureNotHexCrash(EvenbetTarget):
    """Reads a signature as hex digits, and does not expect others."""

    def same(self, given: str, right: str) -> bool:
        if set(given) - set("0123456789abcdef"):
            raise Crash
        return super().same(given, right)


@fault(
    "signature-prefix",
    breaks=[
        "evenbet.signature.behind",
        "evenbet.signature.long",
        "evenbet.signature.nibble",
        "evenbet.signature.truncated",
    ],
)
class SignaturePrefix(EvenbetTarget):
    """Compares only the first eight digits of the signature."""

    def same(self, given: str, right: str) -> bool:
        return given[:8] == right[:8]


@fault("signature-starts-with", breaks=["evenbet.signature.truncated"])
class SignatureStartsWith(EvenbetTarget):
    """Accepts any beginning of the right signature."""

    def same(self, given: str, right: str) -> bool:
        return right.startswith(given)


class Lenient(EvenbetTarget):
    """Accepts, beside the right signature, any of `others`."""

    def signature_matches(self, given: str, parameters: Parameters) -> bool:
        return super().signature_matches(given, parameters) or given in self.others(parameters)

    def others(self, parameters: Parameters) -> set[str]:
        raise NotImplementedError


@fault("signature-no-key", breaks=["evenbet.signature.empty-key"])
class SignatureNoKey(Lenient):
    """Tries the keys of all clients, one of which has none configured."""

    def others(self, parameters: Parameters) -> set[str]:
        return {hashlib.sha256(self.signed_content(parameters)).hexdigest()}


@fault("signature-key-of-tests", breaks=["evenbet.signature.other-key"])
class SignatureKeyOfTests(Lenient):
    """Accepts, beside the client's own key, the one that its tests use."""

    def others(self, parameters: Parameters) -> set[str]:
        return {hashlib.sha256(self.signed_content(parameters) + b"test").hexdigest()}


@fault("signature-hmac", breaks=["evenbet.signature.hmac"])
class SignatureHmac(Lenient):
    """Accepts an HMAC too, for clients that took the page for that."""

    def others(self, parameters: Parameters) -> set[str]:
        return {hmac.digest(self.secret or b"", self.signed_content(parameters), "sha256").hex()}


@fault("signature-key-first", breaks=["evenbet.signature.key-first"])
class SignatureKeyFirst(Lenient):
    """Accepts the key before the values, as an earlier version of the page had it."""

    def others(self, parameters: Parameters) -> set[str]:
        return {hashlib.sha256((self.secret or b"") + self.signed_content(parameters)).hexdigest()}


@fault("signature-old-algorithms", breaks=["evenbet.signature.other-algorithm"])
class SignatureOldAlgorithms(Lenient):
    """Picks the algorithm by the length of the signature."""

    def others(self, parameters: Parameters) -> set[str]:
        content = self.signed_content(parameters) + (self.secret or b"")
        return {hashlib.new(name, content, usedforsecurity=False).hexdigest() for name in ("md5", "sha1")}


@fault("signature-unsorted", breaks=["evenbet.signature.unsorted"])
class SignatureUnsorted(Lenient):
    """Accepts the values in the order in which they came."""

    def others(self, parameters: Parameters) -> set[str]:
        return {self.signature(joined(self.signed_values(parameters).values()))}


@fault("signature-unsorted-path-last", breaks=["evenbet.signature.unsorted"])
class SignatureUnsortedPathLast(Lenient):
    """Accepts the values in the order in which they came, to which it adds the user's at last."""

    def others(self, parameters: Parameters) -> set[str]:
        values = self.signed_values(parameters)
        return {self.signature(joined([*values.values(), values["userId"]][1:]))}


@fault("signature-client-kept", breaks=["evenbet.signature.excluded-kept"])
class SignatureClientKept(Lenient):
    """Accepts clientId among the values, which most clients forget to drop."""

    def others(self, parameters: Parameters) -> set[str]:
        values = {name: value for name, value in parameters.all.items() if name not in EXCLUDED - {"clientId"}}
        return {self.signature(joined(values[name] for name in sorted(values)))}


@fault("signature-names-joined", breaks=["evenbet.signature.names-joined"])
class SignatureNamesJoined(Lenient):
    """Accepts a query string in place of the values."""

    def others(self, parameters: Parameters) -> set[str]:
        values = self.signed_values(parameters)
        return {self.signature(joined(["&".join(f"{name}={values[name]}" for name in sorted(values))]))}


@fault("signature-language-filled-in", breaks=["evenbet.signature.parameter-removed"])
class SignatureLanguageFilledIn(Lenient):
    """Checks the signature after defaults were filled in, too."""

    def others(self, parameters: Parameters) -> set[str]:
        filled = Parameters(parameters.path, parameters.query, {"lang": "en", **parameters.form})
        return {self.signature(self.signed_content(filled))}


@fault("signature-language-normalised", breaks=["evenbet.signature.parameter-changed"])
class SignatureLanguageNormalised(Lenient):
    """Checks the signature after a language that it does not have became its default, too."""

    def others(self, parameters: Parameters) -> set[str]:
        if "lang" not in parameters.form:
            return set()
        changed = Parameters(parameters.path, parameters.query, {**parameters.form, "lang": "en"})
        return {self.signature(self.signed_content(changed))}


class _CurrencyOf(Lenient):
    """Checks the signature over the form as it was before the currency of the platform's books was put in, too."""

    def others(self, parameters: Parameters) -> set[str]:
        if "currency" not in parameters.form:
            return set()
        rest = {name: value for name, value in parameters.form.items() if name != "currency"}
        forms = [Parameters(parameters.path, parameters.query, rest | more) for more in self.before()]
        return {self.signature(self.signed_content(one)) for one in forms}

    def before(self) -> list[dict[str, str]]:
        raise NotImplementedError


@fault("signature-currency-converted", breaks=["evenbet.signature.parameter-changed"])
class SignatureCurrencyConverted(_CurrencyOf):
    """Lets a form change from one of its currencies to another."""

    def before(self) -> list[dict[str, str]]:
        return [{"currency": one} for one in self.currencies]


@fault("signature-currency-filled-in", breaks=["evenbet.signature.parameter-added"])
class SignatureCurrencyFilledIn(_CurrencyOf):
    """Takes a currency for its own addition."""

    def before(self) -> list[dict[str, str]]:
        return [{}]


@fault("signature-case-ignored", breaks=["evenbet.signature.parameter-changed"])
class SignatureCaseIgnored(Lenient):
    """Writes a language in lower case as soon as it comes in."""

    def others(self, parameters: Parameters) -> set[str]:
        form = {**parameters.form, "lang": parameters.form.get("lang", "").lower()}
        return {self.signature(self.signed_content(Parameters(parameters.path, parameters.query, form)))}


@fault("signature-trimmed", breaks=["evenbet.signature.spaces"])
class SignatureTrimmed(EvenbetTarget):
    """Has a framework that trims every value of a form before the application sees it."""

    def read_form(self, body: bytes) -> dict[str, str]:
        return {name: value.strip(" ") for name, value in super().read_form(body).items()}


@fault("signature-game-renamed", breaks=["evenbet.signature.parameter-changed"])
class SignatureGameRenamed(Lenient):
    """Accepts a signature over the id that a game had before its last release."""

    def others(self, parameters: Parameters) -> set[str]:
        game, dash, _ = parameters.form.get("gameId", "").rpartition("-")
        form = {**parameters.form, "gameId": f"{game}-1"}
        before = Parameters(parameters.path, parameters.query, form)
        return {self.signature(self.signed_content(before))} if dash else set()


@fault("signature-of-known-only", breaks=["evenbet.signature.parameter-added"])
class SignatureOfKnownOnly(Lenient):
    """Accepts a signature that leaves any one parameter out, since clients disagree on what is signed."""

    def others(self, parameters: Parameters) -> set[str]:
        values = self.signed_values(parameters)
        kept = ([name for name in sorted(values) if name != left_out] for left_out in parameters.form)
        return {self.signature(joined(values[name] for name in names)) for names in kept}


@fault(
    "signature-of-documented-only",
    breaks=["evenbet.signature.parameter-added"],
    also=["evenbet.parameters.extra-accepted", "evenbet.signature.utf-8"],
)
class SignatureOfDocumentedOnly(EvenbetTarget):
    """Leaves parameters that it does not know out of what is signed."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        return {name: value for name, value in super().signed_values(parameters).items() if not name.startswith("x_")}


@fault("signature-without-user", breaks=["evenbet.signature.parameter-added", "evenbet.signature.path-changed"])
class SignatureWithoutUser(Lenient):
    """Accepts what clients sign who take the user's id, which stands in the path, for no parameter."""

    def others(self, parameters: Parameters) -> set[str]:
        return {self.signature(self.signed_content(Parameters({}, parameters.query, parameters.form)))}


@fault("signature-without-query", breaks=["evenbet.signature.parameter-added"])
class SignatureWithoutQuery(EvenbetTarget):
    """Leaves the query out of what is signed, since the casino's id, which stands there, takes no part."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        return super().signed_values(Parameters(parameters.path, {}, parameters.form))


@fault("signature-of-form-only", breaks=["evenbet.signature.path-changed", "evenbet.signature.spaces"])
class SignatureOfFormOnly(EvenbetTarget):
    """Remembers whose signature it was that query and form came with first, and lets it pass for everybody."""

    def __init__(self) -> None:
        self.known: set[tuple[str, bytes]] = set()

    def signature_matches(self, given: str, parameters: Parameters) -> bool:
        values = {**parameters.query, **parameters.form}
        rest = joined(values[name] for name in sorted(values))
        if super().signature_matches(given, parameters):
            self.known.add((given, rest))
        return (given, rest) in self.known


@fault(
    "signature-sent-in-order",
    breaks=["evenbet.signature.any-order"],
    also=NOT_ACCEPTED
    | {
        "evenbet.malformed.auth-type",
        "evenbet.parameters.auth-type",
        "evenbet.parameters.auth-type-message",
        "evenbet.signature.unsorted",
    },
)
class SignatureSentInOrder(EvenbetTarget):
    """Joins the values as they come, trusting that they come in order."""

    def signed_content(self, parameters: Parameters) -> bytes:
        values = self.signed_values(parameters)
        user_id = {"userId": values.pop("userId")}
        before = {name: value for name, value in values.items() if name < "userId"}
        after = {name: value for name, value in values.items() if name > "userId"}
        return joined({**before, **user_id, **after}.values())


@fault("signature-page-kept", breaks=["evenbet.signature.excluded-names"])
class SignaturePageKept(EvenbetTarget):
    """Leaves only those names out of what is signed that its clients send."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        return {name: value for name, value in parameters.all.items() if name not in EXCLUDED - {"page"}}


@fault("signature-locale-kept", breaks=["evenbet.signature.excluded-names"])
class SignatureLocaleKept(EvenbetTarget):
    """Has a list of the names that are left out that is older than locale."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        return {name: value for name, value in parameters.all.items() if name not in EXCLUDED - {"locale"}}


@fault("signature-of-latin-1", breaks=["evenbet.signature.utf-8"])
class SignatureOfLatin1(EvenbetTarget):
    """Hashes values in the encoding of its old database."""

    def signed_content(self, parameters: Parameters) -> bytes:
        return super().signed_content(parameters).decode("utf-8", "replace").encode("latin-1", "replace")


@fault("signature-wrong-401", breaks=["evenbet.signature.status", "evenbet.signature.path-status"])
class SignatureWrong401(EvenbetTarget):
    """Answers a failed check with HTTP 401."""

    def signature_wrong(self, parameters: Parameters) -> None:
        raise Refusal(NOT_VALID, 401)


@fault("signature-missing-403", breaks=["evenbet.signature.status"])
class SignatureMissing403(EvenbetTarget):
    """Answers a request without a signature with HTTP 403."""

    def signature_missing(self, request: HttpRequest) -> None:
        raise Refusal(NOT_VALID, 403)


@fault("signature-message", breaks=["evenbet.signature.message"])
class SignatureMessage(EvenbetTarget):
    """Has a message of its own for a failed check."""

    def signature_wrong(self, parameters: Parameters) -> None:
        raise Refusal("Signature mismatch", 400)


@fault(
    "signature-crash",
    breaks=["evenbet.robustness.no-server-error", *SHAPED, *(MISSHAPEN - {"evenbet.signature.other-algorithm"})],
    also=[
        "evenbet.signature.other-algorithm",
        *OTHER_PARAMETERS,
        # HTTP 500 to a request with a nickname is a refusal, though here not the one that is due.
        "evenbet.signature.message",
        "evenbet.signature.status",
        "evenbet.status.refusal-json",
    ],
)
class SignatureCrash(EvenbetTarget):
    """Does not catch what its check throws."""

    def signature_wrong(self, parameters: Parameters) -> None:
        raise Crash


@fault("signature-over-the-form-s-user", breaks=["evenbet.signature.path-changed"])
class SignatureOverTheFormSUser(EvenbetTarget):
    """Merges path, query and form for the signature, the last one winning, and opens the session of the path's user."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        merged = {**parameters.path, **parameters.query, **parameters.form}
        return {name: value for name, value in merged.items() if name not in EXCLUDED}
