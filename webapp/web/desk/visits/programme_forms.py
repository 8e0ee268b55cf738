"""The forms of a programme: a slot, its other time, and who is to receive in it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field

from webapp.db import db
from webapp.domain.visits import programme, rooms
from webapp.domain.visits.hosting import Invitee
from webapp.domain.visits.programme import SlotPlan
from webapp.i18n import N_
from webapp.models import Visit, VisitSlot
from webapp.vocabulary import Language
from webapp.web import edge, fields
from webapp.web.desk.visits.forms import LONGEST_VENUE, also, at, room_choices, room_name
from webapp.web.languages import InLanguages, in_each
from webapp.web.time_field import TimeField

_USUAL = timedelta(minutes=30)


def title_in(language: Language) -> str:
    """Return the field of a title in a language."""
    return f"title_{language.suffix}"


def purpose_in(language: Language) -> str:
    """Return the field of a purpose in a language."""
    return f"purpose_{language.suffix}"


class SlotForm(InLanguages, FlaskForm):
    """When a slot is, what happens in it, and where; titles and purposes in each language are added below."""

    day = fields.DayField(_l("Day"))
    starts = TimeField(_l("Begins at"))
    ends = TimeField(_l("Ends at"))
    room = fields.ChoiceField(_l("Room"), lambda: room_choices(edge.language()))
    place = fields.line(_l("Place"), limit=LONGEST_VENUE, description=_l("What the list of rooms does not have."))
    languages = fields.line(_l("Languages"), description=_l("Which languages are spoken."))
    interpreter = fields.line(_l("Interpreter"))
    quorum = fields.NumberField(
        _l("How many must receive them"), 0, programme.MOST_HOSTS, description=_l("So many must say yes.")
    )

    @classmethod
    def new(cls, visit: Visit, slots: list[VisitSlot]) -> "SlotForm":
        """Return the form of a slot after those that are there."""
        form = cls(formdata=None)
        zone = ZoneInfo(visit.timezone)
        begins = max((slot.ends_at for slot in slots), default=visit.starts_at)
        form.day.data, form.quorum.data = visit.first_day, 1
        if begins is not None:
            local = begins.astimezone(zone)
            form.day.data, form.starts.data, form.ends.data = local.date(), local.time(), (local + _USUAL).time()
        form.room.data = str(visit.room_id or "")
        return form

    @classmethod
    def of(cls, slot: VisitSlot, visit: Visit) -> "SlotForm":
        """Return the form with what a slot is."""
        form, zone = cls(formdata=None, **_texts(slot)), ZoneInfo(visit.timezone)
        local = slot.starts_at.astimezone(zone)
        form.day.data, form.starts.data = local.date(), local.time()
        form.ends.data = slot.ends_at.astimezone(zone).time()
        form.room.data, form.place.data, form.languages.data = str(slot.room_id or ""), slot.place, slot.languages
        form.interpreter.data, form.quorum.data = slot.interpreter, slot.quorum
        form.keep(slot)
        return form

    @classmethod
    def sent(cls, slot: VisitSlot) -> "SlotForm":
        """Return the form that was sent for a slot, which keeps what that has in languages that are off."""
        form = cls(**_texts(slot))
        form.keep(slot)
        return form

    def in_language(self, language: Language) -> set[str]:
        """Return the names of the fields of a language."""
        return {title_in(language), purpose_in(language)}

    def titles(self) -> list[Field]:
        """Return the fields of the title, English first."""
        return list(self.worded(title_in))

    def purposes(self) -> list[Field]:
        """Return the fields of the purpose, English first."""
        return list(self.worded(purpose_in))

    def keep(self, slot: VisitSlot) -> None:
        """Offer the room that a slot has, also where it is offered to no other any more."""
        also(self.room, slot.room, lambda room: room_name(room, edge.language()))

    def plan(self, zone: ZoneInfo) -> SlotPlan | None:
        """Return what was entered, at times of the zone; None where a day or a time is missing, with errors."""
        missing = {
            "day": _("Enter the day."),
            "starts": _("Enter when it begins."),
            "ends": _("Enter when it ends."),
        }
        for name, said in missing.items():
            if self[name].data is None:
                self[name].errors = [said]
        starts_at, ends_at = (at(self.day.data, clock.data, zone) for clock in (self.starts, self.ends))
        if starts_at is None or ends_at is None:
            return None
        return SlotPlan(
            starts_at=starts_at,
            ends_at=ends_at,
            title=self.texts(title_in),
            purpose=self.texts(purpose_in),
            room_id=int(self.room.data) if self.room.data else None,
            place=self.place.data or "",
            languages=self.languages.data or "",
            interpreter=self.interpreter.data or "",
            quorum=1 if self.quorum.data is None else self.quorum.data,
        )

    def refuse(self, faults: dict[str, str]) -> None:
        """Say by each field why its value cannot be."""
        said = {
            ("ends", "before"): _("It ends before it begins."),
            ("ends", "long"): _("It is longer than a day."),
            ("starts", "many"): _("The programme is full. Take something out first."),
            ("room", "unknown"): _("This room is not in use any more."),
        }
        for name, why in faults.items():
            self[name].errors = [said.get((name, why), _("This cannot be."))]


def _purpose(*args: Any, render_kw: dict[str, Any], **given: Any) -> Field:
    return fields.text(*args, limit=1000, render_kw={**render_kw, "rows": 2}, **given)


for _name, _field in {
    **in_each(title_in, fields.line, N_("Title"), limit=120, required=_l("Enter what happens.")),
    **in_each(purpose_in, _purpose, N_("Purpose")),
}.items():
    setattr(SlotForm, _name, _field)


def _texts(slot: VisitSlot) -> dict[str, str]:
    """Return what a slot says in each language, by the fields of its form."""
    titles = {title_in(language): slot.title.get(language, "") for language in Language}
    return titles | {purpose_in(language): slot.purpose.get(language, "") for language in Language}


class MoveForm(FlaskForm):
    """Another time for a slot, which lasts as long."""

    begins = TimeField(_l("Begins at"))
    with_rest = fields.TickField(_l("What follows on this day, too"))

    def moment(self, slot: VisitSlot, visit: Visit) -> datetime | None:
        """Return when the slot is to begin, on its own day; None where no time was entered."""
        zone = ZoneInfo(visit.timezone)
        day: date = slot.starts_at.astimezone(zone).date()
        clock: time | None = self.begins.data
        return at(day, clock, zone)


def _people() -> fields.Choices:
    known = [(str(person.id), person.name) for person in rooms.hosts(db.session())]
    return [("", _("Someone else, by name and address")), *known]


class InviteForm(FlaskForm):
    """Who is to receive: someone of the list, or a colleague by name and address."""

    person = fields.ChoiceField(_l("Who receives them?"), _people)
    name = fields.line(_l("Full name"))
    email = fields.line(_l("Email"))

    def invitee(self) -> Invitee:
        """Return whom the form names."""
        if self.person.data:
            return Invitee(int(self.person.data))
        return Invitee(name=self.name.data or "", email=self.email.data or "")

    def refuse(self, faults: dict[str, str]) -> None:
        """Say by each field why this one cannot be asked."""
        said = {
            "needed": _("Choose someone, or enter a name and an address."),
            "asked": _("This person is asked already."),
            "many": _("So many people are asked that no more can be."),
            "over": _("This part of the programme is over."),
            "unknown": _("This person is not active any more."),
            "outside": _("This is not the address of an active colleague."),
            "unreadable": _("Enter an email address, like name@example.org."),
        }
        for name, why in faults.items():
            if (name, why) == ("name", "needed"):
                self.name.errors = [_("Enter the name.")]
            else:
                self[name].errors = [said.get(why, _("This cannot be."))]
