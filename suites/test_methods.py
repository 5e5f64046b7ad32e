"""Methods: the operation's path with another HTTP method."""

from certhook.suite import Item, certify, refusals


@refusals("methods")
def test_another_method_is_not_accepted(case: Item) -> None:
    """Everything but the method being valid, the request is not accepted."""
    certify(case)
