"""Klas Gaming, Authenticate: what two answers for the same player must have in common."""

from certhook.suite import Conversation, flow


@flow("klas.semantics.same-currency")
def test_the_same_player_has_the_same_currency(conversation: Conversation) -> None:
    """A player's currency does not change from one session start to the next."""
    conversation.unchanged("currency", "player")


@flow("klas.semantics.same-balance")
def test_the_same_player_has_the_same_balance(conversation: Conversation) -> None:
    """Nothing being played in between, the balance stays."""
    conversation.unchanged("balance", "player")
