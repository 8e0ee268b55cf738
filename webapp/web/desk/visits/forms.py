"""The forms of a visit: when and where it is and with whom, and why it is postponed."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp import labels
from webapp.db import db
from webapp.domain.visits import rooms, visits
from webapp.domain.visits.visits import Plan
from webapp.i18n import localised
from webapp.models import Event, Person, Room, Visit
from webapp.models.visit_events import GroupChanged
from webapp.vocabulary import Language, VisitMode
from webapp.web import edge, fields
from webapp.web.planned_day import PlannedDayField
from webapp.web.time_field import TimeField

LONGEST_VENUE = 300


def room_choices(language: Language) -> fields.Choices:
    """Return the rooms that can be chosen, and none of them."""
    return [
        ("", _("No room of the list")),
        *((str(room.id), room_name(room, language)) for room in rooms.open_rooms(db.session())),
    ]


def room_name(room: Room, language: Language) -> str:
    """Return a room as a list names it: with its building and seats."""
    named = language.writing.things.join(
        filter(None, (localised(room.name, language), localised(room.building, language)))
    )
    seats = _("%(num)s seats", num=room.seats) if room.seats else ""
    return language.writing.bracketed.format(named, seats) if seats else named


def _hosts() -> fields.Choices:
    return [("", _("Not known yet")), *((str(person.id), person.name) for person in rooms.hosts(db.session()))]


class PlanForm(FlaskForm):
    """When and where a visit is, and with whom; without its last day it is of one day."""

    first_day = PlannedDayField(_l("First day"))
    last_day = PlannedDayField(_l("Last day"), description=_l("Leave it empty for one day."))
    starts = TimeField(_l("Begins at"))
    ends = TimeField(_l("Ends at"))
    mode = fields.ChoiceField(_l("How to meet"), lambda: labels.options(labels.VISIT_MODE, _), default="in_person")
    room = fields.ChoiceField(_l("Room"), lambda: room_choices(edge.language()))
    venue = fields.line(
        _l("Place"),
        limit=LONGEST_VENUE,
        description=_l("Where they are met, or what the list of rooms does not have. Online: where to join."),
    )
    host = fields.ChoiceField(_l("Host"), _hosts, description=_l("Receives the delegation, and gets an email."))
    guests = fields.NumberField(_l("Size of the group"), 1, visits.MOST_GUESTS)
    overrule = fields.text(
        _l("Why it is to be so all the same"),
        description=_l("Kept in the history for colleagues; the partner does not read it."),
        render_kw={"rows": 2},
    )
    text = fields.text(_l("Message to the partner"), description=_l("Goes into the email, if you send one."))

    @classmethod
    def of(cls, visit: Visit) -> "PlanForm":
        """Return the form with what is planned of a visit."""
        form = cls(formdata=None)
        # Of one day the last stays empty: who moves it changes one field.
        form.first_day.data = visit.first_day
        form.last_day.data = visit.last_day if visit.last_day != visit.first_day else None
        if visit.starts_at and visit.ends_at:
            form.starts.data, form.ends.data = (
                visits.local(visit, moment).time() for moment in (visit.starts_at, visit.ends_at)
            )
        form.mode.data, form.venue.data, form.guests.data = visit.mode, visit.venue, visit.guests
        form.room.data = str(visit.room_id or "")
        form.host.data = str(visit.host_id or "")
        form.keep(visit)
        return form

    def keep(self, visit: Visit) -> None:
        """Offer the room and the host that a visit has, also where they are offered to no other any more."""
        also(self.room, visit.room, lambda room: room_name(room, edge.language()))
        also(self.host, visit.host, lambda person: person.name)

    def follow(self, changes: Sequence[Event]) -> None:
        """Take the number of guests that their partner named meanwhile, unless another was entered."""
        sizes = [event.facts for event in changes if isinstance(event.facts, GroupChanged)]
        if sizes and self.guests.data == sizes[0].before:
            self.guests.data = sizes[-1].after

    def plan(self, zone: ZoneInfo) -> Plan:
        """Return what was entered; times are those of the zone."""
        first, last = self.first_day.data, self.last_day.data or self.first_day.data
        return Plan(
            first_day=first,
            last_day=last,
            starts_at=at(first, self.starts.data, zone),
            ends_at=at(last, self.ends.data, zone),
            mode=VisitMode(self.mode.data or VisitMode.IN_PERSON),
            room_id=int(self.room.data) if self.room.data else None,
            venue=self.venue.data or "",
            host_id=int(self.host.data) if self.host.data else None,
            guests=self.guests.data,
            overrule=self.overrule.data or "",
        )

    def object_to(self, sentences: Sequence[str]) -> None:
        """Say what makes it impossible as it is, and ask for a reason."""
        self.overrule.errors = [
            _("This cannot be as it is planned: %(why)s Change the plan, or say here why it is to be so all the same.",
              why=" ".join(sentences))
        ]  # fmt: skip

    def refuse(self, faults: dict[str, str]) -> None:
        """Say by each field why its value cannot be."""
        said = {
            ("first_day", "needed"): _("Enter the day."),
            ("first_day", "same"): _("Nothing is changed. Change something first, or write a message to the partner."),
            ("first_day", "past"): _("This time has passed."),
            ("last_day", "before"): _("The last day is before the first day."),
            ("last_day", "long"): _("Choose at most %(days)s days.", days=visits.LONGEST.days),
            ("starts", "needed"): _("Enter when it begins."),
            ("ends", "needed"): _("Enter when it ends."),
            ("ends", "before"): _("It ends before it begins."),
            ("venue", "needed"): _("Choose a room or enter a place; online, where to join."),
            ("host", "needed"): _("Choose who receives the delegation."),
            ("room", "unknown"): _("This room is not in use any more."),
            ("host", "unknown"): _("This person cannot be the host."),
            ("text", "gap"): _("Replace the words in braces."),
        }
        for name, why in faults.items():
            if name in self and not self[name].errors:
                self[name].errors = [said.get((name, why), _("This cannot be."))]


class PostponeForm(FlaskForm):
    """Why a visit is postponed, for its partner."""

    # The same page has a message beside it.
    text = fields.text(
        _l("Why, for the partner"), required=_l("Write a few words first."), id="why", render_kw={"rows": 4}
    )


def at(day: date | None, clock: time | None, zone: ZoneInfo) -> datetime | None:
    """Return a time of a day in a zone; None where one of the two is missing."""
    return datetime.combine(day, clock, zone) if day and clock else None


def also(field: fields.ChoiceField, row: Room | Person | None, name: object) -> None:
    """Offer a row that is in use, also where it is offered to no other any more."""
    if row is not None and str(row.id) not in {value for value, _label in field.choices}:
        field.choices = [*field.choices, (str(row.id), name(row))]  # type: ignore[operator]
