"""Canned replies: kept at the desk in three languages, previewed, and put into the reply to a partner."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain import canned, triage
from webapp.domain.access import read_reference
from webapp.domain.errors import Invalid, NotFound
from webapp.i18n import LANGUAGE_NAMES, date_long
from webapp.vocabulary import Action, Language, Permission
from webapp.web import edge, fields
from webapp.web.desk.blueprint import bp
from webapp.web.desk.enquiry_page import Attempt, page


class ReplyForm(FlaskForm):
    """One canned reply."""

    name = fields.line(_l("Name"), required=_l("Give the reply a name."), limit=canned.LONGEST_NAME)
    language = fields.ChoiceField(
        _l("Language"),
        lambda: [(language.value, name) for language, name in LANGUAGE_NAMES.items()],
        required=_l("Choose a language."),
    )
    text = fields.text(_l("Text"), required=_l("Write the text."), limit=canned.LONGEST_TEXT)


@bp.get("/replies")
@edge.permission(Permission.ENQUIRY_REPLY)
def replies() -> str:
    """All canned replies by language."""
    found = canned.replies(db.session(), actor=edge.actor())
    groups = [(language, [reply for reply in found if reply.language is language]) for language in Language]
    return render_template("desk/replies.html", groups=groups)


@bp.route("/replies/new", methods=["GET", "POST"], defaults={"reply_id": None})
@bp.route("/replies/<int(max=2147483647):reply_id>", methods=["GET", "POST"])
@edge.permission(Permission.ENQUIRY_REPLY)
def edit_reply(reply_id: int | None) -> AnyResponse:
    """Write or change a canned reply; a preview shows it filled in, and saves nothing."""
    known = canned.reply(db.session(), reply_id, actor=edge.actor()) if reply_id is not None else None
    form = ReplyForm(obj=known) if known else ReplyForm(language=edge.language().value)
    if not form.validate_on_submit():
        return _form(form, reply_id, 400 if form.errors else 200)
    if "preview" in request.form:
        return _form(form, reply_id)
    given = {"name": str(form.name.data), "text": str(form.text.data), "language": Language(form.language.data)}
    try:
        with transaction() as session:
            canned.save(session, reply_id, **given, actor=edge.actor(), now=edge.now())
    except Invalid as error:
        for name, fault in error.faults.items():
            form[name].errors = [_fault(fault)]
        return _form(form, reply_id, 400)
    flash(_("The reply “%(name)s” is saved.", name=given["name"]), "good")
    return redirect(url_for("desk.replies"), 303)


@bp.post("/replies/<int(max=2147483647):reply_id>/delete")
@edge.permission(Permission.ENQUIRY_REPLY)
def delete_reply(reply_id: int) -> AnyResponse:
    """Delete a canned reply; the page asked before."""
    with transaction() as session:
        name = canned.delete(session, reply_id, actor=edge.actor())
    flash(_("The reply “%(name)s” is deleted.", name=name), "good")
    return redirect(url_for("desk.replies"), 303)


@bp.post("/enquiries/<reference>/draft")
@edge.permission(Permission.ENQUIRY_REPLY)
def draft_reply(reference: str) -> Response:
    """Show the enquiry with a canned reply below what was typed so far. Nothing is sent or stored."""
    found = read_reference(reference)
    if not found:
        raise NotFound("enquiry")
    session, actor = db.session(), edge.actor()
    enquiry = triage.enquiry(session, found, actor=actor)
    typed, number = fields.tidy_text(request.form.get("text")), request.form.get("reply", type=int)
    text = ""
    if number is not None:
        chosen = canned.reply(session, number, actor=actor)
        known = canned.values(enquiry, sender=actor.name, language=chosen.language, settings=edge.settings())
        text = canned.fill(chosen.text, known)
    whole = "\n\n".join(part for part in (typed, text) if part)
    return page(found, Attempt(Action.REPLY, enquiry.version, whole, None, fault="drafted"))


def _form(form: ReplyForm, reply_id: int | None, code: int = 200) -> Response:
    language = Language(form.language.data) if form.language.data in list(Language) else edge.language()
    preview = canned.fill(str(form.text.data), _sample(language)) if form.text.data and not form.errors else ""
    placeholders = [("{" + name + "}", meaning) for name, meaning in _meanings().items()]
    return make_response(
        render_template("desk/reply.html", form=form, reply_id=reply_id, preview=preview, placeholders=placeholders),
        code,
    )


def _meanings() -> dict[str, str]:
    return {
        "name": _("name of the contact"),
        "organisation": _("their organisation"),
        "reference": _("reference of the enquiry"),
        "subject": _("its subject"),
        "network": _("name of the network, else of the university"),
        "due": _("date of the promise"),
        "sender": _("your name"),
    }


def _sample(language: Language) -> dict[str, str]:
    """What placeholders look like, about plainly fictional people."""
    return {
        "name": "Erika Mustermann",
        "organisation": "Example Institute of Technology",
        "reference": "LD-7K3Q-9XWT",
        "subject": "Joint service-learning programme",
        "network": "Example Network",
        "due": date_long(edge.today(), language),
        "sender": edge.actor().name,
    }


def _fault(fault: str) -> str:
    match fault:
        case "known":
            return _("There is a reply of this name in this language already.")
        case "needed":
            return _("Write something here.")
        case "long":
            return _("This is too long.")
        case placeholder:
            return _("%(placeholder)s is not known. Choose from the list below.", placeholder=placeholder)
