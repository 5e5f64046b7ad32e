"""One protocol's run in one process: everything that its cases need, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from certhook.building.builder import Builder
from certhook.building.change import Change
from certhook.building.clock import MomentScope
from certhook.building.pool import Stock
from certhook.exchange import Exchange
from certhook.judging.judge import Judge, Judgement
from certhook.pack.model import Operation
from certhook.profile.waivers import Waiver
from certhook.recording.file_names import JOURNAL_NAME
from certhook.recording.journal import Journal
from certhook.recording.record import record_of, timestamp
from certhook.recording.redaction import Redactor
from certhook.recording.secret_values import redactor_for
from certhook.reporting.curl import curl_command
from certhook.running.cases import Case, Selected, cases_of
from certhook.running.group_run import GroupRun
from certhook.running.rounds import Round
from certhook.running.settling import CaseResult
from certhook.running.setup import Setup
from certhook.running.worker_state import WorkerState
from certhook.sending.courier import Courier, Delivery
from certhook.values import CaseOutcome, Finding, Outcome, Requirement

_OBSERVED_LIMIT = 300
_SAID_LIMIT = 1500
"""Characters of what was sent or said that stand in a report."""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What an item came to: what it says of requirements, and what was sent for it."""

    outcomes: Sequence[CaseOutcome]
    deliveries: Sequence[Delivery] = ()

    @property
    def worst(self) -> CaseOutcome | None:
        """The outcome that the test ends with."""
        return max(self.outcomes, key=lambda one: one.outcome.severity, default=None)

    @property
    def finding(self) -> Finding | None:
        """The finding of the worst outcome that has one."""
        found = [one for one in self.outcomes if one.finding]
        return max(found, key=lambda one: one.outcome.severity).finding if found else None


class Certification:
    """Opened from a Setup, in the controller or in a worker; `worker` counts from 0."""

    def __init__(self, setup: Setup, worker: int = 0) -> None:
        self.setup = setup
        loaded = setup.load()
        self.pack, self.profile, self.selected = loaded.pack, loaded.profile, loaded.selected
        self._worker = worker
        self._groups: dict[str, GroupRun] = {}
        self._planned: dict[tuple[str, str], list[Case]] = {}
        self._shown: dict[int, Exchange] = {}
        self.state = WorkerState(stopped=setup.blocked)
        self.ended: dict[str, ItemResult] = {}
        """What items came to, by id, until that is in the reports."""
        self.kept: dict[str, Delivery] = {}
        """By operation, an accepted answer that several flows look at."""
        self.sent_beside_cases: dict[int, Change] = {}
        """By an exchange's number, what was changed in a request of a flow, or in a fuzzed one that broke a rule."""
        self.examined: list[Delivery] = []
        """The controls of the doctor: the first requests that the target gets."""

    @cached_property
    def requirements(self) -> dict[str, Requirement]:
        """The requirements of the run by id, at the levels that the profile gives them."""
        return {one.requirement.id: one.requirement for one in self.selected}

    @cached_property
    def waivers(self) -> dict[str, Waiver]:
        """The waivers that hold today, by requirement."""
        today = datetime.now(UTC).date()
        return {one.requirement: one for one in self.profile.waivers if not one.expired(today)}

    @cached_property
    def selected_open(self) -> tuple[Selected, ...]:
        """The selected requirements that requests can say something of."""
        return tuple(one for one in self.selected if one.settled is None)

    @cached_property
    def builder(self) -> Builder:
        first, last = self.setup.examined
        moments = MomentScope(self._worker, self.setup.workers, (first, last))
        return Builder(self.pack, self.profile, seed=self.setup.seed, moments=moments)

    @cached_property
    def judge(self) -> Judge:
        return Judge(self.pack, self.builder, frozenset(one.requirement.id for one in self.selected if not one.settled))

    @cached_property
    def redactor(self) -> Redactor:
        return redactor_for(self.pack, self.profile, bytes.fromhex(self.setup.salt))

    @cached_property
    def journal(self) -> Journal:
        return Journal(Path(self.setup.output) / JOURNAL_NAME, self.redactor)

    @cached_property
    def stock(self) -> Stock:
        """What this worker may draw of the test data that a success uses up."""
        return Stock.of(self.pack, self.profile, self.setup.used, self._worker, self.setup.workers)

    @cached_property
    def courier(self) -> Courier:
        return Courier(
            url=self.profile.url,
            limits=self.profile.limits,
            builder=self.builder,
            judge=self.judge,
            journal=self.journal,
            stock=self.stock,
            worker=self._worker,
            workers=self.setup.workers,
            one_by_one=self.setup.one_by_one,
            route=self.profile.route,
            numbered=self.setup.numbered,
        )

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """All cases that the selected requirements need."""
        return cases_of(self.pack, self.profile, self.selected, self.builder)

    @cached_property
    def cases_by_id(self) -> dict[str, Case]:
        return {case.id: case for case in self.cases}

    def plan(self, cases: Iterable[Case]) -> None:
        """Say which cases will be asked for: they are sent together, group by group."""
        self._planned = {}
        for case in cases:
            self._planned.setdefault((case.operation.name, case.group), []).append(case)

    def group(self, name: str) -> GroupRun:
        """A group's rounds on all operations, of the cases that were planned when it is first asked for."""
        if name not in self._groups:
            rounds = [self._round(operation, name) for operation in self.pack.operations]
            self._groups[name] = GroupRun(name, rounds, courier=self.courier, state=self.state)
        return self._groups[name]

    def _round(self, operation: Operation, group: str) -> Round:
        bound = self.profile.options.get("max_p95_ms")
        return Round(
            operation,
            group,
            self._planned.get((operation.name, group), ()),
            courier=self.courier,
            judge=self.judge,
            requirements=self.requirements,
            state=self.state,
            max_p95_ms=float(bound) if bound is not None else None,
        )

    def record(
        self,
        case: str,
        group: str,
        operation: str,
        outcomes: Iterable[CaseOutcome],
        exchanges: Iterable[int] = (),
    ) -> None:
        """Write down that a case ended, and what it says of requirements."""
        self.journal.write(
            "case",
            case=case,
            group=group,
            operation=operation,
            outcomes=[self.as_said(one).as_json() for one in outcomes],
            exchanges=list(exchanges),
            ended=timestamp_now(),
        )

    def as_said(self, outcome: CaseOutcome, exchanges: Iterable[Exchange] = ()) -> CaseOutcome:
        """An outcome with its reason as it may be shown, where that quotes what came in these exchanges."""
        return replace(outcome, reason=self.said(outcome.reason, *exchanges)) if outcome.reason else outcome

    def outcomes_of(self, result: CaseResult, sent: str) -> list[CaseOutcome]:
        """What a judged case says of each requirement that it was sent for; `sent` says what was sent."""
        outcomes = [self.outcome_of(judgement, sent, result.flaky) for judgement in result.judgements]
        if not result.reading:
            return outcomes
        return [replace(one, reason=one.reason or result.reading) for one in outcomes]

    def outcome_of(self, judgement: Judgement, sent: str, flaky: str = "") -> CaseOutcome:
        """The outcome of one judgement, with a finding where the requirement was not met."""
        requirement = self.requirements[judgement.requirement]
        if judgement.met:
            return CaseOutcome(requirement.id, Outcome.PASSED)
        finding = self.finding(sent, judgement.expected, str(judgement.observed), judgement.exchange, flaky)
        return CaseOutcome(requirement.id, requirement.breach, "", finding)

    def accepted(self, outcome: CaseOutcome) -> CaseOutcome:
        """A case's outcome as it is shown, a waived breach as waived; the journal has what was seen."""
        waiver = self.waivers.get(outcome.requirement)
        if waiver is None or not outcome.outcome.is_breach:
            return outcome
        return replace(outcome, outcome=Outcome.WAIVED, reason=waiver.sentence)

    def finding(self, sent: str, expected: str, observed: str, exchange: Exchange, flaky: str = "") -> Finding:
        """A finding, with the command that shows it, redacted before anything of it is cut.

        `flaky` says that it did not come again, and is not cut off.
        """
        self._shown[exchange.number] = exchange
        redactor = self.redactor.remembering()
        curl = curl_command(record_of(exchange, self._url_of(exchange), redactor))
        # What was sent under a masked name is masked in what the target said of it, and not in our own words.
        seen = redactor.excerpt(observed, _OBSERVED_LIMIT)
        if flaky:
            seen += f" ({redactor.excerpt(flaky, _OBSERVED_LIMIT)})"
        return Finding(self.said(sent), expected, _writable(seen), curl, exchange.number)

    def said(self, text: str, *exchanges: Exchange) -> str:
        """What a target said in some exchanges, or what was said of it, redacted and cut.

        A target may repeat a secret in the very encoding in which it was sent, and in others: what was sent is known.
        """
        redactor = self.redactor.remembering()
        for exchange in exchanges:
            record_of(exchange, self._url_of(exchange), redactor)
        return _writable(redactor.excerpt(text, _SAID_LIMIT))

    def shown(self, number: int | None) -> Exchange | None:
        """The exchange of a finding, by its number."""
        return self._shown.get(number) if number is not None else None

    def recorded(self, exchange: Exchange) -> dict[str, Any]:
        """An exchange as it is recorded: redacted and bounded."""
        return record_of(exchange, self._url_of(exchange), self.redactor.remembering())

    def _url_of(self, exchange: Exchange) -> str:
        return self.profile.url.rstrip("/") + exchange.request.target

    def close(self) -> None:
        """Close connections and the journal, where they were opened."""
        if "courier" in self.__dict__:
            self.courier.close()
        if "journal" in self.__dict__:
            self.journal.close()


def _writable(text: str) -> str:
    """The text with lone surrogates, which no encoding has, as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def timestamp_now() -> str:
    """This moment as the journal writes it."""
    return timestamp(datetime.now(UTC))
