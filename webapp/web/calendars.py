"""Private calendars that programs subscribe to: a secret address, a list of visits, nothing else."""

import hashlib

from flask import Blueprint, Response, make_response, request

from webapp.db import db
from webapp.domain.errors import NotFound
from webapp.domain.visits import feeds
from webapp.i18n import translations
from webapp.labels import FEED_SCOPE
from webapp.mail.invitation import Method, written
from webapp.web import edge, limits
from webapp.web.failures import failure

bp = Blueprint("calendars", __name__)


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.errorhandler(NotFound)
def _unknown(_error: NotFound) -> Response:
    return failure(404)


@bp.get("/calendars/<secret:token>.ics")
@edge.public
@limits.by_network(limits.FORM)
def feed(token: str) -> Response:
    """Hand out the visits of a private calendar; who asks again with what they have gets nothing new."""
    session, settings = db.session(), edge.settings()
    found = feeds.opened(session, token)
    language = edge.environment().spoken(found.owner.language)
    entries = feeds.entries(session, found, language=language, now=edge.now(), settings=settings)
    scope = translations(language).gettext(FEED_SCOPE[found.scope])
    name = found.network.short_name if found.network else scope
    text = written(entries, Method.PUBLISH, name=f"{settings.named('institution_short', language)}: {name}")
    response = make_response(text)
    response.content_type = "text/calendar; charset=utf-8"
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response
