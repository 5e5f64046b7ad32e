"""Klas Gaming, Authenticate: what two answers for the same player, one after the other, should have in common."""

from certhook.suite import Conversation, flow


@flow("klas.semantics.same-balance")
def test_the_same_player_has_the_same_balance(conversation: Conversation) -> None:
    """Nothing being played in between, the balance stays."""
    conversation.unchanged("balance", "player")
