"""What can go wrong between a bot and Telegram, planned by a test.

Source: https://core.telegram.org/bots/api#making-requests and #responseparameters.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from tests.fakes.bot_api_http import Response
from tests.fakes.bot_api_schema import JsonObject

_HTML_502 = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one call.

    status: answer this HTTP status (a 502 with an HTML page, as the proxy in front of Telegram does).
    processed: the call has its effect although an error is answered.
    drop: close the socket without an answer, "before" or "after" the call had its effect.
    ok_false_200: the error comes with HTTP status 200.
    delay: seconds to wait before the answer; the effect, if any, is there at once.
    """

    status: int = 0
    description: str = ""
    retry_after: int = 0
    migrate_to_chat_id: int = 0
    processed: bool = False
    drop: Literal["before", "after"] | None = None
    ok_false_200: bool = False
    delay: float = 0

    @property
    def name(self) -> str:
        """What it is called in figures; "" when the right answer is given, were it late."""
        if self.drop:
            return f"drop {self.drop}"
        return f"{self.status or 200}{' though done' if self.has_effect else ''}" if self.answer() is not None else ""

    @property
    def has_effect(self) -> bool:
        """Tell whether the call is carried out."""
        if self.drop:
            return self.drop == "after"
        return self.processed or not (self.status or self.ok_false_200)

    def answer(self) -> Response | None:
        """Give the answer that stands in for the right one; None when the right one is given, only late."""
        if not (self.status or self.ok_false_200):
            return None
        status = self.status or 400
        if status == HTTPStatus.BAD_GATEWAY:
            return Response(status, _HTML_502, "text/html")
        description = self.description or HTTPStatus(status).phrase
        body: JsonObject = {"ok": False, "error_code": status, "description": description}
        parameters = {"retry_after": self.retry_after, "migrate_to_chat_id": self.migrate_to_chat_id}
        if any(parameters.values()):
            body["parameters"] = {name: value for name, value in parameters.items() if value}
        if self.retry_after and not self.description:
            body["description"] = f"Too Many Requests: retry after {self.retry_after}"
        return Response.of_json(200 if self.ok_false_200 else status, body)


Schedule = Callable[[str, int], Fault | None]
"""Decides for the n-th call (from 1) of a method whether it fails, and how."""


def no_faults(method: str, n: int) -> Fault | None:
    """The schedule of a good day."""
    del method, n
    return None


def random_faults(seed: int, rate: float, methods: tuple[str, ...] = ()) -> Schedule:
    """Give a schedule under which each call (of these methods, else of any) fails with a probability of `rate`.

    The n-th call of a method fares the same at each run with the same seed, whatever happens between.
    """
    kinds = (
        Fault(status=429, retry_after=1),
        Fault(status=500),
        Fault(status=502),
        Fault(status=502, processed=True),
        Fault(drop="before"),
        Fault(drop="after"),
    )

    def schedule(method: str, n: int) -> Fault | None:
        dice = random.Random(f"{seed} {method} {n}")
        strikes = (not methods or method in methods) and dice.random() < rate
        return dice.choice(kinds) if strikes else None

    return schedule


class FaultPlan:
    """The faults to come: those queued for single calls first, then the schedule."""

    def __init__(self) -> None:
        self.schedule: Schedule = no_faults
        self._queued: list[tuple[str, Fault]] = []
        self._counts: Counter[str] = Counter()

    def queue(self, method: str, fault: Fault) -> None:
        """Let the method's next call that has no fault yet fail; "*" stands for any method."""
        self._queued.append((method, fault))

    def clear(self) -> None:
        """Let everything work from now on."""
        self._queued.clear()
        self.schedule = no_faults

    def take(self, method: str) -> Fault | None:
        """Count a call and give its fault."""
        self._counts[method] += 1
        for index, (wanted, fault) in enumerate(self._queued):
            if wanted in (method, "*"):
                del self._queued[index]
                return fault
        return self.schedule(method, self._counts[method])
