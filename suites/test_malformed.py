"""Malformed: bodies that are no JSON, or not the JSON that was asked for.

The fixed catalogue comes first, one case each; Hypothesis then explores. What may happen to a body is decided from its
bytes by a strict reader, not from how it was made. Every body is signed as it goes out.
"""

from certhook.fuzzing.exploration import Exploration
from certhook.suite import Item, certify, explorations, refusals


@refusals("malformed")
def test_a_body_of_the_catalogue_is_survived(case: Item) -> None:
    """Refused where it must be, and in every case answered soundly."""
    certify(case)


@explorations("malformed")
def test_a_body_that_nobody_thought_of_is_survived(exploration: Exploration) -> None:
    """The same for bodies that Hypothesis draws, down to the smallest that shows a breach."""
    exploration.explore()
