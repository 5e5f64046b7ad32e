"""Fields: what the answers carry.

The response schemas say which fields there are, of which type and form, and which of them must be there. They are held
against every answer of the run; here the control and a few refusals are sent to have some of each kind.
"""

from certhook.suite import Item, acceptances, certify, observations, observe, refusals


@acceptances("fields")
def test_a_success_has_the_documented_fields(case: Item) -> None:
    """A valid request's answer fits the schema of a success."""
    certify(case)


@refusals("fields")
def test_a_refusal_has_the_documented_fields(case: Item) -> None:
    """A refused request's answer fits the schema of a refusal."""
    certify(case)


@observations("fields")
def test_no_answer_departs_from_the_schemas(rule: Item) -> None:
    """No answer of the group breaks what the schemas say of this field."""
    observe(rule)
