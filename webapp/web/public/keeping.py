"""What was posted is kept in the draft of its form; what is typed into a form that was sent, in that of a new one."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from webapp.db import db
from webapp.domain.directory import listing
from webapp.domain.enquiries import drafts, drafts_written, submissions
from webapp.models import Draft, Enquiry
from webapp.vocabulary import Kind
from webapp.web import browser, edge, shown
from webapp.web.public import answers, bounds, checked
from webapp.web.public.bounds import Cut
from webapp.web.public.forms import EnquiryForm, build, names_of

# Fields that people do not see; the second is that of earlier pages, and what programs look for.
_HIDDEN = ("leave_empty", "homepage")


def names() -> frozenset[str]:
    """Return the names of what any kind's form asks."""
    return _union(tuple(names_of(kind) for kind in Kind))


@lru_cache(maxsize=8)
def _union(each: tuple[frozenset[str], ...]) -> frozenset[str]:
    return frozenset().union(*each)


@dataclass(frozen=True)
class Posted:
    """One posting of the form: the kind that was chosen, the kind that was shown, and the files that can be kept.

    `form` is what is checked already, if it is.
    """

    kind: Kind
    shown: Kind
    files: list[drafts.Upload]
    form: EnquiryForm | None = None


def keep(session: Session, form_id: str, posted: Posted) -> tuple[str, Draft, list[Cut]]:
    """Keep what was posted; return the id of the form and the draft that holds it, and what is more than it holds.

    That is the form that was posted; where it was sent already and this is something else, the one that follows it.
    A draft with an enquiry says that just this was sent. The same words always lead to the same form, so two
    postings of them make one draft, and two different ones two.
    """
    typed, cuts = bounds.within(_sent())
    draft = _write(session, form_id, posted, typed, cuts)
    if draft is not None:
        return form_id, draft, cuts
    if not shown.knows(listing.version(session)):
        posted = replace(posted, form=None)  # it was checked by what holds no more
    typed, cuts = bounds.within({**_told_before(session, form_id, posted), **_sent()})
    draft = _save(session, form_id, posted, typed, cuts)
    if draft.enquiry_id is None or not _differs(draft, posted, typed):
        return form_id, draft, cuts
    key = edge.environment().secret_key
    following = drafts.following(form_id, posted.kind, typed, secret_key=key, browser=browser.own())
    return keep(session, following, posted)


def _write(
    session: Session, form_id: str, posted: Posted, typed: dict[str, list[str]], cuts: list[Cut]
) -> Draft | None:
    """Keep it by one statement; None where that is not all that there is to it."""
    if posted.files:
        return None
    found = drafts_written.write(
        session,
        form_id,
        browser=browser.own(),
        kind=posted.kind,
        language=edge.language(),
        fields=typed,
        asked=names_of(posted.shown),
        checked={} if cuts else _checked(posted, typed),
        suspect=_is_suspect(),
        now=edge.now(),
    )
    if found is None:
        return None
    shown.knows(found.shown)
    return found.draft


def _checked(posted: Posted, typed: dict[str, list[str]]) -> dict[str, Any]:
    """Return what is kept of the form where it has no error, and says what is kept of what was typed."""
    if posted.form is None or posted.form.errors:
        return {}
    form = request.form
    same = all(form.getlist(name) == values for name, values in typed.items() if name in form)
    return checked.said(posted.form, posted.kind, typed) if same else {}


def _is_suspect() -> bool:
    return any(request.form.get(name) for name in _HIDDEN)


def _save(session: Session, form_id: str, posted: Posted, typed: dict[str, list[str]], cuts: list[Cut]) -> Draft:
    return drafts.save(
        session,
        form_id,
        browser=browser.own(),
        kind=posted.kind,
        language=edge.language(),
        fields=typed,
        uploads=posted.files,
        suspect=_is_suspect(),
        checked={} if cuts else _checked(posted, typed),
        now=edge.now(),
    )


def _told_before(session: Session, form_id: str, posted: Posted) -> dict[str, list[str]]:
    """Return what was typed into the other kinds' forms, which the shown one does not ask."""
    before = drafts.find(session, form_id, browser.own())
    asked = names_of(posted.shown)
    return {name: values for name, values in before.fields.items() if name not in asked} if before else {}


def _sent() -> dict[str, list[str]]:
    """What was sent for fields of any kind's form."""
    form, asked = request.form, names()
    return {name: form.getlist(name) for name in form if name in asked}


def _differs(draft: Draft, posted: Posted, typed: dict[str, list[str]]) -> bool:
    """Return whether this is something else than what the draft sent; what could not have been sent always is."""
    if not drafts.holds(draft, posted.files):
        return True
    form = build(posted.kind, MultiDict(typed), has_files=bool(draft.attachments))
    return not form.validate() or submissions.digest(answers.submission(form, posted.kind)) != draft.sent_hash


def too_many(session: Session, draft: Draft) -> list[str]:
    """Drop the files beyond the number that may be sent, and say which."""
    extra = draft.attachments[edge.settings().attachment_count :]
    for attachment in extra:
        drafts.remove_attachment(session, draft, attachment.id)
    return [
        gettext("“%(name)s” was not kept: send at most %(count)s files.", name=each.name, count=len(draft.attachments))
        for each in extra
    ]


@dataclass(frozen=True)
class First:
    """The enquiry that a form sent before something else was typed into it; `address` leads to its page."""

    form_id: str
    reference: str
    address: str
    has_files: bool


def first(after: str | None = None) -> First | None:
    """Return what was sent from the form that this one follows, by default as the request says it; else None."""
    given = request.values.get("after", "") if not {"draft", "form_id"}.isdisjoint(request.values) else ""
    form_id = after or given
    draft = drafts.find(db.session(), form_id, browser.own()) if form_id else None
    if draft is None or draft.enquiry_id is None:
        return None
    enquiry = db.session().get_one(Enquiry, draft.enquiry_id)
    address = url_for(".enquiry_new", draft=form_id, _anchor="message")
    return First(form_id, enquiry.reference, address, has_files=bool(draft.attachments))
