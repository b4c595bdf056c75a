"""Whom to trust: the system's certificate authorities, and one more that a setting names."""

from __future__ import annotations

import ssl


def trusting(ca: str) -> ssl.SSLContext:
    """The system's certificate authorities, and those of a file as well. Raises OSError (ssl.SSLError is one)."""
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(cafile=ca)
    return context
