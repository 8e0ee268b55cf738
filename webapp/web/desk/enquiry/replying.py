"""Writing to the partner from the page of an enquiry, with files and copies."""

import re

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import transaction
from webapp.domain.enquiries import loading, replying
from webapp.domain.enquiries.drafts import Upload
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.search.references import read_reference
from webapp.tidying import emails
from webapp.vocabulary import Action, Permission
from webapp.web import edge, fields, purposes, uploads
from webapp.web.desk.enquiry.done import done
from webapp.web.desk.enquiry.page import ActionAttempt, page
from webapp.web.desk.enquiry.routes import LONGEST
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.colleagues import refusal

FILES, COPIES = "attachments", "copies"
_BETWEEN = re.compile(r"[\s,;，；、]+")


@bp.post("/enquiries/<reference>/actions/reply")
@edge.permission(Permission.ENQUIRY_READ)
@edge.takes_files(FILES)
@purposes.takes(Action.REPLY)
def reply(reference: str) -> AnyResponse:
    """Send the partner a text with files; where one of them cannot be taken, nothing is sent and the text is kept."""
    found = read_reference(reference)
    if not found:
        raise NotFound("enquiry")
    text = fields.tidy_text(request.form.get("text"))
    more = {"files": choose_again(), "cc": fields.tidy_line(request.form.get("cc"))}
    attempt = ActionAttempt(Action.REPLY, parameters.sent_version(), text=text, assignee=None, more=more)
    files, wrong = _files()
    if wrong:
        return page(found, attempt.refused("files", files=f"{wrong} {choose_again()}"), code=400)
    try:
        _reply(found, attempt, files, _copies(attempt.more["cc"]))
    except Conflict:
        return page(found, attempt, code=409)
    except NotAllowed:
        return page(found, attempt.refused("not allowed"), code=409)
    except Invalid as error:
        return page(found, _refused(attempt, error), code=400)
    return done(found, Action.REPLY, at="latest")


def _refused(attempt: ActionAttempt, error: Invalid) -> ActionAttempt:
    if FILES in error.faults:
        return attempt.refused("files", files=_("This enquiry holds as many files as it can."))
    if COPIES in error.faults:
        return attempt.refused("cc", said=_said(error.faults[COPIES]))
    return attempt.refused(next(iter(error.faults.values())))


def choose_again() -> str:
    """Return what is said of files that came with a form which was not sent: browsers do not keep them."""
    given = [uploads.file_name(file.filename) for file in request.files.getlist(FILES) if file.filename]
    return _("Please choose the files again: %(names)s.", names=", ".join(given)) if given else ""


def _files() -> tuple[list[Upload], str]:
    """Return the files that can be taken, and what is said of those that cannot."""
    files, refused = uploads.read(request.files.getlist(FILES), edge.settings())
    if len(files) > edge.settings().attachment_count:
        refused.append(_("Send at most %(count)s files with one message.", count=edge.settings().attachment_count))
    return files, " ".join(refused)


def _copies(typed: str) -> list[str]:
    """Return the addresses that were typed, each once. Raises Invalid for what is none."""
    try:
        return list(dict.fromkeys(emails.read(each).lower() for each in _BETWEEN.split(typed) if each))
    except ValueError as error:
        raise Invalid({COPIES: "no address"}) from error


def _said(fault: str) -> str:
    if fault == "many":
        return _("Send at most %(count)s copies.", count=replying.MOST_COPIES)
    return refusal(fault) if fault in labels.NOT_NAMED else _("Enter email addresses with a comma between them.")


def _reply(reference: str, attempt: ActionAttempt, files: list[Upload], copies: list[str]) -> None:
    if len(attempt.text) > LONGEST:
        raise Invalid({"text": "long"})
    with transaction() as session:
        found = loading.locked(session, reference, actor=edge.actor())
        replying.reply(
            session, found, attempt.text, uploads=files, copies=copies, version=attempt.version, by=edge.acting()
        )
