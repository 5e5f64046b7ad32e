"""A long list that was found right is looked at once, and whatever else is in an answer each time."""

from __future__ import annotations

from typing import Any

from certhook.judging.longlists import LONG, NEAR, KnownLists

GAMES = [{"id": number} for number in range(LONG)]


def answer(games: list[Any], **more: Any) -> dict[str, Any]:
    """A success with a list in it."""
    return {"status": "success", "content": {"games": games, "total": len(games)}, **more}


def knowing(*answers: dict[str, Any]) -> KnownLists:
    """What is known after those answers were found right."""
    known = KnownLists()
    for one in answers:
        known.learn(one)
    return known


def test_a_known_list_is_looked_at_once() -> None:
    """Of a list that is known its first item is left, which its schema may want; all else stays as it came."""
    short = knowing(answer(GAMES)).shortened(answer([*GAMES], id="another"))
    assert short == {"status": "success", "content": {"games": GAMES[:1], "total": LONG}, "id": "another"}


def test_another_list_is_looked_at_whole() -> None:
    """One that differs in its last item, or stands elsewhere, is not known, nor is one by which another was known."""
    changed = [*GAMES[:-1], {"id": "7"}]
    known = knowing(answer(GAMES))
    for other in (answer(changed), answer([], other=GAMES), {"content": GAMES}):
        assert known.shortened(other) == other
    known.learn(answer(changed))
    assert known.shortened(answer(GAMES)) == answer(GAMES)


def test_what_is_not_long_or_far_away_is_looked_at_whole() -> None:
    """Nothing is remembered of what is quickly looked at, and nobody follows an answer down without end."""
    deep: dict[str, Any] = {"games": GAMES}
    for _ in range(NEAR):
        deep = {"within": deep}
    for one in (answer(GAMES[1:]), deep, {}):
        assert knowing(one).shortened(one) == one
    endless: dict[str, Any] = {}
    for _ in range(100_000):
        endless = {"within": endless}
    assert knowing(endless).shortened(endless)["within"]
