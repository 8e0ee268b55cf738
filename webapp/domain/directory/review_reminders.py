"""The yearly reminder: the owner of entries that no one checked for a year gets one email about all of them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.office_hours import works
from webapp.domain.directory import reviews
from webapp.domain.messages import outbox
from webapp.mail import messages
from webapp.mail.messages import Addressee, DueNetwork, Institution
from webapp.models import Message, Network
from webapp.vocabulary import MessageKind

# After this many days the reminder is repeated, while something is still due.
AGAIN_AFTER = 30


def send(session: Session, *, now: datetime, settings: Settings) -> int:
    """Stage an email for each owner of entries that are due, and return how many; called hourly, it repeats none.

    It leaves on working days within the hours of reminders. The office has what no one keeps who still could.
    """
    here = now.astimezone(settings.zone)
    today = here.date()
    if not works(here, office_calendar.around(session, today, settings=settings), settings=settings):
        return 0
    institution, by_reader = Institution.from_settings(settings), dict[str, tuple[Addressee, list[Network]]]()
    for network in reviews.due(session, today=today):
        to = _reader(network, settings)
        by_reader.setdefault(to.email.lower(), (to, []))[1].append(network)
    notified = _notified(session, by_reader, today)
    staged = 0
    for email, (to, networks) in by_reader.items():
        if email in notified:
            continue
        content = messages.staff_networks_due([_due_network(network) for network in networks], institution, to=to)
        key = _key(email, today)
        staged += outbox.stage(session, content, enquiry=None, dedupe_key=key, now=now, settings=settings) is not None
    return staged


def _reader(network: Network, settings: Settings) -> Addressee:
    owner = network.owner
    if owner is None or not reviews.can_own(owner):
        return Addressee("", settings.office_email, settings.language)
    return Addressee(owner.name, owner.email, settings.spoken(owner.language))


def _due_network(network: Network) -> DueNetwork:
    return DueNetwork(network.acronym or "", network.name, reviews.checked_on(network), bool(network.verified_on))


def _notified(session: Session, emails: Iterable[str], today: date) -> set[str]:
    """Return whose last email left within the days after which it is repeated."""
    days = [today - timedelta(number) for number in range(AGAIN_AFTER)]
    keys = {_key(email, day): email for email in emails for day in days}
    staged = session.scalars(select(Message.dedupe_key).where(Message.dedupe_key.in_(keys)))
    return {keys[key] for key in staged}


def _key(email: str, day: date) -> str:
    return f"{MessageKind.STAFF_NETWORKS_DUE}:{day.isoformat()}:{email}"
