"""The office's own settings, for administrators: each part has a page, with a preview, and says who changed it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain import settings as domain_settings
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.history import changes
from webapp.i18n import N_
from webapp.institution import InstitutionSettings
from webapp.models import Change
from webapp.vocabulary import Permission, RecordType
from webapp.web import edge
from webapp.web.desk.administration import settings_previews
from webapp.web.desk.administration.settings_forms import (
    CapacityForm,
    ColleaguesForm,
    InstitutionForm,
    LevelsForm,
    OfficeForm,
    PrivacyForm,
    PromisesForm,
    ScreeningForm,
    WeekForm,
)
from webapp.web.desk.frame import changes as record_changes
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash


@dataclass(frozen=True)
class SettingsSection:
    """One part of the settings: its page's name, its form, and what the page shows of values before they are saved."""

    title: str
    form: type[OfficeForm]
    preview: Callable[[Settings], Mapping[str, Any]] = lambda _candidate: {}


SECTIONS: dict[str, SettingsSection] = {
    "institution": SettingsSection(N_("Institution"), InstitutionForm, settings_previews.institution),
    "promises": SettingsSection(N_("Promises"), PromisesForm, settings_previews.promises),
    "levels": SettingsSection(N_("Levels of visits"), LevelsForm, settings_previews.levels),
    "capacity": SettingsSection(N_("How many visits the office receives"), CapacityForm),
    "week": SettingsSection(N_("Working week"), WeekForm),
    "colleagues": SettingsSection(N_("Colleagues"), ColleaguesForm),
    "privacy": SettingsSection(N_("How long personal data are kept"), PrivacyForm),
    "screening": SettingsSection(N_("Screening of restricted parties"), ScreeningForm),
}


@bp.get("/settings")
@edge.permission(Permission.SETTINGS_EDIT)
def office_settings() -> str:
    """Show what can be chosen, and what holds now."""
    return render_template(
        "desk/administration/settings.html", settings=edge.settings(), chosen=domain_settings.choices(db.session())
    )


@bp.get("/settings/<part>")
@edge.permission(Permission.SETTINGS_EDIT)
def office_part(part: str) -> Response:
    """Show one part of the settings, with a preview of what holds now."""
    return _page(part, _form(part))


@bp.post("/settings/<part>")
@edge.permission(Permission.SETTINGS_EDIT)
def change_part(part: str) -> AnyResponse:
    """Save a part, only preview it (`preview=…`), or put the installation's values back (`do=reset`)."""
    form = _form(part)
    if request.form.get("do") == "reset":
        return _reset(part, form)
    if not form.validate():
        return _page(part, form, code=400)
    try:
        candidate = domain_settings.preview(edge.settings(), form.chosen())
        if "preview" in request.form:
            return _page(part, form, candidate)
        _save(form.chosen())
    except Invalid as error:
        for name, fault in error.faults.items():
            form[name].errors = [_fault(fault)]
        return _page(part, form, code=400)
    except Conflict:
        clash = meanwhile.of_form(form, domain_settings.row(db.session()), parameters.sent_version(), _current(form))
        return _page(part, form, clash=clash, code=409)
    flash(_("Saved."), "good")
    return redirect(url_for("desk.office_part", part=part), 303)


def _form(part: str) -> OfficeForm:
    if part not in SECTIONS:
        raise NotFound("part of the settings")
    settings, chosen = edge.settings(), domain_settings.choices(db.session())
    known = {name: getattr(settings, name) for name in InstitutionSettings.model_fields}
    return SECTIONS[part].form(data={**known, **vars(chosen)})


def _save(chosen: Mapping[str, Any]) -> None:
    version = parameters.sent_version()
    with transaction() as session:
        domain_settings.change(session, chosen, version=version, by=edge.acting(), settings=edge.environment())


def _reset(part: str, form: OfficeForm) -> AnyResponse:
    """Let the environment's values hold again; a person who was overtaken first sees what someone else chose."""
    own = {name: getattr(edge.environment(), name) for name in form.names if name in InstitutionSettings.model_fields}
    try:
        _save(own)
    except Conflict:
        clash = meanwhile.of_button(domain_settings.row(db.session()), parameters.sent_version())
        return _page(part, SECTIONS[part].form(formdata=None, data=_current(form)), clash=clash, code=409)
    flash(_("The installation’s defaults are restored."), "good")
    return redirect(url_for("desk.office_part", part=part), 303)


def _fault(fault: str) -> str:
    if fault == "order":
        return _("A higher level needs at least as many days as a lower one, and a meeting online the fewest.")
    return _("This cannot be used.")


def _changes(form: OfficeForm) -> list[Change]:
    """Return what was changed of a form's settings, latest first."""
    names = set(form.names)
    return [
        row
        for row in changes.history(db.session(), RecordType.SETTINGS, domain_settings.KEY)
        if names & row.fields.keys()
    ]


def _current(form: OfficeForm) -> dict[str, Any]:
    settings, chosen = edge.settings(), domain_settings.choices(db.session())
    return {name: getattr(settings, name, None) for name in form.names} | {
        name: value for name, value in vars(chosen).items() if name in form.names
    }


def _page(
    part: str,
    form: OfficeForm,
    candidate: Settings | None = None,
    *,
    clash: Clash | None = None,
    code: int = 200,
) -> Response:
    here = SECTIONS[part]
    resubmitted = request.method == "POST" and clash is None
    page = render_template(
        f"desk/administration/settings_{part}.html",
        title=_(here.title),
        part=part,
        form=form,
        version=parameters.sent_version() if resubmitted else domain_settings.version(db.session()),
        clash=clash,
        history=[record_changes.line(change) for change in _changes(form)],
        installed=_installed(form),
        **here.preview(candidate or edge.settings()),
    )
    return make_response(page, code)


def _installed(form: OfficeForm) -> list[tuple[str, str]]:
    """Return what the environment says where someone chose otherwise, as people read it."""
    here, there = edge.settings(), edge.environment()
    names = [name for name in form.names if name in InstitutionSettings.model_fields]
    return [
        record_changes.in_words(name, getattr(there, name))
        for name in names
        if getattr(here, name) != getattr(there, name)
    ]
