"""Every special mail has its kind, and a reason."""

from __future__ import annotations

import pytest

from mail.parse import parse_mail
from storage.messages import MailKind
from tests.mail.corpus.kinds import KINDS


@pytest.mark.parametrize(("label", "kind", "raw"), KINDS, ids=[label for label, _, _ in KINDS])
def test_kind(label: str, kind: MailKind, raw: bytes) -> None:
    mail = parse_mail(raw)
    assert mail.kind == kind
    assert (kind == "personal") != any(reason.startswith("kind: ") for reason in mail.because)
    assert (mail.original is not None) == label.startswith("forwarded")
