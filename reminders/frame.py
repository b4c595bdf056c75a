"""The frame around a task: "please remind me to ...", "erinnere mich daran, ...", "напомни, что нужно ..."."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reminders.lexicon import Lexicon, expand_forms, latin_variants, list_languages, read_language, spell_variants
from reminders.tokens import Token

_MAX_LINKS = 6
_OPENING_MARKS = frozenset(",.;:!-–—•*)(]['\"\n/+>")
_VERBAL = ("modal", "zu", "that_i", "case_link")
ROLES = (
    *("polite", "remind", "link", "needs_link", "close", "close_frame", "courtesy", "opening"),
    *("ask", "to_do", "notice_link", *_VERBAL),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a frame stands: tokens `first` to `last`; `links` are the folded linking words, `language` whose it is."""

    first: int
    last: int
    links: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class FrameWords:
    """The phrases of all languages' frames by role: a folded first word to (rest, language), longest first."""

    roles: Mapping[str, Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]]


@lru_cache(maxsize=32)
def load_frames(main: str) -> FrameWords:
    """The frames of all languages, the main one's first."""
    roles: dict[str, dict[str, dict[tuple[tuple[str, ...], str], None]]] = {role: {} for role in ROLES}
    for language in sorted(list_languages(), key=lambda name: name != main):
        frame = read_language(language).get("frame", {})
        assert isinstance(frame, dict)
        for role in ROLES:
            for phrase in expand_forms(str(frame.get(role, ""))):
                for first, *rest in (*spell_variants(phrase), *_in_latin(phrase, role, language, main)):
                    roles[role].setdefault(first, {})[tuple(rest), language] = None
    return FrameWords(
        {
            role: {word: tuple(sorted(found, key=lambda f: -len(f[0]))) for word, found in words.items()}
            for role, words in roles.items()
        }
    )


def _in_latin(phrase: str, role: str, language: str, main: str) -> Iterator[tuple[str, ...]]:
    if language == main and role in str(read_language(language).get("latin", "")).split():
        yield from latin_variants(phrase, language)


def match_role(
    words: FrameWords, role: str, folds: Sequence[str], place: int, language: str = ""
) -> tuple[int, str] | None:
    """The end of the longest phrase of a role at a place and its language; of one language when that is given."""
    if place >= len(folds):
        return None
    for rest, owner in words.roles[role].get(folds[place], ()):
        end = place + 1 + len(rest)
        if (not language or owner == language) and tuple(folds[place + 1 : end]) == rest:
            return end, owner
    return None


def skip_opening(words: FrameWords, folds: Sequence[str], place: int) -> int:
    """The place after courtesies and marks that open a message."""
    while place < len(folds):
        polite = match_role(words, "polite", folds, place)
        if polite is not None:
            place = polite[0]
        elif folds[place] in _OPENING_MARKS:
            place += 1
        else:
            break
    return place


def match_frame(words: FrameWords, folds: Sequence[str], place: int) -> Frame | None:
    """The frame that begins right at a place, with its linking words."""
    remind = match_role(words, "remind", folds, place)
    if remind is None:
        return None
    end, language = remind
    weak = match_role(words, "needs_link", folds, place, language)
    links: list[str] = []
    last = end
    for _ in range(_MAX_LINKS):
        polite = match_role(words, "polite", folds, last, language)
        link = match_role(words, "link", folds, last, language) or (
            match_role(words, "link", folds, last) if not links else None
        )
        if link is not None:
            links.append(" ".join(folds[last : link[0]]))
            last = link[0]
        elif polite is not None and (not links or links[-1] in (",", ":")):
            last = polite[0]
        else:
            break
    if weak is not None and weak[0] == end and not links and not is_infinitive(folds, end, language):
        return None
    return Frame(place, last, tuple(links), language)


def is_infinitive(folds: Sequence[str], place: int, language: str) -> bool:
    """Whether a verb stands there: напоминание позвонить."""
    endings = tuple(map(str, read_language(language).get("infinitive_endings", ())))  # type: ignore[call-overload]
    return bool(endings) and place < len(folds) and folds[place].endswith(endings)


def find_frame(tokens: Sequence[Token], lexicon: Lexicon) -> Frame | None:
    """The first frame anywhere in a text, up to the words that link it to the task."""
    words = load_frames(lexicon.language)
    folds = [token.fold for token in tokens]
    for place in range(len(folds)):
        remind = match_role(words, "remind", folds, place)
        if remind is None:
            continue
        end, language = remind
        last = next(
            (
                p + 1
                for p in range(end, min(len(folds), end + 14))
                if match_role(words, "link", folds, p, language)
                and folds[p] not in ("-", "–", "—", "of", "for", "и", "на", "mit", "um", "an")
            ),
            end + 1,
        )
        return Frame(place, last, (), language)
    return None
