"""The addresses behind links in emails; each kind of link has its page. GET shows, only POST decides."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.history import audit
from webapp.domain.links import opening
from webapp.domain.security.permissions import Actor
from webapp.models import Approval, Decision, Referral
from webapp.models.link import Link
from webapp.vocabulary import ActorKind, AuditKind
from webapp.web import audited, edge, purposes
from webapp.web.decisions import approval, decision, referral
from webapp.web.decisions.blueprint import bp
from webapp.web.decisions.forms import NOTES
from webapp.web.limits import WRITE_PER_ADDRESS, limiter


class _Page(NamedTuple):
    """Who holds a kind of link, what shows it, and what takes its answer."""

    holder: ActorKind
    show: Callable[[Any, str], Response]
    answer: Callable[[Any, str], AnyResponse]


_PAGES: dict[type[Link], _Page] = {
    Decision: _Page(ActorKind.LIAISON, decision.show, decision.answer),
    Approval: _Page(ActorKind.APPROVER, approval.show, approval.answer),
    Referral: _Page(ActorKind.FACULTY, referral.show, referral.answer),
}


@bp.get("/decisions/<secret:token>", strict_slashes=False)
@edge.public
def show(token: str) -> Response:
    """Show one enquiry and one form; opening changes nothing, no matter how often and by whom."""
    found = _opened(token)
    return _PAGES[type(found)].show(found, token)


@bp.post("/decisions/<secret:token>", strict_slashes=False)
@edge.public
@limiter.limit(WRITE_PER_ADDRESS)
@purposes.effects(NOTES)
def decide(token: str) -> AnyResponse:
    """Take the answer, or say why it was not taken, with everything that was typed."""
    found = _opened(token)
    by, reference, link = _holder(found), found.enquiry.reference, found.id
    said = _PAGES[type(found)].answer(found, token)
    if said.status_code == 303:
        with transaction() as session:
            audit.note(session, AuditKind.LINK_ANSWERED, by, now=edge.now(), subject=reference, link=link)
    return said


def _holder(found: Link) -> Actor:
    """Return who opened a link, as far as it says."""
    kind = _PAGES[type(found)].holder
    if isinstance(found, Decision):
        return Actor(kind, found.person.name, found.person_id, origin=edge.origin())
    return Actor(kind, "", origin=edge.origin())


def _opened(token: str) -> Link:
    return opening.opened(db.session(), token, now=edge.now())


@bp.get("/decisions/<secret:token>/files/<int(max=2147483647):attachment_id>")
@edge.public
def file(token: str, attachment_id: int) -> Response:
    """Hand out a file of the enquiry as it came, never to be opened in the page."""
    found = opening.attachment(db.session(), token, attachment_id, now=edge.now())
    link = _opened(token)
    return audited.download(found, link.enquiry.reference, by=_holder(link))
