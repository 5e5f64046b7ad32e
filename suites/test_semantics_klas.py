"""Klas Gaming, Authenticate: what several requests show together, and those for another player than the first."""

from certhook.suite import Conversation, flow


@flow("klas.semantics.same-balance")
def test_the_same_player_has_the_same_balance(conversation: Conversation) -> None:
    """Nothing being played in between, the balance stays."""
    conversation.unchanged("balance", "player")


@flow("klas.status.second-player")
def test_the_second_player_is_served_like_the_first(conversation: Conversation) -> None:
    """What is asked of one player is asked of all; before the second session is named with the first player's id."""
    conversation.second_player()


@flow("klas.robustness.exact-retry")
def test_a_request_that_comes_again_is_answered(conversation: Conversation) -> None:
    """A caller that has seen no answer sends the same bytes again; what it gets then is open, but it gets something."""
    conversation.repeated_exactly()


@flow("klas.signature.repeated-body")
def test_a_body_is_not_known_by_itself(conversation: Conversation) -> None:
    """An answer that was given once is not given again to somebody who cannot sign for it."""
    conversation.repeated_unsigned()
