"""Runs a fuzzed property: draws bodies, sends them in batches, judges each from its bytes, shrinks what is found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certhook.fuzzing.isolation import draw_nothing_from_sources, keep_caches_out_of_the_way
from certhook.fuzzing.recipe import Recipe
from certhook.fuzzing.recipes import recipes
from certhook.judging.answers import Kind
from certhook.judging.judge import Ask, Judgement
from certhook.judging.oracle import categories_of
from certhook.running.cases import Case, asks_about
from certhook.running.rounds import Round
from certhook.sending.courier import Delivery
from certhook.values import CaseOutcome, Level, Outcome

if TYPE_CHECKING:
    from certhook.running.items import Item

BATCH = 15
"""Bodies that Hypothesis draws at a time, on average (about six lists of about two or three); they go out together."""

PART = 450
"""Bodies in one search of Hypothesis, which remembers all that it drew; a deeper exploration is several searches."""

_STRIDE = 1_000_003
"""Between the seeds of two parts, so that runs with neighbouring seeds share none."""

MAX_SHRINKS = 300
"""Bodies that may be sent to make a finding smaller."""

MAX_FINDINGS = 5
"""Requirements whose breach is looked for, one after the other; more would only tell the same story again."""


class Found(Exception):
    """Some body breaks a MUST. Two that break the same requirement are the same to Hypothesis."""

    def __init__(self, requirement: str, judgement: Judgement, recipe: Recipe) -> None:
        super().__init__(requirement)
        self.requirement = requirement
        self.judgement = judgement
        self.recipe = recipe


@dataclass
class _Tally:
    """What the bodies so far say of each requirement: met, or the first breach.

    `wanted` is the requirement whose breach is being made smaller; `shrinks` counts the bodies that this took.
    """

    outcomes: dict[str, CaseOutcome]
    wanted: str = ""
    shrinks: int = 0


class Exploration:
    """The fuzzed property of one operation."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self._certification = item.certification
        self._known: set[str] = set()

    def explore(self) -> None:
        """Look for bodies that break a requirement, and conclude the item."""
        from certhook.running.items import conclude

        __tracebackhide__ = True
        item = self.item
        round = self._certification.round(item.operation, item.group)
        round.open()
        self._known = set(round.broken())  # the catalogue has shown it, with a body that needs no shrinking
        outcomes = {} if round.blocked else self._searched(round)
        conclude(item, list({**outcomes, **self._unjudged(round)}.values()))

    def _unjudged(self, round: Round) -> dict[str, CaseOutcome]:
        """Where the round was stopped, what the bodies said so far does not count as met."""
        if not round.blocked:
            return {}
        ids = [id for id in self.item.requirements if id not in self._known]
        return {id: CaseOutcome(id, Outcome.BLOCKED, round.blocked) for id in ids}

    def _searched(self, round: Round) -> dict[str, CaseOutcome]:
        """Search, and search again for what else there is, each time without what was found before."""
        tally = _Tally({})
        bodies = self._certification.profile.limits.max_examples
        findings = 0
        for part in range(-(-bodies // PART)):
            while findings < MAX_FINDINGS:
                found = self._search(round, tally, part, min(PART, bodies - part * PART))
                if found is None:
                    break
                findings += 1
                self._known.add(found.requirement)
                outcome = self._certification.outcome_of(found.judgement, self._sentence(found))
                tally.outcomes[found.requirement] = outcome
        return tally.outcomes

    def _search(self, round: Round, tally: _Tally, part: int, bodies: int) -> Found | None:
        """One search of Hypothesis; the smallest finding that it comes to, or None."""
        from hypothesis import HealthCheck, Phase, given, seed, settings
        from hypothesis import strategies as st
        from hypothesis.database import DirectoryBasedExampleDatabase

        tally.wanted, tally.shrinks = "", 0
        last: list[Found] = []

        few = st.lists(recipes(self.item.operation), min_size=1, max_size=4)
        draw_nothing_from_sources()
        keep_caches_out_of_the_way()

        @seed(self._certification.setup.seed + part * _STRIDE)
        @settings(
            max_examples=max(1, bodies // BATCH),
            deadline=None,
            derandomize=False,  # as it would be where a CI system is recognised
            database=DirectoryBasedExampleDatabase(self._examples()),
            phases=(Phase.generate, Phase.shrink) if part else (Phase.reuse, Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
        )
        @given(st.lists(few, min_size=1, max_size=12))
        def every_body_is_answered_soundly(lists: list[list[Recipe]]) -> None:
            batch = [recipe for one in lists for recipe in one]
            tally.shrinks += len(batch) if tally.wanted else 0
            if tally.shrinks > MAX_SHRINKS or round.blocked:
                return
            found = self._sent(round, batch, tally)
            if found is not None:
                tally.wanted = found.requirement
                last.append(found)
                raise found

        try:
            every_body_is_answered_soundly()
        except Found as found:
            return found
        except Exception as error:
            if last and _from_hypothesis(error):
                return last[-1]
            raise
        return None

    def _examples(self) -> Path:
        """Where bodies that were found are kept, to be tried first by the next run."""
        setup = self._certification.setup
        root = Path(setup.examples_db) if setup.examples_db else Path(setup.output) / "examples"
        return root / setup.protocol / self.item.operation.name

    def _sentence(self, found: Found) -> str:
        """What was sent: the recipe in words, and the body itself."""
        # Cut or in hexadecimal, half of a secret, or one that only its name gives away, would no longer be found.
        body = self._certification.redactor.data(found.judgement.exchange.request.body)
        return f"a valid {self.item.operation.name} request, but with {found.recipe.says}; the body: {shown(body)}"

    def _sent(self, round: Round, batch: list[Recipe], tally: _Tally) -> Found | None:
        """Send a batch and judge it; the first breach of a MUST that also shows when its body is sent alone."""
        case = Case(self.item.id, self.item.operation, self.item.group, batch[0].as_change(), ())
        deliveries = round.deliver(case, [recipe.as_change() for recipe in batch])
        if round.blocked:
            return None
        for recipe, delivery in zip(batch, deliveries, strict=True):
            found = self._judged(round, recipe, delivery, tally)
            if found is not None:
                return found
        return None

    def _judged(self, round: Round, recipe: Recipe, delivery: Delivery, tally: _Tally) -> Found | None:
        if delivery.answer.kind is Kind.LIMITED:
            return None
        certification, item = self._certification, self.item
        asks: tuple[Ask, ...] = ()
        if not recipe.harmless:
            found = categories_of(delivery.exchange.request.body, item.operation, delivery.valid)
            asks = asks_about(found, certification.pack, certification.selected_open, item.operation)
        case = Case(item.id, item.operation, item.group, delivery.errand.change, asks, fuzzed=True)
        result = round.settle(case, delivery)
        for judgement in (*result.judgements, *result.observations):
            requirement = certification.requirements[judgement.requirement]
            if judgement.met:
                tally.outcomes.setdefault(requirement.id, CaseOutcome(requirement.id, Outcome.PASSED))
            elif requirement.level is Level.MUST and requirement.id not in self._known:
                if tally.wanted in ("", requirement.id):
                    return Found(requirement.id, judgement, recipe)
            elif requirement.level is Level.SHOULD:
                warned = certification.outcome_of(judgement, self._sentence(Found(requirement.id, judgement, recipe)))
                if tally.outcomes.get(requirement.id, warned).outcome is not Outcome.FAILED:
                    tally.outcomes[requirement.id] = warned
        return None


def shown(body: bytes, limit: int = 200) -> str:
    """A body as text, and as hex too where it is not printable text; cut where it is long."""
    text = body[:limit].decode("utf-8", "replace")
    more = f"... ({len(body)} bytes)" if len(body) > limit else ""
    if text.isprintable() and "\ufffd" not in text:
        return f"{text}{more}" if body else "(empty)"
    return f"{text!r}{more}, in hex {body[:limit].hex(' ')}{more}"


def _from_hypothesis(error: Any) -> bool:
    """Whether Hypothesis itself complains, as it does of a failure that does not repeat."""
    return type(error).__module__.startswith("hypothesis")
