"""How many enquiries come from one mailbox, one email domain and one network."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, make_enquiry
from webapp.config import Settings
from webapp.domain.enquiries import senders, tracking
from webapp.domain.errors import TooMany
from webapp.models import Message
from webapp.tidying import emails
from webapp.vocabulary import MessageKind

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def counted(settings: Settings) -> Settings:
    return settings.model_copy(update={"rate_limits": "on"})


@pytest.mark.parametrize(
    "typed",
    [
        "erika@example.org",
        "Erika@Example.org",
        "e.ri.ka@example.org",
        "erika+news@example.org",
        "erika+a+b@example.org",
    ],
)
def test_one_mailbox_is_one_however_it_is_spelt(typed: str) -> None:
    assert emails.mailbox(typed) == "erika@example.org"


def test_other_mailboxes_stay_apart() -> None:
    spelt = ["erika@example.org", "erik@example.org", "erika@example.com", "+erika@example.org", "erika-x@example.org"]
    assert len(set(map(emails.mailbox, spelt))) == len(spelt)
    assert emails.mailbox("ada@googlemail.com") == emails.mailbox("a.da+x@gmail.com")
    assert emails.mailbox("no address") == "@no address"


def admitted(write: Write, settings: Settings, many: int, email: str, *, at: Any = NOW, address: str = "") -> int:
    """Return how many of so many are let through; `{}` in address and network is the number."""
    done = 0
    for number in range(many):
        given = {"email": email.format(number), "address": (address or "2001:db8:{:x}::1").format(number)}
        try:
            write(lambda s, given=given: senders.admit(s, **given, now=at, settings=settings))
        except TooMany:
            continue
        done += 1
    return done


def test_mailbox_has_an_hour_and_a_day(write: Write, counted: Settings) -> None:
    assert admitted(write, counted, 12, "victim+{}@example.org") == 10
    assert admitted(write, counted, 12, "victim+{}@example.org", at=NOW + timedelta(hours=1)) == 10
    later = [admitted(write, counted, 10, "victim@example.org", at=NOW + timedelta(hours=n)) for n in range(2, 12)]
    assert 30 <= 20 + sum(later) <= 45


@pytest.mark.parametrize(("domain", "most"), [("example.org", 100), ("gmail.com", 1000)])
def test_mail_domain_has_a_day(write: Write, counted: Settings, domain: str, most: int) -> None:
    over = most // 20
    share = senders.of_domain(f"x@{domain}", senders.PER_DOMAIN, senders.PER_PUBLIC_DOMAIN)
    write(lambda s: senders.buckets.take(s, [share], now=NOW, amount=most - over))
    assert admitted(write, counted, over + 5, f"person{{}}@{domain}") == over


@pytest.mark.parametrize(("address", "most"), [("203.0.113.9", 12), ("203.0.113.{}", 48)])
def test_network_has_a_minute(write: Write, counted: Settings, address: str, most: int) -> None:
    assert admitted(write, counted, 60, "person{}@example.org", address=address) == most


def test_nothing_is_counted_where_limits_are_off(write: Write, settings: Settings) -> None:
    assert admitted(write, settings, 15, "victim@example.org") == 15


def test_lost_link_leaves_ten_times_a_day_and_says_nothing_of_it(write: Write, settings: Settings) -> None:
    reference = write(lambda s: make_enquiry(s, settings).reference)
    given: dict[str, Any] = {"reference": reference, "email": "erika@example.org", "settings": settings}
    for number in range(14):
        at = NOW + timedelta(minutes=6 * number)
        write(lambda s, at=at: tracking.send_lost_link(s, **given, now=at))
    links = select(Message).where(Message.kind == MessageKind.PARTNER_LINK)
    assert len(write(lambda s: s.scalars(links).all())) == 10
