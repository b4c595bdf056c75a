"""What stands behind the plus sign of our own address: what a mail is meant for, and whose it certainly is."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from handlers.team import Team
from storage.contacts import contacts_by_handles
from storage.messages import Mail
from storage.users import User, user_by_handle, user_by_id, user_by_secret

_SECRET = re.compile(r"me\.([a-z0-9]{10,40})")


def tags(mail: Mail, team: Team) -> list[str]:
    """The tags of our own addresses in the mail: `task` of crm+task@."""
    ours = (each.address for each in mail.outer.to + mail.outer.cc if team.is_own(each.address))
    return [tag for each in ours if (tag := each.partition("@")[0].partition("+")[2])]


def author_of(connection: Connection, mail: Mail, team: Team) -> tuple[User | None, bool]:
    """The member whose mail it is, and whether their secret address proves it.

    To a member's secret address they may write from anywhere; but what a contact writes to it (an answer to all who
    got a mail) is the contact's.
    """
    sender = mail.outer.sender.address
    named = user_by_handle(connection, "email", sender)
    found = (_SECRET.fullmatch(tag) for tag in tags(mail, team))
    owners = [owner for each in found if each is not None and (owner := user_by_secret(connection, each[1]))]
    if named is not None:
        return named, named.id in owners
    if not owners or sender in contacts_by_handles(connection, "email", [sender]):
        return None, False
    return user_by_id(connection, owners[0]), True
