"""The letters as administrators word them: previewed, checked, and reset to the default text."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.history import changes
from webapp.domain.letters import canned_replies, letters
from webapp.domain.letters import placeholders as letter_placeholders
from webapp.domain.letters.letters import LetterWording
from webapp.vocabulary import Language, Letter, Permission, RecordType
from webapp.web import edge, fields
from webapp.web.desk.frame import changes as record_changes
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.letters import placeholders

_ADDRESS = "/letters/<letter>/<text_language>"


@bp.get("/letters", endpoint="letters")
@edge.permission(Permission.ENQUIRY_REPLY)
def letter_list() -> str:
    """Show all letters in all languages, with who worded them otherwise and when, and the office's canned replies."""
    session = db.session()
    found = canned_replies.replies(session, actor=edge.actor())
    written = dict.fromkeys((*edge.languages(), *(reply.language for reply in found)))
    replies = [(language, [reply for reply in found if reply.language is language]) for language in written]
    return render_template(
        "desk/letters/letters.html", wordings=letters.wordings(session), letters=list(Letter), replies=replies
    )


@bp.get(_ADDRESS)
@edge.permission(Permission.ENQUIRY_REPLY)
def letter(letter: str, text_language: str) -> Response:
    """Show one letter in one language, with a preview: to edit it, or to read it before it is used."""
    found = _wording(letter, text_language)
    return _page(found, found.text)


@bp.post(_ADDRESS)
@edge.permission(Permission.LETTER_EDIT)
def change_letter(letter: str, text_language: str) -> AnyResponse:
    """Save a wording, only preview it (`do=preview`), or restore the default text (`do=reset`)."""
    found = _wording(letter, text_language)
    text, do = fields.tidy_text(request.form.get("text")), request.form.get("do", "save")
    wrong = [] if do == "reset" else [placeholders.fault(found) for found in letter_placeholders.faults(text)]
    if wrong or do == "preview":
        return _page(found, text, wrong, code=400 if wrong else 200, version=parameters.sent_version())
    version = parameters.sent_version()
    try:
        with transaction() as session:
            new = None if do == "reset" else text
            letters.change(session, found.letter, found.language, new, version=version, by=edge.acting())
    except Conflict:
        return _overtaken(_wording(letter, text_language), text, version, pressed=do == "reset")
    flash(
        _("The default text is restored.") if do == "reset" else _("Saved. The next letter is worded like this."),
        "good",
    )
    return redirect(url_for("desk.letters"), 303)


def _wording(letter: str, language: str) -> LetterWording:
    if language not in set(Language):
        raise NotFound("language")
    return letters.wording(db.session(), letters.letter_named(letter), Language(language))


def _overtaken(found: LetterWording, text: str, version: int, *, pressed: bool) -> Response:
    row = letters.row(db.session(), found.letter, found.language)
    if pressed:
        return _page(found, found.text, clash=meanwhile.of_button(row, version), code=409)
    clash = meanwhile.of_values(row, version, [(_("Text of the letter"), found.text, text)])
    return _page(found, text, clash=clash, code=409)


def _page(
    found: LetterWording,
    text: str,
    wrong: list[str] | None = None,
    *,
    clash: Clash | None = None,
    code: int = 200,
    version: int | None = None,
) -> Response:
    key = f"{found.letter}:{found.language}"
    page = render_template(
        "desk/letters/letter.html",
        wording=found,
        text=text,
        wrong=wrong or [],
        clash=clash,
        version=found.version if version is None else version,
        preview=letter_placeholders.fill(text, placeholders.sample(found.language)),
        placeholders=placeholders.placeholders(),
        history=[record_changes.line(change) for change in changes.history(db.session(), RecordType.LETTER, key)],
    )
    return make_response(page, code)
