"""What emails are written from and made of: the enquiry, the institution, a reader, and the parts of an email."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from webapp.config import Settings
from webapp.i18n import localised
from webapp.vocabulary import Kind, Language, MessageKind, OrganisationType, Status, VisitMode, VisitState

# Marks in the stored text of emails to a partner, to an answerer and to the owner of an account; delivery puts the
# secret in their place.
TRACKING_TOKEN_SLOT = "tracking-token-goes-here"  # noqa: S105 - a mark, not a secret
DECISION_TOKEN_SLOT = "decision-token-goes-here"  # noqa: S105 - a mark, not a secret
ACCOUNT_TOKEN_SLOT = "account-token-goes-here"  # noqa: S105 - a mark, not a secret
OWN_DATA_TOKEN_SLOT = "own-data-token-goes-here"  # noqa: S105 - a mark, not a secret
SAVED_FORM_TOKEN_SLOT = "saved-form-token-goes-here"  # noqa: S105 - a mark, not a secret
CODE_SLOT = "code-goes-here"


def decision_mark(number: int) -> str:
    """Return the mark of one among several links in an email; `number` is its row's, and no mark begins another."""
    return f"{DECISION_TOKEN_SLOT}-{number:010}"


@dataclass(frozen=True)
class DatesOffered:
    """Days that a partner can choose; `number` is their row's."""

    number: int
    first: date
    last: date


@dataclass(frozen=True)
class VisitDetails:
    """When and where a visit is, and with whom: what is not known yet is None or ""; places by language."""

    state: VisitState
    mode: VisitMode
    first_day: date | None
    last_day: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    zone: ZoneInfo
    place: Mapping[Language, str]
    host: str
    guests: int | None
    offered: tuple[DatesOffered, ...] = ()
    # It had been confirmed: what is called off then had been promised.
    was_confirmed: bool = False
    # The invitation letters that were withdrawn with it.
    letters_withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True)
class EnquiryDetails:
    """What an email may say about an enquiry; `language` is its partner's, `answerer_name` "" means the office."""

    reference: str
    kind: Kind
    status: Status
    language: Language
    contact_name: str
    contact_email: str
    organisation: str
    country: str
    subject: str
    message: str
    network_short: str | None
    network_name: Mapping[str, str] | None
    answers: Mapping[str, Any]
    submitted_at: datetime
    promised_on: date
    attachment_names: tuple[str, ...]
    answerer_name: str
    contact_position: str = ""
    phone: str = ""
    organisation_type: OrganisationType | None = None
    on_behalf_of: str = ""
    existing_link: str = ""
    # As what it was asked first, where that may be another kind: subjects of emails name it, see `partner.letter`.
    asked_as: Kind | None = None
    # The partner's own language, which may be off: then `language` is the nearest to it.
    written_in: Language | None = None
    # Of a visit that dates were offered for, or that was accepted.
    visit: VisitDetails | None = None

    def network(self, language: Language) -> str:
        """Return the network's short and full name, as the directory has them in a language, or ""."""
        name, short = localised(self.network_name, language), self.network_short or ""
        if not (name and short) or name == short:
            return name or short
        return language.writing.apposed.format(short, name)


@dataclass(frozen=True)
class Institution:
    """The university as its emails show it; names by language."""

    name: Mapping[Language, str]
    short_name: Mapping[Language, str]
    address: Mapping[Language, str]
    brand: str
    office_email: str
    public_url: str
    zone: ZoneInfo
    languages: tuple[Language, ...] = tuple(Language)

    @classmethod
    def from_settings(cls, settings: Settings) -> "Institution":
        """Return the institution of an installation; kept for the settings, so change nothing of it."""
        return _institution(settings)


@lru_cache(4)
def _institution(settings: Settings) -> Institution:
    return Institution(
        name=settings.names("institution"),
        short_name=settings.names("institution_short"),
        address=settings.names("institution_address"),
        brand=settings.brand,
        office_email=settings.office_email,
        public_url=settings.public_url,
        zone=settings.zone,
        languages=settings.languages,
    )


@dataclass(frozen=True)
class Addressee:
    """A liaison, a deputy or the office (whose name is ""); `decides` says that the email carries a link to decide."""

    name: str
    email: str
    language: Language
    decides: bool = False
    has_account: bool = True


@dataclass(frozen=True)
class HandOver:
    """Why an enquiry comes to someone: in whose place (`missing`, away `until` a day, or gone), or given by whom.

    `before` is with whom it was; `office` says that no one could be reached. Empty texts and None are not known.
    """

    office: bool = False
    missing: str = ""
    until: date | None = None
    before: str = ""
    given_by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; each text of `strong` that occurs in it is set in bold."""

    part: ClassVar[str] = "paragraph"
    text: str
    strong: tuple[str, ...] = ()

    @property
    def pieces(self) -> Iterator[tuple[str, bool]]:
        """Yield the text in pieces, each with whether it is bold."""
        rest = self.text
        for phrase in sorted(filter(None, self.strong), key=self.text.find):
            before, found, after = rest.partition(phrase)
            if found:
                yield before, False
                yield phrase, True
                rest = after
        yield rest, False


@dataclass(frozen=True)
class FactTable:
    """Rows of label and value; "\\n" parts the lines of a value. `links` are (words, address) by a row's label."""

    part: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Button:
    """The one thing to press."""

    part: ClassVar[str] = "button"
    label: str
    url: str


@dataclass(frozen=True)
class Quote:
    """What someone wrote, in their words."""

    part: ClassVar[str] = "quote"
    label: str
    text: str


@dataclass(frozen=True)
class Small:
    """A paragraph of small print."""

    part: ClassVar[str] = "small"
    text: str


Block = Paragraph | FactTable | Button | Quote | Small


@dataclass(frozen=True)
class EmailContent:
    """One email before it is rendered. All texts are plain; rendering escapes them.

    `recipient_name` is "" where the recipient did not prove to own the address.
    """

    kind: MessageKind
    language: Language
    recipient_name: str
    recipient_email: str
    subject: str
    preview: str
    greeting: str
    heading: str
    blocks: tuple[Block, ...]
    # An entry for the reader's calendar, as `invitation.written` makes it.
    calendar: str = ""
