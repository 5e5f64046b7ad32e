"""Klas Gaming, Authenticate: what two answers for the same player must have in common."""

from certhook.errors import Nonconformance
from certhook.suite import Conversation, flow


def _same(conversation: Conversation, member: str) -> None:
    first, second = conversation.control(), conversation.control()
    before, after = first.answer.members.get(member), second.answer.members.get(member)
    if before != after:
        raise Nonconformance(
            "two valid requests for the same player, one after the other",
            expected=f"the same {member} in both answers",
            observed=f"{before!r}, then {after!r}",
            exchange=second.exchange,
        )


@flow("klas.semantics.same-currency")
def test_the_same_player_has_the_same_currency(conversation: Conversation) -> None:
    """A player's currency does not change from one session start to the next."""
    _same(conversation, "currency")


@flow("klas.semantics.same-balance")
def test_the_same_player_has_the_same_balance(conversation: Conversation) -> None:
    """Nothing being played in between, the balance stays."""
    _same(conversation, "balance")
