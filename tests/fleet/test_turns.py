"""Turns: nobody twice, nobody left out, no host twice at once, and the same order for the same seed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from certhook.fleet.operator import Operator
from certhook.fleet.turns import Turns
from tests.fleet.fleets import operator

HOSTS = st.lists(st.sampled_from("abc"), max_size=12)


def fleet(hosts: list[str]) -> list[Operator]:
    """An operator at each host of a list."""
    return [operator(f"operator-{number}", f"http://{host}.example/") for number, host in enumerate(hosts)]


@given(HOSTS, st.data())
def test_no_host_is_asked_by_two_at_once(hosts: list[str], data: st.DataObject) -> None:
    """However runs end, or are lost and tried again, each operator ends once, and no host is taken twice."""
    turns, under_way, ended, lost = Turns(fleet(hosts), jitter_s=0, seed=0), [], [], 0
    while True:
        while (taken := turns.take(0)) is not None:
            under_way.append(taken)
        assert turns.next_due_s() is None
        assert len({one.host for one in under_way}) == len(under_way)
        if not under_way:
            break
        one = under_way.pop(data.draw(st.integers(0, len(under_way) - 1)))
        if lost < 5 and data.draw(st.booleans()):
            lost += 1
            turns.back(one)
        else:
            ended.append(one.name)
            turns.left(one)
    assert sorted(ended) == sorted(one.name for one in fleet(hosts))


@given(HOSTS, st.integers(0, 3))
def test_the_same_seed_gives_the_same_order(hosts: list[str], seed: int) -> None:
    """The order depends on seed and names, not on the order of the file."""

    def order(operators: list[Operator]) -> list[str]:
        turns, names = Turns(operators, jitter_s=10, seed=seed), []
        while (taken := turns.take(10)) is not None:
            names.append(taken.name)
            turns.left(taken)
        return names

    assert order(fleet(hosts)) == order(fleet(hosts)[::-1])


def test_starts_are_spread() -> None:
    """Nobody starts before the own moment, all moments lie in the span, and they differ."""
    turns, moments = Turns(fleet(list("abcdefgh")), jitter_s=100, seed=1), []
    while (due := turns.next_due_s()) is not None:
        assert turns.take(due - 0.001) is None
        assert turns.take(due) is not None
        moments.append(due)
    assert moments == sorted(set(moments))
    assert all(0 <= moment < 100 for moment in moments)
