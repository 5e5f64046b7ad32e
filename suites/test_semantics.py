"""Semantics: rules about what answers mean that hold for every answer, whatever the protocol."""

from certhook.suite import Item, acceptances, certify, observations, observe, refusals


@acceptances("semantics")
def test_a_success_tells_only_what_it_should(case: Item) -> None:
    """What a success tells is remembered, so that no refusal may tell it too."""
    certify(case)


@refusals("semantics")
def test_a_refusal_tells_nothing(case: Item) -> None:
    """Requests refused for different reasons carry no account data."""
    certify(case)


@observations("semantics")
def test_no_answer_tells_what_it_should_not(rule: Item) -> None:
    """No answer of the group breaks this rule."""
    observe(rule)
