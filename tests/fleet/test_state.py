"""A night's file: what was written before a kill counts, half a line does not, and one command writes at a time."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from certhook.errors import UsageError
from certhook.fleet.standing import Standing
from certhook.fleet.state import NAME, Head, State
from tests.fleet.fleets import ended

HEAD = Head("night-1", "fleet.toml", "2027-01-01T02:00:00.000Z", ("acme", "beta", "gamma"))


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    """Whatever is cut off behind the last whole line, a resumed night has the others, and goes on behind them."""
    with closing(State.begin(tmp_path, HEAD)) as state:
        state.ended(ended("acme", left_out=("exchanges.har",), counts={"failed": 0}))
        state.ended(ended("beta", Standing.NOT_RUN))
        whole = (tmp_path / NAME).read_bytes()
        state.ended(ended("gamma"))
    last = (tmp_path / NAME).read_bytes()[len(whole) :]
    for cut in (0, 1, len(last) // 2, len(last) - 1):
        (tmp_path / NAME).write_bytes(whole + last[:cut])
        with closing(State.resume(tmp_path)) as state:
            assert state.head == HEAD
            assert state.done == {
                "acme": ended("acme", left_out=("exchanges.har",), counts={"failed": 0}),
                "beta": ended("beta", Standing.NOT_RUN),
            }
            assert state.to_run == ("beta", "gamma")
            state.ended(ended("gamma"))
            state.add_notified()
        with closing(State.resume(tmp_path)) as state:
            assert state.done["gamma"] == ended("gamma")
            assert state.notified


def test_one_command_at_a_time(tmp_path: Path) -> None:
    """A second command is refused while the first is at the night, and may go on when that has ended."""
    with closing(State.begin(tmp_path, HEAD)), pytest.raises(UsageError, match="another certhook fleet is working"):
        State.resume(tmp_path)
    State.resume(tmp_path).close()


@pytest.mark.parametrize(
    "content", ["", "{}\n", '{"kind":"night","format":2}\n', "[]\n", "x\n", '{"kind":"night","format":1}\n']
)
def test_what_is_no_night_is_refused(content: str, tmp_path: Path) -> None:
    """A file that certhook did not write, or another version, is named in one line."""
    (tmp_path / NAME).write_text(content)
    with pytest.raises(UsageError, match=r"night\.ndjson: "):
        State.resume(tmp_path)


def test_a_disk_that_takes_less_at_a_time_cuts_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system writes but a part of a line, the rest follows."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    with closing(State.begin(tmp_path, HEAD)) as state:
        state.ended(ended("acme"))
    monkeypatch.undo()
    with closing(State.resume(tmp_path)) as state:
        assert state.done == {"acme": ended("acme")}
