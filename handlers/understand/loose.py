"""What no template fits: a bare name, a bare period, words that read as a task."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.understand import russian
from handlers.understand.body import read_particulars, with_pieces
from handlers.understand.clause import Clause
from handlers.understand.intents import Intent, Slots
from handlers.understand.lexicon import LANGUAGES, lexicon
from handlers.understand.names import read_who
from handlers.understand.rules.work import new_task
from handlers.understand.tokens import Token, split
from reminders.when import find_bad_moment
from reminders.zones import localise

_NO_TASK = ("?",)


def read_loose(clause: Clause, tokens: Sequence[Token], polite: bool = False) -> Intent | None:
    """An intent from words alone, or None; `polite`: they were asked as a favour."""
    words = [token for token in tokens if token.kind != "sign"]
    if _addressed(clause) or (polite and any(clause.listed("tricks", word) for word in words)):
        return None
    if not words:
        return _only_moment(clause)
    remark = _remark(clause, tokens) if clause.listed("by_the_way", clause.row[0]) else None
    if remark is not None:
        return remark
    return _bare(clause, tokens, words) or _card(clause, tokens) or _task(clause, tokens, words)


def _addressed(clause: Clause) -> bool:
    """Whether the message is a letter to somebody: "Your parcel", "Ihre Sendung", "Ваша карта"."""
    words = [token for token in split(clause.text[:200]) if token.kind == "word"][:2]
    if not words:
        return False
    yours = len(words) > 1 and words[0].capital and clause.listed("yours", words[0])
    return yours or (words[0].capital and clause.listed("addressing", words[0]))


def _remark(clause: Clause, tokens: Sequence[Token]) -> Intent | None:
    """What is told of somebody by the way: "fyi Lars only reads WhatsApp"."""
    who = read_who(clause, tokens, "nomn")
    if who is None or not who.capital or not (who.person or who.company) or who.used >= len(tokens):
        return None
    if tokens[0].kind == "word" and (clause.listed("imperatives", tokens[0]) or tokens[-1].fold == "?"):
        return None
    if clause.code != "en" and not who.known and len((who.person or who.company or "").split()) < 2:
        return None
    text = clause.between(tokens[who.used].start, clause.end)
    return Intent("add_note", Slots(who.person, who.company, text=text), because=("statement: by the way",))


def _only_moment(clause: Clause) -> Intent | None:
    """A day or a period alone asks for its tasks."""
    moment = clause.moment
    if moment is None or moment.has_time or moment.rrule:
        return None
    return Intent("list_tasks", Slots(due_text=moment.words), when=moment, because=("a day alone",))


def _bare(clause: Clause, tokens: Sequence[Token], words: Sequence[Token]) -> Intent | None:
    """A name, an address or a number alone is looked up."""
    if clause.moment is not None or len(words) > 4 or (len(clause.row) > 1 and clause.listed("tells", clause.row[0])):
        return None
    if len(words) == 1 and words[0].kind in ("email", "phone"):
        return Intent("lookup_contact", with_pieces(clause, words), because=("a bare address or number",))
    if any(word.kind != "word" for word in words) or tokens[-1].fold == "!":
        return None
    who = read_who(clause, list(tokens))
    left = [token for token in tokens[who.used :] if token.fold not in ("?", ".")] if who else tokens
    if who is None or left:
        return None
    if not (who.known or who.capital or all(_plain_name(clause, word) for word in words)):
        return None
    if not who.known and any(russian.is_common(word.word) for word in words[:1]):
        return None
    if not who.known and all(clause.listed("imperatives", word) for word in words[:1]):
        return None
    return Intent("lookup_contact", Slots(person=who.person, company=who.company), because=("a bare name",))


def _card(clause: Clause, tokens: Sequence[Token]) -> Intent | None:
    """A name with an address or a number, and nothing but a firm besides, is a new contact."""
    if (
        clause.moment is not None
        or not (clause.piece("email") or clause.piece("phone"))
        or (tokens[0].kind == "word" and not tokens[0].capital)
    ):
        return None
    slots = read_particulars(clause, list(tokens), "nomn")
    if slots.text or not slots.person or len(slots.person.split()) < 2:
        return None
    return Intent("add_contact", slots, because=("a card",))


def _plain_name(clause: Clause, word: Token) -> bool:
    """Whether a word in small letters looks like a name that somebody typed without capitals."""
    vowels = sum(sign in "aeiouyаеиоуыэюя" for sign in word.fold)
    if len(word.fold) < 3 or not vowels or vowels * 4 > len(word.fold) * 3:
        return False
    if any(clause.has(name, word.fold) for name in ("common", "stop", "states", "imperatives", "connectors")):
        return False
    if any(lexicon(code).knows(word) for code in LANGUAGES):
        return False
    if any(row in word.fold for row in ("qw", "sdf", "xyz", "йцу", "фыв")):
        return False
    return not russian.is_cyrillic(word.fold) or not russian.is_common(word.fold)


def _task(clause: Clause, tokens: Sequence[Token], words: Sequence[Token]) -> Intent | None:
    """Words that say what to do: an imperative, an infinitive, or, with a moment, an appointment."""
    if tokens[-1].fold in _NO_TASK and clause.piece("money") is None:
        return None
    moment = clause.moment
    if clause.listed("question_words", words[0]):
        return None
    orders = _orders(clause, words)
    if moment is None and _spoilt(clause, words):
        text = clause.between(clause.start, clause.end)
        return Intent("add_task", Slots(text=text), text, because=("a moment that can't be",))
    if moment is None:
        return new_task(clause, ("an order",)) if orders and _says_what(clause, words) else None
    if moment.past:
        return None
    if orders:
        return new_task(clause, ("an order",))
    if not _states(clause, words) and _appoints(clause, words):
        return new_task(clause, ("a moment and what to do",))
    return None


def _spoilt(clause: Clause, words: Sequence[Token]) -> bool:
    """Whether a moment is said that can't be: "swim tomorrow at 25:00". No task comes of it, but why is told."""
    if len(words) > 14 or _states(clause, words) or any(clause.listed("moods", token) for token in clause.row):
        return False
    bad = find_bad_moment(clause.text, clause.setting)
    return bad is not None and bad.sure and clause.start <= bad.start and bad.end <= clause.end


def _appoints(clause: Clause, words: Sequence[Token]) -> bool:
    """Whether words with a moment read as an appointment: at a time, or on a day to come; not as a sigh."""
    moment = clause.moment
    if moment is None or len(words) > 14 or any(clause.listed("moods", token) for token in clause.row):
        return False
    if moment.has_time or moment.rrule or any(clause.listed("planned", word) for word in words):
        return True
    today = localise(clause.setting.now, clause.setting.zone).date()
    return moment.wall.date() > today and len(words) <= 6


def _says_what(clause: Clause, words: Sequence[Token]) -> bool:
    """Whether an order has an object: "call" alone and "ruf an" have none, nor have quoted ones."""
    if clause.listed("imperatives", words[0]) and any(clause.listed("quoting", word) for word in words[1:]):
        comma = clause.text.find(",", words[0].end, clause.end)
        words = [word for word in words if word.end <= comma] or words
    return any(not clause.listed("stop", word) for word in words[1:]) or not clause.listed("imperatives", words[0])


def _orders(clause: Clause, words: Sequence[Token]) -> bool:
    first = words[0]
    if any(clause.listed("idle", word) for word in words):
        return False
    if clause.listed("imperatives", first):
        tells = any(clause.listed("predicates", word) for word in words[1:3])
        return not tells and not (len(words) > 1 and clause.listed("to_me", words[1]))
    if any(clause.listed("longing", word) for word in words):
        return False
    comma = clause.text.find(",", first.end, clause.end)
    words = [word for word in words if comma < 0 or word.end <= comma] or words
    why = next((index for index, word in enumerate(words) if index and clause.listed("reasons", word)), len(words))
    last = words[why - 1]
    if last.kind == "word" and not last.capital and clause.listed("infinitives", last):
        return not _states(clause, words)
    return russian.is_infinitive(first.word) or (len(words) < 8 and russian.is_infinitive(last.word))


def _states(clause: Clause, words: Sequence[Token]) -> bool:
    """Whether the words tell something rather than ask for it."""
    if any(clause.listed("tells", word) for word in words[:1]):
        return True
    return any(clause.listed("states", word) or clause.listed("past", word) for word in words) or any(
        russian.is_finite(word.word) for word in words
    )
