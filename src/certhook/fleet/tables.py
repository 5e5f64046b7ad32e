"""The tables of a history, and that a database holds them in the form that this certhook knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
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
    false,
    insert,
    inspect,
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


class HistoryGone(UsageError):
    """A history that could be used, and now cannot."""


def opened(place: str, *, make: bool) -> Engine:
    """The database at a URL, or in an SQLite file at a path, with its tables.

    With `make` they are made where there are none, and can be written. Raises UsageError where that cannot be, where
    there is no history, and where another version of certhook made it.
    """
    url = _url(place)
    if not make and _is_missing_file(url):
        raise UsageError(f"--history {place}: there is no such file; certhook fleet makes it")
    try:
        return _prepared(create_engine(url), make=make)
    except NoSuchModuleError:
        raise UsageError(f"--history {_shown(url)}: no database that SQLAlchemy knows") from None
    except ModuleNotFoundError as error:
        raise UsageError(f"--history {_shown(url)}: needs the package {error.name}") from None
    except SQLAlchemyError as error:
        raise UsageError(_complaint(url, error)) from None


def _prepared(engine: Engine, *, make: bool) -> Engine:
    """The engine, its tables there as this version makes them; let go of where they are not.

    Raises UsageError, and what the database says.
    """
    with ExitStack() as unless_used:
        unless_used.callback(engine.dispose)
        found = _version(engine) or (_make(engine) if make else None)
        if found is None:
            raise UsageError(f"--history {_shown(engine.url)}: holds no history; certhook fleet makes one")
        if found != VERSION:
            known = f"and this certhook knows {VERSION}"
            raise UsageError(f"--history {_shown(engine.url)}: has tables of version {found}, {known}")
        if make:
            _try_to_write(engine)
        unless_used.pop_all()
    return engine


@contextmanager
def asked(engine: Engine) -> Iterator[Connection]:
    """A transaction. Raises HistoryGone where the database fails: it is locked, full, or its server is away."""
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise HistoryGone(_complaint(engine.url, error)) from None


def _complaint(url: URL, error: SQLAlchemyError) -> str:
    """The first line of what a database said; the statement and its values are left out."""
    said = str(getattr(error, "orig", None) or error).strip()
    return f"--history {_shown(url)}: cannot be used: {said.splitlines()[0] if said else type(error).__name__}"


def _shown(url: URL) -> str:
    """The URL without its password, or the path of an SQLite file."""
    return url.database or "" if url.drivername == "sqlite" else url.render_as_string()


def _url(place: str) -> URL:
    if "://" not in place:
        return URL.create("sqlite", database=str(Path(place)))
    try:
        return make_url(place)
    except ArgumentError:
        raise UsageError("--history: must be a path, or a URL such as postgresql://user@host/name") from None


def _is_missing_file(url: URL) -> bool:
    """Whether it is an SQLite file that is not there, which to ask would make; a file: URI says so itself."""
    return url.get_backend_name() == "sqlite" and "uri" not in url.query and not Path(url.database or "").is_file()


def _version(engine: Engine) -> int | None:
    """The version of the tables; None where there are none."""
    if not inspect(engine).has_table(schema.name):
        return None
    with engine.connect() as connection:
        version: int | None = connection.execute(select(schema.c.version)).scalar()
        return version


def _make(engine: Engine) -> int:
    _metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(schema).values(version=VERSION))
    return VERSION


def _try_to_write(engine: Engine) -> None:
    """Add no row at all, for which the database wants the same as for one, and says now, not in the morning."""
    with engine.begin() as connection:
        connection.execute(insert(runs).from_select(["id"], select(runs.c.id).where(false())))
