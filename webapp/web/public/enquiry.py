"""The enquiry form: it is kept as typed, checked, and shown once more; `sending` sends it, once."""

from collections.abc import Sequence

from flask import g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from webapp import questions, tidying
from webapp.db import db, reading, transaction
from webapp.domain.calendar import working_days
from webapp.domain.enquiries import drafts, drafts_shown
from webapp.domain.enquiries.submissions import Submission
from webapp.domain.errors import NotFound
from webapp.domain.files import checking
from webapp.models import Draft
from webapp.questions import Shape
from webapp.vocabulary import Kind
from webapp.web import browser, edge, forgery, guards, limits, shown, uploads
from webapp.web.public import answers, blank, challenge, checked, dates, keeping, sending, unsent_files
from webapp.web.public.blueprint import route
from webapp.web.public.bounds import Cut
from webapp.web.public.forms import EnquiryForm, build

_LONGEST_NAME = 100


@route("/enquiries/new", methods=["GET"])
@edge.public
def enquiry_new() -> AnyResponse:
    """Show a new form, or what was kept of one that was begun."""
    if form_id := request.args.get("draft"):
        draft = drafts.find(db.session(), form_id, browser.own())
        if draft is None:
            return sending.expired()
        if draft.enquiry_id is not None:
            return sending.to_tracking(form_id)
        form = sending.refused(build(draft.kind, sending.typed(draft), form_id=form_id), unsent_files.gone(draft))
        return edge.private(sending.page(form, draft.attachments, gone=draft.files_gone))
    return make_response(blank.page(_blank, _new_id))


def _blank(form_id: str) -> str:
    """Return the page of a new form about what the address names."""
    named = tidying.line(request.args.get("network"))
    given = MultiDict({questions.NETWORK.name: named})
    form = build(_kind(request.args.get("kind")) or Kind.VISIT, given, form_id=form_id)
    network = form[questions.NETWORK.name]
    if named in dict(network.known()):
        return sending.rendered(form, [])
    network.data = ""
    return sending.rendered(form, [], unknown_network=named[:_LONGEST_NAME])


@route("/enquiries/new", methods=["POST"])
@edge.public
@forgery.needs_no_token(lambda: _only_begins())  # noqa: PLW0108 - defined below
@edge.takes_files("attachments")
@limits.by_network(limits.FORM)
def enquiry_save() -> AnyResponse:
    """Keep what was typed; then check it, send it, or show the form again, as the pressed button says."""
    form_id = _form_id()
    if _is_final():
        return challenge.send(form_id)
    if not request.files:
        shown.assume()
    kind = _kind(request.form.get("kind"))
    asked = _kind(request.form.get("shown")) or kind or Kind.VISIT
    again = (
        request.form.get("step") in ("kind", "begin", "later") or "remove" in request.form or kind not in (None, asked)
    )
    kept, refused = uploads.read(request.files.getlist("attachments"), edge.settings())
    form = None if again else _validated(asked, form_id, kind, has_files=bool(kept) or _has_files(form_id))
    by = shown.version()
    with transaction() as session:
        kept, over = unsent_files.admitted(session, form_id, kept)
        posted = keeping.Posted(kind or asked, asked, kept, None if over else form)
        kept_id, draft, cuts = keeping.keep(session, form_id, posted)
        if draft.enquiry_id is not None:
            return sending.to_tracking(kept_id, session)
        refused += keeping.too_many(session, draft)
        _remove(session, draft)
        cuts += unsent_files.heed(draft)
        checking.ask(session, draft.attachments, settings=edge.environment())
    cuts += [Cut("attachments", said) for said in (*refused, *over)]
    if over:
        g.refusal = 429
    if kept_id != form_id:
        return _again(draft, kept_id, cuts, after=form_id)
    if form is None:
        return _again(draft, form_id, cuts)
    if over or shown.version() != by:
        form = _validated(asked, form_id, kind, has_files=bool(draft.attachments))
    return _checked(form, draft, form_id, cuts)


@route("/enquiries/check/<form_id>", methods=["GET"])
@edge.public
def enquiry_check(form_id: str) -> AnyResponse:
    """Show what will be sent, with what is known about its dates and when an answer may be expected."""
    found = drafts_shown.find(reading(), form_id, browser.own())
    if found is None:
        return sending.expired()
    shown.knows(found.shown)
    draft = found.draft
    if draft.enquiry_id is not None:
        return sending.to_tracking(form_id)
    said = checked.submission_of(draft) or _said(draft, form_id)
    if said is None:
        return redirect(url_for(".enquiry_new", draft=form_id), 303)
    settings, today = edge.settings(), edge.today()
    days = shown.calendar(settings, today, edge.language())
    page = render_template(
        "public/check.html",
        form_id=form_id,
        kind=draft.kind,
        suspect=draft.suspect,
        seen=checked.seen(draft),
        changed="changed" in request.args,
        parts=answers.review(said, draft.attachments),
        warned=dates.warned(said.answers),
        promise=working_days.promise(today, settings.promised(draft.kind), days),
        working_days=settings.promised(draft.kind),
    )
    return edge.private(make_response(page))


@route("/enquiries/check/<form_id>", methods=["POST"])
@edge.public
@limits.by_network(limits.FORM)
def enquiry_rank(form_id: str) -> AnyResponse:
    """Move what is chosen as `raise` up by one place, in the answer to `question` or, without it, to the first."""
    try:
        with transaction() as session:
            draft = drafts.locked(session, form_id, browser.own())
            ranked = [each for each in questions.own(draft.kind) if each.shape is Shape.RANKED]
            named = request.form.get("question")
            question = next((each for each in ranked if named in (each.name, None)), None)
            if question:
                raised = _raised(draft.fields.get(question.name, []))
                draft.fields = {**draft.fields, question.name: raised}
    except NotFound:
        return sending.expired()
    anchor = question.section.id if question else None
    return redirect(url_for(".enquiry_check", form_id=form_id, _anchor=anchor), 303)


def _said(draft: Draft, form_id: str) -> Submission | None:
    """Return what a draft says once all of it is checked anew, or None where something has to be corrected."""
    form = build(draft.kind, sending.typed(draft), form_id=form_id, has_files=bool(draft.attachments))
    return None if draft.files_gone or not form.validate() else answers.submission(form, draft.kind)


def _raised(chosen: Sequence[str]) -> list[str]:
    order, choice = list(chosen), request.form.get("raise", "")
    if choice in order[1:]:
        place = order.index(choice)
        order[place - 1 : place + 1] = [choice, order[place - 1]]
    return order


def _only_begins() -> bool:
    """Whether this form, as the first page sends it, does nothing but begin another: it names none, and has no files.

    What it begins is this browser's alone, and nothing is sent before its owner looked at it.
    """
    others = {"form_id", "final", "remove", "after"} & request.form.keys()
    return request.form.get("step") == "begin" and not others and not request.files


def _kind(value: str | None) -> Kind | None:
    return Kind(value) if value in set(Kind) else None


def _new_id() -> str:
    return drafts.new_id(browser.own(), secret_key=edge.environment().secret_key)


def _form_id() -> str:
    """Return the form instance that was posted; one that we did not make for this browser is a new one, as typed."""
    given = request.form.get("form_id", "")
    made_here = drafts.is_of(browser.own(), given, secret_keys=edge.environment().secret_keys)
    return given if made_here else _new_id()


def _is_final() -> bool:
    """A form that is sent says nothing but which it is: what is typed into one has to be kept and checked first."""
    return request.form.get("final") == "yes" and not keeping.names() & request.form.keys() and not request.files


def _remove(session: Session, draft: Draft) -> None:
    given = guards.number(request.form.get("remove", ""))
    if given is not None:
        drafts.remove_attachment(session, draft, given)


def _again(draft: Draft, form_id: str, cuts: Sequence[Cut], *, after: str | None = None) -> AnyResponse:
    """Show the form with what was kept, unchecked; where not all was, say so beside all that was typed."""
    step = request.form.get("step")
    if not cuts and step == "later":
        return redirect(url_for(".saved_form", form_id=form_id), 303)
    if not cuts:
        anchor = "kind-choice" if step == "kind" else None
        return redirect(url_for(".enquiry_new", draft=form_id, after=after, _anchor=anchor), 303)
    form = build(draft.kind, MultiDict({**draft.fields, **request.form.to_dict(flat=False)}), form_id=form_id)
    return sending.refusal(sending.refused(form, cuts), draft, after=after)


def _has_files(form_id: str) -> bool:
    """Return whether files that were added before may stand for a message that is empty."""
    if request.form.get("message", "").strip():
        return False
    draft = drafts.find(db.session(), form_id, browser.own())
    return draft is not None and bool(draft.attachments)


def _validated(asked: Kind, form_id: str, kind: Kind | None, *, has_files: bool) -> EnquiryForm:
    """Return the form that was posted, with its errors; with files, its message may be empty."""
    form = build(asked, MultiDict(request.form), form_id=form_id, has_files=has_files)
    form.validate()
    if kind is None and "kind" in request.form:
        form.refuse("kind", gettext("Choose what you would like to arrange."))
    return form


def _checked(form: EnquiryForm, draft: Draft, form_id: str, cuts: Sequence[Cut]) -> AnyResponse:
    """Go on to the check page, or show the form with what has to be corrected."""
    sending.refused(form, cuts)
    if form.errors:
        return sending.refusal(form, draft)
    return redirect(url_for(".enquiry_check", form_id=form_id), 303)
