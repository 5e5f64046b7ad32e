"""Recipes for forms."""

from __future__ import annotations

from hypothesis import given, seed, settings

from certhook.building.builder import Builder
from certhook.building.encoding import form_pairs
from certhook.fuzzing.json_strategies import recipes
from certhook.fuzzing.recipe import Recipe
from certhook.pack.loading import load_pack
from certhook.profile.profile import profile_from
from certhook.reference import profile

PACK = load_pack("evenbet")
PROFILE = profile_from(
    profile("evenbet", "http://127.0.0.1"),
    source="the tests",
    protocol="evenbet",
    protocol_schema=PACK.profile_schema,
    requirement_ids=[one.id for one in PACK.requirements],
)
BUILDER = Builder(PACK, PROFILE)
(OPERATION,) = PACK.operations


@seed(0)
@settings(max_examples=150, deadline=None, database=None)
@given(recipes(OPERATION))
def test_every_recipe_for_a_form_makes_a_request(recipe: Recipe) -> None:
    """Whatever is drawn can be built, signed and read back by a tolerant parser."""
    request = BUILDER.build(OPERATION, recipe.as_change())
    assert request.header("sign")
    assert isinstance(form_pairs(request.body), list)
