"""The screening of an enquiry, as its page shows it: the present result, and what can be saved next."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from webapp import labels
from webapp.domain.enquiries import preconditions, screening
from webapp.models import Enquiry, event_data
from webapp.vocabulary import ScreeningResult
from webapp.web import shown


@dataclass(frozen=True)
class Screened:
    """The present result (none: no one looked yet), the results that can follow, and whether accepting needs one."""

    result: ScreeningResult | None
    label: str
    who: str
    at: datetime | None
    lists: str
    note: str
    options: list[tuple[str, str]]
    usual_lists: str
    required: bool


def screened(enquiry: Enquiry) -> Screened:
    """Return the screening of an enquiry (with its events)."""
    chosen = shown.choices()
    event = preconditions.latest(enquiry.events)
    result = preconditions.result(event)
    lists = event.facts.lists if event and isinstance(event.facts, event_data.Screened) else None
    return Screened(
        result=result,
        label=_(labels.SCREENING_RESULT[result]) if result else "",
        who=event.actor_name if event else "",
        at=event.at if event else None,
        lists=lists or "",
        note=event.text if event else "",
        options=[(each.value, _(labels.SCREENING_RESULT[each])) for each in screening.possible(result)],
        usual_lists=chosen.screening_lists if lists is None else lists,
        required=chosen.screening_required,
    )
