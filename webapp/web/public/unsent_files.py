"""Files that came with a form: which are kept until it is sent, and what its sender reads about the others."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session

from webapp.domain.enquiries import unsent
from webapp.domain.enquiries.drafts import Upload
from webapp.domain.errors import TooMany
from webapp.models import Draft
from webapp.web import edge, limits
from webapp.web.public.bounds import Cut


def admitted(session: Session, form_id: str, files: Sequence[Upload]) -> tuple[list[Upload], list[str]]:
    """Return the files that can be kept, and a sentence for each that cannot: its network brought too many."""
    if not files:
        return [], []
    given: dict[str, Any] = {"address": limits.address(), "now": edge.now(), "settings": edge.settings()}
    try:
        unsent.admit(session, form_id, files, **given)
    except TooMany:
        return [], [_too_many(file.name) for file in files]
    return list(files), []


def sent(session: Session, draft: Draft) -> None:
    """Count the files of a draft that was sent no longer."""
    given: dict[str, Any] = {"address": limits.address(), "now": edge.now(), "settings": edge.settings()}
    unsent.sent(session, draft.attachments, **given)


def gone(draft: Draft) -> list[Cut]:
    """Return what is said of files that were let go of before the form was sent; nothing goes out without them."""
    return [Cut("attachments", _gone(name)) for name in draft.files_gone]


def heed(draft: Draft) -> list[Cut]:
    """Return what its sender still has to read about files that are gone; who posts from a page that says it has."""
    if "gone" in request.form and draft.files_gone:
        draft.files_gone = []
    return gone(draft)


def _too_many(name: str) -> str:
    return gettext(
        "“%(name)s” was not kept: many files were added from your network today that were never sent. Send the enquiry "
        "without it and add it on the page of your enquiry then, or try again in some hours.",
        name=name,
    )


def _gone(name: str) -> str:
    return gettext(
        "“%(name)s” is no longer kept, because the form was not sent in time. Please add it again.", name=name
    )
