"""Canned replies: written, previewed and changed at the desk, each in one language."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.history import changes as history_changes
from webapp.domain.letters import canned_replies
from webapp.domain.letters import placeholders as letter_placeholders
from webapp.domain.letters.canned_replies import ReplyWording
from webapp.models import CannedReply
from webapp.vocabulary import Language, Permission, RecordType
from webapp.web import edge, fields
from webapp.web.desk.frame import changes as record_changes
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.desk.letters import placeholders
from webapp.web.languages import LanguageField

_ID = "<id:reply_id>"


class ReplyForm(VersionedForm):
    """One canned reply."""

    name = fields.line(_l("Name"), required=_l("Give the reply a name."), limit=canned_replies.LONGEST_NAME)
    language = LanguageField(_l("Language"))
    text = fields.text(_l("Text"), required=_l("Write the text."), limit=letter_placeholders.LONGEST)

    def wording(self) -> ReplyWording:
        return ReplyWording(str(self.name.data), Language(self.language.data), str(self.text.data))


@bp.route("/replies/new", methods=["GET", "POST"])
@edge.permission(Permission.REPLY_EDIT)
def new_reply() -> AnyResponse:
    """Write a canned reply; a preview shows it filled in, and saves nothing."""
    form = ReplyForm(language=edge.language().value)
    return _save(form, None)


@bp.route(f"/replies/{_ID}", methods=["GET", "POST"])
@edge.permission(Permission.REPLY_EDIT)
def edit_reply(reply_id: int) -> AnyResponse:
    """Change a canned reply; what someone else changed meanwhile is taken in or shown beside what was typed."""
    found = canned_replies.reply(db.session(), reply_id, actor=edge.actor())
    return _save(ReplyForm(obj=found), found)


@bp.post(f"/replies/{_ID}/delete")
@edge.permission(Permission.REPLY_EDIT)
def delete_reply(reply_id: int) -> AnyResponse:
    """Delete a canned reply; the page asked before."""
    version = parameters.sent_version()
    by = edge.acting()
    try:
        with transaction() as session:
            name = canned_replies.delete(session, reply_id, version=version, by=by)
    except Conflict:
        found = canned_replies.reply(db.session(), reply_id, actor=edge.actor())
        form = ReplyForm(formdata=None, obj=found)
        return _page(form, found, 409, version=found.version, clash=meanwhile.of_button(found, version))
    flash(_("The reply “%(name)s” is deleted.", name=name), "good")
    return redirect(url_for("desk.letters"), 303)


def _save(form: ReplyForm, found: CannedReply | None) -> AnyResponse:
    if not form.validate_on_submit() or "preview" in request.form:
        return _page(form, found, 400 if form.errors else 200)
    by = edge.acting()
    reply_id = found.id if found else None
    try:
        with transaction() as session:
            if reply_id is None:
                canned_replies.add(session, form.wording(), by=by)
            else:
                canned_replies.change(session, reply_id, form.wording(), version=parameters.sent_version(), by=by)
    except Invalid as error:
        for name, fault in error.faults.items():
            form[name].errors = [_fault(fault)]
        return _page(form, found, 400)
    except Conflict:
        return _overtaken(form, int(reply_id or 0))
    flash(_("The reply “%(name)s” is saved.", name=form.name.data), "good")
    return redirect(url_for("desk.letters"), 303)


def _overtaken(form: ReplyForm, reply_id: int) -> Response:
    found = canned_replies.reply(db.session(), reply_id, actor=edge.actor())
    clash = meanwhile.of_form(form, found, parameters.sent_version(), vars(canned_replies.wording_of(found)))
    return _page(form, found, 409, version=found.version, clash=clash)


def _page(
    form: ReplyForm,
    found: CannedReply | None,
    code: int,
    *,
    version: int | None = None,
    clash: Clash | None = None,
) -> Response:
    language = Language(form.language.data) if form.language.data in set(Language) else edge.language()
    sent = parameters.sent_version() if form.is_submitted() else found.version if found else 0
    written = str(form.text.data or "") if not form.errors else ""
    page = render_template(
        "desk/letters/canned_reply.html",
        form=form,
        reply=found,
        version=sent if version is None else version,
        clash=clash,
        preview=letter_placeholders.fill(written, placeholders.sample(language)),
        placeholders=placeholders.placeholders(),
        history=[
            record_changes.line(each) for each in history_changes.history(db.session(), RecordType.REPLY, found.id)
        ]
        if found
        else [],
    )
    return make_response(page, code)


def _fault(fault: str) -> str:
    return (
        _("There is a reply of this name in this language already.") if fault == "known" else placeholders.fault(fault)
    )
