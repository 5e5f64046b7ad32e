"""What pytest shows of a crash of certhook itself: its lines, without values, and without secrets in its message.

Anything may stand in a traceback: pytest shows arguments, and on request local variables, cut where they are long, and
half a secret would not be found.
"""

from __future__ import annotations

from typing import Any

import pytest
from _pytest._code.code import ReprTracebackNative

from certhook.recording.redaction import Redactor
from certhook.reporting.escaping import visible_lines


def conceal(report: pytest.TestReport, call: pytest.CallInfo[None], redactor: Redactor) -> None:
    """Take secrets out of a test's report, from which the log, junit.xml and Allure's results are made."""
    report.sections = [(name, safe_text(content, redactor)) for name, content in report.sections]
    if report.failed and call.excinfo is not None:
        report.longrepr = safe_text(str(call.excinfo.getrepr(style=_style(call.excinfo.value))), redactor)


def _style(error: BaseException) -> Any:
    return "short" if getattr(error, "pytrace", True) else "value"


def safe_text(text: str, redactor: Redactor) -> str:
    """What may be shown and written of some lines: without secrets, and fit for a terminal and for XML."""
    return visible_lines(redactor.text(text))


def conceal_internal(shown: Any, redactor: Redactor) -> None:
    """Take secrets out of the traceback of a crash outside of any test, which hooks are given and may not replace."""
    shown.reprtraceback = ReprTracebackNative(safe_text(str(shown), redactor).splitlines(keepends=True))
    if hasattr(shown, "chain"):
        shown.chain = [(shown.reprtraceback, None, None)]
