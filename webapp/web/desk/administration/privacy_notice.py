"""The form that words the privacy notice; every time that it is published makes a version, and none is lost."""

from functools import partial

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.directory.facts import field_of
from webapp.domain.errors import Conflict
from webapp.domain.history import changes
from webapp.domain.privacy import notice as domain
from webapp.domain.privacy.notice import Wording
from webapp.i18n import N_
from webapp.vocabulary import Language, Permission, RecordType
from webapp.web import edge, fields, prose
from webapp.web.desk.frame import changes as record_changes
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.languages import InLanguages, in_each
from webapp.web.notice import said

_FACTS = ("controller", "authority", "body")
_LONGEST = 30000


class NoticeForm(InLanguages, VersionedForm):
    """What the notice says; its texts in each language are added below."""

    authority_url = fields.page_address(_l("Page of the data protection authority"), limit=200)

    def in_language(self, language: Language) -> set[str]:
        """Return the names of the fields of a language."""
        return {field_of(fact, language) for fact in _FACTS}

    def given(self) -> Wording:
        """Return what a checked form says."""
        texts = {fact: self.texts(partial(field_of, fact)) for fact in _FACTS}
        return Wording(**texts, authority_url=self.authority_url.data or "")


for _fact, _make, _label, _more in (
    ("controller", fields.line, N_("Responsible for the data"), {"limit": 200}),
    ("authority", fields.line, N_("Data protection authority"), {"limit": 200}),
    ("body", fields.text, N_("Text of the notice"), {"limit": _LONGEST, "required": _l("Enter the text in English.")}),
):
    for _name, _field in in_each(partial(field_of, _fact), _make, _label, **_more).items():
        setattr(NoticeForm, _name, _field)


@bp.get("/privacy-notice")
@edge.permission(Permission.SETTINGS_EDIT)
def privacy_notice() -> Response:
    """Show what the notice says, to be worded otherwise."""
    number, wording = said()
    return _page(_form(wording), number)


@bp.post("/privacy-notice")
@edge.permission(Permission.SETTINGS_EDIT)
def publish_notice() -> AnyResponse:
    """Publish the next version, or only show how it would look (`preview`)."""
    number, before = said()
    form = _form(before)
    if not form.validate():
        return _page(form, parameters.sent_version(), 400)
    wording = form.given()
    if "preview" in request.form:
        return _page(form, parameters.sent_version(), preview=wording)
    try:
        with transaction() as session:
            made = domain.publish(session, wording, after=parameters.sent_version(), before=before, by=edge.acting())
    except Conflict:
        return _page(form, number, 409, overtaken=True)
    flash(_("Published as version %(version)s.", version=made.version) if made else _("Nothing was changed."), "good")
    return redirect(url_for("desk.privacy_notice"), 303)


def _form(wording: Wording) -> NoticeForm:
    texts = {"controller": wording.controller, "authority": wording.authority, "body": wording.body}
    values = {field_of(fact, each): by.get(each, "") for fact, by in texts.items() for each in Language}
    return NoticeForm(data={**values, "authority_url": wording.authority_url})


def _page(
    form: NoticeForm, number: int, code: int = 200, *, preview: Wording | None = None, overtaken: bool = False
) -> Response:
    shown = [(each, prose.html(preview.body[each])) for each in edge.languages() if preview and preview.body.get(each)]
    page = render_template(
        "desk/administration/privacy_notice.html",
        form=form,
        facts=[[form[field_of(fact, each)] for each in edge.languages()] for fact in _FACTS],
        version=number,
        overtaken=overtaken,
        shown=shown,
        versions=domain.published(db.session()),
        current=domain.current_version(db.session(), edge.settings()),
        history=[record_changes.line(each) for each in changes.history(db.session(), RecordType.NOTICE, domain.KEY)],
    )
    return make_response(page, code)
