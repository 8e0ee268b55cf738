"""What an enquiry's page opens with once the office has answered or asked: the email's own sentences."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from webapp.domain.enquiries import tracking
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import Answerer
from webapp.mail.status import news_of
from webapp.mail.values import Institution
from webapp.models import Enquiry, Event, Visit
from webapp.vocabulary import Status
from webapp.web import edge
from webapp.web.tracking.said import Words

_TONES = {
    Status.AWAITING_PARTNER: "warn",
    Status.ACCEPTED: "good",
    Status.SCHEDULED: "good",
    Status.COMPLETED: "good",
    Status.DECLINED: "info",
}
# Of these the email says what comes next; of the others it speaks of the page and of itself.
_GOES_ON = (Status.ACCEPTED, Status.SCHEDULED, Status.DECLINED)


@dataclass(frozen=True)
class Answer:
    """What happened, what comes next ("": nothing to say), and what was written with it (None: nothing)."""

    tone: str
    heading: str
    happened: str
    following: str
    words: Words | None


def answer(
    enquiry: Enquiry, events: Sequence[Event], thread: Sequence[Words], *, who: Answerer, visit: Visit | None
) -> Answer | None:
    """Return the answer or the question that an enquiry has, in the page's language; None while it waits for one."""
    status = tracking.public_status(enquiry.status)
    if status not in _TONES:
        return None
    details = enquiry_mails.details_of(enquiry, who, visit=visit, settings=edge.settings())
    spoken = replace(details, language=edge.language(), status=status)
    news = news_of(spoken, Institution.from_settings(edge.settings()))
    following = news.next.text if status in _GOES_ON else ""
    return Answer(_TONES[status], news.heading, news.happened.text, following, _words(status, events, thread))


def _words(status: Status, events: Sequence[Event], thread: Sequence[Words]) -> Words | None:
    """Return what the office wrote as it came to the status that holds."""
    changes = [(event.id, moved[1]) for event in events if (moved := tracking.change(event))]
    number = changes[-1][0] if changes and changes[-1][1] is status else None
    return next((words for words in thread if words.number == number and words.ours), None)
