"""What was said and done with somebody: notes, calls, mails, and the state of an account."""

from __future__ import annotations

from dataclasses import replace

from handlers.understand.body import with_pieces
from handlers.understand.clause import tidy
from handlers.understand.found import Found
from handlers.understand.intents import Intent, Slots
from handlers.understand.introduced import read_somebody
from handlers.understand.names import Who, read_who
from handlers.understand.rules.work import new_task
from handlers.understand.tokens import split
from reminders.moment import Moment
from reminders.when import find_moments
from reminders.zones import localise

_BEFORE_SPEAKER = 4  # words that may stand before "and she said"
_LONGEST_NAME = 4  # words of a template's name


def _whom(who: Who | None) -> Slots:
    return Slots(person=who.person, company=who.company) if who else Slots()


def add_note(found: Found) -> Intent | None:
    """A note with a name before a colon, or none at all."""
    text = found.text("text")
    if not text:
        return None
    if not found.name("who"):
        teller = _teller(found)
        if teller is not None:
            text = found.after("text", teller.used) or text
        return Intent("add_note", replace(_whom(teller), text=text), because=found.because)
    who = found.who(possessive=True)
    if who is None:
        return None
    return Intent("add_note", replace(_whom(who), text=text), because=found.because)


def _teller(found: Found) -> Who | None:
    """Whom a note begins with, if a verb tells something of them."""
    tokens = found.tokens("text")
    who = found.who("text", whole=False, strict=True)
    if who is None or not who.capital or who.used >= len(tokens):
        return None
    noun = found.clause.code == "de" and who.used == 1 and not who.known  # any German noun has a capital
    tells = found.clause.listed("wishes" if noun else "states", tokens[who.used])
    return who if tells else None


def add_note_free(found: Found) -> Intent | None:
    """A note whose name nothing divides from its words: "note Anna prefers mail"."""
    who = found.who("body", whole=False)
    inside = found.tokens("body")
    if inside and len(inside) < 4 and found.clause.listed("labels", inside[-1]):
        return None  # "as a lead", "in the contacts": it says what the words before are
    if found.match.template.intent.endswith(".named") and (who is None or not who.capital):
        return None
    if who is None:
        text = found.text("body")
        return Intent("add_note", Slots(text=text), because=found.because) if text else None
    tokens = found.tokens("body")
    belongs = who.used < len(tokens) and found.clause.listed("belongings", tokens[who.used])
    text = found.after("body", who.used + belongs)
    if text is None:
        return None
    return Intent("add_note", replace(_whom(who), text=text), because=found.because)


def log_call(found: Found) -> Intent | None:
    """A call or a meeting that took place, with whom and what came of it."""
    clause = found.clause
    noun = found.match.template.intent.endswith(".noun")
    if noun and not _over(found):
        return None
    if noun and found.name("body") and not _came_of_it(found):
        return None
    if found.name("body"):
        tokens = found.tokens(found.name("body") or "body")
        pieces = with_pieces(clause, tokens[:1], money=False)
        if pieces.phone:
            text = found.after("body", 1)
            return Intent("log_call", replace(pieces, text=text), when=clause.moment, because=found.because)
        who = read_somebody(clause, tokens, found.wanted_case("body"))
        if who is None and tokens and not clause.listed("pronouns", tokens[0]):
            return None
        if who is not None and not _meant(found, who):
            return None
        text = found.after("body", who.used if who else 1)
    else:
        who = _somebody(found)
        if who is None or not _meant(found, who):
            return None
        text = None
    more = found.text("text") if found.has("text") else None
    if who is not None and more and not found.name("body"):
        who, more = _whole_name(found, who, more)
    if who is not None and not who.person and more:
        who, more = _named_later(found, who, more)
    told = found.text("thing") if found.has("thing") else None
    text, past = _past_moment(found, ", ".join(filter(None, (told, text, more))))
    text = _without_speaker(found, text)
    slots = replace(_whom(who), text=text or None)
    if who is None and clause.context:
        slots = replace(slots, person=clause.context)
    inbound = found.match.template.intent.endswith(".in")
    return Intent("log_call", slots, when=past or clause.moment, because=found.because, inbound=inbound)


def _somebody(found: Found) -> Who | None:
    """Whom the slot is about, with nothing else in it."""
    tokens = found.tokens(found.name("who") or "who")
    who = read_somebody(found.clause, tokens, found.wanted_case("who"))
    return who if who is not None and who.used >= len(tokens) else None


def _whole_name(found: Found, who: Who, text: str) -> tuple[Who, str]:
    """The name with its words that the text's slot took: nothing stood between the two."""
    clause = found.clause
    tokens = [*found.tokens(found.name("who") or "who"), *found.tokens("text")]
    rest = clause.text[tokens[0].start : found.high] if tokens else ""
    apart = clause.text[: found.begin("text")].rstrip()[-1:] in tuple(",:;-–—.")
    longer = None if apart or not rest else read_somebody(clause, tokens, found.wanted_case("who"))
    own = len(found.tokens(found.name("who") or "who"))
    if longer is None or longer.used <= own or tokens[own].start != found.tokens("text")[0].start:
        return who, text
    if clause.text[tokens[own - 1].end : tokens[own].start].strip():
        return who, text
    return longer, found.words(tokens[longer.used - 1].end, found.high) if longer.used < len(tokens) else ""


def _named_later(found: Found, who: Who, text: str) -> tuple[Who, str]:
    """The name of somebody first described, at the beginning of the text: "..., Björn Hauke heißt er"."""
    clause = found.clause
    tokens = found.tokens("text")
    name = read_who(clause, tokens, "nomn") if tokens and tokens[0].capital else None
    if name is None or not name.person or not name.capital or name.used >= len(tokens):
        return who, text
    window = tokens[name.used : name.used + 2]
    at = next((index for index, token in enumerate(window) if clause.listed("naming", token)), None)
    if at is None:
        return who, text
    used = name.used + at + 1
    while used < len(tokens) and clause.listed("whose", tokens[used]):
        used += 1
    rest = found.words(tokens[used - 1].end, found.high) if used < len(tokens) else ""
    return replace(name, company=who.company or name.company), rest


def _meant(found: Found, who: Who) -> bool:
    """Whether the name is one for certain, where the words around it (seen, visited, sent) go with anything."""
    if not found.match.template.intent.endswith(".named"):
        return True
    from handlers.understand import russian

    words = (who.person or who.company or "").split()
    if who.known or (who.company and who.capital) or any(russian.is_name(word) for word in words):
        return True
    return who.capital and not any(russian.is_common(word) for word in words)


def _without_speaker(found: Found, text: str) -> str:
    """What was said, without who said it: "he says", "die hat gesagt dass", "говорит что"."""
    tokens = split(text)
    for at in range(min(len(tokens), _BEFORE_SPEAKER)):
        if at and not (tokens[at - 1].fold == "," or found.clause.listed("and", tokens[at - 1])):
            continue
        used = at + found.clause.words.speaker(tokens[at:])
        if at < used < len(tokens):
            return tidy(text[tokens[used].start :])
    return text


def _past_moment(found: Found, text: str) -> tuple[str, Moment | None]:
    """A moment behind that the text begins with is when it took place: "yesterday. She wants to start in January"."""
    clause = found.clause
    if clause.moment is None or not text:
        return text, None
    first = next(iter(find_moments(text, clause.setting)), None)
    if first is None or first.start or len(first.spans) > 1:
        return text, None
    now = localise(clause.setting.now, clause.setting.zone)
    at = clause.text.find(text, clause.start)
    if first.wall.date() > now.date() or at < 0:
        return text, None
    there = replace(first, start=at, end=at + first.end, spans=((at, at + first.end),))
    return tidy(text[first.end :]), there


def _inside(found: Found, moment: Moment) -> bool:
    """Whether a moment belongs to what was said: it stands in the text, and doesn't begin it without a sign."""
    if found.name("body"):
        start = found.begin("body")
        return any(sign in ",.:;!" for sign in found.clause.text[start : moment.start].strip()[:-1] or "")
    if not found.has("text") or moment.start < found.begin("text"):
        return False
    between = found.clause.text[found.begin("text") : moment.start].strip()
    return bool(between) or found.clause.text[: found.begin("text")].rstrip()[-1:] in tuple(",:;-–—")


def _over(found: Found) -> bool:
    """Whether the clause's moment lies behind, or today."""
    moment = found.clause.moment
    if moment is None or moment.past or _inside(found, moment):
        return True
    now = localise(found.clause.setting.now, found.clause.setting.zone)
    return moment.rrule is None and (moment.wall < now if moment.has_time else moment.wall.date() <= now.date())


def _came_of_it(found: Found) -> bool:
    """Whether something is told of a meeting besides with whom it was, or when it was, behind."""
    clause = found.clause
    tokens = found.tokens(found.name("body") or "body")
    who = read_somebody(clause, tokens, found.wanted_case("body"))
    if who is None:
        return False
    if clause.moment is not None and clause.moment.past:
        return True
    rest = [token for token in tokens[who.used :] if token.kind != "sign" and not clause.in_moment(token)]
    return bool(rest) and not clause.listed("infinitives", rest[-1])


def send_email(found: Found) -> Intent | None:
    """A mail to be written to somebody. With a moment, it is a task to write it."""
    if found.clause.moment is not None and not found.has("text"):
        return None
    name = "body" if found.name("body") else "who"
    tokens = found.tokens(found.name(name) or name)
    pieces = with_pieces(found.clause, tokens[:1], money=False)
    opening = [token for token in found.row if token.start < found.begin(found.name(name) or name)]
    answers = any(found.clause.listed("answering", token) for token in opening)
    if pieces.email:
        text = found.text("text") if found.has("text") else found.after(name, 1)
        return Intent("send_email", replace(pieces, text=text), because=found.because, answers=answers)
    who = found.who(name, whole=name == "who")
    if who is None:
        return None
    text = found.text("text") if found.has("text") else found.after(name, who.used) if name == "body" else None
    if found.match.template.intent.endswith(".template") and text:
        text = f"template {text}"
    return Intent("send_email", replace(_whom(who), text=text), because=found.because, answers=answers)


def template(found: Found) -> Intent | None:
    """A text for mails, by its name: to be kept, shown or deleted."""
    name = found.match.template.intent
    named = found.text("named") if found.has("named") else None
    text = found.text("text") if found.has("text") else None
    if name == "list_templates":
        return Intent("list_templates", because=found.because)
    if named is None or len(named.split()) > _LONGEST_NAME:
        return None
    if name == "delete_template":
        return Intent("delete_template", Slots(value=named), because=found.because)
    return Intent("save_template", Slots(value=named, text=text), because=found.because) if text else None


def history(found: Found) -> Intent | None:
    """How things stand with one account."""
    who = found.who(possessive=True)
    if who is None:
        return None
    return Intent("history", _whom(who), because=found.because)


def statement(found: Found) -> Intent | None:
    """What is said of somebody becomes a note, if the name is one for certain: "Anna wants a discount"."""
    who = found.who()
    if who is None or not _certain(found, who):
        return None
    text = found.clause.between(found.end("who"), found.clause.end)
    if len(text.split()) < 2:
        return None
    if _met(found, text):
        return Intent("log_call", replace(_whom(who), text=text), when=found.clause.moment, because=found.because)
    return Intent("add_note", replace(_whom(who), text=text), because=found.because)


def _met(found: Found, text: str) -> bool:
    """Whether the words end with how it was learnt: "..., just spoke to her", "..., grad mit ihr telefoniert"."""
    clause = found.clause
    last = split(text.rpartition(",")[2])
    met = any(clause.listed(name, token) for name in ("called", "talked", "spoken", "phoned") for token in last)
    return "," in text and met and any(clause.listed("pronouns", token) for token in last)


def _certain(found: Found, who: Who) -> bool:
    from handlers.understand import russian

    words = (who.person or who.company or "").split()
    if not who.capital and not who.known:
        verb = next((token for token in found.row if token.start >= found.end("who")), None)
        return len(words) == 1 and verb is not None and found.clause.listed("wishes", verb)
    if found.clause.code == "ru" and len(words) == 1 and russian.is_common(words[0]):
        return False
    return (
        who.known or bool(who.company) or len(words) > 1 or any(russian.is_name(word) for word in words) or who.capital
    )


def labelled_note(found: Found) -> Intent | None:
    """A name, a colon, and words: a note on that person."""
    who = found.who(strict=True)
    text = found.text("text")
    if who is None or not text or not (who.known or (who.capital and _certain(found, who))):
        return None
    tokens = found.tokens("text")
    if found.clause.moment is not None and found.clause.listed("imperatives", tokens[0]):
        intent = new_task(found.clause, found.because)
        return replace(intent, slots=replace(intent.slots, person=who.person, company=who.company))
    return Intent("add_note", replace(_whom(who), text=text), because=found.because)
