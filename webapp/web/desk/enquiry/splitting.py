"""A page of its own on which a part of an enquiry becomes a second one."""

import re

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.enquiries import actions, loading, splitting
from webapp.domain.enquiries.splitting import SplitRequest
from webapp.domain.errors import Conflict, NotAllowed, NotFound
from webapp.domain.search.references import read_reference
from webapp.domain.security import tokens
from webapp.i18n import localised
from webapp.models import Enquiry
from webapp.vocabulary import Action, Kind, Permission
from webapp.web import edge, fields, purposes, shown
from webapp.web.desk.enquiry import history
from webapp.web.desk.enquiry.page import ActionAttempt, page
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.file_checks import named

_FORM_ID = re.compile(r"[A-Za-z0-9_-]{43}")


def _networks() -> fields.Choices:
    found = shown.directory().active
    names = [(network, localised(network.name, edge.language())) for network in found]
    return [
        ("", _("No network")),
        *((row.slug, f"{row.acronym}: {name}" if row.acronym else name) for row, name in names),
    ]


class SplitForm(FlaskForm):
    """What the second enquiry asks; `form_id` makes it one however often it is sent."""

    form_id = HiddenField()
    kind = fields.ChoiceField(
        _l("What the second enquiry is"),
        lambda: labels.options(labels.KIND_LONG, _),
        required=_l("Choose what the second enquiry is."),
        description=_l("Answers that this kind asks too are copied."),
    )
    network = fields.ChoiceField(_l("Network"), _networks, description=_l("Decides who answers it."))
    subject = fields.line(_l("Subject"), required=_l("Enter the subject."))
    message = fields.text(
        _l("Message"),
        required=_l("Keep only the part of the message that belongs to the second enquiry."),
        description=_l(
            "The partner’s words. Remove what does not belong to the second enquiry; the first one keeps them all."
        ),
    )
    files = fields.ChoicesField(_l("Files that go along"), list, description=_l("The first enquiry keeps its files."))

    def offer(self, found: Enquiry) -> None:
        """Offer the files that the partner sent."""
        self.files.choices = [(str(file.id), named(file)) for file in found.attachments]

    def part(self) -> SplitRequest:
        """Return what a checked form says."""
        return SplitRequest(
            kind=Kind(self.kind.data),
            network=self.network.data or "",
            subject=self.subject.data or "",
            message=self.message.data or "",
            files=[int(number) for number in self.files.data],
        )


@bp.get("/enquiries/<reference>/split")
@edge.permission(Permission.ENQUIRY_TRIAGE)
def split_form(reference: str) -> Response:
    """Ask what is split off, beginning with all that the partner wrote."""
    found = loading.enquiry(db.session(), _read(reference), actor=edge.actor())
    known = {
        "form_id": tokens.new_token(),
        "network": found.network.slug if found.network else "",
        "subject": found.subject,
        "message": found.message,
        "files": [str(file.id) for file in found.attachments],
    }
    return _page(found, SplitForm(formdata=None, data=known))


@bp.post("/enquiries/<reference>/split")
@edge.permission(Permission.ENQUIRY_TRIAGE)
@purposes.takes(Action.SPLIT)
def split(reference: str) -> AnyResponse:
    """Make the second enquiry, once for each form; sending the form again leads to the same place."""
    here, version, form = _read(reference), parameters.sent_version(), SplitForm()
    found = loading.enquiry(db.session(), here, actor=edge.actor())
    form.offer(found)
    if not form.validate():
        return _page(found, form, 400)
    sent = form.form_id.data or ""
    form_id = sent if _FORM_ID.fullmatch(sent) else tokens.new_token()
    by = edge.acting()
    try:
        with transaction() as session:
            second = splitting.split(session, here, form.part(), form_id=form_id, version=version, by=by)
            made = second.reference
    except Conflict:
        found = loading.enquiry(db.session(), here, actor=edge.actor())
        return _page(found, form, 409, missed=version)
    except NotAllowed:
        return _refused(here)
    flash(_(labels.ACTION[Action.SPLIT].done, reference=made), "good")
    return redirect(url_for("desk.enquiry", reference=here, _anchor="related"), 303)


def _page(found: Enquiry, form: SplitForm, code: int = 200, *, missed: int | None = None) -> Response:
    """Show the form; `missed` is the version that was read where others have changed the enquiry since."""
    if Action.SPLIT not in actions.allowed(found, edge.actor()):
        return _refused(found.reference)
    form.offer(found)
    since = [] if missed is None else loading.changes_since(found, missed)
    changes = [history.line(event, found) for event in since]
    overtaken = missed is not None
    template = "desk/enquiry/split.html"
    return make_response(
        render_template(template, enquiry=found, form=form, overtaken=overtaken, changes=changes), code
    )


def _refused(reference: str) -> Response:
    attempt = ActionAttempt(Action.SPLIT, 0, fields.tidy_text(request.form.get("message")), None)
    return page(reference, attempt.refused("not allowed"), code=409)


def _read(reference: str) -> str:
    found = read_reference(reference)
    if not found:
        raise NotFound("enquiry")
    return found
