"""The tables of a history, and that a database holds them in the form that this certhook knows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    insert,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from certhook.errors import UsageError

VERSION = 1
"""Of the tables. One that adds to them can be migrated; this is the first."""

_metadata = MetaData()

schema = Table("certhook_schema", _metadata, Column("version", Integer, primary_key=True, autoincrement=False))

runs = Table(
    "certhook_runs",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("night", String(64), nullable=False),
    Column("operator", String(100), nullable=False),
    Column("protocol", String(100), nullable=False),
    Column("target", Text, nullable=False),
    Column("standing", String(20), nullable=False),
    Column("why", Text, nullable=False),
    Column("started", String(32), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("verdict", String(20)),
    Column("suite", JSON),
    Column("latency_ms", JSON),
    UniqueConstraint("night", "operator"),
    Index("certhook_runs_of_operator", "operator", "started"),
)
"""One row per operator and night; `started` is RFC 3339 in UTC. The last three are null where there is no result.

`suite` is {"certhook": version, "pack_digest": hex or null}, `latency_ms` as in result.json.
"""

outcomes = Table(
    "certhook_outcomes",
    _metadata,
    Column("run", ForeignKey("certhook_runs.id"), primary_key=True),
    Column("requirement", String(200), primary_key=True),
    Column("level", String(10), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("flaky", Boolean, nullable=False),
)
"""One row per run and requirement."""


def opened(place: str) -> Engine:
    """The database at a URL, or in an SQLite file at a path, with its tables; they are made where there are none.

    Raises UsageError where it cannot be used, or another version of certhook made it.
    """
    url = _url(place)
    shown = url.database if url.drivername == "sqlite" else url.render_as_string()
    try:
        engine = create_engine(url)
        _metadata.create_all(engine)
        found = _version(engine)
    except NoSuchModuleError:
        raise UsageError(f"--history {shown}: no database that SQLAlchemy knows") from None
    except ModuleNotFoundError as error:
        raise UsageError(f"--history {shown}: needs the package {error.name}") from None
    except SQLAlchemyError as error:
        raise UsageError(f"--history {shown}: cannot be used: {cause(error)}") from None
    if found != VERSION:
        raise UsageError(f"--history {shown}: has tables of version {found}, and this certhook knows {VERSION}")
    return engine


def cause(error: SQLAlchemyError) -> str:
    """The first line of what a database said; the statement and its values are left out."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__


def _url(place: str) -> URL:
    if "://" not in place:
        return URL.create("sqlite", database=str(Path(place)))
    try:
        return make_url(place)
    except ArgumentError:
        raise UsageError("--history: must be a path, or a URL such as postgresql://user@host/name") from None


def _version(engine: Engine) -> int:
    with engine.begin() as connection:
        version = connection.execute(select(schema.c.version)).scalar()
        if version is None:
            connection.execute(insert(schema).values(version=VERSION))
        return VERSION if version is None else version
