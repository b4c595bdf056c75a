"""Rapport as shipped, but in more of a hurry: `python -m tests.survival.hurried ARGS`.

A claim of a dead process is taken over after seconds instead of half a minute, and a locked database is given up on
sooner; and it may log all that it could ever log. Set before anything else is imported: these are no settings.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

import bot.log
import storage.database
import storage.outbox

storage.outbox.LEASE = timedelta(seconds=float(os.environ.get("HURRIED_LEASE", "3")))
storage.database._BUSY_MS = int(os.environ.get("HURRIED_BUSY_MS", "10000"))
bot.log.start_logging.__defaults__ = (os.environ.get("HURRIED_LOG", "INFO"),)

if __name__ == "__main__":
    from bot.cli import main

    sys.exit(main())
