"""The page behind "I am back": it says until when someone is entered as away, and ends that. GET shows, POST ends."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db
from webapp.domain.decisions import authority, coming_back
from webapp.domain.errors import NotFound
from webapp.domain.links.opening import Opened
from webapp.i18n import date_range
from webapp.vocabulary import LinkKind
from webapp.web import edge, limits
from webapp.web.decisions.blueprint import bp, kept_language, speak, taking


@bp.get("/decisions/<secret:token>/back")
@edge.public
def back(token: str) -> Response:
    """Show what is entered; opening changes nothing."""
    found = _opened(token)
    speak(found)
    away = coming_back.present_leave(db.session(), found, today=edge.today())
    network = found.enquiry.network
    page = render_template(
        "decisions/back.html",
        days=date_range(away.starts_on, away.ends_on, edge.language()) if away else "",
        network=network.short_name if network else "",
        token=token,
        kept_language=kept_language(),
    )
    return make_response(page)


@bp.post("/decisions/<secret:token>/back")
@edge.public
@limits.by_network(limits.WRITE)
def come_back(token: str) -> AnyResponse:
    """End the leave; pressed twice, it is ended once."""
    found = _opened(token)
    speak(found)
    with taking(found) as session:
        coming_back.come_back(session, found, now=edge.now(), settings=edge.settings())
    flash(_("Welcome back. Enquiries of this network come to you again."), "good")
    return redirect(url_for("decisions.show", token=token, language=kept_language()), 303)


def _opened(token: str) -> Opened:
    found = authority.opened(db.session(), token, LinkKind.DECISION, now=edge.now(), settings=edge.settings())
    if found.enquiry.network_id is None:
        raise NotFound("network")
    return found
