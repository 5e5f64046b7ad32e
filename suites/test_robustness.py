"""Robustness: unusual but harmless requests, and what all answers of a run have in common.

How an unusual request is answered is open; that it is answered, in time, without a crash and without telling anything,
is not. And after each group of bad requests the target must work as before.
"""

from certhook.suite import Item, acceptances, certify, end, endings, observations, observe, refusals


@refusals("robustness")
def test_an_unusual_request_is_survived(case: Item) -> None:
    """Large, odd or hostile, but answered soundly."""
    certify(case)


@acceptances("robustness")
def test_a_legal_oddity_is_accepted(case: Item) -> None:
    """What HTTP allows does no harm."""
    certify(case)


@observations("robustness")
def test_every_answer_is_sound(rule: Item) -> None:
    """No answer of the group breaks this rule."""
    observe(rule)


@endings()
def test_the_target_works_as_before_after_each_group(ending: Item) -> None:
    """The closing control is accepted, and no answer of the group broke a rule that holds for every answer."""
    end(ending)
