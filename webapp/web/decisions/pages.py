"""The addresses behind links in emails; each kind of link has its page. GET shows, only POST decides."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db
from webapp.domain.links import opening
from webapp.models import Approval, Decision, Referral
from webapp.models.link import Link
from webapp.web import edge, purposes
from webapp.web.decisions import approval, decision, referral
from webapp.web.decisions.blueprint import bp
from webapp.web.decisions.forms import NOTES
from webapp.web.limits import WRITE_PER_ADDRESS, limiter


class _Page(NamedTuple):
    """What shows a kind of link, and what takes its answer."""

    show: Callable[[Any, str], Response]
    answer: Callable[[Any, str], AnyResponse]


_PAGES: dict[type[Link], _Page] = {
    Decision: _Page(decision.show, decision.answer),
    Approval: _Page(approval.show, approval.answer),
    Referral: _Page(referral.show, referral.answer),
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
    return _PAGES[type(found)].answer(found, token)


def _opened(token: str) -> Link:
    return opening.opened(db.session(), token, now=edge.now())


@bp.get("/decisions/<secret:token>/files/<id:attachment_id>")
@edge.public
def file(token: str, attachment_id: int) -> Response:
    """Hand out a file of the enquiry as it came, never to be opened in the page."""
    found = opening.attachment(db.session(), token, attachment_id, now=edge.now())
    return edge.download(found.name, found.content)
