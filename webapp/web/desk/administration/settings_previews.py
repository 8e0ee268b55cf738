"""How pages, emails, promises and levels would look with other settings; nothing of it is saved."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, abort, make_response, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from webapp import labels
from webapp.config import Settings
from webapp.db import db
from webapp.domain import settings as office_settings
from webapp.domain.calendar import office_calendar, working_days
from webapp.institution import InstitutionSettings
from webapp.mail.colours import LEGIBLE, WHITE, contrast, palette
from webapp.mail.messages import Institution
from webapp.mail.render import render
from webapp.seeds.mails import SAMPLES
from webapp.vocabulary import Kind, Language, LeaderRank, Level, MessageKind, Permission
from webapp.web import edge
from webapp.web.desk.administration.settings_forms import InstitutionForm
from webapp.web.desk.frame.blueprint import bp

# A frame of the settings' own page shows them, and they do nothing: no script, no form.
_PAGE_POLICY = "default-src 'self'; script-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@dataclass(frozen=True)
class ColourPreview:
    """What the colour becomes, and where page and email can be seen with the values of a form."""

    brand: str
    darkened: str
    ratio: float
    too_light: bool
    page: str
    email: str
    language: Language


@bp.get("/settings/institution/page")
@edge.permission(Permission.SETTINGS_EDIT)
def settings_page() -> Response:
    """Show a public page with the names and the colour that the address gives."""
    edge.show_with(_asked())
    return _framed(render_template("desk/administration/settings_look.html"), _PAGE_POLICY)


@bp.get("/settings/institution/mail")
@edge.permission(Permission.SETTINGS_EDIT)
def settings_mail() -> Response:
    """Show an email with the names and the colour that the address gives."""
    institution = Institution.from_settings(_asked())
    return _framed(
        render(SAMPLES[MessageKind.PARTNER_RECEIPT](edge.language(), institution), institution).html, _MAIL_POLICY
    )


def _framed(page: str, policy: str) -> Response:
    response = make_response(page)
    response.headers["Content-Security-Policy"] = policy
    return response


def _asked() -> Settings:
    """Return the settings in force with the values that the address gives, checked as the form checks them."""
    settings = edge.settings()
    known = {name: getattr(settings, name) for name in InstitutionSettings.model_fields}
    form = InstitutionForm(formdata=MultiDict({**known, **request.args.to_dict()}), meta={"csrf": False})
    return office_settings.preview(settings, form.chosen()) if form.validate() else abort(404)


def institution(candidate: Settings) -> dict[str, Any]:
    """Return what the institution's page shows beside its form."""
    settings, brand = edge.settings(), candidate.brand
    wanted = request.form.get("preview", "")
    language = Language(wanted) if wanted in edge.languages() else edge.language()
    differs = {
        name: getattr(candidate, name)
        for name in InstitutionForm(formdata=None).names
        if getattr(candidate, name) != getattr(settings, name)
    }
    ratio = contrast(brand, WHITE)
    return {
        "country": labels.country_name(settings.institution_country, edge.language()) or "–",
        "look": ColourPreview(
            brand=brand,
            darkened=palette(brand).fill,
            ratio=round(ratio, 1),
            too_light=ratio < LEGIBLE,
            page=url_for("desk.settings_page", **differs, language=language),
            email=url_for("desk.settings_mail", **differs, language=language),
            language=language,
        ),
    }


def promises(candidate: Settings) -> dict[str, Any]:
    """Return by which day an enquiry of each kind would be promised an answer, if it came today."""
    today, days = _days()
    return {"promised": {kind: working_days.promise(today, candidate.promised(kind), days).due for kind in Kind}}


def levels(candidate: Settings) -> dict[str, Any]:
    """Return the table of levels: who leads such visits, their notice, and the first day that leaves it from today."""
    found, (today, days) = candidate.levels, _days()

    def first(needed: int) -> date:
        return working_days.promise(today, needed, days).due

    rows = [
        (level, [rank for rank in LeaderRank if found.of(rank) is level], needed, first(needed))
        for level, needed in found.notice.items()
    ]
    dean = found.of(LeaderRank.DEAN) or Level.C
    return {"rows": rows, "online": (found.online, first(found.online)), "example": (LeaderRank.DEAN, dean)}


def _days() -> tuple[date, working_days.Calendar]:
    today = edge.today()
    return today, office_calendar.around(db.session(), today, settings=edge.settings())
