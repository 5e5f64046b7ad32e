"""Status: how an answer says what it is, by its HTTP status, its code and its media type."""

from certhook.suite import Item, acceptances, certify, observations, observe, refusals


@acceptances("status")
def test_a_valid_request_is_accepted(case: Item) -> None:
    """The control carries the success marker."""
    certify(case)


@refusals("status")
def test_a_refusal_says_what_it_is(case: Item) -> None:
    """Requests refused for different reasons each have a documented status and code."""
    certify(case)


@observations("status")
def test_no_answer_has_an_undocumented_status(rule: Item) -> None:
    """No answer of the group breaks this rule about statuses, codes or media types."""
    observe(rule)
