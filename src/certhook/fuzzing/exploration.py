"""Runs a fuzzed property: bodies are drawn, sent in batches and judged from their bytes; what is found is made smaller.

What an earlier run kept goes first. Then bodies are drawn, sent and judged in batches; where something is found, the
search goes on from there, one body at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from certhook.fuzzing.counterexample import Counterexample
from certhook.fuzzing.recipe import Recipe
from certhook.fuzzing.recipe_lists import PlacedRecipe, each_once
from certhook.fuzzing.recipe_source import RecipeSource
from certhook.judging.answers import Kind
from certhook.judging.judge import Ask
from certhook.judging.oracle import wrongs_of
from certhook.running.cases import Case, asks_about
from certhook.running.group_run import GroupRun
from certhook.running.rounds import Round
from certhook.sending.courier import Delivery
from certhook.values import CaseOutcome, Level, Outcome

if TYPE_CHECKING:
    from certhook.fuzzing.search import Search
    from certhook.running.items import Item

MAX_FINDINGS = 5
"""Findings that are made smaller; further ones are shown as they were found."""


class Exploration:
    """The fuzzed property of one operation. Where there is no `source`, it draws for itself."""

    def __init__(self, item: Item, source: RecipeSource | None = None) -> None:
        self.item = item
        self._certification = item.certification
        self._source = source
        self._known: set[str] = set()
        self._outcomes: dict[str, CaseOutcome] = {}

    @cached_property
    def _group(self) -> GroupRun:
        """Asked for when it is run, since it holds what was planned by then."""
        return self._certification.group(self.item.group)

    @cached_property
    def _search(self) -> Search:
        from certhook.fuzzing.search import Search  # Hypothesis takes a while to load, and may not be needed

        return Search(self.item.operation, self._certification.setup.seed, self._examples)

    @property
    def _round(self) -> Round:
        return self._group.round(self.item.operation)

    def prepare(self) -> None:
        """Have the first bodies drawn while other cases are sent."""
        if self._source is not None:
            self._source.ask(self.item.operation.name, 0)

    def explore(self) -> None:
        """Look for bodies that break a requirement, and conclude the item."""
        from certhook.running.items import conclude

        __tracebackhide__ = True
        self._group.opened(self.item.operation)
        self._known = set(self._round.broken)  # the catalogue has shown it, with a body that needs no shrinking
        if not self._round.blocked:
            self._try_kept()
            self._try_drawn()
        conclude(self.item, list({**self._outcomes, **self._unjudged()}.values()))

    def _unjudged(self) -> dict[str, CaseOutcome]:
        """Where the round was stopped, what the bodies said so far does not count as met."""
        if not self._round.blocked:
            return {}
        ids = [id for id in self.item.requirements if id not in self._known]
        return {id: CaseOutcome(id, Outcome.BLOCKED, self._round.blocked) for id in ids}

    def _try_kept(self) -> None:
        """What an earlier run kept, one after the other, as long as it still breaks something new."""
        if not self._examples.exists():
            return
        for _ in range(MAX_FINDINGS):
            found = self._search.kept(self._alone)
            if found is None:
                return
            self._report(found)

    def _try_drawn(self) -> None:
        bodies = itertools.islice(each_once(self._list), self._certification.profile.limits.max_examples)
        shrunk = 0
        while batch := list(itertools.islice(bodies, self._group.batch_size)):
            for place, found in self._sent([one.recipe for one in batch]):
                self._report(self._shrunk(batch[place], found) if shrunk < MAX_FINDINGS else found)
                shrunk += 1
            if self._round.blocked:
                return

    def _list(self, number: int) -> Sequence[Recipe]:
        """Recipes that were drawn together."""
        if self._source is None:
            return self._search.draw(number)
        return self._source.take(self.item.operation.name, number)

    def _shrunk(self, start: PlacedRecipe, counterexample: Counterexample) -> Counterexample:
        """The smallest counterexample of that kind; the one that came first where it does not come again."""
        return self._search.shrink(start, partial(self._alone, wanted=counterexample.requirement)) or counterexample

    def _report(self, counterexample: Counterexample) -> None:
        self._known.add(counterexample.requirement)
        outcome = self._certification.outcome_of(counterexample.judgement, self._sentence(counterexample))
        self._outcomes[counterexample.requirement] = outcome

    @property
    def _examples(self) -> Path:
        """Where bodies that were found are kept, to be tried first by the next run."""
        setup = self._certification.setup
        root = Path(setup.examples_db) if setup.examples_db else Path(setup.output) / "examples"
        return root / setup.protocol / self.item.operation.name

    def _sentence(self, counterexample: Counterexample) -> str:
        """What was sent: the recipe in words, and the body itself."""
        # Cut or in hexadecimal, half of a secret, or one that only its name gives away, would no longer be found.
        body = shown(self._certification.redactor.data(counterexample.judgement.exchange.request.body))
        words = counterexample.recipe.in_short
        return f"a valid {self.item.operation.name} request, but with {words}; the body: {body}"

    def _alone(self, recipe: Recipe, wanted: str = "") -> Counterexample | None:
        """What a recipe breaks that is sent by itself; nothing but the `wanted` requirement, where there is one."""
        return next((found for _, found in self._sent([recipe], wanted)), None)

    def _sent(self, batch: Sequence[Recipe], wanted: str = "") -> Iterator[tuple[int, Counterexample]]:
        """Send a batch and judge it; every breach of a MUST that is not known, with the place of its recipe."""
        if self._round.blocked:
            return
        changes = [recipe.as_change() for recipe in batch]
        case = Case(self.item.id, self.item.operation, self.item.group, changes[0], ())
        for place, delivery in enumerate(self._group.deliver(case, changes)):
            for found in self._judged(batch[place], delivery):
                if wanted in ("", found.requirement) and found.requirement not in self._known:
                    yield place, found

    def _judged(self, recipe: Recipe, delivery: Delivery) -> list[Counterexample]:
        """The breaches of a MUST that an answer shows; what else it says is noted."""
        if delivery.answer.kind is Kind.LIMITED or self._round.blocked:
            return []
        certification, item = self._certification, self.item
        asks: tuple[Ask, ...] = ()
        if not recipe.harmless:
            wrongs = wrongs_of(delivery.exchange.request.body, item.operation, delivery.valid)
            asks = asks_about(wrongs, certification.pack, certification.selected_open, item.operation)
            asks = self._of_a_repetition(asks) if delivery.repeated else asks
        case = Case(item.id, item.operation, item.group, delivery.errand.change, asks, fuzzed=True)
        result = self._round.settle(case, delivery)
        breaches: list[Counterexample] = []
        for judgement in (*result.judgements, *result.observations):
            requirement = certification.requirements[judgement.requirement]
            if judgement.met:
                if requirement.id not in self._outcomes:
                    self._outcomes[requirement.id] = CaseOutcome(requirement.id, Outcome.PASSED)
                continue
            watched = self._round.observed.get(requirement.id)
            if watched and watched.breach is judgement:  # the one that the end of the round speaks of
                certification.sent_beside_cases[judgement.exchange.number] = case.change
            found = Counterexample(requirement.id, judgement, recipe)
            if requirement.level is Level.MUST:
                breaches.append(found)
            else:
                warned = certification.outcome_of(judgement, self._sentence(found))
                if self._outcomes.get(requirement.id, warned).outcome is not Outcome.FAILED:
                    self._outcomes[requirement.id] = warned
        return breaches

    def _of_a_repetition(self, asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
        """What was sent before with the same signature may be refused as a replay: any refusal will do."""
        refused = self._certification.pack.answers["refused"]
        return tuple(
            Ask(ask.requirement, replace(ask.allowed, says=refused.says, refusals=refused.refusals))
            for ask in asks
            if not ask.allowed.accepted
        )


def shown(body: bytes, limit: int = 200) -> str:
    """A body as text, and as hex too where it is not printable text; cut where it is long."""
    text = body[:limit].decode("utf-8", "replace")
    more = f"... ({len(body)} bytes)" if len(body) > limit else ""
    if text.isprintable() and "\ufffd" not in text:
        return f"{text}{more}" if body else "(empty)"
    return f"{text!r}{more}, in hex {body[:limit].hex(' ')}{more}"
