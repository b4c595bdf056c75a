"""The real Dovecot of the mail tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import require
from tests.mail.dovecot import Dovecot, is_installed


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A real Dovecot on loopback."""
    require(is_installed(), "Dovecot")
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # pytest's own folder is shut to others by each run that starts
    folder.chmod(0o755)  # the server runs as another user
    server = Dovecot(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
