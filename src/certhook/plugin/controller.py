"""Runs a certification from the process that was started: examines the target, and makes the reports at the end.

What sends requests is imported when it is needed: that takes as long as an embedded target takes to start.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

import pytest

from certhook.errors import UsageError
from certhook.plugin.crashes import conceal_internal
from certhook.plugin.quiet import quieten
from certhook.recording.file_names import ALLURE_RESULTS_NAME, JUNIT_NAME
from certhook.reporting.escaping import visible
from certhook.running.outputs import prepare_examples, prepare_outputs
from certhook.running.setup import Setup
from certhook.values import Outcome, Verdict

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from certhook.plugin.executor import Executor
    from certhook.reference.embedded import Embedded
    from certhook.running.certification import Certification


TERMINATED = "terminated"
"""What a run was interrupted by where it was SIGTERM."""


class Controller:
    """One per run. `setups` are complete, addresses and all, when tests begin."""

    def __init__(
        self,
        config: pytest.Config,
        setups: list[Setup],
        key: Ed25519PrivateKey | None,
        targets: list[Embedded],
        held: ExitStack,
    ) -> None:
        self._config = config
        self._held = held
        self._targets = targets
        self._key = key
        self.setups = setups
        self.executor: Executor | None = None
        self.results: dict[str, dict[str, Any]] = {}
        self._progress: Any = None
        self._interrupted: str | None = None
        self._stop: KeyboardInterrupt | None = None
        self._begun: set[str] = set()

    @classmethod
    def for_run(cls, config: pytest.Config, setups: list[Setup]) -> Self:
        """Check everything that can be checked before anything is sent, and start the embedded targets.

        Raises UsageError.
        """
        setups = [setup.self_contained() for setup in setups]
        if any(setup.embedded for setup in setups):
            setups = [_with_embedded_profile(setup) for setup in setups]
        with ExitStack() as held:
            # First of all: a target takes as long to be there as everything else.
            targets = _started_targets(setups, held)
            for setup in setups:
                _check_something_is_left(setup)
            key = _signing_key(config.option.sign_key)
            for folder in {setup.examples_db for setup in setups if setup.examples_db}:
                prepare_examples(Path(folder))
            held.enter_context(prepare_outputs([Path(setup.output) for setup in setups]))
            controller = cls(config, setups, key, targets, held.pop_all())
        controller._direct_reports()
        # Nobody knows what a worker that died had used up of test data and times, so none takes its place.
        config.option.maxworkerrestart = "0"
        return controller

    @property
    def distributed(self) -> bool:
        """Whether tests run in other processes."""
        return bool(self._config.getoption("numprocesses", default=None)) or self._config.option.dist != "no"

    def _count_workers(self) -> int:
        if not self.distributed:
            return 1
        from xdist.workermanage import parse_tx_spec_config  # type: ignore[import-untyped]  # has no types

        return len(parse_tx_spec_config(self._config))

    @property
    def folder(self) -> Path:
        """Where the files go that are one for all protocols."""
        first = Path(self.setups[0].output)
        return first if len(self.setups) == 1 else first.parent

    def close(self) -> None:
        """Stop the embedded targets, and let go of the output folders."""
        self._held.close()

    # ------------------------------------------------------------------ hooks

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Under `certhook run`, the terminal is the run's own."""
        quieten(config, self.folder)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Examine each target; where nothing can be sent, the run goes on to say so of each requirement."""
        if self._config.option.collectonly:
            return
        signal.signal(signal.SIGTERM, _terminate)
        workers = self._count_workers()
        try:
            self._settle_addresses()
            self.setups = [self._examined(replace(setup, workers=max(1, workers))) for setup in self.setups]
        except KeyboardInterrupt as stop:
            self._stop = stop
            return
        if self.executor is not None:
            self._hand_over(self.executor)
        self._start_progress()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """End here what was stopped while targets were examined: before, pytest would end without the reports."""
        if self._stop is not None:
            raise self._stop

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Keep the items of a group together on one worker."""
        from certhook.plugin.scheduling import GroupScheduling

        return GroupScheduling(config, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker what the run is about."""
        node.workerinput["certhook"] = [setup.as_json() for setup in self.setups]
        node.workerinput["certhook_allure"] = self._config.option.allure_report_dir

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Move the live line on."""
        properties = dict(report.user_properties)
        if self._progress is not None and "certhook.case" in properties and report.when == "call":
            group = str(properties.pop("certhook.group"))
            del properties["certhook.case"]
            self._progress.ended(group, [Outcome(str(value)) for value in properties.values()])

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell the live line how much there is to do."""
        if self._progress is not None:
            self._progress.planned(len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """As above, where workers collect."""
        if self._progress is not None:
            self._progress.planned(len(ids))

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Take secrets out of what is shown of a crash outside of any test, be it here or in a worker."""
        for setup in self.setups:
            conceal_internal(excrepr, _certification(setup).redactor)

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        """Remember that the run was stopped from outside."""
        self._interrupted = str(excinfo.value) or "interrupted"

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Make result.json and the reports, and the exit status of the verdict."""
        from certhook.reporting.allure_files import write_allure_files

        if self._progress is not None:
            self._progress.stop()
        if self._config.option.collectonly:
            return
        if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            sys.stderr.write("certhook: the selection leaves nothing to test\n")
            session.exitstatus = 2
            return
        for setup in self.setups:
            if setup.output in self._begun:
                self._finish(setup)
        if self.results:
            results_folder = Path(self._config.option.allure_report_dir)
            write_allure_files(results_folder, list(self.results.values()), os.environ)
        verdicts = [Verdict(result["verdict"]) for result in self.results.values()]
        worst = [one for one in (Verdict.NOT_CERTIFIED, Verdict.INCOMPLETE) if one in verdicts]
        if self._interrupted:
            session.exitstatus = 143 if self._interrupted == TERMINATED else 130
        else:
            session.exitstatus = (worst[0] if worst else Verdict.CERTIFIED).exit_status

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Show what was found, after everything that pytest has to say."""
        from rich.console import Console

        from certhook.reporting.table import print_summary

        console = Console(highlight=False)
        for setup in self.setups:
            if setup.protocol in self.results:
                print_summary(console, self.results[setup.protocol], Path(setup.output))

    # ------------------------------------------------------------------- parts

    def _direct_reports(self) -> None:
        """Let allure-pytest and pytest's own JUnit writer write into the run's folder, unless told otherwise."""
        option = self._config.option
        option.allure_report_dir = getattr(option, "allure_report_dir", None) or str(self.folder / ALLURE_RESULTS_NAME)
        option.xmlpath = option.xmlpath or str(self.folder / JUNIT_NAME)

    def _settle_addresses(self) -> None:
        """Wait for the embedded targets, and put their addresses into the profiles."""
        targets = iter(self._targets)
        self.setups = [
            replace(setup, profile={**(setup.profile or {}), "target": {"url": next(targets).url}})
            if setup.embedded
            else setup
            for setup in self.setups
        ]

    def _examined(self, setup: Setup) -> Setup:
        """Write the head of the journal, and ask the doctor."""
        from certhook.running.doctor import examine, record_examined
        from certhook.running.head import head_of

        certification, began = _certification(setup), int(time.time())
        try:
            certification.journal.write("run", **head_of(certification))
            self._begun.add(setup.output)
            checks = examine(certification)
            courier = certification.courier
            used, numbered, one_by_one = certification.stock.used, courier.numbered, courier.one_by_one
            reason = next((check.says for check in checks if not check.ok), "")
            certification.journal.write(
                "doctor", ok=not reason, reason=reason, checks=[one.as_json() for one in checks]
            )
            record_examined(certification)
        finally:
            certification.close()
        if reason:
            sys.stderr.write(f"certhook: {visible(reason)}\n")
        examined = (began - setup.workers, int(time.time()))
        return replace(setup, blocked=reason, used=used, numbered=numbered, one_by_one=one_by_one, examined=examined)

    def _hand_over(self, executor: Executor) -> None:
        """The executor of this process was made before addresses were known."""
        executor.certifications[:] = map(_certification, self.setups)

    def _start_progress(self) -> None:
        from rich.console import Console

        console = Console(stderr=True)
        if console.is_terminal and getattr(self._config.option, "certhook_quiet", False):
            from certhook.reporting.progress import LiveProgress

            self._progress = LiveProgress(console)
            self._progress.start()

    def _finish(self, setup: Setup) -> None:
        """From the journal to everything else."""
        from certhook.recording.results import write_result
        from certhook.reporting.har import har_in
        from certhook.running.certification import timestamp_now

        folder = Path(setup.output)
        certification = _certification(setup)
        certification.journal.write("end", ended=timestamp_now(), interrupted=self._interrupted)
        certification.close()
        with har_in(folder) as add:  # a long journal takes a while to read: once is enough
            result = write_result(folder, add)
        if self._key is not None:
            from certhook.attesting.signing import certificate_of

            certificate_of(folder, self._key).write()
        self.results[setup.protocol] = result


def _certification(setup: Setup) -> Certification:
    from certhook.running.certification import Certification

    return Certification(setup)


def _terminate(number: int, frame: object) -> NoReturn:  # noqa: ARG001 - as signal calls it
    """End the run as Ctrl-C does, with reports of what was done; once, so that these are written."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt(TERMINATED)


def _started_targets(setups: list[Setup], held: ExitStack) -> list[Embedded]:
    """The embedded targets of those that want one, started, and stopped when what is held is let go of."""
    wanted = [setup for setup in setups if setup.embedded]
    if not wanted:
        return []
    from certhook.reference import embedded

    targets = [embedded(one.protocol, one.faults, one.variants, one.latency_ms) for one in wanted]
    for target in targets:
        held.callback(target.start().stop)
    return targets


def _check_something_is_left(setup: Setup) -> None:
    """Refuse a selection of which no request could say anything."""
    selected = setup.load().selected
    if all(one.settled for one in selected):
        first = selected[0]
        raise UsageError(
            f"the selection leaves nothing to test: {first.requirement.id} is {str(first.settled).replace('_', ' ')}: "
            f"{first.reason}"
        )


def _signing_key(file: str | None) -> Ed25519PrivateKey | None:
    """The key that the verdict is to be signed with, if any. Raises UsageError where the file holds none."""
    if file is None:
        return None
    from certhook.attesting.keys import private_key

    return private_key(Path(file))


def _with_embedded_profile(setup: Setup) -> Setup:
    from certhook.reference import profile, target_class

    target_class(setup.protocol, setup.faults, setup.variants)  # raises where there is no such fault or variant
    return replace(setup, profile=profile(setup.protocol, "http://127.0.0.1", setup.faults, setup.variants))
