"""Faults that show only when answers are held against each other."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from certhook.reference.application import Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.fargames.platform import GAMES, Agent, Game, refusal
from certhook.reference.fargames.target import FargamesTarget
from certhook.reference.wire import HttpRequest


@fault("url-of-the-player", breaks=["fargames.semantics.sessions-apart"])
class UrlOfThePlayer(FargamesTarget):
    """Gives each player one URL for all sessions."""

    def session_token(self, fields: Fields) -> str:
        return f"token-of-{fields['player_id'].encode('utf-8', 'replace').hex()}"


@fault("links-in-turn", breaks=["fargames.semantics.sessions-apart"])
class LinksInTurn(FargamesTarget):
    """Has a pool of ten links, and gives them out in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = itertools.cycle(range(10))

    def session_token(self, fields: Fields) -> str:
        return f"link-of-the-pool-{next(self.turns):04}"


@fault("every-third-link-again", breaks=["fargames.semantics.sessions-apart"])
class EveryThirdLinkAgain(FargamesTarget):
    """Keeps the link that it has just made, and gives it out once more with every third request."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = itertools.count(1)
        self.last = ""

    def session_token(self, fields: Fields) -> str:
        if not self.last or next(self.turns) % 3:
            self.last = super().session_token(fields)
        return self.last


@fault(
    "closed-game-listed",
    breaks=["fargames.semantics.listed-linked", "fargames.semantics.demo-linked"],
)
class ClosedGameListed(FargamesTarget):
    """Lists the games that are closed to the agent too."""

    def list_games(self, agent: Agent) -> Fields:
        return super().list_games(replace(agent, closed_games=frozenset()))


@fault("total-of-all-games", breaks=["fargames.semantics.total"])
class TotalOfAllGames(FargamesTarget):
    """Counts the games that are closed to the agent too."""

    def total(self, games: Sequence[Fields]) -> object:
        return len(self.games)


@fault("total-counted-from-zero", breaks=["fargames.semantics.total"])
class TotalCountedFromZero(FargamesTarget):
    """Sends the last index for the total."""

    def total(self, games: Sequence[Fields]) -> object:
        return len(games) - 1


class _OnOneNode(FargamesTarget):
    """Has three nodes behind a balancer, of which the last one lists games in its own way."""

    def __init__(self) -> None:
        self.lists = 0

    def list_games(self, agent: Agent) -> Fields:
        content = super().list_games(agent)
        self.lists += 1
        return self.on_last_node(content) if self.lists % 3 == 0 else content

    def on_last_node(self, content: Fields) -> Fields:
        """What the last node makes of a list; each fault says it in its own way."""
        raise NotImplementedError


@fault("total-stale-on-one-node", breaks=["fargames.semantics.total"])
class TotalStaleOnOneNode(_OnOneNode):
    """Has the total in a cache there that is never renewed."""

    def on_last_node(self, content: Fields) -> Fields:
        return content | {"total": content["total"] - 1}


@fault("game-listed-twice-on-one-node", breaks=["fargames.semantics.ids-unique"])
class GameListedTwiceOnOneNode(_OnOneNode):
    """Merged two lists there, and has a game of both twice."""

    def on_last_node(self, content: Fields) -> Fields:
        games = content["games"]
        return {"games": [*games, games[0]], "total": len(games) + 1}


@fault("game-listed-twice", breaks=["fargames.semantics.ids-unique"])
class GameListedTwice(FargamesTarget):
    """Lists a game once for each of its categories."""

    def list_games(self, agent: Agent) -> Fields:
        games = super().list_games(agent)["games"]
        return {"games": [*games, games[1]], "total": len(games) + 1}


@fault(
    "retired-game-listed",
    breaks=["fargames.semantics.listed-linked", "fargames.semantics.demo-linked"],
)
class RetiredGameListed(FargamesTarget):
    """Lists a game that it no longer has."""

    def list_games(self, agent: Agent) -> Fields:
        games = super().list_games(agent)["games"]
        return {"games": [*games, self.listed(Game(111, "Gone", "Nord", demo=True))], "total": len(games) + 1}


@fault("every-game-listed-with-demo", breaks=["fargames.semantics.demo-linked"])
class EveryGameListedWithDemo(FargamesTarget):
    """Lists every game with demo = true."""

    def listed(self, game: Game) -> Fields:
        return {**super().listed(game), "demo": True}


@fault("no-demo-linked", breaks=["fargames.semantics.no-demo-refused"])
class NoDemoLinked(FargamesTarget):
    """Makes a demo link of any game."""

    def check_demo(self, game: Game) -> None:
        return


@fault("no-demo-not-found", breaks=["fargames.semantics.no-demo-code"])
class NoDemoNotFound(FargamesTarget):
    """Finds no game where there is no demo."""

    def check_demo(self, game: Game) -> None:
        if not game.demo:
            raise refusal("game_not_found")


@fault("refusal-with-link-elsewhere", breaks=["fargames.semantics.refusal-hides-url"])
class RefusalWithLinkElsewhere(FargamesTarget):
    """Tells whoever asks for a closed game where it would have been."""

    def message(self, code: str) -> object:
        said = super().message(code)
        url = self.url("play", GAMES[0], {"player_id": "player_123"})
        return f"{said}: {url}" if code == "game_not_available" else said


@fault("refusal-with-link", breaks=["fargames.semantics.refusal-hides-url"])
class RefusalWithLink(FargamesTarget):
    """Makes the link before it knows whether it may, and sends it with the refusal of a wrong signature."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        if refusal.code != "invalid_signature":
            return fields
        return {**fields, "content": {"url": self.url("play", GAMES[0], {"player_id": "player_123"})}}
