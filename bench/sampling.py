"""Where CPU goes, by sampling: a profiler that counts calls would make the code with many small calls look slow."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_ROOT = f"{Path(__file__).resolve().parent.parent}/"
_STEP = 0.001  # seconds of CPU; the kernel makes it a clock tick of its own

# The innermost frame that is in one of these decides; a thin frame around a C call stands for that call.
_PLACES = (
    ("sqlite3 itself", ("do_execute", "do_executemany", "do_commit", "do_rollback"), "sqlalchemy/engine/default.py"),
    ("understanding", (), "handlers/understand/"),
    ("understanding", (), "reminders/"),
    ("Babel and gettext", (), "/babel/"),
    ("Babel and gettext", (), "gettext.py"),
    ("codec and JSON", (), "storage/codec.py"),
    ("codec and JSON", (), "/json/"),
    ("search", (), "storage/search.py"),
    ("search", (), "storage/folding.py"),
    ("SQLAlchemy: building and compiling SQL", (), "sqlalchemy/sql/"),
    ("SQLAlchemy: executing and results", (), "sqlalchemy/"),
    ("storage", (), "/storage/"),
    ("handlers", (), "/handlers/"),
    ("bot", (), "/bot/"),
    ("mail", (), "/mail/"),
    ("asyncio and threads", (), "asyncio/"),
    ("asyncio and threads", (), "concurrent/"),
)


@contextmanager
def sampled() -> Iterator[tuple[Counter[str], Counter[str]]]:
    """While it lasts, the main thread's CPU time is sampled: samples by place, and by the project's own function."""
    places: Counter[str] = Counter()
    functions: Counter[str] = Counter()

    def look(_number: int, frame: FrameType | None) -> None:
        places[_place_of(frame)] += 1
        functions[_own_function(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _STEP, _STEP)
    try:
        yield places, functions
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _own_function(frame: FrameType | None) -> str:
    """The innermost function that is the project's own: what it calls in libraries is its cost."""
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(_ROOT) and "/.venv/" not in path:
            return f"{path.removeprefix(_ROOT)}:{frame.f_code.co_name}"
        frame = frame.f_back
    return "else"


def _place_of(frame: FrameType | None) -> str:
    while frame is not None:
        code = frame.f_code
        for name, functions, path in _PLACES:
            if path in code.co_filename and (not functions or code.co_name in functions):
                return name
        frame = frame.f_back
    return "else"
