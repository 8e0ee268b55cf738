"""Letters and canned replies as the desk shows them: what can be chosen, what is filled in, and what is wrong."""

from collections.abc import Sequence

from flask_babel import gettext as _

from webapp import labels, questions
from webapp.db import db
from webapp.domain.enquiries.workflow import TABLE
from webapp.domain.visits import aftermath
from webapp.i18n import LANGUAGE_NAMES, date_long, localised, translations
from webapp.mail.messages import Institution
from webapp.models import CannedReply, Enquiry
from webapp.vocabulary import Language, Placeholder
from webapp.web import edge

Group = tuple[str, list[tuple[str, str]]]

# What a preview shows: plainly no one's.
_SAMPLES: dict[Language, tuple[str, str, str, str, str]] = {
    Language.EN: ("Erika Mustermann", "Example University", "Joint programme", "Example Network", "Example Faculty"),
    Language.ZH_HANT: ("王小明", "範例大學", "聯合課程", "範例網絡", "範例學院"),
    Language.ZH_HANS: ("张三", "示例大学", "联合课程", "示例网络", "示例学院"),
}


def choices(replies: Sequence[CannedReply]) -> dict[str, list[Group]]:
    """Return what the text of each action can begin with: its letters, then the canned replies by language."""
    languages = dict.fromkeys(reply.language for reply in replies)
    own = [(LANGUAGE_NAMES[code], [(str(r.id), r.name) for r in replies if r.language is code]) for code in languages]
    return {
        row.action.value: [(_("Letters"), [(letter.value, _(labels.LETTER[letter])) for letter in row.letters]), *own]
        for row in TABLE.values()
        if row.letters
    }


def values(enquiry: Enquiry, language: Language) -> dict[Placeholder, str]:
    """Return what an enquiry (with its network) fills in, in a language; what is not known is ""."""
    institution = Institution.from_settings(edge.settings()).name[language]
    return {
        Placeholder.CONTACT_NAME: enquiry.contact_name,
        Placeholder.ORGANISATION: enquiry.organisation,
        Placeholder.SUBJECT: enquiry.subject,
        Placeholder.REFERENCE: enquiry.reference,
        Placeholder.NETWORK: localised(enquiry.network.name, language) if enquiry.network else institution,
        Placeholder.DATES: _asked(enquiry, language),
        Placeholder.FACULTY: "",
        Placeholder.PROMISES: _promised(enquiry, language),
        **_ours(language),
        Placeholder.PROMISED_ON: date_long(enquiry.promised_on, language),
    }


def sample(language: Language) -> dict[Placeholder, str]:
    """Return what previews fill in."""
    name, organisation, subject, network, faculty = _SAMPLES.get(language) or _SAMPLES[Language.EN]
    return {
        Placeholder.CONTACT_NAME: name,
        Placeholder.ORGANISATION: organisation,
        Placeholder.SUBJECT: subject,
        Placeholder.REFERENCE: "LD-2345-6789",
        Placeholder.NETWORK: network,
        Placeholder.DATES: date_long(edge.today(), language),
        Placeholder.FACULTY: faculty,
        Placeholder.PROMISES: f"– {subject}",
        **_ours(language),
        Placeholder.PROMISED_ON: date_long(edge.today(), language),
    }


def _promised(enquiry: Enquiry, language: Language) -> str:
    """Return the open promises of an enquiry's visit, one a line with its day."""
    bracketed = language.writing.bracketed
    lines = [
        f"– {bracketed.format(each.text, date_long(each.due_on, language)) if each.due_on else each.text}"
        for each in aftermath.promises(db.session(), enquiry)
        if each.done_at is None
    ]
    return "\n".join(lines)


def _ours(language: Language) -> dict[Placeholder, str]:
    """Return how the office and the writer sign."""
    name = translations(language).gettext("International office")
    institution = Institution.from_settings(edge.settings()).name[language]
    office = language.writing.office.format(office=name, institution=institution)
    return {Placeholder.OFFICE: office, Placeholder.SENDER: edge.actor().name}


def _asked(enquiry: Enquiry, language: Language) -> str:
    say = translations(language).gettext
    windows = labels.window_texts(questions.WINDOWS.of(enquiry.answers) or (), say, language)
    return language.writing.parts.join(windows)


def placeholders() -> list[tuple[str, str]]:
    """Return the names that may be written in braces, with what each stands for."""
    return [(placeholder.value, _(label)) for placeholder, label in labels.PLACEHOLDER.items()]


def fault(found: str) -> str:
    """Return one of `placeholders.faults` as people read it."""
    known = {
        "empty": _("Write the text."),
        "long": _("Use at most 5,000 characters."),
        "brace": _("A brace is unmatched. Names in braces look like {subject}."),
    }
    return known.get(found) or _("{%(name)s} is not among the names that can be filled in.", name=found)
