"""What else a run may find where one thing is wrong: sets of requirements that faults share."""

from __future__ import annotations

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
        "klas.signature.behind",
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

# Random digits, whatever they come with.
WITH_ANYTHING = frozenset(
    {
        "klas.signature.repeated-body",
        "klas.signature.whatever-else",
        "klas.status.second-player",
    }
)

# What a reader that is lenient in one thing may let through with it. A body that it mends may still lack fields.
LENIENT = DISPUTED | {"klas.malformed.code"}
