"""Referring an enquiry to a faculty, reminding the faculty, and taking it back."""

from collections.abc import Callable

from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import transaction
from webapp.domain.decisions import referrals
from webapp.domain.enquiries import loading
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.search.references import read_reference
from webapp.models import Enquiry
from webapp.vocabulary import Action, Permission
from webapp.web import edge, purposes
from webapp.web.desk.enquiry.done import done
from webapp.web.desk.enquiry.page import ActionAttempt, page
from webapp.web.desk.enquiry.referral_panel import ReferralForm
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp

_ONE = "/enquiries/<reference>/referrals/<id:referral_id>"


@bp.post("/enquiries/<reference>/actions/refer")
@edge.permission(Permission.ENQUIRY_READ)
@purposes.takes(Action.REFER)
def refer(reference: str) -> AnyResponse:
    """Ask a faculty; whatever is refused comes back with what was typed."""
    form = ReferralForm()
    attempt = _attempt(Action.REFER, form)
    if not form.validate():
        return page(read_reference(reference), attempt.refused("wrong"), code=400)

    def change(session: Session, found: Enquiry) -> None:
        by = edge.acting()
        referrals.refer(session, found, form.asking(), version=attempt.version, by=by)

    return _changed(reference, attempt, change)


@bp.post(f"{_ONE}/remind")
@edge.permission(Permission.ENQUIRY_READ)
@purposes.takes(Action.CHASE_REFERRAL)
def remind_faculty(reference: str, referral_id: int) -> AnyResponse:
    """Remind a faculty that has not answered."""
    attempt = _attempt(Action.CHASE_REFERRAL)

    def change(session: Session, found: Enquiry) -> None:
        by = edge.acting()
        referrals.chase(session, found, referral_id, version=attempt.version, by=by)

    return _changed(reference, attempt, change)


@bp.post(f"{_ONE}/recall")
@edge.permission(Permission.ENQUIRY_READ)
@purposes.takes(Action.RECALL)
def recall_referral(reference: str, referral_id: int) -> AnyResponse:
    """Take an enquiry back from a faculty."""
    attempt = _attempt(Action.RECALL)

    def change(session: Session, found: Enquiry) -> None:
        by = edge.acting()
        referrals.recall(session, found, referral_id, version=attempt.version, by=by)

    return _changed(reference, attempt, change)


def _attempt(action: Action, form: ReferralForm | None = None) -> ActionAttempt:
    text = (form.question.data or "") if form else ""
    return ActionAttempt(action, parameters.sent_version(), text=text, assignee=None, referral=form)


def _changed(reference: str, attempt: ActionAttempt, change: Callable[[Session, Enquiry], None]) -> AnyResponse:
    """Change a locked enquiry in one transaction, or show its page with the reason why not."""
    reference = read_reference(reference)
    try:
        with transaction() as session:
            change(session, loading.locked(session, reference, actor=edge.actor()))
    except Conflict:
        return page(reference, attempt, code=409)
    except NotAllowed:
        return page(reference, attempt.refused("not allowed"), code=409)
    except Invalid as error:
        if attempt.referral is not None:
            attempt.referral.refuse(error.faults)
        return page(reference, attempt.refused(next(iter(error.faults.values()))), code=400)
    return done(reference, attempt.action, at="referrals")
