"""A form becomes an enquiry, once; and what is shown instead where it cannot be sent."""

from collections.abc import Sequence
from typing import Any

from flask import g, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import transaction
from webapp.domain.enquiries import drafts, held, saving, senders, submissions
from webapp.domain.errors import NotFound
from webapp.domain.links import issuing
from webapp.domain.security import tokens
from webapp.models import Attachment, Draft, Enquiry, Link
from webapp.models.batch import Numbers
from webapp.web import browser, edge, limits, pages, shown, uploads
from webapp.web.public import answers, checked, dates, keeping, unsent_files
from webapp.web.public.bounds import Cut
from webapp.web.public.forms import EnquiryForm, build


def send(form_id: str, *, seen: str = "") -> AnyResponse:
    """Make the draft an enquiry, once; sending it again leads to the same one. Raises TooMany.

    `seen` is what the page said that it showed: what another window changed since is shown before it is sent.
    """
    try:
        with transaction() as session:
            found = drafts.to_send(session, form_id, browser.own(), reserve=submissions.BEGUN)
            shown.knows(found.shown)
            if seen and found.draft.enquiry_id is None and seen != checked.seen(found.draft):
                return redirect(url_for(".enquiry_check", form_id=form_id, changed="yes"), 303)
            return locked(session, form_id, found.draft, numbers=found.numbers)
    except NotFound:
        return expired()


def locked(
    session: Session, form_id: str, draft: Draft, *, proven: bool = False, numbers: Numbers | None = None
) -> AnyResponse:
    """Send a draft that this transaction holds; `proven` is as for `senders.admit`, `numbers` as for `submit`.

    Raises TooMany.
    """
    if draft.enquiry_id is not None:
        return to_tracking(form_id, session)
    submission = checked.submission_of(draft)
    if submission is None:
        form = build(draft.kind, typed(draft), form_id=form_id, has_files=bool(draft.attachments))
        form.validate()
        if refused(form, unsent_files.gone(draft)).errors:
            return refusal(form, draft)
        submission = answers.submission(form, draft.kind)
    if draft.suspect and held.is_full(session, now=edge.now()):
        return _not_taken(form_id)
    given: dict[str, Any] = {"now": edge.now(), "settings": edge.settings()}
    senders.admit(session, email=submission.contact_email, address=limits.address(), proven=proven, **given)
    own = issuing.of_browser(0, submission.contact_email, browser.own(), **given)
    meets = shown.arrivals(edge.settings(), edge.today())
    given |= {"meets": meets, "numbers": numbers}
    enquiry, new = submissions.submit(session, submission, draft=draft, links=[own], **given)
    if not new:
        return _to(session, enquiry)
    if draft.attachments:
        unsent_files.sent(session, draft)
    if draft.saved:
        saving.end(session, draft, now=edge.now())
    return _by(own)


def to_tracking(form_id: str, session: Session | None = None) -> AnyResponse:
    """Lead to the enquiry that a form instance became, while this browser opens it; then its email does."""
    if session is None:
        with transaction() as opened:
            return to_tracking(form_id, opened)
    draft = drafts.locked(session, form_id, browser.own())
    return _to(session, session.get_one(Enquiry, draft.enquiry_id))


def _to(session: Session, enquiry: Enquiry) -> AnyResponse:
    link = issuing.browsers(session, enquiry, browser.own(), now=edge.now())
    return _by(link) if link else expired()


def _by(link: Link) -> AnyResponse:
    """Lead to an enquiry's page by the link of the browser that sent it: the lasting one is emailed."""
    token = tokens.link_token(link, secret_keys=edge.environment().secret_keys)
    return redirect(url_for("tracking.show", token=token), 303)


def _not_taken(form_id: str) -> AnyResponse:
    """Say that nothing was sent: too much of what programs send is waiting for someone's look already."""
    return edge.private(make_response(render_template("public/enquiry_not_taken.html", form_id=form_id), 429))


def expired() -> AnyResponse:
    """Say that a form is not kept, or not any more."""
    return edge.private(make_response(render_template("public/enquiry_expired.html"), 404))


def typed(draft: Draft) -> MultiDict[str, str]:
    """Return what was typed into a draft, as a form takes it."""
    return MultiDict(draft.fields)


def refused(form: EnquiryForm, cuts: Sequence[Cut]) -> EnquiryForm:
    """Add to a form what could not be kept of it, as errors, and return it."""
    for cut in cuts:
        form.refuse(cut.name, cut.said)
    return form


def refusal(form: EnquiryForm, draft: Draft, *, after: str | None = None) -> AnyResponse:
    """Show the form with what has to be corrected; 429 where too much came from one network."""
    code = g.get("refusal", 422)
    pages.opens_at("public.enquiry_new", draft=str(form.form_id.data))
    return edge.private(page(form, draft.attachments, code, after=after, gone=draft.files_gone))


def page(
    form: EnquiryForm,
    attachments: list[Attachment],
    status: int = 200,
    *,
    after: str | None = None,
    gone: Sequence[str] = (),
) -> AnyResponse:
    """Return the page of a form with the files that are kept."""
    return make_response(rendered(form, attachments, after=after, gone=gone), status)


def rendered(
    form: EnquiryForm,
    attachments: list[Attachment],
    *,
    after: str | None = None,
    unknown_network: str = "",
    gone: Sequence[str] = (),
) -> str:
    """Return a form's page as text; `after` is the form that it follows, `gone` names files that are kept no longer."""
    return render_template(
        "public/enquiry.html",
        form=form,
        attachments=attachments,
        notes=dates.notes(form),
        depends_on=dates.DEPENDS_ON,
        accept=uploads.ACCEPT,
        settings=edge.settings(),
        first=keeping.first(after),
        unknown_network=unknown_network,
        gone=gone,
    )
