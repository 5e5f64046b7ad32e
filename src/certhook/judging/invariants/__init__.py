"""Rules that hold for every answer of a run, whatever was sent.

Each is named, and a pack's requirement refers to it by that name. It applies to some answers and is broken by some of
those; a requirement is exercised by the answers that its invariant applies to.

    rule        what an invariant is, and what it may look at
    soundness   an answer comes, and it is one that the protocol knows
    codes       the statuses of successes and refusals, and the codes of refusals
    content     what an answer says, held against the request, other answers and itself
    signatures  the signature of a response
    secrecy     what no answer may tell
"""

from certhook.judging.invariants import (  # noqa: F401 - each registers its own
    codes,
    content,
    secrecy,
    signatures,
    soundness,
)
from certhook.judging.invariants.rule import INVARIANTS, Seen

__all__ = ["INVARIANTS", "Seen"]
