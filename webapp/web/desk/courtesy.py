"""Courteous letters on the page of an enquiry: chosen beside an action, filled in, edited before they are sent."""

from collections.abc import Iterable
from datetime import date, timedelta

from flask import Response, abort, request

from webapp import labels
from webapp.db import db
from webapp.domain import calendar, letters, promise, triage
from webapp.domain.access import read_reference
from webapp.i18n import localised, translations
from webapp.mail.messages import House
from webapp.models import Enquiry
from webapp.vocabulary import Action, Language, Letter, Permission, Placeholder
from webapp.web import edge, fields
from webapp.web.desk import records
from webapp.web.desk.blueprint import bp
from webapp.web.desk.enquiry_page import Attempt, page
from webapp.web.windows import LONGEST_WINDOW, WindowsForm

_WEEKS_AHEAD = 8


@bp.post("/enquiries/<reference>/letters/<action>")
@edge.permission(Permission.ENQUIRY_READ)
def choose_letter(reference: str, action: str) -> Response:
    """Show the page again with a letter in the action's text; what was typed stays below it. Nothing is sent."""
    if action not in set(letters.LETTERS_FOR):
        abort(404)
    found = triage.enquiry(db.session(), read_reference(reference), actor=edge.actor())
    typed = fields.tidy_text(request.form.get("text"))
    name = request.form.get("letter", "")
    windows = _offered(found) if action == Action.PROPOSE_DATES else None
    attempt = Attempt(Action(action), records.sent_version(), text=typed, assignee=None, windows=windows)
    if name not in set(letters.LETTERS_FOR[Action(action)]):
        return page(found.reference, attempt.prepared())
    texts = _filled(found, letters.LETTERS_FOR[Action(action)])
    text = letters.chosen(typed, texts[Letter(name)], list(texts.values()))
    return page(found.reference, attempt.prepared(text, name))


def _filled(enquiry: Enquiry, which: Iterable[Letter]) -> dict[Letter, str]:
    """The letters in the partner's language, with what is known put in."""
    known = letters.wordings(db.session())
    given = values(enquiry)
    return {letter: letters.fill(known[letter, enquiry.language].text, given) for letter in which}


def values(enquiry: Enquiry) -> dict[Placeholder, str]:
    """Return what an enquiry (with its network) puts into letters, in the partner's language; unknown things are ""."""
    language = enquiry.language
    return {
        Placeholder.CONTACT_NAME: enquiry.contact_name,
        Placeholder.ORGANISATION: enquiry.organisation,
        Placeholder.SUBJECT: enquiry.subject,
        Placeholder.REFERENCE: enquiry.reference,
        Placeholder.NETWORK: localised(enquiry.network.name, language) if enquiry.network else "",
        Placeholder.DATES: _asked(enquiry),
        Placeholder.FACULTY: "",
        Placeholder.OFFICE: office(language),
    }


def office(language: Language) -> str:
    """Return the office's name as it signs."""
    name = translations(language).gettext("International office")
    institution = House.from_settings(edge.settings()).institution[language]
    return f"{name}, {institution}" if language is Language.EN else f"{institution}{name}"


def _asked(enquiry: Enquiry) -> str:
    say, language = translations(enquiry.language).gettext, enquiry.language
    windows = [
        labels.window_text(_day(each["start"]), _day(each["end"]), int(each.get("flex") or 0), say, language)
        for each in enquiry.answers.get("windows") or ()
    ]
    return ("; " if language is Language.EN else "；").join(windows)


def _offered(enquiry: Enquiry) -> WindowsForm:
    """What was typed as other dates; else three that leave the notice which a visit of this level needs."""
    if any(value for name, value in request.form.items() if name.startswith("windows-")):
        return WindowsForm()
    today = edge.today()
    days = calendar.around(db.session(), today, settings=edge.settings())
    earliest = promise.promise(today, _needed(enquiry), days).due
    ahead = (earliest + timedelta(number) for number in range(7 * _WEEKS_AHEAD))
    working = [day for day in ahead if days.halves(day) == promise.WHOLE]
    asked = min(_windows(enquiry), default=None)
    length = min(asked[1] - asked[0], timedelta(LONGEST_WINDOW - 1)) if asked else timedelta(0)
    found = letters.alternatives(earliest, asked[0] if asked else None, working)
    filled = {f"windows_{number}": {"start": day, "end": day + length} for number, day in enumerate(found)}
    return WindowsForm(formdata=None, data=filled)


def _needed(enquiry: Enquiry) -> int:
    answers = enquiry.answers
    return edge.settings().levels.needed(mode=answers.get("mode"), rank=answers.get("leader_rank"))


def _windows(enquiry: Enquiry) -> list[tuple[date, date]]:
    return [(_day(each["start"]), _day(each["end"])) for each in enquiry.answers.get("windows") or ()]


def _day(value: str) -> date:
    return date.fromisoformat(value)
