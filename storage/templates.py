"""Templates of mails: the team's texts, by name and language, that users write to contacts from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.changes import Trail
from storage.folding import fold
from storage.tables import letter_templates

_WIDTH = 100  # of names, in code points


@dataclass(frozen=True, slots=True)
class Template:
    """One text of a template; `language` "" when it is for everybody."""

    id: int
    name: str
    language: str
    text: str


def keep_template(trail: Trail, name: str, language: str, text: str) -> bool:
    """Keeps a text under this name and language, in the place of an earlier one; was there none?"""
    known = next((each for each in templates_named(trail.connection, name) if each.language == language), None)
    if known is not None:
        trail.update(letter_templates, known.id, name=name[:_WIDTH], text=text)
        return False
    trail.insert(
        letter_templates,
        name=name[:_WIDTH],
        folded=_folded(name),
        language=language,
        text=text,
        user_id=trail.user_id,
        created_at=trail.at,
    )
    return True


def templates_named(connection: Connection, name: str) -> list[Template]:
    """The texts of this name, in all their languages."""
    return [each for each in all_templates(connection) if _folded(each.name) == _folded(name)]


def all_templates(connection: Connection) -> list[Template]:
    """All texts, by name and language."""
    columns = (letter_templates.c.id, letter_templates.c.name, letter_templates.c.language, letter_templates.c.text)
    rows = connection.execute(select(*columns).order_by(letter_templates.c.folded, letter_templates.c.language))
    return [Template(row.id, row.name, row.language, row.text) for row in rows]


def delete_template(trail: Trail, template_id: int) -> None:
    """Takes one text away."""
    trail.delete(letter_templates, template_id)


def _folded(name: str) -> str:
    return (fold(name) or name.casefold())[:_WIDTH]
