"""The files of logged mail: found by the mail's number, by whom they are from or by name, and delivered."""

from __future__ import annotations

from dataclasses import replace

from handlers.acting import Acting, draft
from handlers.understand.intents import Intent
from handlers.whom import label_of, need_whom
from storage.attached import Attached, files_of, files_on, is_kept, newest_files
from storage.folding import fold
from storage.messages import Choice, Draft, FileRef

_SHOWN = 6  # files to choose from
_OFFERED = 2  # files that a notice has buttons for
_NAME = 40  # code points of a name on a button
# https://core.telegram.org/bots/api#senddocument: "Bots can currently send files of any type of up to 50 MB in size"
TELEGRAM_LIMIT = 50_000_000


def fetch_file(acting: Acting, intent: Intent) -> Draft:
    """The file that is meant; a choice when it may be one of several."""
    slots = intent.slots
    if slots.number is not None:
        found = files_on(acting.connection, slots.number)
        return _from_mail(acting, found, int(slots.value) if slots.value else None)
    if slots.person or slots.company or intent.contact_id is not None:
        whom = need_whom(acting, intent)
        if isinstance(whom, Draft):
            return whom
        found = files_of(acting.connection, whom.id)
        if not found:
            return draft(acting.say("There are no files from {name}.", name=label_of(whom)))
    else:
        found = newest_files(acting.connection)
    if slots.text:
        found = _called(found, slots.text)
        if not found:
            return draft(acting.say("There is no file called {name}.", name=acting.quoted(slots.text)))
        same = [each for each in found if fold(each.name) == fold(found[0].name)]
        return deliver(acting, found[0]) if len(same) == len(found) else choose(acting, found)
    newest = [each for each in found if each.interaction_id == found[0].interaction_id] if found else []
    return _from_mail(acting, newest, None)


def fetch_part(acting: Acting, interaction_id: int, part: int) -> Draft:
    """The file with this part's number, of this mail: what a button stands for."""
    found = [each for each in files_on(acting.connection, interaction_id) if each.part == part]
    return deliver(acting, found[0]) if found else draft(acting.say("It is gone by now."))


def deliver(acting: Acting, file: Attached) -> Draft:
    """Hands the file over, or says why not."""
    if not file.kept or not is_kept(acting.connection, file.inbox_id or 0):
        return draft("⚠ " + acting.say("{name} isn't kept here, only its name.", name=file.name))
    if acting.lane.startswith("telegram") and file.size > TELEGRAM_LIMIT:
        size = size_of(acting, file.size)
        return draft("⚠ " + acting.say("{name} has {size}: Telegram takes at most 50 MB.", name=file.name, size=size))
    about = " · ".join(filter(None, (size_of(acting, file.size), file.who, acting.words.moment(file.at, acting.now))))
    reference = FileRef(
        inbox_id=file.inbox_id or 0,
        part=file.part or 0,
        name=file.name,
        size=file.size,
        media_type=file.media_type,
        otherwise="⚠ " + acting.say("{name} can't be sent here. It stays with its mail.", name=file.name),
    )
    return replace(draft(f"📎 {file.name}", about, warning(acting, (file,))), file=reference)


def choose(acting: Acting, files: list[Attached]) -> Draft:
    """Asks which of these."""
    rows = tuple((_button(each),) for each in files[:_SHOWN])
    return draft("❓ " + acting.say("Which file?"), warning(acting, tuple(files[:_SHOWN])), choices=rows)


def attached(acting: Acting, files: list[Attached]) -> tuple[str, ...]:
    """The files of one mail on a line, numbered as `file 812 2` counts them, and which of them are programs."""
    if not files:
        return ()
    single = len(files) == 1
    names = [each.name if single else f"{each.place}. {each.name}" for each in files[:_SHOWN]]
    more = " …" if len(files) > _SHOWN else ""
    return ("📎 " + " · ".join(names) + more, *filter(None, (warning(acting, files),)))


def offered(files: list[Attached], most: int = _OFFERED) -> tuple[Choice, ...]:
    """Buttons for the first of these files."""
    return tuple(_button(each) for each in files if each.kept)[:most]


def warning(acting: Acting, files: tuple[Attached, ...] | list[Attached]) -> str:
    """Which of the files are programs, whatever their names make them look like."""
    lines = [
        "⚠ " + acting.say("{name} is a program: open it only if you are sure who sent it.", name=each.name)
        for each in files
        if each.program
    ]
    return "\n".join(lines[:_SHOWN])


def size_of(acting: Acting, octets: int) -> str:
    """A size as people say it; "" when it isn't known."""
    if not octets:
        return ""
    if octets < 1_000_000:
        return acting.say("{n} KB", n=max(1, round(octets / 1_000)))
    return acting.say("{n} MB", n=round(octets / 1_000_000, 1 if octets < 10_000_000 else None))


def _from_mail(acting: Acting, files: list[Attached], place: int | None) -> Draft:
    if not files:
        return draft(acting.say("There are no files with that mail."))
    if place is not None:
        asked = [each for each in files if each.place == place]
        return deliver(acting, asked[0]) if asked else choose(acting, files)
    return deliver(acting, files[0]) if len(files) == 1 else choose(acting, files)


def _called(files: list[Attached], words: str) -> list[Attached]:
    """Those of this name, else those whose names have all the words."""
    wanted = fold(words)
    exact = [each for each in files if fold(each.name) == wanted]
    return exact or [each for each in files if all(word in fold(each.name) for word in wanted.split())]


def _button(file: Attached) -> Choice:
    name = file.name if len(file.name) <= _NAME else f"{file.name[: _NAME - 12]}…{file.name[-11:]}"
    sign = "⚠" if file.program else "📎"
    return Choice(f"{sign} {name}", "fetch_file", {"interaction": file.interaction_id, "part": file.part})
