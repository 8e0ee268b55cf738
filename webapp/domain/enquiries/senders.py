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
# Used up by others as well as by who sends: these give way to who proves to read the address. A mailbox's own do not.
SHARED = frozenset(limit.name for limit in (PER_DOMAIN, PER_PUBLIC_DOMAIN, *PER_VISITOR, *PER_NETWORK))
OWN_DATA = per(_DAY, "own data of a mailbox", 10)


def admit(
    session: Session, *, email: str, address: str, proven: bool = False, now: datetime, settings: Settings
) -> None:
    """Count an enquiry before it is made, in the same transaction; by its mailbox alone with `proven`.

    That is where its sender has shown that they read the address. Raises TooMany.
    """
    if settings.rate_limits == "on":
        buckets.take(session, _of_mailbox(email) if proven else _of_all(email, address), now=now)


def check(session: Session, *, email: str, address: str, proven: bool = False, now: datetime) -> None:
    """Raise what `admit` would raise, and count nothing."""
    shares = _of_mailbox(email) if proven else _of_all(email, address)
    buckets.take(session, shares, now=now)
    buckets.give_back(session, shares, now=now)


def admit_link(session: Session, *, email: str, now: datetime, limit: Limit = LINKS) -> None:
    """Count a link that someone asked for before it leaves. Raises TooMany."""
    buckets.take(session, [limit.of(emails.mailbox(email))], now=now)


def of_domain(email: str, limit: Limit, public: Limit) -> Share:
    """Return the share of an address's domain; that of a provider of mailboxes for everyone has a limit of its own."""
    domain = emails.known_as(email).rpartition("@")[2]
    return (public if recognition.is_public(domain) else limit).of(domain)


def _of_all(email: str, address: str) -> list[Share]:
    return [*_of_mailbox(email), of_domain(email, PER_DOMAIN, PER_PUBLIC_DOMAIN), *_of_network(address)]


def _of_mailbox(email: str) -> list[Share]:
    return [limit.of(emails.mailbox(email)) for limit in PER_MAILBOX]


def _of_network(address: str) -> list[Share]:
    return [
        *(limit.of(networks.narrow(address)) for limit in PER_VISITOR),
        *(limit.of(networks.wide(address)) for limit in PER_NETWORK),
    ]
