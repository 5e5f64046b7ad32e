"""How an operator came out of a night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from certhook.reporting.wording import is_partial
from certhook.values import Verdict


class Standing(StrEnum):
    """A run's verdict; or that the target could not be reached, or that there was no run to speak of."""

    CERTIFIED = "certified"
    NOT_CERTIFIED = "not-certified"
    INCOMPLETE = "incomplete"
    UNREACHABLE = "unreachable"
    NOT_RUN = "not-run"

    @property
    def examined(self) -> bool:
        """Whether the night says anything of what the target does."""
        return self not in {Standing.UNREACHABLE, Standing.NOT_RUN}


@dataclass(frozen=True, slots=True)
class OperatorResult:
    """An operator's run that ended; `started` is RFC 3339, `seconds` its whole time.

    `why` is one line, empty for a target that is certified by all requirements. `left_out` names files of the run that
    were too large to travel.
    """

    operator: str
    protocol: str
    standing: Standing
    why: str
    target: str
    started: str
    seconds: float
    requests: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        lists = {"standing": Standing(data["standing"]), "left_out": tuple(data["left_out"])}
        return cls(**{**data, **lists})


def standing_of(result: Mapping[str, Any]) -> Standing:
    """What a result says; a target is unreachable where the doctor's first questions found nobody to answer."""
    doctor = result.get("doctor")
    wrong = [check["name"] for check in doctor["checks"] if not check["ok"]] if doctor else []
    if wrong and wrong != ["test data"] and not result["latency_ms"]:
        return Standing.UNREACHABLE
    return Standing(Verdict(result["verdict"]).value)


def why_of(result: Mapping[str, Any]) -> str:
    """In one line what keeps a target from being certified by all requirements: what failed first, or is in doubt."""
    failed = [item for item in result["requirements"] if item["outcome"] == "failed" and item["level"] == "MUST"]
    doctor = result.get("doctor")
    if doctor and not doctor["ok"]:
        return str(doctor["reason"])
    if failed:
        others = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        return f"not met: {failed[0]['title']} ({failed[0]['id']}){others}"
    if is_partial(result):
        return "only a selection of the requirements was tested"
    return str(next(iter(result["incomplete_because"]), ""))
