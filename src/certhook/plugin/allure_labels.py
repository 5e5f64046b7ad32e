"""How a case stands in an Allure report: epic protocol, feature group, story requirement."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from certhook.suite import Item, concerned, evidence, outcomes_of
from certhook.values import Level, Outcome, Requirement

CASE_LABEL = "certhookCase"

_LABELS = ("epic", "feature", "story", "severity", "suite")
"""Labels that are kept; allure-pytest's others name the machine and the process, or repeat these."""

_OUTCOME = re.compile("|".join(f"{one.replace('_', ' ')}: " for one in Outcome))
_EXCEPTION = re.compile(rf"\A(?:XFAIL|[\w.]+:) (?={_OUTCOME.pattern})")
_REPEATED = "\n\n_pytest.outcomes.XFailed: "


def label(item: Item) -> None:
    """Label the running test, and attach what it was judged by."""
    import allure

    dynamic: Any = allure.dynamic  # has no types
    pack, requirements = item.certification.pack, item.certification.requirements
    outcomes = {one.requirement: one.outcome for one in outcomes_of(item)}
    # What the case found wrong says nothing against the other requirements that it was sent for.
    unmet = [id for id, outcome in outcomes.items() if outcome.severity > Outcome.PASSED.severity]
    told = [requirements[id] for id in unmet or concerned(item)]
    dynamic.epic(f"{pack.protocol}: {pack.title}")
    dynamic.feature(item.group)
    for requirement in told:
        dynamic.story(f"{requirement.id}: {requirement.title}")
    must = any(requirement.level is Level.MUST for requirement in told)
    dynamic.severity(allure.severity_level.CRITICAL if must else allure.severity_level.MINOR)
    dynamic.title(item.id)
    everything = dict.fromkeys((*unmet, *concerned(item)))
    dynamic.description("\n\n".join(_described(requirements[id], outcomes.get(id)) for id in everything))
    dynamic.label(CASE_LABEL, f"{pack.protocol}-{item.id}")
    text = evidence(item)
    if text:
        allure.attach(text, name="exchange", attachment_type=allure.attachment_type.TEXT)


def _described(requirement: Requirement, outcome: Outcome | None) -> str:
    """A requirement in Markdown, and what the case says of it."""
    lines = [f"**{requirement.id}** ({requirement.level}, {requirement.basis}): {requirement.title}"]
    lines += [f"Clause: {requirement.citation}"]
    lines += [f"Outcome: {outcome.replace('_', ' ')}"] if outcome else []
    return "  \n".join(lines)


def stabilise() -> None:
    """Give each result an identity that is the same in every run, so that histories line up.

    Left alone, identities would hang on the reprs of parameters. To be called where tests are run, once or more.
    """
    import allure_commons

    if not allure_commons.plugin_manager.has_plugin("certhook"):
        allure_commons.hookimpl(tryfirst=True)(StableIdentity.report_result)
        allure_commons.plugin_manager.register(StableIdentity, "certhook")


class StableIdentity:
    """Registered with allure_commons."""

    @staticmethod
    def report_result(result: Any) -> None:
        """Called by allure_commons before a result is written."""
        case = next((one.value for one in result.labels if one.name == CASE_LABEL), None)
        if case is None:
            return
        result.labels = [one for one in result.labels if one.name in _LABELS]
        result.parameters = []
        result.fullName = case
        result.testCaseId = result.historyId = hashlib.sha256(case.encode()).hexdigest()[:32]
        if result.statusDetails is not None:
            _begin_with_outcome(result.statusDetails)


def _begin_with_outcome(details: Any) -> None:
    """Take away the exception's name, which pytest puts before a message and some of them behind it once more."""
    message = _EXCEPTION.sub("", details.message or "").partition(_REPEATED)[0]
    if _OUTCOME.match(message):
        details.message, details.trace = message, None
