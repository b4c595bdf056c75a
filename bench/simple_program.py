"""What a sensible simple program does with an archive or a mailbox: the standard library's parser and raw sqlite3.

python -m bench.simple_program DATABASE (MBOX | PORT USER): one durable transaction a mail, as it comes.
"""

from __future__ import annotations

import email
import email.header
import email.utils
import sqlite3
import sys
from email.message import Message

from bench.sources import mails_of

SCHEMA = """
CREATE TABLE IF NOT EXISTS contacts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, raw BLOB NOT NULL, kept_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS interactions (
    id INTEGER PRIMARY KEY, message INTEGER NOT NULL REFERENCES messages, contact INTEGER REFERENCES contacts,
    direction TEXT NOT NULL, occurred_at TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS interactions_of ON interactions (contact, occurred_at);
"""
OWN = "max@firma.example"


def text_of(message: Message) -> str:
    """The first plain text in it."""
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return content.decode(part.get_content_charset() or "utf-8", "replace")
    return ""


def log(connection: sqlite3.Connection, raw: bytes) -> None:
    """One mail."""
    message = email.message_from_bytes(raw)
    sender = email.utils.parseaddr(message["From"])[1].lower()
    to = email.utils.parseaddr(message["To"])[1].lower()
    subject = str(email.header.make_header(email.header.decode_header(message["Subject"])))
    date = email.utils.parsedate_to_datetime(message["Date"]).isoformat()
    text = text_of(message)
    direction, other = ("out", to) if sender == OWN else ("in", sender)
    connection.execute("BEGIN IMMEDIATE")
    row = connection.execute(
        "INSERT INTO messages (message_id, raw, kept_at) VALUES (?, ?, datetime('now'))"
        " ON CONFLICT DO NOTHING RETURNING id",
        (message["Message-ID"], raw),
    ).fetchone()
    if row is not None:
        contact = connection.execute("SELECT id FROM contacts WHERE address = ?", (other,)).fetchone()
        connection.execute(
            "INSERT INTO interactions (message, contact, direction, occurred_at, subject, text)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (row[0], contact[0] if contact else None, direction, date, subject, text),
        )
    connection.execute("COMMIT")


def main(database: str, *source: str) -> None:
    """Logs all of them."""
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    for raw in mails_of(*source):
        log(connection, raw)
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
