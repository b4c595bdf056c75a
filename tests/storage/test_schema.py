"""The schema: made whole or by migrations it is the same; a newer one is refused; its rules hold."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.errors import NewerSchema
from storage.opening import open_database
from storage.schema import HEAD, MIGRATIONS, schema_version, upgrade
from storage.tables import contacts, handles, metadata, notes, stages, tasks

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrations_make_the_same_schema_as_the_tables(database_setting: str) -> None:
    database = Database(database_setting)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with database.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            assert compare_metadata(context, metadata) == []
    finally:
        database.close_now()


async def test_a_second_start_finds_nothing_to_do(database: Database) -> None:
    assert upgrade(database) is False
    assert database.look(schema_version) == HEAD
    assert len(database.look(lambda connection: connection.execute(select(stages.c.id)).all())) == 7


async def test_a_newer_schema_is_refused_in_words(database: Database) -> None:
    database.transact(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(NewerSchema, match="newer Rapport"):
        upgrade(database)


async def test_an_id_is_never_used_again(database: Database) -> None:
    def add(connection: Connection) -> int:
        statement = insert(contacts).values(name="Anna", created_at=NOW).returning(contacts.c.id)
        return int(connection.execute(statement).scalar_one())

    first = database.transact(add)
    database.transact(lambda connection: connection.execute(contacts.delete()))
    assert database.transact(add) > first


@pytest.mark.parametrize(
    "row",
    [
        insert(contacts).values(name="", created_at=NOW),
        insert(handles).values(contact_id=999, kind="email", value="a@b.example"),
        insert(handles).values(contact_id=1, kind="fax", value="1"),
        insert(notes).values(text="on nothing", created_at=NOW),
        insert(notes).values(text="on two", contact_id=1, company_id=1, created_at=NOW),
        insert(tasks).values(title="half due", due_at=NOW, created_at=NOW),
        insert(stages).values(pipeline_id=1, name="sure", position=9, probability=101),
    ],
)
async def test_the_database_itself_refuses_what_breaks_a_rule(database: Database, row: object) -> None:
    database.transact(lambda connection: connection.execute(insert(contacts).values(name="Anna", created_at=NOW)))
    with pytest.raises(IntegrityError):
        database.transact(lambda connection: connection.execute(row))  # type: ignore[call-overload]


async def test_a_handle_belongs_to_one_contact_unless_it_is_shared(database: Database) -> None:
    def add(connection: Connection, *, shared: bool) -> None:
        for name in ("Anna", "Bert"):
            contact_id = connection.execute(
                insert(contacts).values(name=name, created_at=NOW).returning(contacts.c.id)
            ).scalar_one()
            connection.execute(
                insert(handles).values(contact_id=contact_id, kind="email", value="info@b.example", shared=shared)
            )

    with pytest.raises(IntegrityError):
        database.transact(lambda connection: add(connection, shared=False))
    database.transact(lambda connection: add(connection, shared=True))


async def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "rapport.db"
    async with open_database(str(path)):
        assert path.stat().st_mode & 0o077 == 0
