"""Signature: who may speak to the target, and whether its answers can be believed.

Each request is valid but for its signature, or was changed after it was signed. Being refused is one requirement, being
refused in the documented way another: an open door and a wrong status are different findings.
"""

from certhook.suite import Item, acceptances, certify, observations, observe, refusals


@refusals("signature")
def test_a_wrong_signature_is_refused(case: Item) -> None:
    """A forged, damaged or borrowed signature does not open the door."""
    certify(case)


@acceptances("signature")
def test_a_right_signature_is_accepted(case: Item) -> None:
    """Whatever the bytes look like: if the signature is over them, the request is accepted."""
    certify(case)


@observations("signature")
def test_every_answer_is_signed(rule: Item) -> None:
    """The signature of every answer of the group is there, and right."""
    observe(rule)
