"""Private addresses by which one's own calendar shows visits: made, read once more, ended."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.errors import Invalid
from webapp.domain.security.tokens import link_token
from webapp.domain.visits import feeds
from webapp.models import CalendarFeed
from webapp.vocabulary import FeedScope, Permission
from webapp.web import edge, fields, shown
from webapp.web.desk.frame.blueprint import bp


def _networks() -> fields.Choices:
    return [("", _("Not of one network")), *((str(row.id), row.short_name) for row in shown.directory().active)]


class FeedForm(FlaskForm):
    """Of which visits a calendar is wanted."""

    scope = fields.ChoiceField(
        _l("Which visits?"), lambda: labels.options(labels.FEED_SCOPE, _), required=_l("Choose which visits.")
    )
    network = fields.ChoiceField(_l("Network"), _networks, description=_l("For the visits of a network."))

    def given(self) -> tuple[FeedScope, int | None]:
        """Return what was chosen; a network counts only for its visits."""
        scope = FeedScope(self.scope.data)
        network = int(self.network.data) if self.network.data and scope is FeedScope.NETWORK else None
        return scope, network


@bp.get("/visits/calendars")
@edge.permission(Permission.ENQUIRY_READ)
def calendar_feeds() -> Response:
    """Show one's own calendars with their addresses."""
    return _page(FeedForm(formdata=None))


@bp.post("/visits/calendars")
@edge.permission(Permission.ENQUIRY_READ)
def add_calendar_feed() -> AnyResponse:
    """Make an address."""
    form = FeedForm()
    if not form.validate():
        return _page(form)
    scope, network = form.given()
    if scope is FeedScope.NETWORK and network is None:
        form.network.errors = [_("Choose the network.")]
        return _page(form)
    try:
        with transaction() as session:
            feeds.add(session, scope, network, by=edge.acting())
    except Invalid as error:
        full = _("You have as many calendars as you can. End one first.")
        form.scope.errors = [full if "many" in error.faults.values() else _("You may not see all of these visits.")]
        return _page(form)
    flash(_("The calendar is made. Copy its address into your calendar program."), "good")
    return redirect(url_for("desk.calendar_feeds"), 303)


@bp.post("/visits/calendars/<id:feed_id>/end")
@edge.permission(Permission.ENQUIRY_READ)
def end_calendar_feed(feed_id: int) -> AnyResponse:
    """End an address of one's own."""
    with transaction() as session:
        feeds.end(session, feed_id, by=edge.acting())
    flash(_("The address has ended. Programs that use it show nothing new."), "good")
    return redirect(url_for("desk.calendar_feeds"), 303)


def _page(form: FeedForm) -> Response:
    person_id = edge.actor().person_id
    found = feeds.own(db.session(), person_id) if person_id is not None else ()
    page = render_template("desk/visits/calendars.html", form=form, feeds=[_shown(each) for each in found])
    return make_response(page, 422 if form.errors else 200)


def _shown(feed: CalendarFeed) -> dict[str, Any]:
    token = link_token(feed, secret_keys=edge.environment().secret_keys)
    name = feed.network.short_name if feed.network else _(labels.FEED_SCOPE[feed.scope])
    address = f"{edge.environment().public_url}/calendars/{token}.ics"
    return {"id": feed.id, "name": name, "address": address, "created_at": feed.created_at}
