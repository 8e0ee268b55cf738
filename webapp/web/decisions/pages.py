"""The addresses behind links in emails; each kind of link has its page. GET shows, only POST decides."""

from collections.abc import Callable
from typing import NamedTuple

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db
from webapp.domain.decisions import authority
from webapp.domain.errors import Gone, NotFound
from webapp.domain.links import opening
from webapp.domain.links.opening import Opened
from webapp.vocabulary import LinkEnd, LinkKind
from webapp.web import audited, edge, limits, purposes
from webapp.web.decisions import decision, hosting, question
from webapp.web.decisions.blueprint import bp, holder, opened
from webapp.web.decisions.forms import NOTES


class _Page(NamedTuple):
    """What shows a kind of link, and what takes its answer."""

    show: Callable[[Opened], Response]
    answer: Callable[[Opened], AnyResponse]


_PAGES = {
    LinkKind.DECISION: _Page(decision.show, decision.answer),
    LinkKind.APPROVAL: _Page(question.show, question.answer),
    LinkKind.REFERRAL: _Page(question.show, question.answer),
    LinkKind.HOST: _Page(hosting.show, hosting.answer),
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
    return _PAGES[found.kind].answer(found)


@bp.get("/decisions/<secret:token>/files/<id:attachment_id>")
@edge.public
def file(token: str, attachment_id: int) -> Response:
    """Hand out a file of the enquiry as it came, never to be opened in the page; none once the link did its work."""
    link = opened(token, shown=False)
    if link.kind is LinkKind.HOST:
        raise NotFound("file")
    if not authority.is_open(link):
        raise Gone(why=LinkEnd.DECIDED, language=link.language)
    wanted = opening.attachment(db.session(), link, attachment_id)
    return audited.download(wanted, link.enquiry.reference, actor=holder(link))
