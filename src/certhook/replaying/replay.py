"""Sends a recorded exchange again, and says whether what was found in it still stands.

The doctor looks at the target first: a refusal means nothing where valid requests are refused. What is sent, `trials`
says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from certhook.building.pool import Exhausted
from certhook.changes import CONTROL
from certhook.errors import UsageError
from certhook.replaying.evidence import Evidence, answer_of
from certhook.replaying.recorded import RECORDED
from certhook.replaying.retracing import byte_for_byte, case_of
from certhook.replaying.trials import SPARE, Trial, Trials
from certhook.running.cases import Case
from certhook.running.certification import Certification
from certhook.running.doctor import CheckUp, examine
from certhook.values import Finding, Requirement


@dataclass(frozen=True, slots=True)
class Ruling:
    """What has become of one finding: `now` is what came this time. `stands` is None where it cannot be told."""

    requirement: Requirement
    finding: Finding
    now: str
    stands: bool | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of sending again. `exchanges` are those that show it, as they would be recorded.

    What a target said is redacted. `before` and `now` are how the answer reads; `unclear` says why nothing can be told
    of some finding; `notes` are what a reader should know besides.
    """

    exchanges: tuple[dict[str, Any], ...] = ()
    rulings: tuple[Ruling, ...] = ()
    before: str = ""
    now: str = ""
    unclear: str = ""
    notes: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """0: no longer, or there was no finding; 1: still broken; 3: it cannot be told."""
        if any(ruling.stands for ruling in self.rulings):
            return 1
        return 3 if self.unclear else 0


def replay(evidence: Evidence, certification: Certification, *, verbatim: bool = False) -> Replayed:
    """Send the exchange again; byte for byte where `verbatim` says so, else freshly timed and signed.

    Raises UsageError, nothing having been sent, for an exchange that cannot be made again.
    """
    case = case_of(evidence.record, certification)
    _check_requirements(evidence, certification)
    before = None if verbatim else _case_before(evidence, certification)
    if verbatim:
        case = byte_for_byte(case, evidence.record, evidence.head["target"])
    trials = Trials(case, evidence.findings, certification, before=before, alone=verbatim)
    if verbatim and any(map(trials.takes_several, evidence.findings)):
        number = evidence.record["number"]
        raise UsageError(f"exchange {number}: its finding takes several requests, which --verbatim does not send")
    try:
        sick = _sick(case, certification)
        replayed = Replayed(unclear=sick) if sick else _replayed(evidence, trials, certification, case)
    except Exhausted as reason:
        replayed = Replayed(unclear=str(reason))
    notes = tuple(_notes(evidence, certification, case, verbatim=verbatim))
    said = certification.said
    rulings = tuple(replace(ruling, now=said(ruling.now)) for ruling in replayed.rulings)
    return replace(replayed, rulings=rulings, now=said(replayed.now), unclear=said(replayed.unclear), notes=notes)


def _replayed(evidence: Evidence, trials: Trials, certification: Certification, case: Case) -> Replayed:
    tried = {id: trials.of(id) for id in evidence.findings}
    rulings = [
        _ruling(certification.requirements[id], evidence.findings[id], trial, _doubt(id, case, certification))
        for id, trial in tried.items()
    ]
    shown = tuple(tried.values()) or (trials.answered,)
    exchanges = {exchange.number: exchange for trial in shown for exchange in trial.exchanges}
    untold = [ruling.now for ruling in rulings if ruling.stands is None] or [shown[0].blocked] * (not rulings)
    return Replayed(
        exchanges=tuple(map(certification.recorded, exchanges.values())),
        rulings=tuple(rulings),
        before=trials.read(answer_of(evidence.record)),
        now=shown[0].says,
        unclear=next(iter(untold), ""),
    )


def _case_before(evidence: Evidence, certification: Certification) -> Case | None:
    """The case of the exchange before on the same connection, where that can be made again."""
    try:
        return case_of(evidence.before, certification) if evidence.before else None
    except UsageError:
        return None


def _check_requirements(evidence: Evidence, certification: Certification) -> None:
    """Refuse a finding about something that this certhook, or this profile, does not test."""
    tested = {one.requirement.id for one in certification.selected_open}
    for id in evidence.findings:
        if id not in tested:
            number = evidence.record["number"]
            raise UsageError(
                f"exchange {number}: shows {id[:100]!a}, which is not tested here, or not with this profile"
            )


def _sick(case: Case, certification: Certification) -> str:
    """Why no answer could tell anything, in a sentence; empty where the target is well."""
    failed = _failed_check(certification)
    for _ in range(SPARE):
        # A list's next value may have been used up since the run.
        if failed is None or not _is_of_control(failed) or not _passed_over(certification):
            break
        failed = _failed_check(certification)
    # Where a control is what is sent again, its own answer tells more than the doctor.
    return "" if failed is None or (case.change is CONTROL and _is_of_control(failed)) else failed.says


def _failed_check(certification: Certification) -> CheckUp | None:
    return next((check for check in examine(certification) if not check.ok), None)


def _is_of_control(check: CheckUp) -> bool:
    return check.name.startswith("control ")


def _passed_over(certification: Certification) -> bool:
    passed = [certification.stock.pass_over(operation) for operation in certification.pack.operations]
    return any(passed)


def _doubt(requirement: str, case: Case, certification: Certification) -> str:
    """Why an answer that is as it should be does not show the target mended; empty where it does."""
    if case.change.name != RECORDED:
        return ""
    if certification.stock.draws_for(case.operation):
        return "the masked value in it may have been a different one"  # one of a list is masked with what became of it
    of_bodies = {one.requirement.id for one in certification.selected_open if one.entry.check.bodies}
    if requirement in of_bodies and requirement not in {ask.requirement.id for ask in case.asks}:
        return "the body, made anew, is none that the requirement is about"
    return ""


def _ruling(requirement: Requirement, finding: Finding, trial: Trial, doubt: str) -> Ruling:
    if trial.breaks(requirement.id):
        return Ruling(requirement, finding, str(trial.judgements[requirement.id].observed), stands=True)
    if trial.blocked:
        return Ruling(requirement, finding, trial.blocked, stands=None)
    doubt = doubt or ("it did not come each time in the run either" if finding.flaky else "")
    if doubt:
        return Ruling(requirement, finding, f"{trial.says}, but {doubt}", stands=None)
    return Ruling(requirement, finding, f"as expected: {trial.says}", stands=False)


def _notes(evidence: Evidence, certification: Certification, case: Case, *, verbatim: bool) -> Iterator[str]:
    if certification.pack.digest != evidence.head["pack_digest"]:
        yield f"the pack of {certification.pack.protocol} has changed since the run"
    if verbatim and certification.pack.clock:
        yield f"its time is still that of {evidence.record['started']}: it may be refused for that alone"
    if case.change.name == RECORDED and not verbatim:
        yield "its body is the recorded one, with this moment's time and ids, where they stand in it, signed anew"
