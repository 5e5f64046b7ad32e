"""EVI, Authenticate: in what successes for the same launch player must differ.

Where launch tokens are single-use, each valid request takes another token of the same player.
"""

from certhook.errors import Nonconformance
from certhook.suite import Conversation, flow


@flow("evi.semantics.token-differs")
def test_the_session_token_is_not_the_launch_token(conversation: Conversation) -> None:
    """Whoever has seen the address of the launch must not be able to play."""
    success = conversation.control()
    if success.answer.members.get("Token") == success.valid["ClientToken"]:
        raise Nonconformance(
            "a valid authenticate request",
            expected="a newly generated Token",
            observed="the request's own ClientToken as Token",
            exchange=success.exchange,
        )


@flow("evi.semantics.token-new")
def test_each_success_gives_a_new_token(conversation: Conversation) -> None:
    """A session's token is generated for it, and for no other."""
    seen: set[str] = set()
    for count in range(1, 4):
        success = conversation.control()
        token = str(success.answer.members.get("Token"))
        if token in seen:
            raise Nonconformance(
                f"{count} valid requests for the same launch player, one after the other",
                expected="a new Token in each answer",
                observed="a Token that an answer before carried",
                exchange=success.exchange,
            )
        seen.add(token)
