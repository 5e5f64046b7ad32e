"""Parameters: what happens where a field is missing, null, of a wrong type, empty, or names nobody.

Every request is signed over the bytes that go out, so that the one field is all that is wrong.
"""

from certhook.suite import Item, acceptances, certify, refusals


@refusals("parameters")
def test_a_bad_parameter_is_refused(case: Item) -> None:
    """The request is refused, with a code that fits."""
    certify(case)


@acceptances("parameters")
def test_a_legal_parameter_is_accepted(case: Item) -> None:
    """What the document allows, and what it says nothing against, is accepted."""
    certify(case)
