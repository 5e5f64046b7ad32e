"""Documented values of optional parameters, as a request schema and a profile give them.

| annotation      | what it says of a property                                                                    |
|-----------------|-----------------------------------------------------------------------------------------------|
| `enum`          | all values that the document lists                                                            |
| `examples`      | some values that the document allows                                                          |
| `x-example`     | `fresh`, a text that was never sent before, or the place of a value in the profile; whatever  |
|                 | `examples` show is then not sent                                                              |
| `x-length`      | the number of characters of a fresh text                                                      |
| `x-max-length`  | the place in the profile of the number of characters that the target takes                    |
| `x-unusual`     | values that the document allows as well, and that not every target may have met               |
| `x-with`        | values that mean something only along with other parameters, and the names of these           |
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from certhook.building.encoding import field_text
from certhook.pack.model import Operation
from certhook.profile.profile import Profile

_WORD = re.compile(r"[\w-]{1,20}")
_SHOWN = 40
_USUAL = 32


@dataclass(frozen=True, slots=True)
class Example:
    """One documented value of the parameter `place`; `word` tells it from the others in the names of cases.

    A `fresh` value is another each time that it is made.
    """

    place: str
    word: str
    make: Callable[[], Any]
    fresh: bool = False

    @property
    def name(self) -> str:
        return f"{self.place}={self.word}" if self.word else self.place

    @property
    def says(self) -> str:
        """The parameter and the value that is sent, a long one of the schema's cut, for the sentences of findings."""
        if self.fresh:
            return f"the {self.word} {self.place}" if self.word else self.place
        text = field_text(self.make())
        # What the profile gives is left whole: redaction would not find half a secret.
        return f"{self.place}={f'{text[: _SHOWN - 1]}…' if self.word and len(text) > _SHOWN else text}"


def examples_of(operation: Operation, place: str, profile: Profile) -> tuple[Example, ...]:
    """The values that an optional parameter may have on its own; none where the profile would have to give one."""
    schema = operation.properties[place]
    listed = _listed(schema)
    if listed:
        return tuple(Example(place, _word(value, at), _always(value)) for at, value in enumerate(listed, 1))
    if schema.get("x-example") == "fresh":
        return tuple(Example(place, word, make, fresh=True) for word, make in _fresh(schema, profile).items())
    value = profile.value(schema["x-example"]) if "x-example" in schema else None
    return () if value is None else (Example(place, "", _always(value)),)


def unusual_of(operation: Operation, place: str) -> tuple[Example, ...]:
    """The values of an optional parameter that the document allows, and few callers send."""
    values = operation.properties[place].get("x-unusual", ())
    return tuple(Example(place, _word(value, at), _always(value)) for at, value in enumerate(values, 1))


def other_than(example: Example, schema: Mapping[str, Any]) -> Example:
    """Another value than that one: of those that the document shows, or else made from it."""
    value = example.make()
    shown = (one for one in schema.get("examples", ()) if one != value)
    return Example(example.place, "", _always(next(shown, neighbour(field_text(value)))))


def neighbour(text: str) -> str:
    """The text with another character at its end."""
    return text[:-1] + ("1" if text[-1:] != "1" else "2")


def optional_places(operation: Operation) -> tuple[str, ...]:
    """The names of all parameters that a request may lack."""
    return tuple(name for name in operation.properties if name not in operation.mandatory)


def enumerated(operation: Operation, profile: Profile) -> Iterator[Example]:
    """The values that need nothing else of all optional parameters whose values the document lists in full."""
    for place in optional_places(operation):
        if "enum" in operation.properties[place]:
            yield from examples_of(operation, place, profile)


def is_sent(operation: Operation, place: str, profile: Profile) -> bool:
    """Whether an optional parameter may stand in the control, by what `x-value` and `x-when` say of it."""
    schema = operation.properties[place]
    conditions = schema.get("x-when", {}).items()
    return "x-value" in schema and all(profile.value(where) == wanted for where, wanted in conditions)


def combinations(operation: Operation, profile: Profile) -> Iterator[tuple[Example, dict[str, Example]]]:
    """The values that go along with other parameters, and these with a value each; only where all have one."""
    for place in optional_places(operation):
        for value, names in operation.properties[place].get("x-with", {}).items():
            others = {name: next(iter(examples_of(operation, name, profile)), None) for name in names}
            given = {name: one for name, one in others.items() if one is not None}
            if len(given) == len(names):
                yield Example(place, value, _always(value)), given


def sample(operation: Operation) -> dict[str, Any]:
    """Documented values of several optional parameters at once.

    Only of those that need no test data, name nothing that the target might not have, and can be signed in one way.
    """
    schemas = {place: operation.properties[place] for place in optional_places(operation)}
    plain = {place: one for place, one in schemas.items() if not {"x-signed", "x-identifier"} & one.keys()}
    return {place: _listed(schema)[0] for place, schema in plain.items() if _listed(schema)}


def _listed(schema: Mapping[str, Any]) -> list[Any]:
    together = schema.get("x-with", {})
    if "x-example" in schema:
        return []
    return [value for value in schema.get("enum", schema.get("examples", ())) if str(value) not in together]


def _fresh(schema: Mapping[str, Any], profile: Profile) -> dict[str, Callable[[], Any]]:
    """One of the usual length and, where the profile says what the target takes at most, one of that."""
    usual = schema.get("x-length", _USUAL)
    longest = profile.value(schema["x-max-length"], usual) if "x-max-length" in schema else usual
    return {"": _text(min(usual, longest))} | ({"longest": _text(longest)} if longest > usual else {})


def _text(length: int) -> Callable[[], Any]:
    return lambda: "".join(uuid.uuid4().hex for _ in range(-(-length // _USUAL)))[:length]


def _word(value: Any, at: int) -> str:
    text = field_text(value)
    return text if _WORD.fullmatch(text) else str(at)


def _always(value: Any) -> Callable[[], Any]:
    return lambda: value
