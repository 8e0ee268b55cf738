"""Letters and canned replies on the page of an enquiry: put into an action's text, to be edited before it is sent."""

from datetime import date, timedelta

from flask import Response, abort, request

from webapp import questions
from webapp.db import db
from webapp.domain.calendar import alternative_dates, working_days
from webapp.domain.enquiries import loading
from webapp.domain.enquiries.workflow import TABLE, ActionField, ActionRow
from webapp.domain.letters import canned_replies, letters
from webapp.domain.letters import placeholders as letter_placeholders
from webapp.domain.search.references import read_reference
from webapp.models import Enquiry
from webapp.vocabulary import Action, Letter, Permission
from webapp.web import edge, fields, shown
from webapp.web.desk.enquiry.page import ActionAttempt, page
from webapp.web.desk.enquiry.replying import FILES, choose_again
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.letters import placeholders
from webapp.web.guards import number
from webapp.web.windows import WindowsForm

_WEEKS_AHEAD = 8


@bp.post("/enquiries/<reference>/letters/<action>")
@edge.permission(Permission.ENQUIRY_READ)
@edge.takes_files(FILES)
def choose_letter(reference: str, action: str) -> Response:
    """Show the page again with what was chosen in the action's text; what was typed stays. Nothing is sent."""
    row = TABLE[Action(action)] if action in list(Action) else None
    if row is None or not row.letters:
        abort(404)
    found = loading.enquiry(db.session(), read_reference(reference), actor=edge.actor())
    typed, chosen = fields.tidy_text(request.form.get("text")), request.form.get("letter", "")
    windows = _offered(found) if row.needs is ActionField.WINDOWS else None
    attempt = ActionAttempt(
        row.action,
        parameters.sent_version(),
        text=typed,
        assignee=None,
        windows=windows,
        more={"files": choose_again(), "cc": fields.tidy_line(request.form.get("cc"))},
    )
    if (reply := number(chosen)) is not None:
        return page(found.reference, attempt.prepared(_with_reply(found, typed, reply), chosen))
    if chosen not in row.letters:
        return page(found.reference, attempt.prepared())
    return page(found.reference, attempt.prepared(_with_letter(found, typed, row, Letter(chosen)), chosen))


def _with_letter(enquiry: Enquiry, typed: str, row: ActionRow, chosen: Letter) -> str:
    """Put a letter, which is a whole text, above what was typed, in the place of a letter chosen before."""
    language = edge.environment().spoken(enquiry.language)
    known, given = letters.wordings(db.session()), placeholders.values(enquiry, language)
    texts = {each: letter_placeholders.fill(known[each, language].text, given) for each in row.letters}
    return letters.chosen(typed, texts[chosen], list(texts.values()))


def _with_reply(enquiry: Enquiry, typed: str, reply_id: int) -> str:
    """A canned reply is a piece: it goes below what was typed, in its own language."""
    reply = canned_replies.reply(db.session(), reply_id, actor=edge.actor())
    text = letter_placeholders.fill(reply.text, placeholders.values(enquiry, reply.language))
    return "\n\n".join(filter(None, (typed.strip(), text)))


def _offered(enquiry: Enquiry) -> WindowsForm:
    """Return what was typed as other dates; else three that leave the notice which a visit of this level needs."""
    if any(value for name, value in request.form.items() if name.startswith("windows-")):
        return WindowsForm()
    today = edge.today()
    days = shown.calendar(edge.settings(), today, edge.language())
    earliest = working_days.promise(today, _needed(enquiry), days).due
    ahead = (earliest + timedelta(number) for number in range(7 * _WEEKS_AHEAD))
    working = [day for day in ahead if days.halves(day) == working_days.WHOLE]
    asked = min(_windows(enquiry), default=None)
    length = min(asked[1] - asked[0], timedelta(questions.LONGEST_WINDOW - 1)) if asked else timedelta(0)
    found = alternative_dates.alternatives(earliest, asked[0] if asked else None, working)
    filled = {f"windows_{number}": {"start": day, "end": day + length} for number, day in enumerate(found)}
    return WindowsForm(formdata=None, data=filled)


def _needed(enquiry: Enquiry) -> int:
    mode, rank = questions.MODE.of(enquiry.answers), questions.RANK.of(enquiry.answers)
    return edge.settings().levels.needed(mode=mode, rank=rank)


def _windows(enquiry: Enquiry) -> list[tuple[date, date]]:
    asked = questions.WINDOWS.of(enquiry.answers) or ()
    return [(date.fromisoformat(each["start"]), date.fromisoformat(each["end"])) for each in asked]
