"""Faults in finding the agent and the game that a request names."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

from certhook.reference.application import Refusal
from certhook.reference.catalogue import fault
from certhook.reference.fargames.platform import AGENT, INVALID, Agent, Game, refusal
from certhook.reference.fargames.target import DEMO, LINK, FargamesTarget
from certhook.reference.wire import HttpRequest


class _NoAgent(FargamesTarget):
    """Answers an agent that nobody has in its own way."""

    def find_agent(self, agent_id: int) -> Agent:
        try:
            return super().find_agent(agent_id)
        except Refusal:
            return self.nobody()

    def nobody(self) -> Agent:
        raise NotImplementedError


@fault("unknown-agent-403", breaks=["fargames.parameters.unknown-agent-code"])
class UnknownAgent403(_NoAgent):
    """Says of an unknown agent only that the signature is wrong."""

    def nobody(self) -> Agent:
        raise refusal("invalid_signature")


@fault(
    "unknown-agent-401",
    breaks=["fargames.parameters.unknown-agent", "fargames.parameters.unknown-agent-code"],
)
class UnknownAgent401(_NoAgent):
    """Says of an unknown agent that it did not sign."""

    def nobody(self) -> Agent:
        raise refusal("signature_required")


@fault("unknown-agent-registered", breaks=["fargames.parameters.unknown-agent"])
class UnknownAgentRegistered(_NoAgent):
    """Makes an account of an agent that it does not know, for which the first one's token is good."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_for: set[int] = set()

    def find_agent(self, agent_id: int) -> Agent:
        if agent_id in self.asked_for:
            return AGENT
        self.asked_for |= {agent_id} - {agent.agent_id for agent in self.agents}
        return super().find_agent(agent_id)

    def nobody(self) -> Agent:
        raise refusal("agent_not_found")


@fault("unknown-agent-is-first", breaks=["fargames.parameters.unknown-agent"])
class UnknownAgentIsFirst(_NoAgent):
    """Takes an unknown agent for the first one."""

    def nobody(self) -> Agent:
        return AGENT


@fault("no-token-is-empty", breaks=["fargames.parameters.agent-without-token"])
class NoTokenIsEmpty(FargamesTarget):
    """Takes the empty key for that of an agent without a token."""

    def key(self, agent: Agent) -> bytes:
        return agent.token or b""


@fault("no-token-empty-key-accepted", breaks=["fargames.parameters.agent-without-token"])
class NoTokenEmptyKeyAccepted(FargamesTarget):
    """Signs with no key where there is no token, and misses the token only where that signature is another one."""

    def check_signature(self, operation: str, given: str, request: HttpRequest, agent: Agent) -> None:
        if agent.token is not None or given != self.signature(b"", self.signed_content(request)):
            super().check_signature(operation, given, request, agent)


@fault("no-token-unknown-agent", breaks=["fargames.parameters.agent-without-token"])
class NoTokenUnknownAgent(FargamesTarget):
    """Takes an agent without a token for an unknown one."""

    def key(self, agent: Agent) -> bytes:
        if agent.token is None:
            raise refusal("agent_not_found")
        return super().key(agent)


class _NoGame(FargamesTarget):
    """Answers a game that does not exist in its own way, on some operations."""

    own_operations: tuple[str, ...] = (LINK, DEMO)

    def find_game(self, operation: str, game_id: int) -> Game:
        try:
            return super().find_game(operation, game_id)
        except Refusal:
            if operation in self.own_operations:
                return self.no_game(game_id)
            raise

    def no_game(self, game_id: int) -> Game:
        raise NotImplementedError


@fault("unknown-game-linked", breaks=["fargames.parameters.unknown-game"])
class UnknownGameLinked(_NoGame):
    """Makes a link of any number."""

    own_operations = (LINK,)

    def no_game(self, game_id: int) -> Game:
        return Game(game_id, "", "", demo=True)


@fault("unknown-game-fetched", breaks=["fargames.parameters.unknown-game"])
class UnknownGameFetched(FargamesTarget):
    """Puts a game that it does not know on a list of those to be fetched, and then takes it for one that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_for: set[int] = set()

    def find_game(self, operation: str, game_id: int) -> Game:
        try:
            return super().find_game(operation, game_id)
        except Refusal:
            if game_id in self.asked_for:
                return self.games[0]
            self.asked_for.add(game_id)
            raise


@fault("unknown-game-not-available", breaks=["fargames.parameters.unknown-game"])
class UnknownGameNotAvailable(_NoGame):
    """Says of a game that does not exist that it is closed."""

    def no_game(self, game_id: int) -> Game:
        raise refusal("game_not_available")


@fault("unknown-game-invalid", breaks=["fargames.parameters.unknown-game"])
class UnknownGameInvalid(_NoGame):
    """Says of the id of a game that does not exist that it is invalid."""

    def no_game(self, game_id: int) -> Game:
        raise refusal(INVALID)


@fault("unknown-game-no-provider", breaks=["fargames.parameters.unknown-game"])
class UnknownGameNoProvider(_NoGame):
    """Says of a game that does not exist that nobody offers it in demo mode."""

    own_operations = (DEMO,)

    def no_game(self, game_id: int) -> Game:
        raise refusal("game_provider_not_found")


class _ClosedGame(FargamesTarget):
    """Does not keep closed games closed, on one operation."""

    own_operation = LINK

    def check_open(self, operation: str, game: Game, agent: Agent) -> None:
        if operation != self.own_operation:
            super().check_open(operation, game, agent)


@fault("closed-game-linked", breaks=["fargames.parameters.unavailable-game"])
class ClosedGameLinked(_ClosedGame):
    """Links a game that is closed to the agent."""


@fault("closed-game-demo-linked", breaks=["fargames.parameters.unavailable-game-demo"])
class ClosedGameDemoLinked(_ClosedGame):
    """Links a game that is closed to the agent in demo mode."""

    own_operation = DEMO


@fault(
    "closed-game-not-found",
    breaks=["fargames.parameters.unavailable-game", "fargames.parameters.unavailable-game-demo"],
)
class ClosedGameNotFound(FargamesTarget):
    """Says of a closed game that it does not exist."""

    def check_open(self, operation: str, game: Game, agent: Agent) -> None:
        if game.game_id in agent.closed_games:
            raise refusal("game_not_found")
