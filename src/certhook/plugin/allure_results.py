"""An Allure result per item: epic protocol, feature group, story requirement, and the exchange that decided it.

allure-pytest would make them from what pytest knows, which is the name of a test function and its parameters; here they
are made from what the item is about. Its listener is taken out, its models and its writer of files stay in use, the
latter in a process of its own.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from certhook.plugin.crashes import safe_text
from certhook.reporting.allure_writer import AllureFiles, AllureWriter
from certhook.running.certification import ItemResult
from certhook.running.items import Item, concerned
from certhook.values import Level, Outcome, Requirement

_STATUSES = {"passed": "passed", "failed": "failed", "skipped": "skipped"}


def take_over(config: pytest.Config) -> AllureResults | None:
    """The writer of a run's results, in the place of allure-pytest's listener; None where nobody wants results."""
    folder = config.getoption("allure_report_dir", default=None)
    if not folder:
        return None
    config.pluginmanager.unregister(name="allure_listener")
    return AllureResults(AllureWriter(Path(folder)))


class AllureResults:
    """Makes a result of an item, to be written by `files`."""

    def __init__(self, files: AllureWriter | AllureFiles) -> None:
        self._files = files

    def write(
        self, item: Item, ended: ItemResult | None, call: pytest.CallInfo[None], report: pytest.TestReport
    ) -> None:
        """Write the result of an item, with what was sent for it as an attachment."""
        from allure_commons.model2 import Label, StatusDetails, TestResult

        pack = item.certification.pack
        case = f"{pack.protocol}-{item.id}"
        # The same in every run, so that histories line up.
        identity = hashlib.sha256(case.encode()).hexdigest()[:32]
        result = TestResult(
            uuid=str(uuid.uuid4()),
            name=item.id,
            fullName=case,
            historyId=identity,
            testCaseId=identity,
            titlePath=[pack.protocol, item.operation.name, item.group],
            description=_description(item, ended),
            status=_status(ended, report),
            statusDetails=_details(StatusDetails, item, ended, call, report),
            labels=[Label(name=name, value=value) for name, value in _labels(item, ended)],
            start=round(report.start * 1000),
            stop=round(report.stop * 1000),
        )
        self._files.write(result, *(evidence(item, ended) if ended else ((), None)))

    def close(self) -> None:
        """Wait until everything is written. Raises OSError where it could not be."""
        self._files.close()


def _labels(item: Item, ended: ItemResult | None) -> Iterator[tuple[str, str]]:
    pack, requirements = item.certification.pack, item.certification.requirements
    # What the case found wrong says nothing against the other requirements that it was sent for.
    told = [requirements[id] for id in _unmet(ended) or concerned(item)]
    yield "epic", f"{pack.protocol}: {pack.title}"
    yield "feature", item.group
    for requirement in told:
        yield "story", f"{requirement.id}: {requirement.title}"
    must = any(requirement.level is Level.MUST for requirement in told)
    yield "severity", "critical" if must else "minor"


def _description(item: Item, ended: ItemResult | None) -> str:
    """Each requirement that the item is about, where it stands in the document, and what the item says of it."""
    outcomes = {one.requirement: one.outcome for one in ended.outcomes} if ended else {}
    everything = dict.fromkeys((*_unmet(ended), *concerned(item)))
    requirements = item.certification.requirements
    return "\n\n".join(_described(requirements[id], outcomes.get(id)) for id in everything)


@cache
def _described(requirement: Requirement, outcome: Outcome | None) -> str:
    """In Markdown."""
    lines = [f"**{requirement.id}** ({requirement.level}, {requirement.basis}): {requirement.title}"]
    lines += [f"Clause: {requirement.citation}"]
    lines += [f"Outcome: {outcome.replace('_', ' ')}"] if outcome else []
    return "  \n".join(lines)


def _unmet(ended: ItemResult | None) -> list[str]:
    if ended is None:
        return []
    return [one.requirement for one in ended.outcomes if one.outcome.severity > Outcome.PASSED.severity]


def _status(ended: ItemResult | None, report: pytest.TestReport) -> str:
    """What is no judgement of the target, a blocked case or a crash of certhook, is neither passed nor failed."""
    worst = ended.worst if ended else None
    if report.failed and (worst is None or worst.outcome is not Outcome.FAILED):
        return "broken"
    return _STATUSES[report.outcome]


def _details(
    details: type[Any], item: Item, ended: ItemResult | None, call: pytest.CallInfo[None], report: pytest.TestReport
) -> Any:
    """The message that the test ended with, which begins with its outcome; and the trace where certhook crashed."""
    if call.excinfo is None:
        return None
    if ended is not None:
        return details(message=str(call.excinfo.value))
    message = safe_text(call.excinfo.exconly(), item.certification.redactor)
    return details(message=message, trace=report.longreprtext)


def evidence(item: Item, ended: ItemResult) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The exchanges of an item as they were recorded, and the one that decided it; none where nothing was sent."""
    records = [delivery.record for delivery in ended.deliveries]
    found = item.certification.shown(ended.finding.exchange) if ended.finding else None
    return records, item.certification.recorded(found) if found else (records[-1] if records else None)
