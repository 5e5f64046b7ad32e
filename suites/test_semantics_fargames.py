"""fargames: what the list of games promises, and what takes more than one request.

Samples are spread over the list, from its first game to its last, so that the same list gives the same requests.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from certhook.changes import changes_of
from certhook.errors import Nonconformance
from certhook.judging.judge import schema_breaches
from certhook.sending.courier import Delivery
from certhook.suite import Blocked, Conversation, NotTested, flow
from certhook.values import Level

LINK, DEMO, LIST = "get_game_link", "get_game_link_demo", "list"
METHODS = ("GET", "PUT", "PATCH", "DELETE")
SAMPLE = 5
NEIGHBOURS = 5
LARGEST_IDS = (2**31 - 1, 2**63 - 1)
OF_ANOTHER_ID = ((403, "game_not_available"), (404, "game_provider_not_found"), (422, "validation_error"))


def _listed(conversation: Conversation) -> tuple[Delivery, list[Mapping[str, Any]]]:
    """The list of games as the target gives it. Raises Blocked where it is no list of objects with ids."""
    delivery = conversation.known(LIST)
    content = delivery.answer.members.get("content")
    listed = content.get("games") if isinstance(content, dict) else None
    games = [game for one in listed if (game := _game(one))] if isinstance(listed, list) else []
    if not isinstance(listed, list) or len(games) < len(listed):
        raise Blocked("the list of games could not be read: not each of them is an object with an integer as its id")
    return delivery, games


def _game(listed: Any) -> Mapping[str, Any] | None:
    """A game of the list, its id an integer, also where that is written as 101.0; None for what is none."""
    id = listed.get("id") if isinstance(listed, dict) else None
    whole = int(id) if isinstance(id, float) and id.is_integer() else id
    return {**listed, "id": whole} if isinstance(whole, int) else None


def _sample(games: Sequence[Mapping[str, Any]], closed: int | None = None) -> list[Mapping[str, Any]]:
    """At most SAMPLE of the games, the first and the last among them, and the closed one, where it is listed."""
    if len(games) <= SAMPLE:
        return list(games)
    sample = [games[at * (len(games) - 1) // (SAMPLE - 1)] for at in range(SAMPLE)]
    listed = next((game for game in games if game["id"] == closed), None)
    if listed is not None and listed not in sample:
        sample[SAMPLE // 2] = listed
    return sample


def _closed(conversation: Conversation) -> int | None:
    """The game that the profile says is closed to the agent."""
    id: int | None = conversation.profile.subject.get("unavailable_game_id")
    return id


def _listed_with(conversation: Conversation, *, demo: bool) -> list[Mapping[str, Any]]:
    """A sample of the games that the list says can, or cannot, be played in demo mode."""
    _, games = _listed(conversation)
    found = [game for game in games if game.get("demo") is demo]
    if not found:
        raise NotTested(f"the target lists no game with demo = {str(demo).lower()}")
    return _sample(found, _closed(conversation) if demo else None)


def _breach(sent: str, expected: str, delivery: Delivery, observed: str = "") -> Nonconformance:
    return Nonconformance(
        sent, expected=expected, observed=observed or delivery.answer.says, exchange=delivery.exchange
    )


def _all_linked(conversation: Conversation, games: Sequence[Mapping[str, Any]]) -> None:
    """Each of the games gets a link of the conversation's own operation."""
    for game, first in _asked_for(conversation, games):
        # Once more where it was not: nobody is accused for a hiccup.
        delivery = first if first.accepted else conversation.ask(game_id=game["id"])
        if not delivery.accepted:
            sent = f"a valid {conversation.item.operation.name} request for the listed game {game['id']}"
            raise _breach(sent, "a link", delivery)


def _asked_for(
    conversation: Conversation, games: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], Delivery]]:
    """Each of the games with what a valid request for it brought."""
    return list(zip(games, conversation.ask_each({"game_id": game["id"]} for game in games), strict=True))


@flow("fargames.semantics.listed-linked")
def test_a_listed_game_can_be_linked(conversation: Conversation) -> None:
    """What is listed is available: from the list to the link."""
    _, games = _listed(conversation)
    if not games:
        raise NotTested("the target lists no game")
    _all_linked(conversation, _sample(games, _closed(conversation)))


@flow("fargames.semantics.demo-linked")
def test_a_demo_game_can_be_linked_in_demo_mode(conversation: Conversation) -> None:
    """What is listed with demo = true can be tried: from the list to the demo link."""
    _all_linked(conversation, _listed_with(conversation, demo=True))


@flow("fargames.semantics.no-demo-refused")
def test_a_game_without_demo_gets_no_demo_link(conversation: Conversation) -> None:
    """What is listed with demo = false cannot be tried."""
    for game, delivery in _asked_for(conversation, _listed_with(conversation, demo=False)):
        if not delivery.refused:
            sent = f"a valid {DEMO} request for the game {game['id']}, which is listed with demo = false"
            raise _breach(sent, "a refusal", delivery)


@flow("fargames.semantics.no-demo-code")
def test_a_game_without_demo_is_refused_by_its_own_code(conversation: Conversation) -> None:
    """The refusal says that nobody offers the game in demo mode."""
    for game, delivery in _asked_for(conversation, _listed_with(conversation, demo=False)):
        fits = delivery.answer.status == 404 and delivery.answer.code == "game_provider_not_found"
        if delivery.refused and not fits:
            sent = f"a valid {DEMO} request for the game {game['id']}, which is listed with demo = false"
            raise _breach(sent, "HTTP 404 with game_provider_not_found", delivery)


@flow("fargames.parameters.unknown-game")
def test_a_game_that_does_not_exist_is_not_found(conversation: Conversation) -> None:
    """A neighbour of a listed id names no game; the next is asked where one is closed, or is taken for no id."""
    for id in _unlisted(conversation):
        delivery = conversation.ask(game_id=id)
        if (delivery.answer.status, delivery.answer.code) not in OF_ANOTHER_ID:
            break
    if not delivery.refused or (delivery.answer.status, delivery.answer.code) != (404, "game_not_found"):
        sent = f"a valid {conversation.item.operation.name} request for the game {id}, which is not listed"
        raise _breach(sent, "HTTP 404 with game_not_found", delivery)
    again = conversation.ask(game_id=id)
    if again.accepted:
        sent = f"a second {conversation.item.operation.name} request for the game {id}, which the first did not find"
        raise _breach(sent, "a refusal, as before", again)


def _unlisted(conversation: Conversation) -> list[int]:
    """Ids beside listed ones that are not listed, those behind the last first; then some far from it.

    None is wider than the listed ones: a target may keep ids in 32 or 64 bits, and refuse others as invalid.
    """
    _, games = _listed(conversation)
    subject = conversation.profile.subject
    known = {game["id"] for game in games} | {subject["game_id"]}
    last = max(known)
    largest = next((limit for limit in LARGEST_IDS if last <= limit), last)
    beside = sorted({id + step for id in known for step in (1, -1)}, reverse=True)
    known.add(subject.get("unavailable_game_id", last))
    near = [id for id in beside if 0 < id <= largest and id not in known][:NEIGHBOURS]
    far = [id for id in (last + 100_000, last - 100_000) if 0 < id <= largest and id not in known]
    return [*near, *far]


@flow("fargames.methods.envelope")
def test_another_method_is_refused_by_its_own_code(conversation: Conversation) -> None:
    """The application itself says that the method is not allowed, not only a layer in front of it."""
    scope = conversation.scope
    changes = [change for method in METHODS for change in changes_of(f"methods.{method.lower()}", scope)]
    for change, delivery in zip(changes, conversation.brought(changes), strict=True):
        sent = f"a valid {conversation.item.operation.name} request, but {change.says}"
        if delivery.refused and delivery.answer.code != "method_not_allowed":
            raise _breach(sent, "HTTP 405 with method_not_allowed", delivery)
        if delivery.refused:
            _whole_envelope(sent, delivery, conversation)


def _whole_envelope(sent: str, delivery: Delivery, conversation: Conversation) -> None:
    """A refusal by its own code is the application's, and has all that refusals must have."""
    pack, refusal = conversation.certification.pack, conversation.item.operation.refusal
    for id, observed in schema_breaches(refusal, dict(delivery.answer.members)).items():
        if pack.requirement(id).level is Level.MUST:
            raise _breach(sent, "a whole error envelope with method_not_allowed", delivery, observed)


@flow("fargames.robustness.exact-retry")
def test_a_request_that_comes_again_is_answered(conversation: Conversation) -> None:
    """A caller that has seen no answer sends the same bytes again; what it gets then is open, but it gets something."""
    conversation.repeated_exactly()


@flow("fargames.signature.repeated-body")
def test_a_body_is_not_known_by_itself(conversation: Conversation) -> None:
    """An answer that was given once is not given again to somebody who cannot sign for it."""
    conversation.repeated_unsigned()
