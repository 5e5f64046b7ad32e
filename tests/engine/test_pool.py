"""Test data that a success uses up: nobody gets a value twice, and when there is none left nobody is accused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from certhook.building.pool import Exhausted, Pool, Stock
from certhook.pack.loading import load_pack
from certhook.profile.profile import Profile, profile_from
from certhook.reference import profile, target_class
from certhook.reference.wire import HttpAnswer
from certhook.running.certification import Certification
from certhook.running.doctor import examine
from tests.certifying import certifying
from tests.targets import Answering, Call, Served, serving

PLACE = "subject.client_tokens"


def single_use(*faults: str, latency_s: float = 0.0) -> Answering:
    """A target that takes each launch token for one success."""
    target = target_class("evi", faults, ["single-use-tokens"])()

    def answering(call: Call) -> HttpAnswer:
        call.served.ending.wait(latency_s)  # so that requests are under way together
        answer: HttpAnswer = target.answer(call.request)
        return answer

    return answering


@contextmanager
def certifying_with(folder: Path, served: Served, count: int, **setup: Any) -> Iterator[Certification]:
    """A certification whose profile has so many launch tokens."""
    data = profile("evi", served.url, variant_names=["single-use-tokens"])
    data["subject"]["client_tokens"] = data["subject"]["client_tokens"][:count]
    with certifying(folder, data, protocol="evi", **setup) as certification:
        yield certification


def run_round(certification: Certification, group: str) -> list[Any]:
    """The results of all cases of a group, and the round itself behind them."""
    cases = [case for case in certification.cases if case.group == group]
    certification.plan(cases)
    run = certification.group(group)
    results = [run.result(case) for case in cases]
    return [*results, run.closed(certification.pack.operations[0])]


def tokens(served: Served, wanted: Callable[[dict[str, Any]], bool]) -> Counter[str]:
    """How often each launch token was sent where the request is as wanted."""
    bodies = [json.loads(call.request.body) for call in served.calls]
    return Counter(body["ClientToken"] for body in bodies if wanted(body))


def profile_with(values: Sequence[str]) -> Profile:
    """A profile with those launch tokens."""
    pack = load_pack("evi")
    data = profile("evi", "http://target.example")
    data["subject"]["client_tokens"] = list(values)
    return profile_from(data, source="test", protocol="evi", protocol_schema=pack.profile_schema, requirement_ids=[])


def drawn(stock: Stock, *, used: bool = True) -> str | None:
    """What one request draws."""
    with stock.lend(load_pack("evi").operations[0]) as loan:
        loan.used = used
        return loan.values.get(PLACE)


# ------------------------------------------------------------------ a pool by itself


def test_values_are_drawn_in_turn() -> None:
    """Each success takes the next value, until there is none."""
    stock = Stock.of(load_pack("evi"), profile_with("abc"), {})
    assert [drawn(stock) for _ in range(3)] == ["a", "b", "c"]
    with pytest.raises(Exhausted, match=r"is used up: .* had 3"):
        drawn(stock)


def test_a_value_that_was_not_used_up_is_drawn_again() -> None:
    """After a refusal the next request takes the same value."""
    stock = Stock.of(load_pack("evi"), profile_with("abc"), {})
    assert [drawn(stock, used=used) for used in (False, False, True, False, True)] == ["a", "a", "a", "b", "b"]
    assert stock.used == {PLACE: 2}


def test_a_single_value_is_used_for_all_requests() -> None:
    """A list of one says that its value is not used up."""
    stock = Stock.of(load_pack("evi"), profile_with("a"), {})
    assert [drawn(stock) for _ in range(3)] == [None] * 3
    assert stock.used == {}


def test_workers_share_what_was_left_to_them() -> None:
    """No value goes to two workers, and none that was used before to any."""
    shares = []
    for worker in range(3):
        stock = Stock.of(load_pack("evi"), profile_with("abcdefg"), {PLACE: 2}, worker, 3)
        shares.append({drawn(stock) for _ in range(2 if worker < 2 else 1)})
    assert shares == [{"c", "f"}, {"d", "g"}, {"e"}]


def test_a_request_waits_for_a_value_that_is_only_lent() -> None:
    """While another request may give a value back, the pool is not empty."""
    pool = Pool(PLACE, ["a"])
    lent = pool.draw()
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(pool.draw)
        pool.give_back(lent, used=False)
        assert waiting.result(5) == "a"


def test_a_request_that_waited_in_vain_is_told_so() -> None:
    """When the last value is used up after all, nobody waits for ever."""
    pool = Pool(PLACE, ["a"])
    lent = pool.draw()
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(pool.draw)
        pool.give_back(lent, used=True)
        with pytest.raises(Exhausted):
            waiting.result(5)


# ------------------------------------------------------------------ in a certification


def test_no_success_takes_a_token_that_is_spent(tmp_path: Path) -> None:
    """With eight requests in flight each success has a token of its own, and everything is met."""
    with serving(single_use(latency_s=0.01)) as served, certifying_with(tmp_path, served, 60) as certification:
        *results, round = run_round(certification, "credentials")
        used = certification.stock.used[PLACE]
    assert not round.blocked
    assert all(one.met for result in results for one in result.judgements)
    right = certification.profile.credentials
    sent = tokens(
        served, lambda body: body.get("Account") == {"Username": right["username"], "Password": right["password"]}
    )
    assert max(sent.values()) == 1
    assert sum(sent.values()) == used


def test_a_wrong_request_that_is_accepted_uses_its_token_up(tmp_path: Path) -> None:
    """A target with an open door spends tokens behind it, and is found out all the same, each time."""
    with (
        serving(single_use("password-ignored", latency_s=0.01)) as served,
        certifying_with(tmp_path, served, 200) as certification,
    ):
        *results, round = run_round(certification, "credentials")
    assert not round.blocked
    breached = {one.requirement for result in results for one in result.judgements if not one.met}
    assert breached == {
        "evi.credentials.wrong-password",
        "evi.credentials.nearly-right-password",
        "evi.credentials.quotes",
    }
    assert not any(result.flaky for result in results)


def test_what_can_be_used_again_is_never_used_up(tmp_path: Path) -> None:
    """Where a target takes a token as often as it comes, three are enough for everything, and all of them are sent."""
    target = target_class("evi")()

    def answering(call: Call) -> HttpAnswer:
        answer: HttpAnswer = target.answer(call.request)
        return answer

    with serving(answering) as served, certifying_with(tmp_path, served, 3) as certification:
        *results, round = run_round(certification, "credentials")
    assert not round.blocked
    assert results
    assert all(one.met for result in results for one in result.judgements)


@pytest.mark.parametrize("count", [2, 3, 5, 9])
def test_an_empty_pool_blocks_and_accuses_nobody(tmp_path: Path, count: int) -> None:
    """What cannot be sent any more is blocked, with the reason."""
    with serving(single_use(latency_s=0.01)) as served, certifying_with(tmp_path, served, count) as certification:
        *results, round = run_round(certification, "robustness")
        later = certification.group("methods").opened(certification.pack.operations[0])
    assert f"{PLACE} is used up" in round.blocked
    assert later.blocked == round.blocked
    assert {result.blocked for result in results} <= {"", round.blocked}
    assert round.blocked in {result.blocked for result in results}
    assert all(one.met for result in results for one in (*result.judgements, *result.observations))
    assert not any(seen.breach for seen in round.observed.values())


def test_the_doctor_uses_one_token_and_says_so(tmp_path: Path) -> None:
    """What is left of the list goes to the workers."""
    with serving(single_use()) as served, certifying_with(tmp_path, served, 9) as certification:
        assert all(check.ok for check in examine(certification))
        assert certification.stock.used == {PLACE: 1}


def test_the_doctor_says_when_there_is_nothing_to_ask_with(tmp_path: Path) -> None:
    """A list that is used up is no fault of the target's."""
    with serving(single_use()) as served:
        with certifying_with(tmp_path, served, 2) as before:
            for _ in range(2):
                before.courier.deliver(before.courier.control(before.pack.operations[0], "before"))
        with certifying_with(tmp_path, served, 2, used={PLACE: 2}) as certification:
            last = examine(certification)[-1]
    assert not last.ok
    assert f"{PLACE} is used up" in last.says
