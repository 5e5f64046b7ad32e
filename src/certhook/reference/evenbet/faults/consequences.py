"""What else a run may find where one thing is wrong: sets of requirements that faults share."""

from __future__ import annotations

# What the pages say that an error says.
MESSAGES = frozenset(
    {
        "evenbet.parameters.auth-type-message",
        "evenbet.parameters.currency-blank-message",
        "evenbet.parameters.currency-inactive-message",
        "evenbet.parameters.currency-unknown-message",
        "evenbet.parameters.nick-long-message",
        "evenbet.parameters.nick-taken-message",
        "evenbet.parameters.player-unknown-message",
        "evenbet.signature.message",
    }
)

# A refusal of requests that are valid.
NOT_ACCEPTED = frozenset(
    {
        "evenbet.parameters.currency-accepted",
        "evenbet.parameters.extra-accepted",
        "evenbet.parameters.game-accepted",
        "evenbet.parameters.ipv6-accepted",
        "evenbet.parameters.launch-options-accepted",
        "evenbet.parameters.optional-accepted",
        "evenbet.robustness.recovers",
        "evenbet.signature.any-order",
        "evenbet.signature.excluded-names",
        "evenbet.signature.utf-8",
        "evenbet.status.valid-accepted",
    }
)

# Right signatures of other parameters than those sent.
OTHER_PARAMETERS = frozenset(
    {
        "evenbet.signature.spaces",
        "evenbet.signature.parameter-added",
        "evenbet.signature.parameter-changed",
        "evenbet.signature.parameter-removed",
        "evenbet.signature.path-changed",
    }
)

# Signatures of 64 hex digits that are not the right ones.
SHAPED = OTHER_PARAMETERS | {
    "evenbet.signature.empty-key",
    "evenbet.signature.excluded-kept",
    "evenbet.signature.hmac",
    "evenbet.signature.key-first",
    "evenbet.signature.names-joined",
    "evenbet.signature.nibble",
    "evenbet.signature.other-key",
    "evenbet.signature.random",
    "evenbet.signature.unsorted",
}

# Other texts than 64 hex digits.
MISSHAPEN = frozenset(
    {
        "evenbet.signature.behind",
        "evenbet.signature.long",
        "evenbet.signature.non-ascii",
        "evenbet.signature.not-hex",
        "evenbet.signature.other-algorithm",
        "evenbet.signature.truncated",
    }
)
