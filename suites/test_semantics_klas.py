"""Klas Gaming, Authenticate: what two requests for the same player, one after the other, are answered with."""

from certhook.suite import Conversation, flow


@flow("klas.semantics.same-balance")
def test_the_same_player_has_the_same_balance(conversation: Conversation) -> None:
    """Nothing being played in between, the balance stays."""
    conversation.unchanged("balance", "player")


@flow("klas.signature.repeated-body")
def test_a_body_is_not_known_by_itself(conversation: Conversation) -> None:
    """An answer that was given once is not given again to somebody who cannot sign for it."""
    conversation.repeated_unsigned()
