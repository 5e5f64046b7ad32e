"""Credentials: what takes the signature's place where requests carry a user name and a password."""

from certhook.suite import Item, acceptances, certify, refusals


@refusals("credentials")
def test_wrong_credentials_are_refused(case: Item) -> None:
    """Wrong, damaged or missing credentials do not open the door."""
    certify(case)


@acceptances("credentials")
def test_right_credentials_are_accepted(case: Item) -> None:
    """Legal spellings of the same credentials are accepted."""
    certify(case)
