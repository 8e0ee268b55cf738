"""How many enquiries are taken from one mailbox, one email domain and one network: each has a receipt that we send."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import Limit, Share, per
from webapp.domain.organisations import recognition
from webapp.tidying import emails, networks

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PER_MAILBOX = (per(_HOUR, "enquiries of a mailbox", 10), per(_DAY, "enquiries of a mailbox in a day", 30))
PER_DOMAIN = per(_DAY, "enquiries of an email domain", 100)
PER_PUBLIC_DOMAIN = per(_DAY, "enquiries of a public email domain", 1000)
PER_VISITOR = (per(_MINUTE, "enquiries of a visitor in a minute", 12), per(_HOUR, "enquiries of a visitor", 60))
PER_NETWORK = (per(_MINUTE, "enquiries of a network in a minute", 48), per(_HOUR, "enquiries of a network", 240))
LINKS = per(_DAY, "lost links of a mailbox", 10)
OWN_DATA = per(_DAY, "own data of a mailbox", 10)


def admit(session: Session, *, email: str, address: str, now: datetime, settings: Settings) -> None:
    """Count an enquiry before it is made, in the same transaction. Raises TooMany."""
    if settings.rate_limits == "on":
        buckets.take(session, [*_of_sender(email), *_of_network(address)], now=now)


def admit_link(session: Session, *, email: str, now: datetime, limit: Limit = LINKS) -> None:
    """Count a link that someone asked for before it leaves. Raises TooMany."""
    buckets.take(session, [limit.of(emails.mailbox(email))], now=now)


def _of_sender(email: str) -> list[Share]:
    domain = emails.known_as(email).rpartition("@")[2]
    per_domain: Limit = PER_PUBLIC_DOMAIN if recognition.is_public(domain) else PER_DOMAIN
    return [*(limit.of(emails.mailbox(email)) for limit in PER_MAILBOX), per_domain.of(domain)]


def _of_network(address: str) -> list[Share]:
    return [
        *(limit.of(networks.narrow(address)) for limit in PER_VISITOR),
        *(limit.of(networks.wide(address)) for limit in PER_NETWORK),
    ]
