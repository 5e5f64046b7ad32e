"""Faults in what a success carries: links, and the list of games."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

from collections.abc import Sequence

from certhook.reference.application import Fields
from certhook.reference.catalogue import fault
from certhook.reference.fargames.platform import Agent, Game
from certhook.reference.fargames.target import FargamesTarget


@fault("url-null", breaks=["fargames.fields.url"])
class UrlNull(FargamesTarget):
    """Fills the URL in later, and so sends null."""

    def link(self, game: Game, fields: Fields) -> Fields:
        return {"url": None}


@fault("demo-url-renamed", breaks=["fargames.fields.url"])
class DemoUrlRenamed(FargamesTarget):
    """Names the URL of a demo link otherwise."""

    def demo_link(self, game: Game, fields: Fields) -> Fields:
        return {"demo_url": super().demo_link(game, fields)["url"]}


@fault("url-relative", breaks=["fargames.fields.url-absolute"])
class UrlRelative(FargamesTarget):
    """Sends the URL's path only."""

    def url(self, mode: str, game: Game, fields: Fields) -> object:
        return f"/{mode}?token={self.session_token(fields)}"


@fault("demo-url-without-scheme", breaks=["fargames.fields.url-absolute"])
class DemoUrlWithoutScheme(FargamesTarget):
    """Leaves the scheme of a demo link to the page that it is put into."""

    def demo_link(self, game: Game, fields: Fields) -> Fields:
        return {"url": str(super().demo_link(game, fields)["url"]).removeprefix("https:")}


@fault("games-by-id", breaks=["fargames.fields.games"])
class GamesById(FargamesTarget):
    """Lists the games as an object with their ids as keys."""

    def list_games(self, agent: Agent) -> Fields:
        content = super().list_games(agent)
        return {**content, "games": {str(game["id"]): game for game in content["games"]}}


@fault("games-as-ids", breaks=["fargames.fields.games"])
class GamesAsIds(FargamesTarget):
    """Lists no more than the games' ids."""

    def list_games(self, agent: Agent) -> Fields:
        content = super().list_games(agent)
        return {**content, "games": [game["id"] for game in content["games"]]}


class _Relisted(FargamesTarget):
    """Lists every game with another value in some field."""

    def listed(self, game: Game) -> Fields:
        return {**super().listed(game), **self.changed(game)}

    def changed(self, game: Game) -> Fields:
        raise NotImplementedError


@fault("game-id-text", breaks=["fargames.fields.game-id"])
class GameIdText(_Relisted):
    """Lists ids as text."""

    def changed(self, game: Game) -> Fields:
        return {"id": str(game.game_id)}


@fault("game-title-translations", breaks=["fargames.fields.game-title"])
class GameTitleTranslations(_Relisted):
    """Lists the title in several languages."""

    def changed(self, game: Game) -> Fields:
        return {"title": {"en": game.title}}


@fault("game-brand-null", breaks=["fargames.fields.game-brand"])
class GameBrandNull(_Relisted):
    """Has a game without a brand."""

    def changed(self, game: Game) -> Fields:
        return {"brand": None} if game.brand == "Aero" else {}


@fault("game-image-missing", breaks=["fargames.fields.game-image-url"])
class GameImageMissing(_Relisted):
    """Lists a game without an image."""

    def listed(self, game: Game) -> Fields:
        listed = super().listed(game)
        if not game.demo:
            del listed["image_url"]
        return listed

    def changed(self, game: Game) -> Fields:
        return {}


@fault("game-image-relative", breaks=["fargames.fields.game-image-url-absolute"])
class GameImageRelative(_Relisted):
    """Lists the image's path on its own site."""

    def changed(self, game: Game) -> Fields:
        return {"image_url": f"/images/games/{game.game_id}.jpg"}


@fault("game-image-empty", breaks=["fargames.fields.game-image-url-absolute"])
class GameImageEmpty(_Relisted):
    """Lists a game that has no image with an empty URL."""

    def changed(self, game: Game) -> Fields:
        return {"image_url": ""} if game.game_id == 106 else {}


@fault("game-demo-number", breaks=["fargames.fields.game-demo"])
class GameDemoNumber(_Relisted):
    """Lists demo as its database keeps it."""

    def changed(self, game: Game) -> Fields:
        return {"demo": int(game.demo)}


@fault("total-text", breaks=["fargames.fields.total"], also=["fargames.semantics.total"])
class TotalText(FargamesTarget):
    """Sends the total as text."""

    def total(self, games: Sequence[Fields]) -> object:
        return str(len(games))


@fault("total-missing", breaks=["fargames.fields.total"], also=["fargames.semantics.total"])
class TotalMissing(FargamesTarget):
    """Leaves the total to the reader."""

    def list_games(self, agent: Agent) -> Fields:
        return {"games": super().list_games(agent)["games"]}
