"""A form is continued later: a link by email gives it to another browser, for who reads the address that asked."""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, contains_eager

from webapp.config import Settings
from webapp.domain.enquiries import drafts
from webapp.domain.errors import Gone, NotFound, TooMany
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import Limit, per
from webapp.domain.messages import outbox
from webapp.domain.security.tokens import hash_token, new_link
from webapp.mail.messages import Institution, person_saved_form
from webapp.models import Draft, SavedForm
from webapp.tidying import emails, networks

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_PER_MAILBOX = (per(_HOUR, "saved forms of a mailbox", 5), per(_DAY, "saved forms of a mailbox in a day", 10))
_PER_VISITOR, _PER_NETWORK = per(_HOUR, "saved forms of a visitor", 20), per(_HOUR, "saved forms of a network", 80)
# Of one link; none comes back while it opens.
_TRIES = Limit("tries of a saved form", 5, 10 * _DAY)


class Proof(Enum):
    """What came of the address that someone named for a link."""

    RIGHT = auto()
    WRONG = auto()
    TOO_OFTEN = auto()


def send_link(session: Session, draft: Draft, email: str, *, address: str, now: datetime, settings: Settings) -> None:
    """Email the link to a locked draft, which is not sent yet; the one before ends. Raises TooMany.

    `address` is from where it was asked for. The email says nothing that was typed: anyone can name any address.
    """
    shares = [
        *(limit.of(emails.mailbox(email)) for limit in _PER_MAILBOX),
        _PER_VISITOR.of(networks.narrow(address)),
        _PER_NETWORK.of(networks.wide(address)),
    ]
    buckets.take(session, shares, now=now)
    end(session, draft, now=now)
    link, until = new_link(settings.secret_key), lasts_until(draft)
    content = person_saved_form(
        email,
        Institution.from_settings(settings),
        language=settings.spoken(draft.language),
        until=until.astimezone(settings.zone).date(),
    )
    key = f"{content.kind}:{link['token_hash']}"
    message = outbox.stage(session, content, enquiry=None, dedupe_key=key, now=now, settings=settings)
    assert message is not None  # its key is a new secret's
    given: dict[str, Any] = {"email": email, "message_id": message.id, "created_at": now, "expires_at": until}
    session.add(SavedForm(**link, draft_id=draft.id, **given))
    draft.saved = True
    session.flush()


def lasts_until(draft: Draft) -> datetime:
    """Return until when a draft is kept, if nothing is changed in it any more."""
    return draft.updated_at + drafts.KEPT


def end(session: Session, draft: Draft, *, now: datetime) -> None:
    """End the links to a draft: another took their place, or it was sent."""
    good = (SavedForm.draft_id == draft.id, SavedForm.ended_at.is_(None))
    session.execute(update(SavedForm).where(*good).values(ended_at=now))


def opened(session: Session, token: str, *, now: datetime, lock: bool = False) -> SavedForm:
    """Return the link of a token with its draft, held for this transaction with `lock`. Raises NotFound, Gone."""
    query = select(SavedForm).join(SavedForm.draft).where(SavedForm.token_hash == hash_token(token))
    query = query.options(contains_eager(SavedForm.draft)).execution_options(populate_existing=True)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("link")
    if found.ended_at is not None or found.draft.enquiry_id is not None or lasts_until(found.draft) <= now:
        raise Gone(language=found.draft.language)
    return found


def is_of(found: SavedForm, browser: str | None) -> bool:
    """Return whether the form is in this browser already: its word proves enough."""
    return browser is not None and found.draft.browser_hash == hash_token(browser)


def prove(session: Session, found: SavedForm, email: str, *, now: datetime) -> Proof:
    """Count a try of a locked link's address, then look at it. The caller commits also what is not right."""
    try:
        buckets.take(session, [_TRIES.of(found.token_hash)], now=now)
    except TooMany:
        return Proof.TOO_OFTEN
    return Proof.RIGHT if emails.known_as(email) == emails.known_as(found.email) else Proof.WRONG


def move(found: SavedForm, form_id: str, browser: str) -> None:
    """Give the draft of a locked link, with its files, to a browser, under the id of a form that was made for it.

    It leaves the browser that had it: a form is in one place, and is sent once.
    """
    found.draft.form_hash, found.draft.browser_hash = hash_token(form_id), hash_token(browser)
