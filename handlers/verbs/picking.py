"""Another moment for a reminder, picked by buttons: a day, then an hour. What is typed instead is understood, too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from handlers.acting import Acting, draft, sentence
from handlers.verbs.snoozing import snoozed
from reminders.zones import localise, resolve
from storage.buttons import ask, drop_buttons, take_question
from storage.messages import Choice, Draft
from storage.tasks import Task

PICKING = frozenset(("pick_month", "pick_day", "pick_hour"))
_AHEAD = 24  # months
_SOON = 7  # days that are offered where there is no room for a calendar
_BESIDE_WORK = (1, 3)  # hours offered before and after the working day
_ROW = 4


def pick_day(acting: Acting, task: Task, month: str = "", due: str | None = None, page: int | None = None) -> Draft:
    """The days to choose from: a month in Telegram, elsewhere the next seven."""
    _turn(acting, page)
    ask(acting.connection, acting.user.id, acting.lane, "later", {"task": task.id, "due": due}, at=acting.now)
    kept: dict[str, object] = {"task": task.id, "due": due, "page": _page(acting)}
    today = localise(acting.now, acting.user.timezone).date()
    first = today if _has_hours(acting, today) else today + timedelta(days=1)
    heads = (f"☑ {sentence(task.title)}", acting.say("When? Tap, or type it: friday 14:00"))
    if not acting.lane.startswith("telegram:"):
        days = [first + timedelta(days=number) for number in range(_SOON)]
        return draft(*heads, choices=_rows([_day(acting, day, acting.words.day(day, today), kept) for day in days]))
    shown = max(date.fromisoformat(month) if month else first, first.replace(day=1))
    return draft(*heads, _title(acting, shown), choices=_calendar(acting, shown, first, kept))


def pick_hour(acting: Acting, task: Task, day: str, due: str | None = None, page: int | None = None) -> Draft:
    """The hours of a day to choose from, around the working day."""
    _turn(acting, page)
    kept = {"task": task.id, "due": due, "page": _page(acting)}
    picked = date.fromisoformat(day)
    ask(acting.connection, acting.user.id, acting.lane, "hour", {**kept, "day": day}, at=acting.now)
    hours = [
        Choice(f"{at.hour}:{at.minute:02}", "pick_hour", {**kept, "at": resolve(at, acting.user.timezone).isoformat()})
        for at in _hours(acting, picked)
    ]
    back = Choice(acting.say("Other day"), "pick_month", {**kept, "month": picked.replace(day=1).isoformat()})
    today = localise(acting.now, acting.user.timezone).date()
    return draft(
        f"☑ {sentence(task.title)}",
        acting.say("{day}: at what time?", day=sentence(acting.words.day(picked, today))),
        choices=(*_rows(hours), (back,)),
    )


def picked(acting: Acting, task: Task, at: str, due: str | None = None, page: int | None = None) -> Draft:
    """The hour was chosen: the reminder comes then."""
    _turn(acting, page)
    take_question(acting.connection, acting.user.id, acting.lane)
    if acting.pressed is not None:
        drop_buttons(acting.connection, acting.pressed.outbox_id, PICKING, but=acting.pressed.id)
    return snoozed(acting, task, datetime.fromisoformat(at), due)


def _turn(acting: Acting, page: int | None) -> None:
    """A page was left for another: the buttons of the one before it are of no use to anybody."""
    if page is not None and acting.pressed is not None and page != acting.pressed.outbox_id:
        drop_buttons(acting.connection, page, PICKING)


def _page(acting: Acting) -> int | None:
    return acting.pressed.outbox_id if acting.pressed is not None else None


def _hours(acting: Acting, day: date) -> list[datetime]:
    before, after = _BESIDE_WORK
    hours = range(max(0, acting.setting.work_start - before), min(23, acting.setting.work_end + after - 1) + 1)
    walls = [datetime.combine(day, time(hour)) for hour in hours]
    return [wall for wall in walls if resolve(wall, acting.user.timezone) > acting.now]


def _has_hours(acting: Acting, day: date) -> bool:
    return bool(_hours(acting, day))


def _day(acting: Acting, day: date, label: str, kept: dict[str, object]) -> Choice:
    return Choice(sentence(label), "pick_day", {**kept, "day": day.isoformat()})


def _calendar(acting: Acting, month: date, first: date, kept: dict[str, object]) -> tuple[tuple[Choice, ...], ...]:
    """A month's weeks below their weekdays, and the ways to the months beside it."""
    start = month.replace(day=1)
    last = _month_after(start, 1) - timedelta(days=1)
    here: dict[str, object] = {**kept, "month": start.isoformat()}
    begins = max(start, first)
    begins -= timedelta(days=(begins.weekday() - acting.setting.week_start) % 7)
    weeks = []
    while begins <= last:
        week = [begins + timedelta(days=number) for number in range(7)]
        weeks.append(
            tuple(
                _day(acting, day, str(day.day), kept)
                if first <= day and day.month == start.month
                else Choice("·", "pick_month", here)
                for day in week
            )
        )
        begins += timedelta(days=7)
    names = _weekdays(acting)
    head = tuple(Choice(names[(acting.setting.week_start + number) % 7], "pick_month", here) for number in range(7))
    turns = []
    if start > first.replace(day=1):
        turns.append(Choice("‹", "pick_month", {**kept, "month": _month_after(start, -1).isoformat()}))
    if (start.year - first.year) * 12 + start.month - first.month < _AHEAD:
        turns.append(Choice("›", "pick_month", {**kept, "month": _month_after(start, 1).isoformat()}))
    return (head, *weeks, tuple(turns))


def _month_after(start: date, months: int) -> date:
    index = start.year * 12 + start.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _title(acting: Acting, month: date) -> str:
    from babel.dates import format_date

    return sentence(format_date(month, "LLLL y", locale=acting.words.language))


def _weekdays(acting: Acting) -> list[str]:
    from babel.dates import get_day_names

    names = get_day_names("short", "stand-alone", locale=acting.words.language)
    return [names[number].rstrip(".") for number in range(7)]


def _rows(choices: Iterable[Choice]) -> tuple[tuple[Choice, ...], ...]:
    flat = tuple(choices)
    return tuple(flat[at : at + _ROW] for at in range(0, len(flat), _ROW))
