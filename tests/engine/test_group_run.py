"""A group on several operations: their requests go out together, and each operation is judged on its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from certhook.pack.loading import load_pack
from certhook.pack.model import Operation
from certhook.recording.journal import read_journal
from certhook.reference.fargames import FargamesTarget
from certhook.running.certification import Certification
from tests.certifying import certifying
from tests.targets import Answer, Answering, Call, Served, plain, serving

LINK, DEMO, LIST = OPERATIONS = load_pack("fargames").operations
TOGETHER_S = 10.0


def on(operation: Operation) -> Callable[[Call], bool]:
    """Whether a request is one of an operation."""
    return lambda call: call.request.path == operation.path


def conformant() -> Answering:
    """Do all that the fargames document asks for."""
    target = FargamesTarget()
    return lambda call: target.answer(call.request)


def but(bad: Callable[[Call], bool], how: Answering) -> Answering:
    """A conformant target but for some calls."""
    sound = conformant()
    return lambda call: how(call) if bad(call) else sound(call)


@contextmanager
def certified(folder: Path, answering: Answering) -> Iterator[tuple[Certification, Served]]:
    """A certification, all of its cases planned."""
    with serving(answering) as served:
        data = FargamesTarget.profile(served.url)
        with certifying(folder, data, protocol="fargames") as certification:
            certification.plan(certification.cases)
            yield certification, served


def controls(folder: Path, which: str) -> list[str]:
    """The operations of the controls of that name, in the order in which they ended."""
    return [
        line["operation"]
        for line in read_journal(folder / "journal.ndjson", "exchange")
        if line["case"].endswith(f".{which}-control")
    ]


def test_the_opening_controls_are_in_flight_together(tmp_path: Path) -> None:
    """No operation waits for another one's answer: the three opening controls meet at the target."""
    meeting = threading.Barrier(len(OPERATIONS), timeout=TOGETHER_S)
    sound = conformant()

    def together(call: Call) -> Answer:
        meeting.wait()  # raises where fewer come within the time
        return sound(call)

    with certified(tmp_path, together) as (certification, served):
        opened = certification.group("methods").opened(LIST)
        assert not opened.blocked
        assert {call.request.path for call in served.calls} == {one.path for one in OPERATIONS}
        assert len(served.calls) == len(OPERATIONS)


def test_what_ends_a_group_begins_the_next(tmp_path: Path) -> None:
    """Between two groups there is one control per operation, the end of the one and the beginning of the other."""
    with certified(tmp_path, conformant()) as (certification, _):
        for name in ("status", "methods"):
            group = certification.group(name)
            for case in certification.cases:
                if case.group == name:
                    assert not group.result(case).blocked
            for operation in OPERATIONS:
                seen = group.closed(operation).observed["fargames.robustness.recovers"]
                assert seen.met
                assert not seen.breach
    assert sorted(controls(tmp_path, "opening")) == sorted(one.name for one in OPERATIONS)
    assert len(controls(tmp_path, "closing")) == 2 * len(OPERATIONS)


def test_a_control_that_is_older_than_a_group_begins_no_other(tmp_path: Path) -> None:
    """A control shows how the target is after the group before, not after any group before that."""
    with certified(tmp_path, conformant()) as (certification, _):
        certification.group("fields").closed(LIST)
        certification.plan([case for case in certification.cases if case.operation.name == DEMO.name])
        certification.group("status").closed(DEMO)
        certification.group("methods").opened(LIST)
    assert controls(tmp_path, "opening").count("list") == 2


def test_an_operation_that_refuses_its_control_blocks_itself_alone(tmp_path: Path) -> None:
    """The cases of the other operations are sent and judged."""
    unknown = {"status": "error", "error": "internal_error", "message": "no", "request_id": "1"}
    refused = json.dumps(unknown | {"timestamp": "2026-11-20T00:00:00.000Z"}).encode()
    target = but(on(LIST), lambda _: plain(400, refused, (b"Content-Type", b"application/json")))
    with certified(tmp_path, target) as (certification, served):
        group = certification.group("methods")
        results = [(case, group.result(case)) for case in certification.cases if case.group == "methods"]
        assert [one.name for one in OPERATIONS if group.closed(one).blocked] == ["list"]
    assert all(
        result.blocked == group.round(LIST).blocked for case, result in results if case.operation.name == LIST.name
    )
    assert not any(result.blocked for case, result in results if case.operation.name != LIST.name)
    assert len(list(filter(on(LIST), served.calls))) == 2  # the control, and the control once more


def test_an_operation_broken_by_the_group_is_named(tmp_path: Path) -> None:
    """The operation whose closing control fails is the one that did not recover."""
    sound = conformant()

    def broken_by_a_put(call: Call) -> Answer:
        if call.request.method == "PUT":
            call.served.notes["broken"] = True
        return plain(500) if on(DEMO)(call) and "broken" in call.served.notes else sound(call)

    with certified(tmp_path, broken_by_a_put) as (certification, _):
        group = certification.group("methods")
        for case in certification.cases:
            if case.group == "methods":
                group.result(case)
        rounds = [group.closed(operation) for operation in OPERATIONS]
    broken = [one.operation.name for one in rounds if one.observed["fargames.robustness.recovers"].breach]
    assert broken == ["get_game_link_demo"]


def test_a_control_over_a_connection_is_a_closing_one(tmp_path: Path) -> None:
    """The controls over all connections take turns on the operations; one that had none gets its own in the end."""
    with certified(tmp_path, conformant()) as (certification, _):
        group = certification.group("malformed")
        for case in certification.cases:
            if case.group == "malformed":
                assert not group.result(case).blocked
        for operation in OPERATIONS:
            assert group.closed(operation).observed["fargames.robustness.recovers"].met
    lanes, closing = set(controls(tmp_path, "lane")), controls(tmp_path, "closing")
    assert len(lanes) > 1
    assert sorted({*lanes} ^ {*closing}) == sorted(one.name for one in OPERATIONS)


def test_what_follows_a_control_over_a_connection_has_a_control_behind_it(tmp_path: Path) -> None:
    """Where more is sent, such as by a flow, no control from before that shows what became of the target."""
    with certified(tmp_path, conformant()) as (certification, _):
        group = certification.group("malformed")
        for case in certification.cases:
            if case.group == "malformed":
                group.result(case)
        certification.courier.deliver(certification.courier.control(LINK, "some.flow"))
        for operation in OPERATIONS:
            group.closed(operation)
    assert sorted(controls(tmp_path, "closing")) == sorted(one.name for one in OPERATIONS)
