"""Why another machine can't be spoken to, in plain words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

OTHER_PORT = "imaps:// is port 993, imap+starttls:// 143; smtps:// is 465, smtp+starttls:// 587"

_UNTRUSTED = ("its certificate isn't trusted", "if its authority is your own, name its file in RAPPORT_TLS_CA")
_ANOTHER = ("its certificate is for another name", "take the host's name as your provider, or the certificate, has it")
_CERTIFICATE = {  # by OpenSSL's X509_V_ERR_...
    10: ("its certificate has expired", "it has to be renewed; or is this machine's clock wrong?"),
    62: _ANOTHER,
    64: _ANOTHER,
}


def told(error: BaseException) -> tuple[str, str]:
    """What is so, and what to do. Never the error's own text: addresses and tokens may be in it."""
    every = list(_causes(error))

    def any_is(*kinds: type[BaseException]) -> bool:
        return any(isinstance(each, kinds) for each in every)

    names = {type(each).__name__ for each in every}
    for each in every:
        if isinstance(each, ssl.SSLCertVerificationError):
            return _CERTIFICATE.get(each.verify_code, _UNTRUSTED)
    if any_is(socket.gaierror):
        return "its name can't be resolved", "is the host's name right, and has this machine DNS?"
    if any_is(ConnectionRefusedError):
        return "connection refused", "is the server up, and are host and port right?"
    if any_is(ssl.SSLError):
        return "no TLS at that port", OTHER_PORT
    if any_is(TimeoutError) or any("Timeout" in name or "TimedOut" in name for name in names):
        return "no answer in time", "is there a firewall or a proxy between?"
    if any_is(OSError):
        return "it can't be reached", "has this machine a way to the network?"
    return f"it can't be reached ({type(error).__name__})", "try again; see the log of `rapport run`"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
