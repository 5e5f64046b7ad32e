"""What else a run may find where one thing is wrong: sets of requirements that faults share."""

from __future__ import annotations

# Bodies that the grammar allows and readers disagree on.
DISPUTED = frozenset(
    {
        "evi.malformed.byte-order-mark",
        "evi.malformed.duplicate-keys",
        "evi.malformed.out-of-range",
    }
)

# What a reader that is lenient in one thing may let through with it. A body that it mends may still lack fields.
LENIENT = DISPUTED | {"evi.malformed.code"}

# A refusal of requests that are valid.
NOT_ACCEPTED = frozenset(
    {
        "evi.parameters.any-spelling",
        "evi.parameters.extra-field",
        "evi.robustness.recovers",
        "evi.status.valid-accepted",
    }
)

# Everything that asks for one code or another.
CODES = frozenset(
    {
        "evi.credentials.code",
        "evi.credentials.unusable-code",
        "evi.malformed.code",
        "evi.parameters.token-code",
        "evi.status.documented-code",
    }
)
