"""An enquiry, its append-only history, its files, and the draft that it grew from."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, ForeignKey, Index, LargeBinary, event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from webapp.db import Base, Ranked, word
from webapp.models import event_codec
from webapp.models.desk import Tag, enquiry_tags
from webapp.models.directory import Network
from webapp.models.event_data import ActionTaken, EventData, File, PartnerWrote, StatusChange, Unknown
from webapp.models.organisation import Contact, Organisation
from webapp.models.people import Person
from webapp.models.versioned import Versioned
from webapp.models.written_data import OfficeWrote
from webapp.vocabulary import (
    CLOCK_STATUSES,
    OPEN_STATUSES,
    Action,
    ActorKind,
    EventKind,
    Kind,
    Language,
    OrganisationType,
    Priority,
    Status,
)

NEVER = date(9999, 12, 31)
# Whose promise follows the calendar. A partner taken for spam by mistake was promised a date all the same.
RUNNING = (*CLOCK_STATUSES, Status.SPAM)
_CLOSED = (Status.COMPLETED, Status.DECLINED, Status.WITHDRAWN)
# What PostgreSQL has an index of beside the time: the sender's address, its domain, and the organisation's folded name.
SENDERS = {
    "ix_enquiries_sender_email": "lower(contact_email)",
    "ix_enquiries_sender_domain": "split_part(lower(contact_email), '@', 2)",
    "ix_enquiries_sender_organisation": "split_part(search_text, E'\\n', 1)",
}
_FILTERED = ("status", "kind", "network_id", "assignee_id", "answerer_id")


def _in_words(statuses: Iterable[Status]) -> str:
    return f"status IN ({', '.join(repr(status.value) for status in statuses)})"


def in_status(statuses: Iterable[Status]) -> ColumnElement[bool]:
    """Return the condition in the very words of an index: with parameters neither database would take that.

    Some of the statuses of an index are enough for PostgreSQL. To add all of them would mislead it: it takes two
    conditions on one column for rarer than each.
    """
    return sa.literal_column(f"enquiries.{_in_words(statuses)}", sa.Boolean)


def _some(name: str, *columns: str, where: str) -> Index:
    """Return an index of the rows that meet a condition."""
    return Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _open(*columns: str) -> Index:
    return _some(f"ix_enquiries_open_{'_'.join(columns)}", *columns, where=_in_words(OPEN_STATUSES))


class Enquiry(Versioned, Base):
    """One thing that a partner asked. Its changes are its events."""

    __tablename__ = "enquiries"

    reference: Mapped[str] = mapped_column(unique=True)
    # One enquiry per form instance, however often the form is sent.
    form_hash: Mapped[str] = mapped_column(unique=True)

    kind: Mapped[Kind] = word(Kind)
    # As what the partner asked it first: the subject of its emails, which must not change, names this kind.
    asked_as: Mapped[Kind] = word(Kind)
    status: Mapped[Status] = word(Status, default=Status.RECEIVED)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # With whom it is: who was last told to answer it (nothing: the office). Who answers today is computed.
    answerer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    # The records that the organisation and the contact named below were found to be.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    language: Mapped[Language] = word(Language)
    submitted_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    promised_on: Mapped[date]
    # The date that the desk sorts by: the promise while a first answer is owed, else `NEVER`.
    due_on: Mapped[date]
    clock_stopped_on: Mapped[date | None]
    # What the promise is counted from: working days told at submission, and [from, through] of each pause that ended.
    promised_days: Mapped[int]
    pauses: Mapped[list[Any]] = mapped_column(default=list)
    priority: Mapped[Priority] = mapped_column(Ranked(Priority), default=Priority.NORMAL)
    # Since when a message of the partner waits for an answer of ours.
    partner_wrote_at: Mapped[datetime | None]

    contact_name: Mapped[str]
    contact_position: Mapped[str]
    contact_email: Mapped[str] = mapped_column(index=True)
    # When someone who has the link in an email to that address acted by it: until then anyone may have typed it.
    address_confirmed_at: Mapped[datetime | None]
    phone: Mapped[str]
    organisation: Mapped[str]
    organisation_type: Mapped[OrganisationType] = word(OrganisationType)
    country: Mapped[str]
    on_behalf_of: Mapped[str]
    existing_link: Mapped[str]
    subject: Mapped[str]
    message: Mapped[str]
    # What the kinds ask, by the form's field names. What another kind than the present one asked stays here too.
    answers: Mapped[dict[str, Any]]
    consent_version: Mapped[str]
    consent_at: Mapped[datetime]
    # Under a legal hold nothing of it is erased: why, who said so and since when.
    hold_reason: Mapped[str] = mapped_column(default="", server_default="")
    hold_by: Mapped[str] = mapped_column(default="", server_default="")
    hold_since: Mapped[datetime | None]
    # When what was personal in it was erased; what is left of it counts in statistics.
    emptied_at: Mapped[datetime | None]
    # Organisation, names, address, subject and texts, folded for the desk's search; see `domain.search.text`.
    search_text: Mapped[str]

    network: Mapped[Network | None] = relationship(lazy="raise")
    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id], lazy="raise")
    known_organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    known_contact: Mapped[Contact | None] = relationship(lazy="raise")
    events: Mapped[list["Event"]] = relationship(lazy="raise", order_by="Event.id", back_populates="enquiry")
    attachments: Mapped[list["Attachment"]] = relationship(lazy="raise", order_by="Attachment.id")
    tags: Mapped[list[Tag]] = relationship(secondary=enquiry_tags, lazy="raise", order_by=Tag.name)

    @hybrid_property
    def is_open(self) -> bool:
        """It is still to be dealt with."""
        return self.status in OPEN_STATUSES

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        return in_status(OPEN_STATUSES)

    @hybrid_property
    def has_clock(self) -> bool:
        """Its promise follows the calendar; that of spam too, as it may have been taken for it by mistake."""
        return self.status in RUNNING

    @has_clock.inplace.expression
    @classmethod
    def _has_clock(cls) -> ColumnElement[bool]:
        return in_status(RUNNING)

    # Few are open: their indexes are small, and serve a filter together with the order that the desk reads them in.
    # All others are read newest first.
    __table_args__ = (
        *(_open(*filtered, "priority", "due_on", "id") for filtered in ((), *((name,) for name in _FILTERED))),
        _open("due_on", "id"),
        _open("submitted_at", "id"),
        _open("organisation", "id"),
        # The newest are open: to find what is closed, all of those would be read.
        _some("ix_enquiries_closed", "submitted_at", "id", where=_in_words(_CLOSED)),
        _some("ix_enquiries_running", "promised_on", "id", where=_in_words(RUNNING)),
        _some("ix_enquiries_held", "id", where="hold_since IS NOT NULL"),
        _some("ix_enquiries_wrote", "submitted_at", "id", where="partner_wrote_at IS NOT NULL"),
        Index("ix_enquiries_submitted_at_id", "submitted_at", "id"),
        *(
            Index(f"ix_enquiries_{name}_submitted_at_id", name, "submitted_at", "id")
            for name in ("status", "kind", "network_id", "assignee_id", "priority", "organisation_id")
        ),
        *(
            Index(name, sa.text(sender), "submitted_at").ddl_if(dialect="postgresql")
            for name, sender in SENDERS.items()
        ),
    )


class Event(Base):
    """One line of an enquiry's history; added, never changed. `actor_name` is as it was then."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[EventKind] = word(EventKind)
    action: Mapped[Action | None] = word(Action)
    public: Mapped[bool] = mapped_column(default=False)
    actor_kind: Mapped[ActorKind] = word(ActorKind)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    actor_name: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    # As `event_codec` writes it; read it as `facts`.
    stored: Mapped[dict[str, Any]] = mapped_column("data")

    enquiry: Mapped[Enquiry] = relationship(lazy="raise", back_populates="events")

    __table_args__ = (
        Index("ix_events_actor_id_id", "actor_id", "id"),
        Index("ix_events_actor_kind_id", "actor_kind", "id"),
    )

    @property
    def facts(self) -> EventData:
        """What the line knows beside its text, by its class; `Unknown` where that cannot be read."""
        known = event_codec.decode(self.kind, self.action, self.stored)
        if isinstance(known, Unknown) and self.id is not None:
            event_codec.report_unknown(self.id, self.kind, self.action)
        return known

    @property
    def emptied(self) -> dict[str, Any]:
        """What is stored of its facts once its enquiry is emptied."""
        return event_codec.emptied(self.kind, self.action, self.stored)

    @property
    def status_change(self) -> StatusChange | None:
        """The statuses before and after the action, where it was one."""
        facts = self.facts if self._holds("status") else None
        return facts.status if isinstance(facts, ActionTaken) else None

    @property
    def files(self) -> tuple[File, ...]:
        """The files that the partner, or the office, sent with it."""
        facts = self.facts if self._holds("files") else None
        return facts.files if isinstance(facts, PartnerWrote | OfficeWrote) else ()

    def _holds(self, name: str) -> bool:
        return isinstance(self.stored, dict) and bool(self.stored.get(name))  # to read all data takes longer


@event.listens_for(Event, "before_update")
@event.listens_for(Event, "before_delete")
def _append_only(_mapper: Mapper[Event], _connection: Connection, _target: Event) -> None:
    raise RuntimeError("history is append-only")


class Draft(Base):
    """What someone typed into one instance of the form, kept until it is sent or a week has passed."""

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[Kind] = word(Kind)
    language: Mapped[Language] = word(Language)
    # Lists of what the browser sent, by field name: valid or not.
    fields: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    enquiry_id: Mapped[int | None] = mapped_column(ForeignKey("enquiries.id"))
    # Of what became the enquiry: whatever else is typed into the same form later is not dropped.
    sent_hash: Mapped[str | None]
    # What people do not see was filled in: by a program, or by a browser that fills in what it finds.
    suspect: Mapped[bool] = mapped_column(default=False)
    # In whose browser it was begun: its id opens it nowhere else.
    browser_hash: Mapped[str | None]
    # The names of files that came with it and were let go again, which its sender still has to read.
    files_gone: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    # What its form said when it was checked, and by what; see `web.public.checked`. Whatever is typed anew unsays it.
    checked: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    # Files came with it, at any time: where none did, none is looked for.
    has_files: Mapped[bool] = mapped_column(default=False, server_default=sa.true())
    # A link to continue it was emailed, at any time: where none was, none has to end.
    saved: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    attachments: Mapped[list["Attachment"]] = relationship(lazy="raise", order_by="Attachment.id")


class Attachment(Base):
    """A file of a draft, and then of its enquiry. The content is a row too: it is saved with what it belongs to."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("drafts.id"), index=True)
    enquiry_id: Mapped[int | None] = mapped_column(ForeignKey("enquiries.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    added_at: Mapped[datetime]
    # When a virus scanner looked at it, and the name of what it found, if anything; see `domain.files`.
    checked_at: Mapped[datetime | None]
    finding: Mapped[str | None]
    # When a worker last began to have it looked at: no other takes it up for a while.
    tried_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_attachments_added_at",
            "added_at",
            sqlite_where=sa.text("checked_at IS NULL"),
            postgresql_where=sa.text("checked_at IS NULL"),
        ),
    )
