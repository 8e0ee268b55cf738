"""The blueprint of pages behind links in emails: private, and clear where a link has ended."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm import Session

from webapp.db import db, transaction
from webapp.domain.decisions import authority
from webapp.domain.errors import Gone, NotFound
from webapp.domain.history import audit
from webapp.domain.links.opening import Opened
from webapp.domain.security.permissions import Actor
from webapp.vocabulary import ActorKind, AuditKind, Language, LinkKind
from webapp.web import edge
from webapp.web.failures import expired, failure

bp = Blueprint("decisions", __name__)
_HOLDERS = {
    LinkKind.DECISION: ActorKind.LIAISON,
    LinkKind.APPROVAL: ActorKind.APPROVER,
    LinkKind.REFERRAL: ActorKind.FACULTY,
    LinkKind.HOST: ActorKind.HOST,
}


@bp.before_request
def _take_language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


def opened(token: str, *, shown: bool = True) -> Opened:
    """Return the link of a token, by default with all that its page shows of the enquiry. Raises NotFound, Gone."""
    return authority.opened(db.session(), token, now=edge.now(), settings=edge.settings(), shown=shown)


def holder(found: Opened) -> Actor:
    """Return who opened a link, as far as it says."""
    person = found.link.person if found.kind in (LinkKind.DECISION, LinkKind.HOST) else None
    return Actor(
        _HOLDERS[found.kind], person.name if person else "", person.id if person else None, origin=edge.origin()
    )


@contextmanager
def taking(found: Opened) -> Iterator[Session]:
    """Yield the transaction in which an answer by a link is taken: the audit log knows of it, or it was not given."""
    who, reference, link = holder(found), found.enquiry.reference, found.link.id
    with transaction() as session:
        yield session
        audit.note(session, AuditKind.LINK_ANSWERED, who, now=edge.now(), subject=reference, link=link)


def speak(found: Opened) -> None:
    """Answer in the holder's language unless another was asked for."""
    if not kept_language():
        edge.set_language(found.language)


def kept_language() -> Language | None:
    """Return the language that the address asks for, which forms and what follows them keep."""
    asked = request.args.get("language")
    return Language(asked) if asked in edge.languages() else None


@bp.errorhandler(CSRFError)
def _expired(_error: CSRFError) -> Response:
    """Show the words again, in the language of the person who has the link."""
    try:
        found = opened((request.view_args or {})["token"], shown=False)
    except NotFound:
        return failure(403, expired=True)
    except Gone as error:
        return _gone(error)
    edge.set_language(found.language)
    edge.set_language(request.args.get("language"))
    return expired()


@bp.errorhandler(NotFound)
def _unknown(_error: NotFound) -> Response:
    return make_response(render_template("decisions/closed.html", passed_to="", known=False), 404)


@bp.errorhandler(Gone)
def _gone(error: Gone) -> Response:
    if not kept_language():
        edge.set_language(error.language)
    page = render_template("decisions/closed.html", passed_to=error.passed_to, why=error.why, known=True)
    return make_response(page, 410)
