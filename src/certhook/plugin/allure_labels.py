"""How a case stands in an Allure report: epic protocol, feature group, story requirement."""

from __future__ import annotations

import hashlib
from typing import Any

from certhook.suite import Item
from certhook.values import Level

CASE_LABEL = "certhookCase"


def label(item: Item) -> None:
    """Label the running test, and attach the last exchange that it was judged by."""
    import allure

    dynamic: Any = allure.dynamic  # has no types
    pack = item.certification.pack
    requirements = [item.certification.requirements[id] for id in item.requirements]
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


class StableIdentity:
    """Gives each result an identity that is the same in every run, so that histories line up.

    Registered with allure_commons; left alone, identities would hang on the parameters' reprs.
    """

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
