"""A partner's list of delegates: sent as a file, pasted or one by one, looked at, then saved."""

from io import BytesIO
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.enquiries import actions, tracking
from webapp.domain.errors import Conflict, NotAllowed, NotFound
from webapp.domain.links.opening import Opened
from webapp.domain.security.acting import Acting
from webapp.domain.visits import roster as rosters
from webapp.domain.visits import roster_changes, roster_entries, roster_passports
from webapp.models import Enquiry
from webapp.tidying.roster.columns import OF_PASSPORT
from webapp.vocabulary import Language, Status
from webapp.web import edge, limits
from webapp.web import rosters as parts
from webapp.web.tracking.blueprint import bp, opened

# After the visit the list stays to be read.
_SHOWN = (*rosters.OPEN, Status.COMPLETED)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/track/<secret:token>/roster")
@edge.public
def roster(token: str) -> AnyResponse:
    """Show the list and the ways to send it; with `look`, what was sent and is not saved."""
    found = _opened(token)
    if found is None:
        return _back(token)
    shown = parts.preview(db.session(), found.enquiry, by=_acting(found.enquiry)) if request.args.get("look") else None
    return _preview(found, shown, 200) if shown else _page(found)


@bp.post("/track/<secret:token>/roster")
@edge.public
@edge.takes_files("roster")
@limits.by_network(limits.FORM)
def send_roster(token: str) -> AnyResponse:
    """Take a list, or one delegate, and show what was read; save it with `confirm`."""
    found = _opened(token)
    if found is None:
        return _back(token)
    answer = parts.take(lambda session: _locked(session, found))
    if answer.saved:
        return _saved(token, answer.asked)
    shown = None if answer.fault else parts.preview(db.session(), found.enquiry, by=_acting(found.enquiry))
    if shown is None:
        return _page(found, fault=answer.fault)
    return _preview(found, shown, 409 if answer.overtaken else None, overtaken=answer.overtaken)


@bp.get("/track/<secret:token>/roster/delegates/<int(max=9999):place>")
@edge.public
def roster_delegate(token: str, place: int) -> AnyResponse:
    """Ask for one delegate, or for what is otherwise with one who is on the list; 0 is someone new."""
    found = _opened(token)
    if found is None or not rosters.is_open(found.enquiry):
        return _back(token)
    with transaction() as session:
        by = _acting(found.enquiry)
        held = rosters.of_partner(session, found.enquiry, passports=True)
        entry = held.at(place) if place else None
        if entry and any(entry.values.get(name) for name in OF_PASSPORT):
            roster_passports.note(session, found.enquiry, [entry.delegate_id or 0], by=by)
    values = entry.values if entry else {"organisation": found.enquiry.organisation}
    return _render("tracking/roster_delegate.html", found, place=place, mark=held.mark, values=values)


@bp.post("/track/<secret:token>/roster/delegates/<int(max=9999):place>")
@edge.public
@limits.by_network(limits.FORM)
def change_roster(token: str, place: int) -> AnyResponse:
    """Move a delegate by one, or take them off the list; where it was changed meanwhile, nothing is done."""
    found = _opened(token)
    if found is None:
        return _back(token)
    mark, what = request.form.get("mark", ""), request.form.get("do", "")
    asked = 0
    try:
        with transaction() as session:
            enquiry, by = _locked(session, found)
            if what == "remove":
                asked = rosters.remove(session, enquiry, place, mark=mark, by=by)
            elif what in ("up", "down"):
                asked = rosters.move(session, enquiry, place, up=what == "up", mark=mark, by=by)
    except (Conflict, NotFound):
        return _page(found, fault=_("The list was changed meanwhile, so nothing was done. Here it is as it is now."))
    return _saved(token, asked)


@bp.get("/track/<secret:token>/roster.csv")
@edge.public
def roster_csv(token: str) -> AnyResponse:
    """Hand out the list, or the template while there is none."""
    return _file(token, "csv", "text/csv")


@bp.get("/track/<secret:token>/roster.xlsx")
@edge.public
def roster_xlsx(token: str) -> AnyResponse:
    """Hand out the list as a workbook, or the template while there is none."""
    return _file(token, "xlsx", _XLSX)


def _file(token: str, kind: str, media_type: str) -> AnyResponse:
    found = _opened(token)
    if found is None:
        return _back(token)
    entries: list[roster_entries.Entry] = []
    if not request.args.get("template"):
        with transaction() as session:
            entries = rosters.of_partner(session, found.enquiry, passports=True).entries
            seen = [each.delegate_id or 0 for each in entries if any(each.values.get(name) for name in OF_PASSPORT)]
            roster_passports.note(session, found.enquiry, seen, by=_acting(found.enquiry))
    name = f"delegates-{found.enquiry.reference}.{kind}" if entries else f"delegates.{kind}"
    content = BytesIO(parts.as_file(entries, kind))
    return send_file(content, media_type, as_attachment=True, download_name=name, etag=False)


def _opened(token: str) -> Opened | None:
    """Return the link where its enquiry has, or had, a list that its holder may read; None where it has none."""
    found = opened(token, whole=False)
    known = found.enquiry.kind == "visit" and found.enquiry.status in _SHOWN
    return found if known and not tracking.hides_replies(found) else None


def _locked(session: Session, found: Opened) -> tuple[Enquiry, Acting]:
    held = tracking.locked(session, found, now=edge.now())
    if not rosters.is_open(held):
        raise NotAllowed("no delegates are named now")
    return held, _acting(held)


def _acting(enquiry: Enquiry) -> Acting:
    partner = actions.partner(enquiry)
    return Acting(partner, edge.now(), edge.settings())


def _saved(token: str, asked: int) -> AnyResponse:
    flash(_("Your changes are with the office, which looks at each.") if asked else _("The list is saved."), "good")
    return redirect(url_for("tracking.roster", token=token, language=_language()), 303)


def _page(found: Opened, *, fault: str = "") -> Response:
    session, enquiry, by = db.session(), found.enquiry, _acting(found.enquiry)
    held = rosters.of_partner(session, enquiry)
    response = _render(
        "tracking/roster.html",
        found,
        roster=held,
        fault=fault,
        draft=parts.preview(session, enquiry, by=by),
        refused=len(roster_changes.refused(session, enquiry.id)),
        open=rosters.is_open(enquiry),
        link=lambda place: url_for("tracking.roster_delegate", token=found.token, place=place, language=_language()),
        settings=edge.settings(),
    )
    response.status_code = 422 if fault else 200
    return response


def _preview(found: Opened, shown: parts.Preview, code: int | None, **more: Any) -> Response:
    response = _render("tracking/roster_preview.html", found, preview=shown, **more)
    response.status_code = code or (200 if shown.is_good or shown.waits else 422)
    return response


def _render(template: str, found: Opened, **values: Any) -> Response:
    said = {"enquiry": found.enquiry, "token": found.token, "kept_language": _language()}
    return make_response(render_template(template, **said, **parts.words(), **values))


def _language() -> Language | None:
    asked = request.args.get("language")
    return Language(asked) if asked in edge.languages() else None


def _back(token: str) -> AnyResponse:
    return redirect(url_for("tracking.show", token=token, language=_language()), 303)
