"""How a case stands in an Allure report: epic protocol, feature group, story requirement."""

from __future__ import annotations

import hashlib
from typing import Any

from certhook.suite import Item, concerned, evidence
from certhook.values import Level

CASE_LABEL = "certhookCase"


def label(item: Item) -> None:
    """Label the running test, and attach what it was judged by."""
    import allure

    dynamic: Any = allure.dynamic  # has no types
    pack = item.certification.pack
    requirements = [item.certification.requirements[id] for id in concerned(item)]
    dynamic.epic(f"{pack.protocol}: {pack.title}")
    dynamic.feature(item.group)
    for requirement in requirements:
        dynamic.story(f"{requirement.id}: {requirement.title}")
    must = any(requirement.level is Level.MUST for requirement in requirements)
    dynamic.severity(allure.severity_level.CRITICAL if must else allure.severity_level.MINOR)
    dynamic.title(item.id)
    dynamic.description(
        "\n\n".join(
            f"**{one.id}** ({one.level}, {one.basis}): {one.title}  \nClause: {one.citation}" for one in requirements
        )
    )
    dynamic.label(CASE_LABEL, f"{pack.protocol}-{item.id}")
    text = evidence(item)
    if text:
        allure.attach(text, name="exchange", attachment_type=allure.attachment_type.TEXT)


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
        result.labels = [one for one in result.labels if one.name != CASE_LABEL]
        result.parameters = []
        result.fullName = case
        result.testCaseId = result.historyId = hashlib.sha256(case.encode()).hexdigest()[:32]
