"""The first emails of an enquiry that was made just now: to who answers it, and the receipt to its partner."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from webapp.config import Settings
from webapp.domain.messages import outbox
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import Answerer
from webapp.mail import messages
from webapp.mail.messages import Institution
from webapp.models import Enquiry, Link
from webapp.models.batch import Rows
from webapp.vocabulary import LinkKind


def begin(
    enquiry: Enquiry,
    *,
    network: Any,
    who: Answerer,
    links: Iterable[Link],
    attachment_names: tuple[str, ...],
    numbers: Iterable[int],
    now: datetime,
    settings: Settings,
) -> Rows:
    """Return both as rows, with nothing looked up; `network` is as for `enquiry_mails.details_with`.

    `links` are its partner's, and that of who answers it where they have one. The same emails leave later where an
    enquiry was held, see `held.MAILS`: an occasion's key is the same, so that none leaves twice.
    """
    institution = Institution.from_settings(settings)
    details = enquiry_mails.details_with(enquiry, network, who, attachment_names, settings=settings)
    by_kind = {link.kind: link for link in links}
    decision = by_kind.get(LinkKind.DECISION)
    to = enquiry_mails.reader(who, settings, decides=decision is not None)
    mails = (
        (messages.liaison_received(details, institution, to=to), decision),
        (messages.partner_receipt(details, institution), by_kind[LinkKind.TRACKING]),
    )
    keyed = [(f"{content.kind}:{enquiry.id}:submitted", content, link) for content, link in mails]
    given: dict[str, Any] = {"institution": institution, "now": now, "settings": settings}
    return outbox.begin(keyed, enquiry=enquiry, numbers=numbers, **given)
