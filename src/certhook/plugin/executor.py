"""Runs the suites' tests in one process: collects the items, runs flows, and puts outcomes into reports."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any

import pytest

from certhook.fuzzing.exploration import Exploration
from certhook.fuzzing.recipe_source import RecipeSource
from certhook.pack.annotations import requirements_in
from certhook.plugin.allure_results import AllureResults, take_over
from certhook.plugin.crashes import conceal, conceal_internal
from certhook.running.certification import Certification
from certhook.running.conversation import Conversation
from certhook.running.items import Item, concerned, is_rule
from certhook.running.setup import Setup
from certhook.values import GROUPS, CaseOutcome, Outcome

_ARGUMENTS = {
    "cases": "case",
    "rules": "rule",
    "explorations": "exploration",
    "endings": "ending",
    "flow": "conversation",
}
_ORDER = ("cases", "explorations", "flow", "rules", "endings")
_ITEM = pytest.StashKey[Item]()
_Places = dict[Any, tuple[str, int | None, str]]
"""By a test function, where it stands, as pytest has it."""


class Executor:
    """One per process that runs tests. `worker` counts from 0."""

    def __init__(self, config: pytest.Config, setups: list[Setup], worker: int) -> None:
        self._config = config
        self._worker = worker
        self.certifications = [Certification(setup, worker) for setup in setups]
        self._sources: list[RecipeSource] = []
        self._allure: AllureResults | None = None

    def close(self) -> None:
        """Close connections and journals, and wait for Allure's results."""
        for source in self._sources:
            source.close()
        for certification in self.certifications:
            certification.close()
        if self._allure is not None:
            self._allure.close()

    # ---------------------------------------------------------------- collecting

    def parametrize(self, metafunc: pytest.Metafunc, mark: pytest.Mark) -> None:
        """Give a test one parameter per item that its mark asks for."""
        kind = mark.args[0]
        items = [item for one in self.certifications for item in self._items(one, kind, mark.kwargs)]
        if kind == "explorations":
            sources = {one: self._source(one) for one in self.certifications}
            arguments: list[Any] = [Exploration(item, sources[item.certification]) for item in items]
        elif kind == "flow":
            arguments = [Conversation(item) for item in items]
        else:
            arguments = list(items)
        params = [
            pytest.param(argument, id=f"{item.certification.pack.protocol}-{item.id}")
            for item, argument in zip(items, arguments, strict=True)
        ]
        metafunc.parametrize(_ARGUMENTS[kind], params)

    def _source(self, certification: Certification) -> RecipeSource | None:
        """What draws a protocol's bodies. Where there are several workers, no core is idle that could do it."""
        setup, examples = certification.setup, certification.profile.limits.max_examples
        if setup.workers > 1:
            return None
        self._sources.append(RecipeSource(certification.pack.operations, setup.seed, examples))
        return self._sources[-1]

    def _items(self, certification: Certification, kind: str, details: Mapping[str, Any]) -> Iterator[Item]:
        if kind == "cases":
            yield from self._case_items(certification, **details)
        elif kind == "rules":
            yield from self._rule_items(certification, **details)
        elif kind == "endings":
            yield from self._ending_items(certification)
        elif kind == "explorations":
            yield from self._exploration_items(certification, **details)
        else:
            yield from self._flow_items(certification, **details)

    @staticmethod
    def _case_items(certification: Certification, group: str, *, legal: bool) -> Iterator[Item]:
        for case in certification.cases:
            if case.group == group and case.change.legal is legal:
                ids = tuple(dict.fromkeys(ask.requirement.id for ask in case.asks))
                yield Item(case.id, certification, group, case.operation, ids, case)

    @staticmethod
    def _rule_items(certification: Certification, group: str) -> Iterator[Item]:
        for operation in certification.pack.operations:
            referred = {*requirements_in(operation.success), *requirements_in(operation.refusal)}
            for one in certification.selected:
                requirement, check = one.requirement, one.entry.check
                held = (check.invariant and is_rule(check.invariant)) or (check.schema and requirement.id in referred)
                if held and requirement.group == group and not one.settled:
                    id = f"{operation.name}.{group}.rule.{requirement.id}"
                    yield Item(id, certification, group, operation, (requirement.id,))

    @staticmethod
    def _ending_items(certification: Certification) -> Iterator[Item]:
        rounds = dict.fromkeys((case.operation.name, case.group) for case in certification.cases)
        for name, group in rounds:
            operation = certification.pack.operation(name)
            rules = [
                one.requirement.id
                for one in certification.selected
                if not one.settled
                and one.entry.check.invariant in ("recovers", "latency")
                and (one.entry.check.invariant != "latency" or group == "robustness")
            ]
            yield Item(f"{name}.{group}.ending", certification, group, operation, tuple(rules))

    @staticmethod
    def _exploration_items(certification: Certification, group: str) -> Iterator[Item]:
        fuzzed = tuple(
            one.requirement.id for one in certification.selected if one.entry.check.bodies and not one.settled
        )
        if fuzzed and certification.profile.limits.max_examples:
            for operation in certification.pack.operations:
                yield Item(f"{operation.name}.{group}.fuzzed", certification, group, operation, fuzzed)

    @staticmethod
    def _flow_items(certification: Certification, requirement: str) -> Iterator[Item]:
        for one in certification.selected:
            if one.requirement.id == requirement and not one.settled:
                group = one.requirement.group
                for name in one.entry.check.operations or (certification.pack.operations[0].name,):
                    operation = certification.pack.operation(name)
                    id = f"{name}.{group}.flow.{requirement}"
                    yield Item(id, certification, group, operation, (requirement,))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Order the items group by group."""
        places: _Places = {}
        for test in (one for one in items if isinstance(one, pytest.Function)):
            for name, value, item in _items_among(test):
                test.stash[_ITEM] = item
                _locate(test, places)
                # An argument that is there already needs no fixture, which pytest would make and take down each time.
                test.funcargs[name] = value
        # A test that asks for items of which the run has none, such as another protocol's, is no test of this run.
        items[:] = [test for test in items if _ITEM in test.stash or not test.get_closest_marker("certhook")]
        items.sort(key=_place)
        if self._worker == 0 and not self._config.option.collectonly:
            self._write_plan(_items_of(items))

    def _write_plan(self, items: list[Item]) -> None:
        """Write down, once, what a verdict rests on, before `-k` and the like take any of it away."""
        for certification in self.certifications:
            cases = [
                {"case": item.id, "requirements": list(item.requirements)}
                for item in items
                if item.certification is certification
            ]
            certification.journal.write("plan", cases=cases)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Say which cases will be sent, and have bodies drawn meanwhile."""
        items = _items_of(session.items)
        for certification in self.certifications:
            certification.plan(item.case for item in items if item.case and item.certification is certification)
        for test in session.items if not self._config.option.collectonly else ():
            exploration = test.funcargs.get("exploration") if isinstance(test, pytest.Function) else None
            if isinstance(exploration, Exploration):
                exploration.prepare()

    # ------------------------------------------------------------------- running

    def pytest_sessionstart(self) -> None:
        """Write Allure's results in allure-pytest's place; by now it is there."""
        self._allure = take_over(self._config)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Run a flow within its conversation, which records how it ended."""
        conversation = pyfuncitem.funcargs.get("conversation")
        if not isinstance(conversation, Conversation):
            return None
        conversation.run(pyfuncitem.obj)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put the outcomes into the reports; a test that crashed is certhook's failure and blocks its requirements."""
        report = yield
        if _ITEM in item.stash and (call.when == "call" or call.excinfo is not None):
            about = item.stash[_ITEM]
            ended = about.certification.ended.pop(about.id, None)
            outcomes = ended.outcomes if ended else self._crashed(about, call)
            conceal(report, call, about.certification.redactor)
            report.user_properties += [("certhook.group", about.group), ("certhook.case", about.id)]
            report.user_properties += [(one.requirement, one.outcome.value) for one in outcomes]
            if self._allure is not None:
                self._allure.write(about, ended, call, report)
        return report

    def pytest_sessionfinish(self) -> None:
        """Have everything written before reports are made of it, be it here or in the controller."""
        self.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Take secrets out of what is shown of a crash outside of any test."""
        for certification in self.certifications:
            conceal_internal(excrepr, certification.redactor)

    @staticmethod
    def _crashed(item: Item, call: pytest.CallInfo[None]) -> list[CaseOutcome]:
        if call.excinfo is None:
            return []
        reason = f"certhook itself failed: {call.excinfo.typename}; pytest's output has the rest"
        outcomes = [CaseOutcome(id, Outcome.BLOCKED, reason) for id in concerned(item)]
        item.certification.record(item.id, item.group, item.operation.name, outcomes)
        return outcomes


def _items_of(tests: Iterable[pytest.Item]) -> list[Item]:
    return [test.stash[_ITEM] for test in tests if _ITEM in test.stash]


def _locate(test: pytest.Function, places: _Places) -> None:
    """Say where a test stands: pytest looks that up for each anew, and a function has hundreds of cases."""
    path, line, _ = places.get(test.obj) or places.setdefault(test.obj, test.location)
    vars(test)["location"] = path, line, test.getmodpath()


def _items_among(test: pytest.Function) -> Iterator[tuple[str, Any, Item]]:
    """The argument of a test that is an item, or holds one: its name, what it is, and the item."""
    callspec = getattr(test, "callspec", None)
    for name, value in callspec.params.items() if callspec else ():
        item = getattr(value, "item", value)
        if isinstance(item, Item):
            yield name, value, item


def _place(test: pytest.Item) -> tuple[str, int, int, int]:
    """Protocol, then group; in a group: cases, what else is sent, what all answers say, the end; of each operation."""
    if _ITEM not in test.stash:
        return ("", 0, 0, 0)
    item = test.stash[_ITEM]
    (kind,) = (mark.args[0] for mark in test.iter_markers("certhook"))
    names = [operation.name for operation in item.certification.pack.operations]
    return (
        item.certification.pack.protocol,
        GROUPS.index(item.group),
        _ORDER.index(kind),
        names.index(item.operation.name),
    )
