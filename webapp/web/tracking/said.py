"""What was written about an enquiry, as its partner reads it: their own words first, then everyone's in order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from webapp.domain.routing import answerer as routing_answerer
from webapp.models import Enquiry, Event
from webapp.models.event_data import File
from webapp.vocabulary import ActorKind
from webapp.web import former


@dataclass(frozen=True)
class Words:
    """One message of the thread."""

    who: str
    at: datetime
    text: str
    ours: bool
    # Its line of the history; 0 for what began the enquiry.
    number: int = 0
    # The files that came with it.
    files: Sequence[File] = ()


def thread(enquiry: Enquiry, events: Iterable[Event], office: str, *, hides_replies: bool) -> list[Words]:
    """Return what the partner wrote first, then every message and every word that went with a decision."""
    first = Words(_("You"), enquiry.submitted_at, enquiry.message, ours=False)
    return [first, *(_words(event, office, hidden=hides_replies) for event in events if event.text)]


def _words(event: Event, office: str, *, hidden: bool) -> Words:
    ours = event.actor_kind is not ActorKind.PARTNER
    name = (former.colleague(routing_answerer.public_name(event.actor_name)) or office) if ours else _("You")
    text = _("We have written to you by email.") if ours and hidden else event.text
    return Words(name, event.at, text, ours, event.id, () if ours and hidden else event.files)
