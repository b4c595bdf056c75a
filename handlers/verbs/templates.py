"""Templates of mails: kept, listed, deleted, and written from."""

from __future__ import annotations

from handlers.acting import Acting, draft, shortened
from handlers.filling import language_named
from handlers.understand.intents import Intent
from handlers.understand.wording import as_written
from storage.messages import Choice, Draft
from storage.templates import all_templates, delete_template, keep_template, templates_named


def save_template(acting: Acting, intent: Intent) -> Draft:
    """Keeps a text under a name; a language at the name's end makes it that language's."""
    name, language = _name_and_language(intent.slots.value or "")
    text = as_written(intent.slots.text or "", acting.text, to_end=True)
    fresh = keep_template(acting.trail, name, language, text)
    shown = f"{name} ({language})" if language else name
    head = (
        acting.say("Template {name}: kept", name=shown) if fresh else acting.say("Template {name}: changed", name=shown)
    )
    example = acting.say("mail Anna template {name}", name=name)
    return draft("✎ " + head, acting.say("To write from it: {example}", example=example), choices=((acting.undo,),))


def list_templates(acting: Acting, intent: Intent) -> Draft:
    """All templates, each with its languages and how it begins."""
    texts = all_templates(acting.connection)
    if not texts:
        example = acting.say("template offer: Hello {first_name}, here is our offer.")
        return draft(acting.say("No templates yet. Try: {example}", example=example))
    lines = [
        f"✎ {each.name}{f' ({each.language})' if each.language else ''}: {acting.quoted(each.text, 60)}"
        for each in texts
    ]
    return draft(*lines)


def drop_template(acting: Acting, intent: Intent) -> Draft:
    """Deletes a template, in one language when the name ends in one, else in all."""
    name, language = _name_and_language(intent.slots.value or "")
    texts = [each for each in templates_named(acting.connection, name) if language in ("", each.language)]
    if not texts:
        return no_template(acting, name)
    for each in texts:
        delete_template(acting.trail, each.id)
    return draft(acting.say("Template {name}: deleted", name=texts[0].name), choices=((acting.undo,),))


def no_template(acting: Acting, name: str) -> Draft:
    """There is none of this name: says which there are."""
    known = ", ".join(dict.fromkeys(each.name for each in all_templates(acting.connection)))
    return draft(
        acting.say("There is no template “{name}”.", name=shortened(name, 60)),
        acting.say("There are: {names}", names=known) if known else "",
    )


def template_choices(acting: Acting, contact_id: int, interaction_id: int | None) -> tuple[tuple[Choice, ...], ...]:
    """A button for each of the first templates, which writes from it."""
    names = list(dict.fromkeys(each.name for each in all_templates(acting.connection)))[:4]
    about = {"contact": contact_id, "interaction": interaction_id}
    return tuple((Choice(name, "use_template", {**about, "template": name}),) for name in names)


def _name_and_language(words: str) -> tuple[str, str]:
    name, _, last = words.strip().rpartition(" ")
    language = language_named(last.strip("()")) if name else ""
    return (name.strip(), language) if language else (words.strip(), "")
