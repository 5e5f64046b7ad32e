"""What every night found, kept in a database: written once per operator and night, and asked in the morning."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Row, Select, case, func, insert, select
from sqlalchemy import cast as as_type

from certhook.fleet.standing import OperatorResult, Standing
from certhook.fleet.tables import asked, opened, outcomes, runs
from certhook.reporting.escaping import visible
from certhook.values import Outcome

_EXAMINED = [standing.value for standing in Standing if standing.examined]
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run as the history has it; `failed` and `flaky` count requirements."""

    operator: str
    protocol: str
    target: str
    standing: Standing
    why: str
    started: str
    seconds: float
    requests: int
    failed: int
    flaky: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A requirement that failed or flaked in an operator's runs; `first_failed` (RFC 3339) is None where it did not.

    `now` is its outcome in the last run that tested it.
    """

    requirement: str
    first_failed: str | None
    failed: int
    flaked: int
    runs: int
    now: Outcome


class History:
    """The history at a URL, or in an SQLite file at a path; to be added to, it is made where there is none.

    Raises UsageError where it cannot be used, and HistoryGone from the moment when it no longer can.
    """

    def __init__(self, place: str, *, make: bool = False) -> None:
        self._engine: Engine = opened(place, make=make)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def record(
        self, night: str, ended: OperatorResult, result: Mapping[str, Any] | None, flaky: Collection[str]
    ) -> None:
        """Add an operator's run of a night, unless it is there. `flaky` are the ids of requirements."""
        with asked(self._engine) as connection:
            there = select(runs.c.id).where(runs.c.night == night, runs.c.operator == ended.operator)
            if connection.execute(there).first() is None:
                (id,) = connection.execute(insert(runs).values(_run(night, ended, result))).inserted_primary_key or (0,)
                _add_outcomes(connection, id, result, flaky)

    def before(self, night: str, ended: OperatorResult) -> dict[str, Any] | None:
        """The operator's last run before the night's that says something of the target, shaped like result.json.

        What the history does not keep (titles, findings) is not in it.
        """
        query = (
            select(runs)
            .where(runs.c.operator == ended.operator, runs.c.protocol == ended.protocol, runs.c.night != night)
            .where(runs.c.started < ended.started, runs.c.standing.in_(_EXAMINED))
            .order_by(runs.c.started.desc())
            .limit(1)
        )
        with asked(self._engine) as connection:
            run = connection.execute(query).first()
            return None if run is None else _as_result(run, connection)

    def runs_of(self, operator: str, limit: int) -> list[PastRun]:
        """An operator's last runs, the latest first."""
        with asked(self._engine) as connection:
            return [_past(row) for row in connection.execute(_runs().where(runs.c.operator == operator).limit(limit))]

    def last_of_each(self) -> list[PastRun]:
        """The last run of every operator, in the order of their names."""
        newest = select(runs.c.operator, func.max(runs.c.started).label("started")).group_by(runs.c.operator).subquery()
        same = (newest.c.operator == runs.c.operator) & (newest.c.started == runs.c.started)
        query = _runs().join(newest, same).order_by(None).order_by(runs.c.operator)
        with asked(self._engine) as connection:
            return [_past(row) for row in connection.execute(query)]

    def troubles_of(self, operator: str) -> list[Trouble]:
        """What failed or flaked in an operator's runs, the latest to fail first."""
        with asked(self._engine) as connection:
            found = connection.execute(_troubles(operator)).all()
            now = {row.requirement: Outcome(row.outcome) for row in connection.execute(_now(operator))}
        return [Trouble(**row._asdict(), now=now[row.requirement]) for row in found]


def _run(night: str, ended: OperatorResult, result: Mapping[str, Any] | None) -> dict[str, Any]:
    same = ("operator", "protocol", "target", "why", "started", "seconds", "requests")
    row = {name: getattr(ended, name) for name in same}
    row |= {"night": night, "standing": ended.standing.value}
    if result is not None:
        suite = {"certhook": result["versions"].get("certhook"), "pack_digest": result["pack_digest"]}
        row |= {"verdict": result["verdict"], "suite": suite, "latency_ms": result["latency_ms"]}
    return row


def _add_outcomes(connection: Connection, run: int, result: Mapping[str, Any] | None, flaky: Collection[str]) -> None:
    rows = [
        {
            "run": run,
            "requirement": item["id"],
            "level": item["level"],
            "outcome": item["outcome"],
            "reason": visible(item["reason"], _LONGEST_REASON),
            "flaky": item["id"] in flaky,
        }
        for item in (result["requirements"] if result else ())
    ]
    if rows:
        connection.execute(insert(outcomes), rows)


def _as_result(run: Row[Any], connection: Connection) -> dict[str, Any]:
    found = connection.execute(select(outcomes).where(outcomes.c.run == run.id))
    return {
        "protocol": run.protocol,
        "target": run.target,
        "verdict": run.verdict,
        "started": run.started,
        "versions": {"certhook": run.suite["certhook"]} if run.suite["certhook"] else {},
        "pack_digest": run.suite["pack_digest"],
        "latency_ms": run.latency_ms,
        "requirements": [
            {
                "id": row.requirement,
                "title": row.requirement,
                "level": row.level,
                "outcome": row.outcome,
                "reason": row.reason,
                "findings": [],
            }
            for row in found
        ],
    }


def _count(condition: Any) -> Any:
    """How many rows of a group meet a condition; none where there are no rows."""
    return func.coalesce(func.sum(as_type(condition, Integer)), 0)


def _runs() -> Select[Any]:
    kept = [runs.c[name] for name in PastRun.__slots__[:-2]]
    failed = _count(outcomes.c.outcome == Outcome.FAILED.value).label("failed")
    query = select(*kept, failed, _count(outcomes.c.flaky).label("flaky")).select_from(runs.outerjoin(outcomes))
    return query.group_by(runs.c.id, *kept).order_by(runs.c.started.desc())


def _past(row: Row[Any]) -> PastRun:
    fields = row._asdict()
    return PastRun(**{**fields, "standing": Standing(fields["standing"])})


def _troubles(operator: str) -> Select[Any]:
    failing = outcomes.c.outcome == Outcome.FAILED.value
    failed, flaked = _count(failing).label("failed"), _count(outcomes.c.flaky).label("flaked")
    first = func.min(case((failing, runs.c.started))).label("first_failed")
    return (
        select(outcomes.c.requirement, first, failed, flaked, func.count().label("runs"))
        .join(runs)
        .where(runs.c.operator == operator)
        .group_by(outcomes.c.requirement)
        .having((failed > 0) | (flaked > 0))
        .order_by(first.desc().nulls_last(), outcomes.c.requirement)
    )


def _now(operator: str) -> Select[Any]:
    """The outcome of each requirement in the last run that has it."""
    last = (
        select(outcomes.c.requirement, func.max(runs.c.started).label("started"))
        .join(runs)
        .where(runs.c.operator == operator)
        .group_by(outcomes.c.requirement)
        .subquery()
    )
    return (
        select(outcomes.c.requirement, outcomes.c.outcome)
        .join(runs)
        .join(last, (last.c.requirement == outcomes.c.requirement) & (last.c.started == runs.c.started))
        .where(runs.c.operator == operator)
    )
