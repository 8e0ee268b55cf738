"""The addresses behind links in emails; each kind of link has its page. GET shows, only POST decides."""

from collections.abc import Callable
from typing import NamedTuple

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.decisions import authority
from webapp.domain.errors import Gone
from webapp.domain.history import audit
from webapp.domain.links import opening
from webapp.domain.links.opening import Opened
from webapp.domain.security.permissions import Actor
from webapp.vocabulary import ActorKind, AuditKind, LinkEnd, LinkKind
from webapp.web import audited, edge, limits, purposes
from webapp.web.decisions import decision, question
from webapp.web.decisions.blueprint import bp, opened
from webapp.web.decisions.forms import NOTES


class _Page(NamedTuple):
    """Who holds a kind of link, what shows it, and what takes its answer."""

    holder: ActorKind
    show: Callable[[Opened], Response]
    answer: Callable[[Opened], AnyResponse]


_PAGES = {
    LinkKind.DECISION: _Page(ActorKind.LIAISON, decision.show, decision.answer),
    LinkKind.APPROVAL: _Page(ActorKind.APPROVER, question.show, question.answer),
    LinkKind.REFERRAL: _Page(ActorKind.FACULTY, question.show, question.answer),
}


@bp.get("/decisions/<secret:token>", strict_slashes=False)
@edge.public
def show(token: str) -> Response:
    """Show one enquiry and one form; opening changes nothing, no matter how often and by whom."""
    found = opened(token)
    return _PAGES[found.kind].show(found)


@bp.post("/decisions/<secret:token>", strict_slashes=False)
@edge.public
@limits.by_network(limits.WRITE)
@purposes.effects(NOTES)
def decide(token: str) -> AnyResponse:
    """Take the answer, or say why it was not taken, with everything that was typed."""
    found = opened(token)
    holder, reference, link = _holder(found), found.enquiry.reference, found.link.id
    said = _PAGES[found.kind].answer(found)
    if said.status_code == 303:
        with transaction() as session:
            audit.note(session, AuditKind.LINK_ANSWERED, holder, now=edge.now(), subject=reference, link=link)
    return said


def _holder(found: Opened) -> Actor:
    """Return who opened a link, as far as it says."""
    kind, person = _PAGES[found.kind].holder, found.link.person if found.kind is LinkKind.DECISION else None
    return Actor(kind, person.name if person else "", person.id if person else None, origin=edge.origin())


@bp.get("/decisions/<secret:token>/files/<id:attachment_id>")
@edge.public
def file(token: str, attachment_id: int) -> Response:
    """Hand out a file of the enquiry as it came, never to be opened in the page; none once the link did its work."""
    link = opened(token, shown=False)
    if not authority.is_open(link):
        raise Gone(why=LinkEnd.DECIDED, language=link.language)
    wanted = opening.attachment(db.session(), link, attachment_id)
    return audited.download(wanted, link.enquiry.reference, actor=_holder(link))
