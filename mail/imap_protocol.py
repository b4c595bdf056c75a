"""What aioimaplib's protocol lacks for following a folder: news in the midst of answers, a refusing greeting, SASL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aioimaplib import aioimaplib


class ImapProtocol(aioimaplib.IMAP4ClientProtocol):  # type: ignore[misc]
    """aioimaplib's, which also tells when the folder grows (in the midst of other answers too), and can say more."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, lost: Callable[[Exception | None], None], grown: Callable[[], None]
    ) -> None:
        super().__init__(loop, conn_lost_cb=lost)
        self.to_say: list[str] = []
        self._grown = grown
        self._greeted = False

    def forget_pushes(self) -> None:
        """What the server pushed; `grown` has told of it."""
        while not self.idle_queue.empty():
            self.idle_queue.get_nowait()

    def _handle_line(self, line: bytes, current_cmd: Any) -> Any:
        if self.state == aioimaplib.CONNECTED and line:
            if self._greeted:
                return None
            self._greeted = True
            if not line.upper().startswith((b"* OK", b"* PREAUTH")):  # BYE: aioimaplib would wait on
                self.transport.abort()
                return None
        return super()._handle_line(line, current_cmd)

    def _untagged_response(self, line: bytes) -> Any:
        if line.upper().endswith(b" EXISTS"):
            self._grown()
        return super()._untagged_response(line)

    def _continuation(self, line: bytes) -> None:
        if self.pending_sync_command is not None and self.pending_sync_command.name == "AUTHENTICATE":
            # The secret where it is asked for; an empty line to a failure's details, which asks for the failure itself.
            self.transport.write(f"{self.to_say.pop() if self.to_say else ''}\r\n".encode())
            return
        super()._continuation(line)
