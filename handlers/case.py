"""Whose mail it is: decided from its addresses alone, without a look into the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.team import Team
from storage.messages import Address, Direction, Letter, Mail

Outside = Callable[[tuple[Address, ...]], tuple[Address, ...]]  # those who aren't of the team, each once


@dataclass(frozen=True, slots=True)
class Case:
    """What a mail turned out to be: who outside the team it is with, which way it went, by which route it came."""

    letter: Letter
    direction: Direction
    people: tuple[Address, ...]  # outside the team, the most important first
    route: str  # direct, forward, copy; internal: it stays between members; kept out: by a rule
    said: str = ""  # what its sender says to Rapport
    others: tuple[Address, ...] = ()  # outside the team, who got it too: it is theirs as well where they are known


def judge(mail: Mail, *, from_team: bool, members: frozenset[str], team: Team) -> Case:
    """Whose mail it is, from its addresses alone. `members` are the addresses of the team's users."""

    def outside(addresses: tuple[Address, ...]) -> tuple[Address, ...]:
        seen: dict[str, Address] = {}
        for each in addresses:
            if each.address and each.address not in members and not team.is_own(each.address):
                seen.setdefault(each.address, each)
        return tuple(seen.values())

    if not from_team:
        return _of_outsider(mail, members, outside)
    members |= {mail.outer.sender.address}  # a member may write from an address of their own that nobody knows
    if mail.original is not None:
        return _forwarded(mail, mail.original, members, outside)
    outer = mail.outer
    people, others = outside(outer.to), outside(outer.cc)
    if people or others:
        return Case(outer, "out", people or others, "copy", others=_beside(others, people) if people else ())
    named = outer.to + outer.cc
    if named and not any(team.is_own(each.address) for each in named):
        return Case(outer, "out", (), "internal")
    begins = not mail.in_reply_to and not mail.references
    return Case(outer, "out", (), "direct", mail.said or outer.newest or (outer.subject if begins else ""))


def _of_outsider(mail: Mail, members: frozenset[str], outside: Outside) -> Case:
    outer, form = mail.outer, mail.form
    if mail.kind == "bounce":
        return Case(outer, "in", (), "direct")  # nobody's: it is about the addresses that failed
    if form is not None and form.person.address in members:
        return Case(outer, "in", (), "internal")  # a member wrote through a group
    first = (form.person,) if form is not None else (outer.sender,)
    people = outside((*first, *mail.reply_to, outer.sender))[:1]
    if form is not None and form.person.name and not form.person.address:
        people = (form.person,)  # who filled it in gave a name and no address
    return Case(outer, "in", people, "direct", others=_beside(outside(outer.to + outer.cc), people))


def _forwarded(mail: Mail, original: Letter, members: frozenset[str], outside: Outside) -> Case:
    if original.sender.address in members:
        people = outside(original.to + original.cc)
        if not people and original.to:
            return Case(original, "out", (), "internal", mail.comment)
        return Case(original, "out", people, "forward", mail.comment)
    writer = mail.form.person if mail.form is not None else original.sender  # a form is its writer's
    people = outside((writer,)) or ((writer,) if writer.name else ())
    others = _beside(outside(original.to + original.cc), people)
    return Case(original, "in", people, "forward", mail.comment, others)


def _beside(others: tuple[Address, ...], people: tuple[Address, ...]) -> tuple[Address, ...]:
    first = {each.address for each in people}
    return tuple(each for each in others if each.address not in first)
