"""Raw bytes to a Mail that is understood: who wrote what to whom, whether it is a forward, of which kind, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from mail.absence import find_return
from mail.addresses import parse_addresses
from mail.attachments import MAX_ATTACHMENTS, describe_attachment, is_inline_picture
from mail.body import Body, read_body, tail_of
from mail.bounce import find_failures
from mail.calendar import find_meeting
from mail.cards import find_cards
from mail.charset import decode_bytes
from mail.dates import parse_header_date
from mail.digest import content_digest, text_skeleton
from mail.dkim import is_signed, key_names
from mail.errors import MailUnreadable
from mail.form import find_form
from mail.forward import MAX_CHAIN, Context, Forward, find_forward
from mail.headers import MAX_VALUE, Headers, decode_words
from mail.kind import find_group, find_kind, kind_by_words
from mail.newest import newest_text
from mail.parts import Part, read_tree
from mail.signature import cut_comment
from mail.signed import read_signed
from mail.spam import find_spam
from mail.subject import split_subject
from mail.trust import is_authentic, is_refuted
from storage.messages import Address, Attachment, Form, Letter, Mail, MailKind

_MESSAGE_ID = re.compile(r"<[^<>\r\n]{1,900}>")


def parse_mail(raw: bytes, *, authserv: frozenset[str] = frozenset(), keys: Mapping[str, str] | None = None) -> Mail:
    """The mail, understood. Raises MailUnreadable for bytes without any content, and nothing else.

    `authserv`: whose Authentication-Results are believed; `keys`: DKIM keys (TXT records) by their names.
    """
    if not raw.strip():
        raise MailUnreadable("The mail is empty: there is nothing to read.")
    parts = read_tree(raw)
    root = parts[0]
    headers = root.headers
    body = read_body(root)
    outer = _letter(headers, body)
    kind, why = find_kind(parts, outer.subject, outer.sender.address, body.text)
    authentic, proof = is_authentic(headers, outer.sender.address, authserv)
    provable = () if authentic or is_refuted(proof) else key_names(headers, outer.sender.address)
    if keys and provable and is_signed(raw, headers, outer.sender.address, keys):
        authentic, proof, provable = True, "trust: DKIM signature of the sender's domain", ()
    spam = find_spam(headers)
    forward = _find(outer, body, parts, kind, headers)
    original = forward.letter if forward else None
    if original is not None and kind == "calendar" and not _is_invitation(root):
        kind, why = "personal", ""
    reply_to = parse_addresses(_value(headers, "reply-to"))
    own = frozenset(each.address for each in (outer.sender, *outer.to, *outer.cc))
    return Mail(
        outer=outer,
        original=original,
        comment=forward.comment if forward else "",
        said="" if forward else _said(outer),
        kind=kind,
        authentic=authentic,
        spam=bool(spam),
        dkim_keys=provable,
        message_id=_ids(headers, "message-id")[0] if _ids(headers, "message-id") else headers.plain("message-id")[:998],
        in_reply_to=next(iter(_ids(headers, "in-reply-to")), ""),
        references=_ids(headers, "references"),
        reply_to=reply_to,
        digest=content_digest(outer, original),
        attachments=_attachments(parts, body, forward),
        because=tuple(filter(None, (*(forward.because if forward else ()), why, proof, spam))),
        original_kind=_original_kind(forward),
        failed=find_failures(parts, body.text, own) if kind == "bounce" else (),
        away=find_return(outer.newest or outer.body) if kind == "auto-reply" else "",
        group=find_group(headers),
        form=_form(headers, outer, original, reply_to, kind),
        cards=find_cards(parts, (original or outer).sender.address),
        meeting=find_meeting(parts),
        signed=read_signed(original or outer) if kind == _original_kind(forward) == "personal" else None,
    )


def _said(outer: Letter) -> str:
    """What a letter says without its end, where it has one."""
    said = cut_comment(outer.newest, outer.sender.name)
    return said if said != outer.newest else ""


def _original_kind(forward: Forward | None) -> MailKind:
    """Of a forward, the original's kind: an attached mail's headers tell it, else its sender and its words."""
    if forward is None:
        return "personal"
    return kind_by_words(forward.letter) if forward.kind == "personal" else forward.kind


def _form(
    headers: Headers, outer: Letter, original: Letter | None, reply_to: tuple[Address, ...], kind: MailKind
) -> Form | None:
    """The person behind a program's mail, also a forwarded one's."""
    if original is not None:
        return find_form(Headers(), original, ())
    return None if kind in ("bounce", "feedback", "calendar") else find_form(headers, outer, reply_to)


def _letter(headers: Headers, body: Body) -> Letter:
    senders = parse_addresses(_value(headers, "from")) or parse_addresses(_value(headers, "sender"))
    sender = next((address for address in senders if address.address), senders[0] if senders else Address())
    return Letter(
        sender=sender,
        to=_recipients(headers, "to"),
        cc=_recipients(headers, "cc"),
        subject=headers.text("subject"),
        date=parse_header_date(headers.plain("date")),
        body=body.text,
        newest=newest_text(body.text, writer=sender.name),
    )


def _value(headers: Headers, name: str) -> str:
    """A header of addresses as text, its encoded words still encoded: a comma inside one parts nothing."""
    return decode_bytes(headers.raw(name)[:MAX_VALUE], None).replace("\r", " ").replace("\n", " ")


def _recipients(headers: Headers, name: str) -> tuple[Address, ...]:
    return tuple(
        address
        for raw in headers.every(name)[:20]
        for address in parse_addresses(decode_bytes(raw[:MAX_VALUE], None))
        if address.address or address.name
    )


def _ids(headers: Headers, name: str) -> tuple[str, ...]:
    """The message ids of a header, blanks inside them taken out."""
    found = _MESSAGE_ID.findall(decode_words(headers.plain(name))[:20_000])
    return tuple("".join(item.split()) for item in found[:500])


def _find(
    outer: Letter, body: Body, parts: list[Part], kind: MailKind, headers: Headers, chain: int = 0
) -> Forward | None:
    """The forward in the mail: inline, or attached. Bounces, feedback and automatic replies only carry mails."""
    if kind in ("bounce", "feedback"):
        return None
    threaded = bool(headers.raw("in-reply-to").strip() or headers.raw("references").strip())
    context = Context(outer.subject, outer.sender, outer.to + outer.cc, threaded, outer.date)
    prefix = (split_subject(outer.subject)[0] or ("",))[0]
    if kind in ("auto-reply", "bulk", "calendar") and prefix != "forward":
        return None
    inline = find_forward(body.marked if body.from_html else body.text, context)
    if inline is None and prefix == "forward" and body.marked and not body.from_html:
        inline = find_forward(body.marked, context)
    elif inline is not None and not body.from_html:
        inline = _part_tail(inline, tail_of(body.marked), outer.sender.name)
    if inline is not None:
        return inline
    return _attached(outer, body, parts, prefix, threaded, chain) if chain < MAX_CHAIN else None


def _part_tail(forward: Forward, tail: str, writer: str) -> Forward:
    """What the HTML shows below the forwarded mail is the forwarder's, though the plain text can't tell."""
    skeleton = text_skeleton(tail)
    if not skeleton or len(tail) > 5_000:
        return forward
    lines = forward.letter.body.split("\n")
    taken = ""
    for at in range(len(lines) - 1, 0, -1):
        taken = text_skeleton(lines[at]) + taken
        if len(taken) > len(skeleton) or not skeleton.endswith(taken):
            return forward
        if taken == skeleton:
            break
    else:
        return forward
    rest = "\n".join(lines[:at]).rstrip()
    letter = replace(forward.letter, body=rest, newest=newest_text(rest, writer=forward.letter.sender.name))
    under = cut_comment("\n".join(lines[at:]), writer)
    return replace(forward, letter=letter, comment="\n\n".join(filter(None, (forward.comment, under))))


def _attached(outer: Letter, body: Body, parts: list[Part], prefix: str, threaded: bool, chain: int) -> Forward | None:
    """A mail attached as message/rfc822 (the first of several): a forward, unless a reply only encloses it."""
    attached = [part for part in parts[:60] if part.media_type in ("message/rfc822", "message/global")]
    if len(attached) == 0:
        return _attached_file(outer, body, parts, prefix, chain)
    if prefix == "reply" and (threaded or newest_text(body.text) != body.text.strip()):
        return None
    first = attached[0]
    return _from_bytes(first.raw[first.start : first.end] if first.children else first.content(), outer, body, chain)


def _attached_file(outer: Letter, body: Body, parts: list[Part], prefix: str, chain: int) -> Forward | None:
    """An .eml sent as a plain file by programs that know no message/rfc822."""
    for part in parts[1:60]:
        if part.file_name.lower().endswith(".eml") and not part.children and prefix != "reply":
            return _from_bytes(part.content(30_000_000), outer, body, chain)
    return None


def _from_bytes(raw: bytes, outer: Letter, body: Body, chain: int) -> Forward | None:
    if not raw.strip():
        return None
    parts = read_tree(raw)
    headers = parts[0].headers
    if "from" not in headers and "subject" not in headers and "date" not in headers:
        return None
    inner_body = read_body(parts[0])
    letter = _letter(headers, inner_body)
    comment = cut_comment(newest_text(body.text, writer=outer.sender.name), outer.sender.name)
    reason = "forward: a mail attached as message/rfc822"
    kind, _ = find_kind(parts, letter.subject, letter.sender.address, letter.body)
    deeper = _find(letter, inner_body, parts, kind, headers, chain + 1)
    if deeper is not None:
        return Forward(deeper.letter, comment, (reason, *deeper.because), deeper.kind)
    return Forward(letter, comment, (reason,), kind)


def _is_invitation(root: Part) -> bool:
    return root.media_type == "text/calendar" or any(child.media_type == "text/calendar" for child in root.children)


def _attachments(parts: list[Part], body: Body, forward: Forward | None) -> tuple[Attachment, ...]:
    """The files of the mail and, of a forward, of the mail inside; neither its texts nor the pictures shown in them."""
    found: list[Attachment] = []
    unfolded: list[tuple[int, int]] = []
    opened = forward is None or not any("message/rfc822" in reason for reason in forward.because)
    for part in parts[1:]:
        if part.number in body.used or part.media_type.startswith("multipart/"):
            continue
        if any(start <= part.start and part.end <= end for start, end in unfolded):
            continue
        if part.media_type in ("message/rfc822", "message/global"):
            if not opened:
                opened = True  # the forwarded mail itself: its own files are listed, it isn't
                body = replace(body, used=body.used | _texts_of(part))
                continue
            unfolded.append((part.start, part.end))
        elif part.media_type.startswith("message/") or is_inline_picture(part, body.html) or _is_stray_text(part):
            continue
        found.append(describe_attachment(part))
        if len(found) >= MAX_ATTACHMENTS:
            break
    return tuple(found)


def _is_stray_text(part: Part) -> bool:
    texts = ("text/plain", "text/html", "text/calendar")
    return part.media_type in texts and not part.file_name and part.disposition != "attachment"


def _texts_of(message: Part) -> frozenset[int]:
    if not message.children:
        return frozenset()
    return read_body(message.children[0]).used
