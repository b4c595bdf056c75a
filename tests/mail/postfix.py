"""A real Postfix for tests, with a configuration, queue and log of its own, and programs that its pipes may run."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import smtplib
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

from tests.survival.program import ROOT, free_port, until

USER = "nobody"  # whom the pipes run as: Postfix runs none as root
POSTFIX = "/usr/sbin/postfix"
_PACKAGES = ("bot", "mail", "handlers", "reminders", "storage")
_DONE = re.compile(r" (\w+): to=<([^>]*)>.* dsn=([\d.]+), status=(\w+) \((.*)\)")

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.firma.example
default_transport = discard:
max_idle = 5
minimal_backoff_time = 1
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup   unix n - n 60 1 pickup
cleanup  unix n - n - 0 cleanup
qmgr     unix n - n 300 1 qmgr
rewrite  unix - - n - - trivial-rewrite
bounce   unix - - n - 0 bounce
defer    unix - - n - 0 bounce
trace    unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error    unix - - n - - error
retry    unix - - n - - error
discard  unix - - n - - discard
showq    unix n - n - - showq
flush    unix n - n 1000? 0 flush
local    unix - n n - - local
lmtp     unix - - n - - lmtp
postlog  unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mail to one recipient: `sent`, `deferred` or `bounced`, with its code and Postfix's words."""

    recipient: str
    code: str
    status: str
    why: str


class Postfix:
    """`start` and `stop`; `sends` hands a mail in by SMTP, as any mail program does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()

    def start(self, main: str, master: str, transport: str, aliases: Path) -> None:
        """With what is added to main.cf and master.cf, a transport table beside them, and a file of aliases."""
        etc = self.folder / "etc"
        for each in ("etc", "queue", "data"):
            (self.folder / each).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        (etc / "main.cf").write_text(_MAIN.format(folder=self.folder) + main, encoding="utf-8")
        (etc / "master.cf").write_text(_MASTER.format(port=self.port) + master, encoding="utf-8")
        (etc / "transport").write_text(transport, encoding="utf-8")
        subprocess.run(["/usr/sbin/postalias", "-c", str(etc), f"hash:{aliases}"], check=True, timeout=60)
        self._run("start")

    def stop(self) -> None:
        """At once."""
        self._run("abort", check=False)

    def try_again(self) -> None:
        """What was deferred is tried now."""
        subprocess.run(["/usr/sbin/postqueue", "-c", str(self.folder / "etc"), "-f"], check=True, timeout=60)

    def sends(self, raw: bytes, *recipients: str, sender: str = "anna@nordwind.example") -> str:
        """Postfix takes a mail; the id that it has there."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.ehlo("client.example")
            client.mail(sender, ["BODY=8BITMIME"])
            for recipient in recipients:
                code, said = client.rcpt(recipient)
                if code != 250:
                    raise smtplib.SMTPRecipientsRefused({recipient: (code, said)})
            code, said = client.data(raw)
            assert code == 250, said
        return said.decode().rpartition(" ")[2]

    def fates(self, queued: str) -> list[Fate]:
        """What became of a mail so far, oldest first."""
        return [
            Fate(parseaddr(found[2])[1], found[3], found[4], found[5])
            for found in map(_DONE.search, self.log.splitlines())
            if found is not None and found[1] == queued
        ]

    def fate(self, queued: str, number: int = 1) -> Fate:
        """What became of it at its n-th delivery; waits for that."""
        until(f"delivery {number} of {queued}", lambda: len(self.fates(queued)) >= number, 40)
        return self.fates(queued)[number - 1]

    def has_bounced(self, queued: str) -> bool:
        """Was its sender told?"""
        return until("a bounce", lambda: f"{queued}: sender non-delivery notification" in self.log)

    @property
    def log(self) -> str:
        """All that it has logged."""
        path = self.folder / "mail.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def _run(self, command: str, *, check: bool = True) -> None:
        words = [POSTFIX, "-c", str(self.folder / "etc"), command]
        with (self.folder / f"{command}.err").open("w+") as said:  # no pipe: the daemon would hold its other end
            done = subprocess.run(words, check=False, timeout=60, stdout=subprocess.DEVNULL, stderr=said)
            said.seek(0)
            assert not check or done.returncode == 0, said.read() + self.log


def make_rapport(folder: Path) -> Path:
    """`rapport` for USER, who may neither enter our home, where the interpreter may be, nor our checkout."""
    base = _reachable(Path(sys.base_prefix), folder / "python")
    packages = _reachable(Path(sysconfig.get_paths()["purelib"]), folder / "packages")
    for name in _PACKAGES:
        (folder / "rapport").mkdir(exist_ok=True)
        _linked(ROOT / name, folder / "rapport" / name)
    program = folder / "bin" / "rapport"
    program.parent.mkdir()
    interpreter = base / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    program.write_text(
        f'#!/bin/sh\nexport PYTHONPATH={folder}/rapport:{packages}\nexec {interpreter} -m bot.cli "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program


def own(path: Path) -> None:
    """Gives a file to USER."""
    user = pwd.getpwnam(USER)
    os.chown(path, user.pw_uid, user.pw_gid)


def _reachable(folder: Path, copy: Path) -> Path:
    """The folder, or a copy where USER can't enter it."""
    if all(each.stat().st_mode & 0o005 == 0o005 for each in (folder, *folder.parents)):
        return folder
    _linked(folder, copy)
    return copy


def _linked(folder: Path, copy: Path) -> None:
    def link(source: str, target: str) -> None:
        try:
            os.link(source, target)
        except OSError:  # another file system
            shutil.copyfile(source, target)

    shutil.copytree(folder, copy, symlinks=True, copy_function=link, ignore=shutil.ignore_patterns("__pycache__"))
