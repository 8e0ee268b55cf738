"""Links in emails, opened by their token: what comes with each kind in one statement, and when it has ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, null, select, update
from sqlalchemy.orm import Session, attributes, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from webapp.domain.errors import Gone, NotFound
from webapp.domain.routing.answerer import PARTIES
from webapp.domain.security.tokens import hash_token
from webapp.models import (
    Approval,
    Attachment,
    Enquiry,
    Event,
    Link,
    Person,
    PublicVersion,
    Referral,
    SlotHost,
    VisitSlot,
)
from webapp.vocabulary import Language, LinkEnd, LinkKind, VisitState

# What the pages behind links show of their enquiry: people, public history, files.
_EVENTS = select(Event).where(Event.enquiry_id == bindparam("enquiry_id"), Event.public).order_by(Event.id)
_FILES = select(Attachment).where(Attachment.enquiry_id == bindparam("enquiry_id")).order_by(Attachment.id)
_HAS_FILES = exists().where(Attachment.enquiry_id == Enquiry.id)
# Gives an enquiry its network and assignee, as they are at the version (see `models.public_version`) that came with it.
Parties = Callable[[str | None, Enquiry], None]


@dataclass(frozen=True)
class Opened:
    """A link that opened: its token, kind, holder's language and enquiry's id, which outlast the transaction, and its
    rows, which must be read again then. `question` is what the link of an approval, a referral or a host asks.
    """

    token: str
    kind: LinkKind
    language: Language
    enquiry_id: int
    link: Link
    enquiry: Enquiry
    question: Approval | Referral | SlotHost | None
    browser: str | None = None


class _Rows(NamedTuple):
    """What the statement read; the question is of the kind's own table."""

    link: Link
    enquiry: Enquiry
    question: Any


@dataclass(frozen=True)
class _Kind:
    """One kind of link: whose language it speaks, the address of who may hold it now, and why it is over before its
    time (None: it is not).

    `question` is the table of what it asks, if it does, and `loads` what else is read with it.
    """

    language: Callable[[_Rows], Language]
    holder: Callable[[_Rows], str]
    ended: Callable[[_Rows], Gone | None] = lambda _rows: None
    question: type[Approval] | type[Referral] | type[SlotHost] | None = None
    loads: tuple[ORMOption, ...] = ()


def _person(rows: _Rows) -> Person:
    assert rows.link.person is not None
    return rows.link.person


def _decision(rows: _Rows) -> Gone | None:
    return None if _person(rows).active else Gone()


def _approval(rows: _Rows) -> Gone | None:
    answered = rows.question.outcome is not None
    return None if answered or rows.question.is_wanted(rows.enquiry) else Gone()


def _referral(rows: _Rows) -> Gone | None:
    if rows.question.returned_at is not None or rows.question.is_open:
        return None
    return Gone(why=LinkEnd.RECALLED if rows.question.recalled_by else LinkEnd.DECIDED)


def _host(rows: _Rows) -> Gone | None:
    """A slot that is taken out, and a visit that is called off, ask for no one any more."""
    if rows.question is None or rows.question.slot.visit.state is VisitState.CANCELLED:
        return Gone(why=LinkEnd.RECALLED)
    return None if _person(rows).active else Gone()


_KINDS: dict[LinkKind, _Kind] = {
    LinkKind.TRACKING: _Kind(lambda rows: rows.enquiry.language, lambda rows: rows.enquiry.contact_email),
    LinkKind.BROWSER: _Kind(lambda rows: rows.enquiry.language, lambda rows: rows.enquiry.contact_email),
    LinkKind.DECISION: _Kind(
        lambda rows: _person(rows).language,
        lambda rows: _person(rows).email,
        _decision,
        loads=(joinedload(Link.person), *PARTIES),
    ),
    LinkKind.APPROVAL: _Kind(
        lambda rows: rows.question.language, lambda rows: rows.question.email, _approval, Approval, PARTIES
    ),
    LinkKind.REFERRAL: _Kind(
        lambda rows: rows.question.language,
        lambda rows: rows.question.email,
        _referral,
        Referral,
        (joinedload(Referral.faculty),),
    ),
    LinkKind.HOST: _Kind(
        lambda rows: _person(rows).language,
        lambda rows: _person(rows).email,
        _host,
        SlotHost,
        (
            joinedload(Link.person),
            joinedload(SlotHost.slot).joinedload(VisitSlot.visit),
            joinedload(SlotHost.slot).joinedload(VisitSlot.room),
        ),
    ),
}
PARTNERS = (LinkKind.TRACKING, LinkKind.BROWSER)
ANSWERING = (LinkKind.DECISION, LinkKind.APPROVAL, LinkKind.REFERRAL)
# All that are answered without an account; hosts of slots are not asked about the enquiry.
BY_LINK = (*ANSWERING, LinkKind.HOST)


def opened(
    session: Session,
    token: str,
    *kinds: LinkKind,
    now: datetime,
    shown: bool = False,
    parties: Parties | None = None,
    browser: str | None = None,
) -> Opened:
    """Return the link of a token, of one of some kinds, with its enquiry and what it asks, in one statement.

    It opens for who has the address that it was issued to: whatever changes that address ends it.
    `browser` is the word of the one that asks: what belongs to a browser opens in no other.
    `shown` loads what pages show of the enquiry too; its people come from `parties`, where that is given. Raises
    NotFound, also for a link of another kind, and Gone. Before anything is decided by it, lock the enquiry and open the
    token again in that transaction.
    """
    query = _query(kinds, shown=shown, joined=shown and parties is None)
    row = session.execute(query, {"token_hash": hash_token(token)}).one_or_none()
    if row is None:
        raise NotFound("link")
    version, has_files, link, enquiry, *asked = row
    rows = _Rows(link, enquiry, next(filter(None, asked), None))
    kind = _KINDS[link.kind]
    if link.browser_hash is not None and (browser is None or link.browser_hash != hash_token(browser)):
        raise NotFound("link")
    gone = _over(rows, kind, now)
    if gone is not None:
        # What was asked names the link that took this one's place; a host's link says itself whose it is.
        orphaned = kind.question is not None and rows.question is None and link.person_id is None
        gone.language = Language.EN if orphaned else kind.language(rows)
        raise gone
    if shown:
        _complete(session, enquiry, has_files=has_files)
        if parties is not None:
            parties(version, enquiry)
    return Opened(token, link.kind, kind.language(rows), link.enquiry_id, *rows, browser=browser)


def _complete(session: Session, enquiry: Enquiry, *, has_files: bool) -> None:
    """Load public history and files; no statement asks for files where there are none."""
    given = {"enquiry_id": enquiry.id}
    attributes.set_committed_value(enquiry, "events", session.scalars(_EVENTS, given).all())
    files = session.scalars(_FILES, given).all() if has_files else []
    attributes.set_committed_value(enquiry, "attachments", files)


def _over(rows: _Rows, kind: _Kind, now: datetime) -> Gone | None:
    link = rows.link
    if link.ended_at is not None:
        return Gone(passed_to=link.passed_to, why=link.ended_why)
    if link.email.lower() != kind.holder(rows).lower():
        return Gone(why=LinkEnd.REPLACED)
    gone = kind.ended(rows)
    if gone is None and link.expires_at is not None and link.expires_at <= now:
        gone = Gone()
    return gone


@cache
def _query(kinds: tuple[LinkKind, ...], *, shown: bool, joined: bool) -> Select[Any]:
    """Return the statement; its first two columns say what pages need besides: see `_complete` and `Parties`."""
    questions = [table for kind in kinds if (table := _KINDS[kind].question) is not None]
    loads = [load for kind in kinds for load in _KINDS[kind].loads]
    found = (Link.token_hash == bindparam("token_hash"), Link.kind.in_(kinds))
    besides: list[Any] = [PublicVersion.present(), _HAS_FILES] if shown else [null(), null()]
    entities: list[Any] = [Link, Enquiry, *questions]
    query = select(*besides, *entities).select_from(Link).join(Enquiry, Enquiry.id == Link.enquiry_id)
    for table in questions:
        query = query.outerjoin(table, table.link_id == Link.id)
    return query.where(*found).options(*loads, *(PARTIES if joined else ()))


def attachment(session: Session, found: Opened, attachment_id: int) -> Attachment:
    """Return a file of the enquiry that a link opened, without its content. Raises NotFound."""
    query = select(Attachment).where(Attachment.enquiry_id == found.enquiry_id, Attachment.id == attachment_id)
    file = session.scalars(query).one_or_none()
    if file is None:
        raise NotFound("file")
    return file


def end_referrals(session: Session, enquiry: Enquiry, *, now: datetime) -> None:
    """End the referrals of a locked enquiry that were not returned: it continued without them."""
    left = update(Referral).where(Referral.enquiry_id == enquiry.id, Referral.is_open)
    session.execute(left.values(ended_at=now))
