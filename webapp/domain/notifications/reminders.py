"""Reminders: who hears of what is due or late, once on a working day, and at once where it cannot wait for that."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, and_, insert, literal, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.config import Settings
from webapp.domain.calendar import office_calendar, office_hours
from webapp.domain.calendar.working_days import WHOLE, Calendar, halves_between
from webapp.domain.history.uniqueness import alone
from webapp.domain.messages import outbox
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing import answerer
from webapp.domain.routing.answerer import Answerer
from webapp.mail import messages
from webapp.mail.messages import Addressee, DatedEnquiry, EmailContent, Institution
from webapp.models import Enquiry, Link, Message, Network, Person, Reminder, in_status
from webapp.vocabulary import CLOCK_STATUSES, Occasion

_WRITTEN_AT_ONCE = 1000
_URGENT = (Occasion.TODAY, Occasion.OVERDUE)


@dataclass(frozen=True)
class Owed:
    """A first answer that is owed: by whom, and to whom it goes when they stay silent."""

    enquiry_id: int
    promised_on: date
    answerer: Answerer
    escalation: Answerer


@dataclass(frozen=True)
class ReminderLine:
    """One line of a reminder."""

    owed: Owed
    occasion: Occasion


def occasion(promised_on: date, today: date, days: Calendar) -> Occasion | None:
    """Return why who answers is reminded on a day: overdue, due today or on the next working day; else None."""
    if promised_on < today:
        return Occasion.OVERDUE
    if promised_on == today:
        return Occasion.TODAY
    return Occasion.SOON if halves_between(today, promised_on - timedelta(1), days) == 0 else None


def escalates(promised_on: date, today: date, days: Calendar) -> bool:
    """Return whether an answer has been overdue for a whole working day before this one, so that others hear of it."""
    return halves_between(promised_on, today - timedelta(1), days) >= WHOLE


def reminders(owed: Iterable[Owed], today: date, days: Calendar) -> dict[str, tuple[Answerer, list[ReminderLine]]]:
    """Return by address who must hear of what on a day; no one on a day that is no working day.

    An answerer who would hear of their own silence hears of it once, as overdue.
    """
    found: dict[str, tuple[Answerer, list[ReminderLine]]] = {}
    if not days.halves(today):
        return found

    def tell(who: Answerer, each: Owed, why: Occasion) -> None:
        found.setdefault(who.email.lower(), (who, []))[1].append(ReminderLine(each, why))

    said: dict[date, tuple[Occasion | None, bool]] = {}  # thousands are due on few days
    for each in owed:
        day = each.promised_on
        if day not in said:
            said[day] = occasion(day, today, days), escalates(day, today, days)
        why, is_for_others = said[day]
        if why is not None:
            tell(each.answerer, each, why)
        if is_for_others and each.escalation.email.lower() != each.answerer.email.lower():
            tell(each.escalation, each, Occasion.ESCALATED)
    return found


def send(session: Session, *, now: datetime, settings: Settings, most: int | None = None) -> int:
    """Stage the emails that are due now, at most `most`, and return how many; called hourly, it repeats none of them.

    The first one of a day is the digest of everything; later ones tell only of what came to be due or late since. Call
    it again, in another transaction, while it stages as many as it may.
    """
    alone(session, "reminders")
    here = now.astimezone(settings.zone)
    days = office_calendar.around(session, here.date(), settings=settings)
    if not office_hours.works(here, days, settings=settings):
        return 0
    until = _next_working_day(here.date(), days)
    people = reminders(_owed(session, until, day=here.date(), settings=settings), here.date(), days)
    known = _known(session, until)
    digests = _digests(session, people, here.date())
    staged = 0
    for email, (who, lines) in people.items():
        fresh = [line for line in lines if line.occasion in _URGENT and _key(line, email) not in known]
        first = _digest_key(email, here.date()) not in digests
        telling = lines if first else fresh
        if not telling or staged == most:
            continue
        listed, rest = telling[: messages.LONGEST_LIST], telling[messages.LONGEST_LIST :]
        enquiries = _enquiries(session, listed)
        links = enquiry_mails.answer_links(session, who, _own(who, listed, enquiries), now=now, settings=settings)
        content = _content(who, listed, enquiries, links, unlisted=rest, first=first, settings=settings)
        told = [(enquiries[line.owed.enquiry_id], links.get(line.owed.enquiry_id)) for line in listed]
        key = _digest_key(email, here.date()) if first else f"{content.kind}:{here:%Y-%m-%dT%H}:{email}"
        staging = outbox.stage(session, content, enquiry=None, lines=told, dedupe_key=key, now=now, settings=settings)
        if staging is not None:
            staged += 1
            _remember(session, fresh, email, now)
    return staged


def _waiting(until: date) -> ColumnElement[bool]:
    return and_(in_status(CLOCK_STATUSES), Enquiry.due_on <= until)


def _enquiries(session: Session, listed: Iterable[ReminderLine]) -> dict[int, Enquiry]:
    """Return what an email lists, with its networks."""
    query = select(Enquiry).where(Enquiry.id.in_({line.owed.enquiry_id for line in listed}))
    return {row.id: row for row in session.scalars(query.options(selectinload(Enquiry.network)))}


def _next_working_day(today: date, days: Calendar) -> date:
    day = today + timedelta(1)
    while not days.halves(day):
        day += timedelta(1)
    return day


def _owed(session: Session, until: date, *, day: date, settings: Settings) -> Iterator[Owed]:
    """Yield what is due by a day, first due first: little of it is read, as reminders of most have left."""
    people = {row.id: row for row in session.scalars(select(Person))}
    posts = (joinedload(Network.liaison), joinedload(Network.deputy), joinedload(Network.escalation))
    networks = {row.id: row for row in session.scalars(select(Network).options(*posts))}
    away = answerer.absences(session, day=day)
    known: dict[tuple[int | None, int | None], tuple[Answerer, Answerer]] = {}
    columns = (Enquiry.id, Enquiry.promised_on, Enquiry.network_id, Enquiry.assignee_id)
    query = select(*columns).where(_waiting(until)).order_by(Enquiry.due_on, Enquiry.id)
    for number, promised_on, network_id, assignee_id in session.execute(query):
        both = network_id, assignee_id
        if both not in known:
            network, assignee = networks.get(network_id or 0), people.get(assignee_id or 0)
            who = answerer.answerer(network, away, settings=settings, assignee=assignee)
            known[both] = who, _escalation(network, settings)
        yield Owed(number, promised_on, *known[both])


def _escalation(network: Network | None, settings: Settings) -> Answerer:
    contact = network.escalation if network else None
    if contact is None or not contact.active:
        return Answerer("", settings.office_email, settings.language)
    return Answerer(contact.name, contact.email, contact.language, contact.id, has_account=contact.may_sign_in)


_Key = tuple[int, Occasion, date, str]


def _key(line: ReminderLine, email: str) -> _Key:
    return line.owed.enquiry_id, line.occasion, line.owed.promised_on, email


def _known(session: Session, until: date) -> set[_Key]:
    columns = (Reminder.enquiry_id, Reminder.occasion, Reminder.promised_on, Reminder.email)
    rows = session.execute(select(*columns).join(Enquiry, Enquiry.id == Reminder.enquiry_id).where(_waiting(until)))
    return {(row[0], row[1], row[2], row[3]) for row in rows}


def _remember(session: Session, lines: Iterable[ReminderLine], email: str, now: datetime) -> None:
    """Write down what someone has heard of: of thousands, by few statements."""
    for (why, promised_on), same in groupby(sorted(lines, key=_told), key=_told):
        numbers = [line.owed.enquiry_id for line in same]
        for start in range(0, len(numbers), _WRITTEN_AT_ONCE):
            these = Enquiry.id.in_(numbers[start : start + _WRITTEN_AT_ONCE])
            values = {"occasion": why, "promised_on": promised_on, "email": email, "told_at": now}
            given = [literal(value, Reminder.__table__.c[name].type) for name, value in values.items()]
            rows = select(Enquiry.id, *given).where(these)
            session.execute(insert(Reminder).from_select(["enquiry_id", *values], rows))


def _told(line: ReminderLine) -> tuple[Occasion, date]:
    return line.occasion, line.owed.promised_on


def _digest_key(email: str, day: date) -> str:
    return f"liaison_digest:{day.isoformat()}:{email}"


def _digests(session: Session, emails: Iterable[str], day: date) -> set[str]:
    """Return the keys of the digests of the day that have been staged."""
    keys = [_digest_key(email, day) for email in emails]
    return set(session.scalars(select(Message.dedupe_key).where(Message.dedupe_key.in_(keys))))


def _own(who: Answerer, listed: Iterable[ReminderLine], enquiries: dict[int, Enquiry]) -> list[Enquiry]:
    """Return those of a list that its reader answers: of the others they only hear."""
    return [enquiries[line.owed.enquiry_id] for line in listed if line.owed.answerer.person_id == who.person_id]


def _content(
    who: Answerer,
    listed: Iterable[ReminderLine],
    enquiries: dict[int, Enquiry],
    links: Mapping[int, Link],
    *,
    unlisted: Iterable[ReminderLine],
    first: bool,
    settings: Settings,
) -> EmailContent:
    institution = Institution.from_settings(settings)
    to = Addressee(who.name, who.email, settings.spoken(who.language), decides=bool(links), has_account=who.has_account)
    dates = [
        DatedEnquiry(
            enquiry_mails.details_of(enquiries[line.owed.enquiry_id], line.owed.answerer, settings=settings),
            occasion=line.occasion,
            decision=links[line.owed.enquiry_id].id if line.owed.enquiry_id in links else None,
        )
        for line in listed
    ]
    write = messages.liaison_digest if first else messages.liaison_urgent
    return write(dates, institution, to=to, unlisted=[line.occasion for line in unlisted])
