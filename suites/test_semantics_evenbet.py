"""EvenBet, open lobby: what the members of one answer have to do with each other, and with the request."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from certhook.errors import Nonconformance
from certhook.sending.courier import Delivery
from certhook.suite import Blocked, Conversation, NotTested, flow


def _resource(delivery: Delivery) -> Mapping[str, Any]:
    data = delivery.answer.members.get("data")
    return data if isinstance(data, Mapping) else {}


def _text(members: Any, name: str) -> str:
    """The member as text. Where there is none, the requirements about fields say so already."""
    value = members.get(name) if isinstance(members, Mapping) else None
    if not isinstance(value, str | int) or value == "":
        raise NotTested(f"the answer has no {name} that could be compared")
    return str(value)


def _attribute(delivery: Delivery, name: str) -> str:
    return _text(_resource(delivery).get("attributes"), name)


def _breach(sent: str, expected: str, observed: str, delivery: Delivery) -> Nonconformance:
    return Nonconformance(sent, expected=expected, observed=observed, exchange=delivery.exchange)


@flow("evenbet.semantics.auth-is-id")
def test_auth_is_the_id_of_the_session(conversation: Conversation) -> None:
    """The example gives the token twice: as the resource's id, and as an attribute."""
    delivery = conversation.control()
    if _attribute(delivery, "auth") != _text(_resource(delivery), "id"):
        raise _breach("a valid request", "the same text as auth and as data.id", "two different ones", delivery)


@flow("evenbet.semantics.url-carries-auth")
def test_the_url_logs_the_user_in(conversation: Conversation) -> None:
    """Whoever opens the URL is logged in by the token that stands in it."""
    delivery = conversation.control()
    if _attribute(delivery, "auth") not in unquote(_attribute(delivery, "redirect-url")):
        raise _breach("a valid request", "auth in redirect-url", "a redirect-url without it", delivery)
    if "&amp;" in _attribute(delivery, "redirect-url"):
        observed = "a redirect-url that is escaped for HTML (&amp;): the parameter is called amp;auth, or another is"
        raise _breach("a valid request", "auth in redirect-url, as the URL is", observed, delivery)


@flow("evenbet.semantics.url-carries-lang")
def test_the_url_has_the_language_that_was_asked_for(conversation: Conversation) -> None:
    """The lobby opens in the user's language, and not in the default one."""
    delivery = conversation.ask(lang="de")
    if not delivery.accepted:
        raise Blocked(f"a valid request with lang=de was not accepted: {delivery.answer.says}")
    words = re.split(r"[^\w-]+", unquote(_attribute(delivery, "redirect-url")))
    if "de" not in words:
        raise _breach("a valid request with lang=de", "de in redirect-url", "a redirect-url without it", delivery)


@flow("evenbet.signature.known-values")
def test_what_is_known_is_no_signature(conversation: Conversation) -> None:
    """Whoever repeats a sessionId, or a nickname, is not by that the one who sent it first."""
    conversation.known_unsigned()


@flow("evenbet.robustness.repeated-session")
def test_a_session_that_is_known_is_no_surprise(conversation: Conversation) -> None:
    """A caller that has seen no answer names its session again; what it gets then is open, but it gets something."""
    conversation.known_again()
