"""How to damage a valid form: what is done to any body, done to one with parameters in it, and values at the edges."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hypothesis import strategies as st

from certhook.building.change import Stage
from certhook.building.encoding import field_text
from certhook.changes.examples import optional_places, sample
from certhook.fuzzing import damage
from certhook.fuzzing.recipe import Recipe
from certhook.pack.model import Operation


def on_a_form(operation: Operation) -> Callable[[Recipe], Recipe]:
    """Makes recipes for a form with several parameters: the control's may be empty, which leaves nothing to damage."""
    plain = sample(operation)

    def filled(recipe: Recipe) -> Recipe:
        says = f"several parameters and {recipe.says}"
        return Recipe(recipe.stage, says, partial(damage.fill, plain, recipe.apply))

    return filled


def parameters_changed(operation: Operation, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Recipe]:
    """One parameter of the form with another value, or an extra one."""
    places = list(operation.carried("form", dict.fromkeys(optional_places(operation))))

    def changed(place: str, value: Any) -> Recipe:
        text = field_text(value)
        return Recipe(Stage.FIELDS, f"{text!a} as {place!a}", partial(damage.set_parameter, place, text))

    names = st.sampled_from(places) | st.text(min_size=1, max_size=10).map(lambda text: f"x_{text}")
    return st.builds(changed, names, values)
