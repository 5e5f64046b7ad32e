"""Timestamp: how old a request may be.

Well inside the window and well outside it, never at its edge, since clocks differ. Every request is signed after its
time was set, so that its age is all that is wrong.
"""

from certhook.suite import Item, acceptances, certify, refusals


@refusals("timestamp")
def test_a_time_outside_the_window_is_refused(case: Item) -> None:
    """A captured request cannot be used for ever, nor one be made for later."""
    certify(case)


@acceptances("timestamp")
def test_a_time_inside_the_window_is_accepted(case: Item) -> None:
    """Clocks that differ a little, and slow networks, do no harm."""
    certify(case)
