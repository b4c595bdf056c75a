"""Russian words as people write them with Latin letters: zavtra, v pyatnicu, kazhdyj ponedelnik."""

from collections.abc import Iterator

_SHARED = dict(zip("абвгдезиклмнопрстуфы", "abvgdeziklmnoprstufy", strict=True))
_SHARED |= {"ж": "zh", "ч": "ch", "ш": "sh", "э": "e", "ь": "", "ъ": ""}
_STYLES = (
    {"й": "y", "х": "kh", "ц": "ts", "щ": "shch", "ю": "yu", "я": "ya"},
    {"й": "j", "х": "h", "ц": "c", "щ": "sch", "ю": "ju", "я": "ja"},
    {"й": "i", "х": "h", "ц": "c", "щ": "sch", "ю": "u", "я": "ya"},
    {"й": "y", "х": "h", "ц": "c", "щ": "sch", "ю": "yu", "я": "ya"},
    {"й": "j", "х": "h", "ц": "ts", "щ": "sch", "ю": "yu", "я": "ya"},
)


def spell_in_latin(word: str) -> Iterator[str]:
    """The usual ways to write a folded Cyrillic word, or words with blanks between, with Latin letters."""
    found = {"".join({**_SHARED, **style}.get(letter, letter) for letter in word) for style in _STYLES}
    yield from (spelled for spelled in sorted(found) if spelled.isascii())
