"""Brings a database to this version's schema: made whole when it is empty, migrated when it is older."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from storage.database import Database, locked_for_migration
from storage.errors import NewerSchema
from storage.tables import metadata, pipelines, stages

HEAD = "0001"
MIGRATIONS = Path(__file__).parent / "migrations"

_STAGES = (  # name, probability in percent, outcome
    ("new", 10, "open"),
    ("contacted", 20, "open"),
    ("qualified", 40, "open"),
    ("proposal", 60, "open"),
    ("negotiation", 80, "open"),
    ("won", 100, "won"),
    ("lost", 0, "lost"),
)


def schema_version(connection: Connection) -> str | None:
    """The version that the database says it has; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(database: Database) -> bool:
    """Makes or migrates the schema; True when there was something to do. Raises NewerSchema."""
    if database.look(schema_version) == HEAD:
        return False
    if database.transact(_create_if_empty):
        return True
    _migrate(database)
    return True


def _create_if_empty(connection: Connection) -> bool:
    locked_for_migration(connection)
    if schema_version(connection) is not None:
        return False
    metadata.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
    seed(connection)
    return True


def seed(connection: Connection) -> None:
    """What every new database has: one pipeline with its stages."""
    pipeline_id = connection.execute(pipelines.insert().values(name="Sales").returning(pipelines.c.id)).scalar_one()
    rows = [
        {"pipeline_id": pipeline_id, "name": name, "position": place, "probability": probability, "outcome": outcome}
        for place, (name, probability, outcome) in enumerate(_STAGES)
    ]
    connection.execute(stages.insert(), rows)


def _migrate(database: Database) -> None:
    # Alembic takes 0.4 s of CPU to import: only when there is something to migrate.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with database.engine.connect() as connection:
        if database.is_sqlite:
            # A table is rebuilt by dropping it; with foreign keys on, that would delete what refers to it.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                locked_for_migration(connection)
                found = schema_version(connection)
                if found not in known:
                    raise NewerSchema(
                        f"The database's schema {found} is a newer Rapport's. Update Rapport, or restore a backup."
                    )
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                if database.is_sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).first()):
                    raise NewerSchema(f"The migration would break references in {broken[0]}; nothing was changed.")
        finally:
            if database.is_sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
