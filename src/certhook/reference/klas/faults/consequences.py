"""What else a run may find where one thing is wrong: sets of requirements that faults share."""

from __future__ import annotations

# An unsigned HTTP 500 page in place of a signed refusal.
CRASH = frozenset(
    {
        "klas.fields.status-code",
        "klas.robustness.front-html",
        "klas.robustness.no-server-error",
        "klas.robustness.readable",
        "klas.signature.response-present",
        "klas.signature.response-right",
        "klas.status.documented-code",
        "klas.status.media-type",
        "klas.status.refusal-http",
        "klas.status.refusal-http-200",
    }
)

# A bad parameter that is taken, or not answered as such.
BAD_PARAMETER = frozenset(
    {
        "klas.parameters.missing",
        "klas.parameters.null",
        "klas.parameters.wrong-type",
        "klas.parameters.code",
        "klas.status.refusal-http-200",
    }
)

# A malformed body that is taken, or not answered as such.
MALFORMED = frozenset(
    {
        "klas.malformed.grammar",
        "klas.malformed.root",
        "klas.malformed.code",
        "klas.status.refusal-http-200",
    }
)

# Bodies that the grammar allows and readers disagree on.
DISPUTED = frozenset(
    {
        "klas.malformed.byte-order-mark",
        "klas.malformed.duplicate-keys",
        "klas.malformed.out-of-range",
    }
)

# A refusal of requests that are valid.
NOT_ACCEPTED = frozenset(
    {
        "klas.parameters.extra-field",
        "klas.robustness.recovers",
        "klas.signature.any-serialisation",
        "klas.signature.header-name-case",
        "klas.status.valid-accepted",
        "klas.timestamp.inside-window",
        "klas.timestamp.slightly-ahead",
    }
)

# Signatures that are nearly right, in ways that a lax comparison may or may not notice.
NEARLY_RIGHT = frozenset(
    {
        "klas.signature.long",
        "klas.signature.nibble",
        "klas.signature.non-ascii",
        "klas.signature.not-hex",
        "klas.signature.prefix",
        "klas.signature.prefixed",
        "klas.signature.truncated",
    }
)

# Right signatures of other bytes than those sent.
OTHER_BYTES = frozenset(
    {
        "klas.signature.captured",
        "klas.signature.key-order-changed",
        "klas.signature.reserialised",
        "klas.signature.value-changed",
        "klas.signature.whitespace-changed",
    }
)

# Bad identifiers.
UNKNOWN_ACCOUNT = frozenset(
    {
        "klas.parameters.empty-identifier",
        "klas.parameters.foreign-session",
        "klas.parameters.unknown-player",
        "klas.parameters.unknown-session",
    }
)

TIME = frozenset({"klas.timestamp.code", "klas.timestamp.future", "klas.timestamp.stale"})
