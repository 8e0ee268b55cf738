"""The courteous letters as administrators word them: previewed, checked, and put back to the shipped text."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain import audit, letters
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.letters import Wording
from webapp.i18n import date_long
from webapp.vocabulary import Language, Letter, Permission, Placeholder, Subject
from webapp.web import edge, fields
from webapp.web.desk import records
from webapp.web.desk.blueprint import bp
from webapp.web.desk.courtesy import office

_NAMED = (
    Placeholder.CONTACT_NAME,
    Placeholder.ORGANISATION,
    Placeholder.SUBJECT,
    Placeholder.NETWORK,
    Placeholder.FACULTY,
)
_ADDRESS = "/letters/<letter>/<text_language>"


@bp.get("/letters", endpoint="letters")
@edge.permission(Permission.LETTER_EDIT)
def letter_list() -> str:
    """All letters in all languages, with who worded them otherwise and when."""
    return render_template("desk/letters.html", wordings=letters.wordings(db.session()), letters=list(Letter))


@bp.get(_ADDRESS)
@edge.permission(Permission.LETTER_EDIT)
def letter(letter: str, text_language: str) -> Response:
    """One letter in one language, with a preview."""
    found = _wording(letter, text_language)
    return _page(found, found.text)


@bp.post(_ADDRESS)
@edge.permission(Permission.LETTER_EDIT)
def change_letter(letter: str, text_language: str) -> AnyResponse:
    """Save a wording, only preview it (`do=preview`), or put the shipped text back (`do=reset`)."""
    found = _wording(letter, text_language)
    text, do = fields.tidy_text(request.form.get("text")), request.form.get("do", "save")
    wrong = [] if do == "reset" else [_fault(fault) for fault in letters.faults(text)]
    if wrong or do == "preview":
        return _page(found, text, wrong, code=400 if wrong else 200, version=records.sent_version())
    try:
        with transaction() as session:
            new = None if do == "reset" else text
            version = records.sent_version()
            letters.change(
                session, found.letter, found.language, new, version=version, actor=edge.actor(), now=edge.now()
            )
    except Conflict:
        return _page(_wording(letter, text_language), text, overtaken=True, code=409)
    flash(_("The shipped text is back.") if do == "reset" else _("Saved. The next letter is worded like this."), "good")
    return redirect(url_for("desk.letters"), 303)


def _wording(letter: str, language: str) -> Wording:
    if language not in set(Language):
        raise NotFound("language")
    return letters.wording(db.session(), letters.letter_named(letter), Language(language))


def _fault(fault: str) -> str:
    known = {
        "empty": _("Write the letter, or put the shipped text back."),
        "long": _("Use at most 5,000 characters."),
        "brace": _("A brace stands alone. Names in braces look like {subject}."),
    }
    return known.get(fault) or _("{%(name)s} is not among the names that can be filled in.", name=fault)


def _sample(language: Language) -> dict[Placeholder, str]:
    """What a preview shows: plainly nobody's."""
    names = {
        Language.EN: (
            "Erika Mustermann",
            "Example University",
            "Joint programme",
            "Example Network",
            "Example Faculty",
        ),
        Language.ZH_HANT: ("王小明", "範例大學", "聯合課程", "範例網絡", "範例學院"),
        Language.ZH_HANS: ("张三", "示例大学", "联合课程", "示例网络", "示例学院"),
    }[language]
    return {
        **dict(zip(_NAMED, names, strict=True)),
        Placeholder.REFERENCE: "LD-2345-6789",
        Placeholder.DATES: date_long(edge.today(), language),
        Placeholder.OFFICE: office(language),
    }


def _page(
    found: Wording,
    text: str,
    wrong: list[str] | None = None,
    *,
    overtaken: bool = False,
    code: int = 200,
    version: int | None = None,
) -> Response:
    key = f"{found.letter}:{found.language}"
    page = render_template(
        "desk/letter.html",
        wording=found,
        text=text,
        wrong=wrong or [],
        overtaken=overtaken,
        version=found.version if version is None else version,
        preview=letters.fill(text, _sample(found.language)),
        placeholders=[(placeholder, _(label)) for placeholder, label in labels.PLACEHOLDER.items()],
        history=[records.line(change) for change in audit.history(db.session(), Subject.LETTER, key)],
    )
    return make_response(page, code)
