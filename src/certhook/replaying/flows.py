"""The flows of the suites, outside of pytest."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING

from certhook.errors import Nonconformance, UsageError
from certhook.judging.judge import Judgement
from certhook.pack.model import Operation
from certhook.places import suites_dir
from certhook.running.certification import Certification
from certhook.running.settling import CaseResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from certhook.suite import Conversation


def run_flow(requirement: str, case: str, group: str, operation: Operation, certification: Certification) -> CaseResult:
    """Have the conversation in which a requirement is tested, in the name of a case."""
    from certhook.suite import Blocked, Conversation, Item, NotTested

    conversation = Conversation(Item(case, certification, group, operation, (requirement,)))
    blocked, judgements = "", []
    try:
        _flow(requirement)(conversation)
        judgements = [Judgement(requirement, "", None, conversation.deliveries[-1].exchange)]
    except (Blocked, NotTested) as reason:
        blocked = str(reason)
    except Nonconformance as breach:
        judgements = [Judgement(requirement, breach.expected, breach.observed, breach.exchange)]
    return CaseResult(tuple(conversation.deliveries), tuple(judgements), blocked=blocked)


def _flow(requirement: str) -> Callable[[Conversation], None]:
    """The suite's own test of a requirement. Raises UsageError where the suites have none."""
    for path in sorted(suites_dir().glob("test_*.py")):
        if requirement in path.read_text(encoding="utf-8"):
            for value in runpy.run_path(str(path)).values():
                marks = getattr(value, "pytestmark", ())
                if any(mark.kwargs.get("requirement") == requirement for mark in marks):
                    test: Callable[[Conversation], None] = value
                    return test
    what = f"is tested by no flow of certhook's own suites; run its suite with --requirement {requirement}"
    raise UsageError(f"{requirement}: {what}")
