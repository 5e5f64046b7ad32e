"""Tally, Coins: the one rule that no table can say."""

from certhook.errors import Nonconformance
from certhook.suite import Conversation, flow


@flow("tally.semantics.steady")
def test_counting_twice_gives_the_same_number(conversation: Conversation) -> None:
    """Nothing is spent by counting."""
    first, second = conversation.control(), conversation.control()
    before, after = first.answer.members.get("coins"), second.answer.members.get("coins")
    if before != after:
        raise Nonconformance(
            "two valid requests, one after the other",
            expected="the same number of coins",
            observed=f"{before!r}, then {after!r}",
            exchange=second.exchange,
        )
