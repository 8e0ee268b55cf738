"""All that a partner learns of dates that they are offered: busy by now, or short notice; never with whom or why."""

from collections.abc import Sequence

from flask_babel import gettext as _

from webapp import labels
from webapp.db import db
from webapp.domain.visits import clashes, visits
from webapp.domain.visits.clashes import Clash
from webapp.domain.visits.hours import When
from webapp.i18n import short_range
from webapp.models import Enquiry, Visit
from webapp.vocabulary import DaySaid, VisitMode
from webapp.web import edge


def by_option(enquiry: Enquiry, visit: Visit) -> dict[str, str]:
    """Return what is said of each of the dates that a visit's partner can choose from, where anything is."""
    settings = edge.settings()
    days = {
        str(option.id): clashes.each_day(When(option.first_day, option.last_day), settings.zone)
        for option in visits.offered(visit)
    }
    more: clashes.Circumstances = {
        "now": edge.now(),
        "settings": settings,
        "guests": visit.guests,
        "online": visit.mode is VisitMode.ONLINE,
        "besides": visit.id,
    }
    every = [day for each in days.values() for day in each]
    found = iter(clashes.clashes_for(db.session(), every, None, None, enquiry.country, **more))
    said = {number: _of(each, [next(found) for _day in each]) for number, each in days.items()}
    return {number: text for number, text in said.items() if text}


def _of(days: Sequence[When], found: Sequence[Sequence[Clash]]) -> str:
    """Return what is said of some days in a row: the days are named where it is not about all of them."""
    about: dict[DaySaid, list[str]] = {}
    language = edge.language()
    for day, against in zip(days, found, strict=True):
        if (word := clashes.for_partner(against)) is not None:
            about.setdefault(word, []).append(str(short_range(day.first_day, day.last_day, language)))
    parts = (
        _(labels.DAY_SAID[word])
        if len(on) == len(days)
        else f"{_(labels.DAY_SAID[word])}{language.writing.label}{language.writing.things.join(on)}"
        for word, on in about.items()
    )
    return language.writing.clauses.join(parts)
