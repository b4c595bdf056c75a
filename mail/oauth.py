"""Access tokens for XOAUTH2, printed by a command of the user's: Rapport keeps no refresh tokens."""

from __future__ import annotations

import asyncio
import os
import shlex

from storage.errors import RapportError


class NoToken(RapportError):
    """The command printed no access token."""


async def access_token(command: str, user: str, *, seconds: float = 60) -> str:
    """The first line that the command prints; it finds the account in RAPPORT_OAUTH_USER. Raises NoToken."""
    try:
        process = await asyncio.create_subprocess_exec(
            *shlex.split(command),
            env={**os.environ, "RAPPORT_OAUTH_USER": user},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # it may hold secrets
        )
    except (OSError, ValueError) as error:
        raise NoToken(f"RAPPORT_OAUTH_COMMAND can't be run: {type(error).__name__}") from error
    try:
        async with asyncio.timeout(seconds):
            printed, _ = await process.communicate()
    except TimeoutError:
        raise NoToken(f"RAPPORT_OAUTH_COMMAND printed no token within {seconds:g} seconds") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    lines = printed.decode(errors="replace").split()
    if process.returncode != 0 or len(lines) != 1:
        raise NoToken(
            f"RAPPORT_OAUTH_COMMAND must print one access token and nothing else; it ended with "
            f"{process.returncode} and printed {len(lines)} words"
        )
    return lines[0]
