"""What has passed its time goes every night, in small transactions; one that is killed is done by the next run."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, exists, or_, select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.enquiries import drafts
from webapp.domain.papers import versions as papers
from webapp.domain.privacy import emptying, former, requests, visitors
from webapp.domain.security.acting import Acting
from webapp.domain.visits import roster_drafts
from webapp.models import Contact, DataRequest, Draft, Enquiry, Leave, Message, Trip
from webapp.vocabulary import DataRequestOutcome, KeepingPeriod, MessageKind, RecordType, Status

# So many rows go in one transaction.
AT_ONCE = 50
# A request about one's data is kept so long after its link has run out, to show that it was answered.
REQUEST_KEPT = timedelta(days=90)
# Emails that tell how a request was decided, or carry a code, hold an address of which nothing else may be kept; so
# long their delivery is watched.
TOLD_KEPT = timedelta(days=7)
_CLOSED = (Status.COMPLETED, Status.DECLINED, Status.WITHDRAWN)
_SPAM = (Status.SPAM, Status.SUSPECT)


@dataclass(frozen=True)
class Rule:
    """Which rows have passed their time, and what becomes of them.

    `due` selects id, what to call it, and its date, in the order of the ids.
    """

    name: str
    period: KeepingPeriod
    due: Callable[[Acting], Select[int, Any, datetime]]
    end: Callable[[Session, Sequence[int], Acting], object]


@dataclass(frozen=True)
class Passed:
    """A row whose time is over: by which rule, what it is called, and since when it was left."""

    rule: str
    id: int
    name: str
    since: datetime


def before(months: int, now: datetime) -> datetime:
    """Return the time that was so many months ago."""
    return now - timedelta(days=months * 365 / 12)


def passed(session: Session, *, by: Acting) -> list[Passed]:
    """Return all that has passed its time, rule by rule, and change nothing."""
    return [
        Passed(rule.name, number, str(name), since)
        for rule in RULES
        for number, name, since in session.execute(rule.due(by))
    ]


def run(
    transaction: Callable[[], AbstractContextManager[Session]],
    *,
    by: Acting,
    present: Callable[[], Settings] | None = None,
) -> dict[str, int]:
    """End all that has passed its time, AT_ONCE rows in each of `transaction()`; return how many by rule.

    A run may take an hour, and what it erases is gone: `present` gives the settings as they are in each transaction.
    What one transaction did stays when a later one is killed; the next run finds what is left. Each begins after the
    last row of the one before: to look again for the first that is due would read all that was emptied, each time.
    """
    counts = dict.fromkeys((rule.name for rule in RULES), 0)
    for rule in RULES:
        last = 0
        while True:
            with transaction() as session:
                by = replace(by, settings=present()) if present is not None else by
                query = rule.due(by)
                later = query.where(query.selected_columns[0] > last).limit(AT_ONCE)
                numbers = [row[0] for row in session.execute(later)]
                if numbers:
                    rule.end(session, numbers, by)
            counts[rule.name] += len(numbers)
            if len(numbers) < AT_ONCE:
                break
            last = numbers[-1]
    return counts


def _enquiries(
    statuses: Sequence[Status], months: Callable[[Acting], int]
) -> Callable[[Acting], Select[int, Any, datetime]]:
    def due(by: Acting) -> Select[int, Any, datetime]:
        query = select(Enquiry.id, Enquiry.reference, Enquiry.changed_at).where(
            Enquiry.status.in_(statuses),
            Enquiry.changed_at < before(months(by), by.now),
            Enquiry.emptied_at.is_(None),
            Enquiry.hold_since.is_(None),
        )
        return query.order_by(Enquiry.id)

    return due


def _empty_enquiries(session: Session, numbers: Sequence[int], by: Acting) -> None:
    emptying.enquiries(session, numbers, by=by)


def _messages(by: Acting) -> Select[int, Any, datetime]:
    query = select(Message.id, Message.kind, Message.created_at).where(
        Message.created_at < before(by.settings.keep_messages, by.now),
        Message.next_attempt_at.is_(None),
        or_(Message.text != "", Message.calendar != ""),
        ~emptying.is_held(),
    )
    return query.order_by(Message.id)


def _contacts(by: Acting) -> Select[int, Any, datetime]:
    used = exists().where(Enquiry.contact_id == Contact.id)
    query = select(Contact.id, Contact.id, Contact.changed_at).where(
        Contact.changed_at < before(by.settings.keep_contacts, by.now), ~used
    )
    return query.order_by(Contact.id)


def _leaves(by: Acting) -> Select[int, Any, datetime]:
    end = before(by.settings.keep_leave, by.now).date()
    return select(Leave.id, Leave.id, Leave.entered_at).where(Leave.ends_on < end).order_by(Leave.id)


def _delete_leaves(session: Session, numbers: Sequence[int], _by: Acting) -> None:
    session.execute(delete(Leave).where(Leave.id.in_(numbers)))
    emptying.changes(session, RecordType.LEAVE, numbers)


def _letters(by: Acting) -> Select[int, Any, datetime]:
    return papers.letters_due(by.today)


def _trips(by: Acting) -> Select[int, Any, datetime]:
    end = before(by.settings.keep_leave, by.now).date()
    return select(Trip.id, Trip.id, Trip.created_at).where(Trip.back_on < end).order_by(Trip.id)


def _delete_trips(session: Session, numbers: Sequence[int], _by: Acting) -> None:
    session.execute(delete(Trip).where(Trip.id.in_(numbers)))
    emptying.changes(session, RecordType.TRIP, numbers)


def _drafts(by: Acting) -> Select[int, Any, datetime]:
    query = select(Draft.id, Draft.kind, Draft.updated_at).where(Draft.updated_at < by.now - drafts.KEPT)
    return query.order_by(Draft.id)


def _requests(by: Acting) -> Select[int, Any, datetime]:
    query = select(DataRequest.id, DataRequest.id, DataRequest.created_at).where(
        DataRequest.expires_at < by.now - REQUEST_KEPT,
        or_(DataRequest.erasure_asked_at.is_(None), DataRequest.decided_at < by.now - REQUEST_KEPT),
        # What a hold keeps of it is still to be erased.
        or_(DataRequest.outcome.is_(None), DataRequest.outcome != DataRequestOutcome.PARTLY),
    )
    return query.order_by(DataRequest.id)


def _erasures(_by: Acting) -> Select[int, Any, datetime]:
    query = select(DataRequest.id, DataRequest.id, DataRequest.created_at).where(requests.to_finish())
    return query.order_by(DataRequest.id)


def _told(kind: MessageKind) -> Callable[[Acting], Select[int, Any, datetime]]:
    def due(by: Acting) -> Select[int, Any, datetime]:
        query = select(Message.id, Message.kind, Message.created_at).where(
            Message.kind == kind,
            Message.created_at < by.now - TOLD_KEPT,
            Message.next_attempt_at.is_(None),
            Message.recipient_email != "",
        )
        return query.order_by(Message.id)

    return due


def _forget_emails(session: Session, numbers: Sequence[int], by: Acting) -> None:
    emptying.emails(session, numbers, now=by.now)


def _delete_requests(session: Session, numbers: Sequence[int], by: Acting) -> None:
    carried = session.scalars(select(DataRequest.message_id).where(DataRequest.id.in_(numbers))).all()
    emptying.emails(session, [number for number in carried if number is not None], now=by.now)
    session.execute(delete(DataRequest).where(DataRequest.id.in_(numbers)))


RULES: tuple[Rule, ...] = (
    Rule("passports", KeepingPeriod.PASSPORT, visitors.passports, visitors.delete_passports),
    Rule("passports asked for", KeepingPeriod.PASSPORT, visitors.asked_passports, visitors.empty_asked),
    Rule(
        "unsaved delegations",
        KeepingPeriod.PREVIEW,
        visitors.lists,
        lambda session, ids, _by: roster_drafts.forget(session, ids),
    ),
    Rule("spam", KeepingPeriod.ENQUIRY, _enquiries(_SPAM, lambda by: by.settings.keep_spam), _empty_enquiries),
    Rule(
        "enquiries",
        KeepingPeriod.ENQUIRY,
        _enquiries(_CLOSED, lambda by: by.settings.keep_enquiries),
        _empty_enquiries,
    ),
    Rule("emails", KeepingPeriod.MESSAGE, _messages, lambda session, ids, by: emptying.texts(session, ids, now=by.now)),
    Rule("contacts", KeepingPeriod.CONTACT, _contacts, lambda session, ids, _by: emptying.contacts(session, ids)),
    Rule("former colleagues", KeepingPeriod.PERSON, former.due, former.end),
    Rule("colleagues by link", KeepingPeriod.PERSON, former.unasked, former.forget),
    Rule("letters", KeepingPeriod.PAPER, _letters, lambda session, ids, _by: papers.forget(session, ids)),
    Rule("leave", KeepingPeriod.LEAVE, _leaves, _delete_leaves),
    Rule("trips", KeepingPeriod.LEAVE, _trips, _delete_trips),
    Rule("drafts", KeepingPeriod.DRAFT, _drafts, lambda session, ids, _by: drafts.forget(session, ids)),
    Rule("erasures on hold", KeepingPeriod.DATA_REQUEST, _erasures, requests.finish),
    Rule("decisions", KeepingPeriod.DATA_REQUEST, _told(MessageKind.PERSON_DECIDED), _forget_emails),
    Rule("codes", KeepingPeriod.DRAFT, _told(MessageKind.PERSON_CODE), _forget_emails),
    Rule("saved forms", KeepingPeriod.DRAFT, _told(MessageKind.PERSON_SAVED_FORM), _forget_emails),
    Rule("data requests", KeepingPeriod.DATA_REQUEST, _requests, _delete_requests),
)
