"""Unplanned closures: see what one would move, declare it, tell everyone, undo it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.calendar import closures
from webapp.domain.calendar.clock import PromiseMove
from webapp.domain.errors import Conflict, NotAllowed
from webapp.domain.notifications import closure_notices
from webapp.vocabulary import Permission
from webapp.web import edge
from webapp.web.desk.calendar.forms import ClosureForm, NoticeForm, preset
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.languages import name_in

_ID = "<id:closure_id>"


@bp.get("/calendar/closures/new")
@edge.permission(Permission.CALENDAR_EDIT)
def new_closure() -> Response:
    """Show what a closure would move: nothing is changed. `?because=` fills the reason in, in every language."""
    if "first" not in request.args:
        return _new(ClosureForm(formdata=None))
    given = MultiDict(request.args)
    for language, text in preset(given.get("because", "")).items():
        given.setdefault(name_in(language), text)
    form = ClosureForm(formdata=given, meta={"csrf": False})
    return _new(form, looked=form.validate())


@bp.post("/calendar/closures/new")
@edge.permission(Permission.CALENDAR_EDIT)
def declare_closure() -> AnyResponse:
    """Declare a closure whose moves were seen, and move every clock that counted its days; else show them."""
    form, actor = ClosureForm(), edge.actor()
    if not form.validate():
        return _new(form, code=400)
    first, last = form.days()
    number = closures.number(db.session(), first, last, actor=actor, settings=edge.settings())
    looked = "look" not in request.form and request.form.get("seen") == _seen(first, last, number)
    if not looked and closures.declared(db.session(), first, last) is None:
        return _new(form, looked=True)
    with transaction() as session:
        made = closures.declare(session, first, last, form.texts(), by=edge.acting())
        made_id, moving = made.id, made.moving
    [moved, _back] = closures.moved(db.session(), made, actor=actor)
    text = ngettext("Declared. %(num)s promise has moved.", "Declared. %(num)s promises have moved.", moved.number)
    flash(_("Declared. The promises are being moved.") if moving else text, "good")
    return redirect(url_for("desk.closure", closure_id=made_id), 303)


@bp.get(f"/calendar/closures/{_ID}")
@edge.permission(Permission.ENQUIRY_READ)
def closure(closure_id: int) -> Response:
    """Show one closure: what it moved, who got a notice, and how to undo it."""
    return _page(closure_id)


@bp.post(f"/calendar/closures/{_ID}/undo")
@edge.permission(Permission.CALENDAR_EDIT)
def undo_closure(closure_id: int) -> AnyResponse:
    """Undo a closure; every clock that still runs is counted as if it had never been."""
    version = parameters.sent_version()
    try:
        with transaction() as session:
            held = closures.locked(session, closure_id)
            closures.revoke(session, held, version=version, by=edge.acting())
            moving = held.moving
    except (Conflict, NotAllowed):
        found = closures.with_notices(db.session(), closure_id)
        clash = meanwhile.of_button(found, version, gone=found.revoked_at is not None)
        return _page(closure_id, code=409, clash=clash)
    restored = _("The closure is undone. Every due date is restored.")
    flash(_("The closure is undone. The due dates are being restored.") if moving else restored, "good")
    return redirect(url_for("desk.closure", closure_id=closure_id), 303)


@bp.post(f"/calendar/closures/{_ID}/notice")
@edge.permission(Permission.CALENDAR_EDIT)
def send_notice(closure_id: int) -> AnyResponse:
    """Send the notice: one email to each person at most."""
    form, actor = NoticeForm(), edge.actor()
    if not form.validate():
        return _page(closure_id, form, 400)
    try:
        with transaction() as session:
            closures.locked(session, closure_id)
            found = closures.closure(session, closure_id, actor=actor)
            sent = closure_notices.send(session, found, form.notices(), by=edge.acting())
            number = len(sent.messages)
    except NotAllowed:
        flash(_("The notice was sent already. No one gets it twice."), "warn")
    else:
        flash(ngettext("%(num)s email is on its way.", "%(num)s emails are on their way.", number), "good")
    return redirect(url_for("desk.closure", closure_id=closure_id), 303)


def _new(form: ClosureForm, *, looked: bool = False, code: int = 200) -> Response:
    moves: Sequence[PromiseMove] | None = None
    number, seen = 0, ""
    if looked:
        first, last = form.days()
        form.last.data = last
        given: dict[str, Any] = {"actor": edge.actor(), "settings": edge.settings()}
        would = closures.preview(db.session(), first, last, **given)
        moves, number = would.moves, would.number
        seen = _seen(first, last, number)
    page = render_template("desk/calendar/closure_new.html", form=form, moves=moves, number=number, seen=seen)
    return make_response(page, code)


def _seen(first: date, last: date, number: int) -> str:
    """Return what someone looked at before they declare it: other days, or another number of moves, are shown anew."""
    return f"{first.isoformat()}/{last.isoformat()}/{number}"


def _page(closure_id: int, form: NoticeForm | None = None, code: int = 200, clash: Clash | None = None) -> Response:
    session, actor = db.session(), edge.actor()
    found = closures.with_notices(session, closure_id)
    sent, wanted = closure_notices.sent(found), closure_notices.wanted_number(session, found)
    if form is None and sent is None and wanted and not found.moving:
        form = NoticeForm(
            formdata=None, **{language.suffix: text for language, text in closure_notices.draft(found).items()}
        )
    page = render_template(
        "desk/calendar/closure.html",
        closure=found,
        notices=found.notices,
        mails=closure_notices.messages_of(session, found, actor=actor),
        moved=closures.moved(session, found, actor=actor),
        left=closures.left(session, found, settings=edge.settings()),
        wanted=wanted,
        form=form,
        clash=clash,
    )
    return make_response(page, code)
