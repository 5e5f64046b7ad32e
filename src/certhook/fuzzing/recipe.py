"""What a recipe is: one way to damage a valid request, with its name in a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from certhook.building.change import ANY_4XX, Change, Draft, Stage
from certhook.changes.registry import FILTERED
from certhook.exchange import Request

FUZZED = "malformed.fuzzed"

SHOWN = 120
"""Characters of a recipe's words that a finding shows, half of them from their end; the body stands beside them."""


@dataclass(frozen=True)
class Recipe:
    """A stage, what is done there, and what that is in words: two recipes with the same words are the same.

    It can be handed to another process, and so must what is done: functions of a module, with arguments bound to them.
    `finish` changes the finished request. `harmless`: how the request is answered is open, whatever its body looks like
    on the wire; only that it is answered soundly is asked.
    """

    stage: Stage
    says: str
    apply: Callable[[Draft], None]
    finish: Callable[[Request], Request] | None = None
    harmless: bool = False

    def as_change(self) -> Change:
        """The recipe as a change of a request. Much that is drawn is what a filter before a target looks for."""
        front = ANY_4XX if self.harmless else ("413", *FILTERED)
        return Change(FUZZED, f"with {self.in_short}", self.stage, self.apply, front=front, finish=self.finish)

    @property
    def in_short(self) -> str:
        """The words as a finding shows them."""
        return self.says if len(self.says) <= SHOWN else f"{self.says[: SHOWN // 2]}...{self.says[-SHOWN // 2 :]}"

    def __repr__(self) -> str:
        return self.says


def on_body(says: str, change: Callable[[bytes], bytes]) -> Recipe:
    """A recipe that does something to the encoded body."""
    return Recipe(Stage.BODY, says, partial(_change_body, change))


def _change_body(change: Callable[[bytes], bytes], draft: Draft) -> None:
    draft.body = change(draft.body)
