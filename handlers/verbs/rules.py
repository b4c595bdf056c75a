"""Rules about senders, in words: whose mail is never logged, who is ignored; shown and revoked."""

from __future__ import annotations

import re

from handlers.acting import Acting, draft
from handlers.understand.intents import Intent
from storage.messages import Choice, Draft
from storage.rules import SenderRule, decide_on_sender, revoke_rule, rule_by_id, sender_rules_of

_SHOWN = 12
_SENDER = re.compile(r"(?:[\w.!#$%&'*+/=?^`{|}~-]{1,64}@)?(?:[^\W_][\w-]{0,62}\.){1,8}[^\W\d_][\w-]{1,62}")


def never_log(acting: Acting, intent: Intent) -> Draft:
    """Mail from or to this address, or domain, isn't kept from now on: a member's own, an owner's for the team."""
    found = _SENDER.search(intent.slots.value or intent.slots.email or "")
    if found is None:
        return draft("❓ " + acting.say("Whose mail? Try: never log mail from bank.example"))
    return keep_out(acting, found[0].lower())


def keep_out(acting: Acting, value: str) -> Draft:
    """The same for an address or a domain as it is stored."""
    owner = acting.user.role == "owner"
    decide_on_sender(acting.trail, value, "never", only_for=None if owner else acting.user.id)
    said = acting.say("Mail of {sender} is never logged from now on.", sender=value)
    return draft(said, choices=((acting.undo,),))


def show_rules(acting: Acting, intent: Intent) -> Draft:
    """The rules that hold for this user, each with its button."""
    rules = sender_rules_of(acting.connection, acting.user.id)
    if not rules:
        return draft(acting.say("There are no rules. Try: never log mail from bank.example"))
    lines, rows = [], []
    for rule in rules[:_SHOWN]:
        alone = f" ({acting.say('for you alone')})" if rule.only_for is not None else ""
        if rule.decision == "never":
            lines.append("• " + acting.say("{sender}: never logged", sender=rule.value) + alone)
        else:
            lines.append("• " + acting.say("{sender}: ignored", sender=rule.value) + alone)
        if _may_revoke(acting, rule):
            label = acting.say("Revoke {sender}", sender=rule.value)
            rows.append((Choice(label, "revoke", {"rule": rule.id}),))
    more = len(rules) - _SHOWN
    if more > 0:
        lines.append(acting.words.count("and {n} more", "and {n} more", more))
    return draft(*lines, choices=tuple(rows))


def revoke(acting: Acting, rule_id: int) -> Draft:
    """A rule holds no longer."""
    if not acting.user.may_write:
        return draft("⚠ " + acting.say("You can look, not write. An owner can change that."))
    rule = rule_by_id(acting.connection, rule_id)
    if rule is None:
        return draft(acting.say("It is gone by now."))
    if not _may_revoke(acting, rule):
        return draft("⚠ " + acting.say("An owner's rule for the team: only owners can revoke it."))
    revoke_rule(acting.trail, rule_id)
    return draft(acting.say("Revoked: {sender}", sender=rule.value), choices=((acting.undo,),))


def _may_revoke(acting: Acting, rule: SenderRule) -> bool:
    return acting.user.role == "owner" or acting.user.id in (rule.only_for, rule.made_by)
