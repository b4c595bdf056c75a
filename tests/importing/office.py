"""An office for imports: a database of its own, files written in place, and what became of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from storage.changes import Trail, undo
from storage.database import Database
from storage.export import export_records
from storage.importing.files import open_file
from storage.importing.importer import Import, run_import
from storage.importing.records import Counts
from storage.importing.values import Habits
from storage.inbox import keep, mark_done
from storage.messages import InboundMessage, Sender
from storage.users import add_user

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
GERMAN = Habits("DE")
AMERICAN = Habits("US", month_first=True)


class Office:
    """A database with an owner named Max, and a folder for files."""

    def __init__(self, database: Database, folder: Path, *, empty: bool = False) -> None:
        self.database = database
        self.folder = folder
        self.counts = Counts()
        self.problems: list[str] = []
        self.label = ""
        self.message = 0
        self.max: int | None = None
        if not empty:
            self.max = database.transact(
                lambda connection: add_user(connection, "Max Kern", at=NOW, role="owner", timezone="Europe/Berlin")
            )

    def file(self, content: str | bytes, name: str = "people.csv", encoding: str = "utf-8") -> Path:
        """A file with this content."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def takes(
        self,
        content: str | bytes | Path,
        name: str = "people.csv",
        *,
        habits: Habits = GERMAN,
        system: str | None = None,
    ) -> list[str]:
        """Imports it; the problems that were told."""
        path = content if isinstance(content, Path) else self.file(content, name)
        opened = open_file(path, habits, system)
        self.label, self.problems = opened.label, []
        self.message = self.database.transact(self._keep)
        asked = Import(NOW, self.max, self.message, habits, "Europe/Berlin", may_add_users=True)
        for report in run_import(asked, opened, self.database.transact):
            self.counts = report.counts
            self.problems += map(str, report.problems)
        return self.problems

    def undoes(self) -> None:
        """Takes the last import back."""
        message = self.database.transact(self._keep)

        def work(connection: Connection) -> None:
            undo(Trail(connection, NOW, self.max, message), self.message)

        self.database.transact(work)

    def export(self) -> list[dict[str, Any]]:
        """All records."""
        return self.database.look(lambda connection: list(export_records(connection)))

    def all(self, kind: str) -> list[dict[str, Any]]:
        """The records of one type."""
        return [record for record in self.export() if record["type"] == kind]

    def one(self, kind: str = "contact", **fits: Any) -> dict[str, Any]:
        """The only record that fits."""
        [found] = [record for record in self.all(kind) if all(record[name] == value for name, value in fits.items())]
        return found

    def _keep(self, connection: Connection) -> int:
        number = len(self.problems) + self.message
        message = InboundMessage("console", f"import:{self.message}:{number}", "import", Sender("user", "1"), NOW)
        kept = keep(connection, message, raw=None, wall=NOW)
        assert kept.fresh
        mark_done(connection, kept.id, wall=NOW)
        return kept.id


def table(header: Sequence[str], *rows: Iterable[object], separator: str = ",") -> str:
    """A CSV text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()
