"""The catalogues against the code: every word a user sees has its German and Russian, with all plural forms.

`python tests/catalogues.py --write` brings the .po files up to date and compiles them; new entries are left empty.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "handlers" / "locale"
TRANSLATED = ("de", "ru")
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
_KEYWORDS = {"say": None, "count": (1, 2)}


def extracted() -> Catalog:
    """Every message that the code says, in the order of its files."""
    catalogue = Catalog(project="rapport", charset="utf-8")
    for room in ("handlers", "bot"):
        found = extract_from_dir(str(ROOT / room), [("**.py", "python")], keywords=_KEYWORDS, strip_comment_tags=True)
        for name, _line, message, _comments, _context in found:
            catalogue.add(message, locations=[(f"{room}/{name}", 0)])
    return catalogue


def load(language: str) -> Catalog:
    """A language's catalogue; empty when there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, project="rapport", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def po_path(language: str) -> Path:
    """Where translators write."""
    return LOCALE / language / "LC_MESSAGES" / "rapport.po"


def compiled(catalogue: Catalog) -> bytes:
    """What the program reads."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def write() -> int:
    """Updates and compiles; how many messages still lack their translation."""
    template, lacking = extracted(), 0
    for language in TRANSLATED:
        catalogue = load(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.creation_date = _NEVER  # or every run would change every file
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, omit_header=False, no_location=True, sort_output=True, width=120)
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        empty = [message.id for message in catalogue if message.id and not complete(message.string)]
        lacking += len(empty)
        for each in empty:
            print(f"{language}: {each!r}")
    return lacking


def complete(translation: str | tuple[str, ...] | list[str] | None) -> bool:
    """Is every form of it there?"""
    return all(translation) if isinstance(translation, tuple | list) else bool(translation)


if __name__ == "__main__":
    sys.exit(1 if "--write" in sys.argv and write() else 0)
