"""What else a run may find where one thing is wrong: sets of requirements that faults share."""

from __future__ import annotations

# Bodies that the grammar allows and readers disagree on.
DISPUTED = frozenset(
    {
        "fargames.malformed.byte-order-mark",
        "fargames.malformed.duplicate-keys",
        "fargames.malformed.out-of-range",
    }
)

# What a reader that is lenient in one thing may let through with it. A body that it mends may still lack fields.
LENIENT = DISPUTED | {"fargames.malformed.code"}

# A refusal of requests that are valid.
NOT_ACCEPTED = frozenset(
    {
        "fargames.parameters.demo-session-id",
        "fargames.parameters.extra-field",
        "fargames.robustness.recovers",
        "fargames.semantics.demo-linked",
        "fargames.semantics.listed-linked",
        "fargames.status.valid-accepted",
        "fargames.timestamp.inside-window",
    }
)

# Signatures that are nearly right, in ways that a lax comparison may or may not notice.
NEARLY_RIGHT = frozenset(
    {
        "fargames.signature.long",
        "fargames.signature.nibble",
        "fargames.signature.non-ascii",
        "fargames.signature.not-hex",
        "fargames.signature.prefix",
        "fargames.signature.prefixed",
        "fargames.signature.truncated",
    }
)

# 64 hex digits, none of them or not all of them right.
WRONG_DIGITS = frozenset(
    {
        "fargames.signature.captured",
        "fargames.signature.empty-key",
        "fargames.signature.nibble",
        "fargames.signature.other-key",
        "fargames.signature.plain-hash",
        "fargames.signature.prefix",
        "fargames.signature.random",
        "fargames.signature.repeated-body",
        "fargames.signature.value-changed",
        "fargames.signature.whatever-else",
    }
)

# Requests of which one field is bad.
BAD_FIELDS = frozenset(
    {
        "fargames.parameters.bad-body",
        "fargames.parameters.missing",
        "fargames.parameters.null",
        "fargames.parameters.wrong-type",
    }
)

# Requests that are answered with validation_error, or should be.
INVALID = BAD_FIELDS | {
    "fargames.parameters.bad-agent",
    "fargames.parameters.bad-timestamp",
    "fargames.parameters.coercible",
    "fargames.parameters.currency",
    "fargames.parameters.empty",
    "fargames.parameters.home-url",
    "fargames.parameters.ip",
    "fargames.parameters.language",
}

# Everything that a refusal says by its code or its status.
ANSWERED_BY_CODE = INVALID | {
    "fargames.malformed.code",
    "fargames.malformed.grammar",
    "fargames.malformed.root",
    "fargames.methods.envelope",
    "fargames.methods.not-allowed",
    "fargames.parameters.agent-without-token",
    "fargames.parameters.unavailable-game",
    "fargames.parameters.unavailable-game-demo",
    "fargames.parameters.unknown-agent",
    "fargames.parameters.unknown-agent-code",
    "fargames.parameters.unknown-game",
    "fargames.semantics.no-demo-code",
    "fargames.signature.answer",
    "fargames.signature.header-empty",
    "fargames.signature.header-missing",
    "fargames.timestamp.future-code",
    "fargames.timestamp.not-positive",
    "fargames.timestamp.stale",
}
