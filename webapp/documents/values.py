"""What papers of a visit are written from: the institution, the visit, its programme, what was before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from webapp.config import Settings
from webapp.documents.people import Contact, Delegate, Host, Person
from webapp.vocabulary import InterpreterSeat, Language, TableShape

Texts = Mapping[Language, str]


@dataclass(frozen=True)
class Issuer:
    """The institution as its papers show it; names by language."""

    name: Texts
    short_name: Texts
    address: Texts
    office: Texts
    email: str
    brand: str
    public_url: str
    zone: ZoneInfo
    phone: str = ""

    @classmethod
    def from_settings(cls, settings: Settings, *, office: Texts, phone: str = "") -> "Issuer":
        """Return the institution of an installation; how its office is called and reached is the caller's to say."""
        return cls(
            name=settings.names("institution"),
            short_name=settings.names("institution_short"),
            address=settings.names("institution_address"),
            office=office,
            email=settings.office_email,
            brand=settings.brand,
            public_url=settings.public_url,
            zone=settings.zone,
            phone=phone,
        )


@dataclass(frozen=True)
class Slot:
    """One part of a programme. `languages` are those spoken, as the office writes them."""

    starts_at: datetime
    ends_at: datetime | None
    title: Texts
    place: Texts = field(default_factory=dict)
    purpose: Texts = field(default_factory=dict)
    hosts: tuple[Person, ...] = ()
    languages: Texts = field(default_factory=dict)
    interpreter: str = ""
    note: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class PastVisit:
    """A visit of before, in either direction."""

    on: date
    what: Texts
    leader: str = ""
    inbound: bool = True


@dataclass(frozen=True)
class Promise:
    """What was promised at an earlier visit and is still open."""

    what: str
    owner: str = ""
    due: date | None = None


@dataclass(frozen=True)
class Gift:
    """A gift given or received, or one that is ready for this visit."""

    what: str
    on: date | None = None
    given: bool = True
    person: str = ""
    value: str = ""


@dataclass(frozen=True)
class SeatingRules:
    """How the office seats people; where the sources contradict each other, this is where it chooses."""

    shape: TableShape = TableShape.LONG_SIDE
    host_faces_door: bool = False
    interpreter_seat: InterpreterSeat = InterpreterSeat.BEHIND
    guest_interpreter: str = ""
    host_interpreter: str = ""
    seats_a_side: int = 15
    photo_row: int = 9


@dataclass(frozen=True)
class Visit:
    """A visit as its papers tell it. The order of `delegates` and `hosts` is their precedence and is never changed.

    Papers name things in both of `languages`, and once where they are the same. `countries_shown` is off where the
    visit says so; `cross_strait` also leaves out offices of a state.
    """

    reference: str
    partner: Texts
    starts_at: datetime
    ends_at: datetime
    venue: Texts
    delegates: tuple[Delegate, ...]
    hosts: tuple[Host, ...]
    emergency: Contact
    made_at: datetime
    languages: tuple[Language, ...] = (Language.EN, Language.ZH_HANT)
    visitors_zone: ZoneInfo | None = None
    purposes: tuple[Texts, ...] = ()
    programme: tuple[Slot, ...] = ()
    entrance: Texts = field(default_factory=dict)
    network: str = ""
    level: str = ""
    past_visits: tuple[PastVisit, ...] = ()
    promises: tuple[Promise, ...] = ()
    gifts: tuple[Gift, ...] = ()
    countries_shown: bool = True
    cross_strait: bool = False
    seating: SeatingRules = field(default_factory=SeatingRules)
