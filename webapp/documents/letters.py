"""Invitation letters: what each must state, for which journey; a fact that is missing is an error, not a blank."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import segno

from webapp.documents.typesetting import check, pdf
from webapp.documents.values import Issuer
from webapp.documents.words import Words
from webapp.i18n import N_, date_long, date_range
from webapp.vocabulary import Language, LetterPurpose

# Who may stay how long, and how long a passport must outlast the stay: see docs/papers.md.
LONGEST_OFFICIAL_STAY = timedelta(days=30)
PASSPORT_OUTLASTS = timedelta(days=31)
VERIFY_PATH = "/letters/verify"


@dataclass(frozen=True)
class Letter:
    """One letter for one person; the name is exactly that of the passport. Texts are as the office wrote them."""

    number: str
    purpose: LetterPurpose
    issued_on: date
    passport_name: str
    reason: str
    arrival: date | None
    departure: date | None
    signatory_name: str
    signatory_post: str
    language: Language = Language.EN
    employer: str = ""
    position: str = ""
    gender: str = ""
    birth_date: date | None = None
    passport_number: str = ""
    passport_expiry: date | None = None
    places: str = ""
    relation: str = ""
    payer: str = ""
    head_count: int | None = None
    received_by: str = ""
    activities: str = ""
    coordinator: str = ""
    facilities: str = ""

    @property
    def days(self) -> int:
        """How many days the stay has, those of arrival and departure included."""
        return (self.departure - self.arrival).days + 1 if self.arrival and self.departure else 0


class Incomplete(Exception):
    """A letter cannot be written; `faults` says of each field why, in words of the catalogues."""

    def __init__(self, faults: dict[str, str]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{field}: {fault}" for field, fault in faults.items()))


# How each fact is called, in the order in which a letter lists them.
FACT_LABEL = {
    "passport_name": N_("Name, as in the passport"),
    "gender": N_("Gender"),
    "birth_date": N_("Date of birth"),
    "passport_number": N_("Passport number"),
    "passport_expiry": N_("Passport valid until"),
    "employer": N_("Employer"),
    "position": N_("Position"),
    "reason": N_("Purpose"),
    "activities": N_("Activities"),
    "arrival": N_("Arrival"),
    "departure": N_("Departure"),
    "places": N_("Places"),
    "relation": N_("Relation to us"),
    "head_count": N_("Members of the group"),
    "received_by": N_("Received by"),
    "payer": N_("Who pays"),
    "coordinator": N_("Coordinator of the visit"),
    "facilities": N_("Facilities used"),
}
_ALWAYS = frozenset({"passport_name", "reason", "arrival", "departure"})
_MAINLAND = _ALWAYS | {"gender", "birth_date", "passport_number", "places", "relation", "payer"}
# What must be stated, beside the institution's name, address and phone; sources in docs/papers.md.
STATED: dict[LetterPurpose, frozenset[str]] = {
    # Invitee, employer, post, purpose, dates, length, payer [AHP][HNU]; head count, an equal inviter [HUN].
    LetterPurpose.HK_OFFICIAL: _ALWAYS | {"employer", "position", "payer", "head_count", "received_by"},
    # Unpaid meetings and seminars [CUH]; a passport that is valid for a month beyond the stay [AME].
    LetterPurpose.HK_OTHER: _ALWAYS | {"employer", "passport_expiry", "payer"},
    # A person as the passport has them, where they go, why, and who pays [KK].
    LetterPurpose.MAINLAND_F: _MAINLAND,
    LetterPurpose.MAINLAND_M: _MAINLAND,
    # Host organisation, length, purpose [DE].
    LetterPurpose.SCHENGEN: _ALWAYS | {"employer"},
    # A permitted purpose, dates, coordinator, funding, facilities [CDF], activities [OX].
    LetterPurpose.UK: _ALWAYS | {"employer", "activities", "coordinator", "payer", "facilities"},
}
_SCHENGEN = "AT BE BG CH CZ DE DK EE ES FI FR GR HR HU IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"


def offered(country: str) -> tuple[LetterPurpose, ...]:
    """Return for which journeys an institution of a country writes letters.

    One in the Schengen area or the United Kingdom invites to there alone; others may receive in several places.
    """
    if country in _SCHENGEN.split():
        return (LetterPurpose.SCHENGEN,)
    return (LetterPurpose.UK,) if country == "GB" else tuple(LetterPurpose)


# What is said besides, in the letter's words.
SAID: dict[LetterPurpose, tuple[str, ...]] = {
    LetterPurpose.HK_OFFICIAL: (
        N_("We invite the group directly; no agency takes part."),
        N_("We work in the same field as the group, and it is received at an equal level."),
    ),
    LetterPurpose.HK_OTHER: (
        N_("The visit is for meetings and seminars that are not paid."),
        N_(
            "The visitor may speak at one event of no more than seven days during the stay, and receives nothing for "
            "it but travel, lodging and meals."
        ),
    ),
    LetterPurpose.MAINLAND_F: (
        N_("We ask you to grant a visa of type F, for exchanges and visits, for the stay named above."),
    ),
    LetterPurpose.MAINLAND_M: (
        N_("We ask you to grant a visa of type M, for business and trade, for the stay named above."),
    ),
    LetterPurpose.SCHENGEN: (
        N_("%(institution)s is the host organisation of this stay."),
        N_("We ask you to grant a visa for the days named above."),
    ),
    LetterPurpose.UK: (
        N_("%(institution)s is the host organisation of this stay."),
        N_("What is planned is among the activities that visitors are permitted; the visitor takes up no work."),
    ),
}
_LABELS = {
    "number": N_("Letter number"),
    "to": N_("To whom it may concern"),
    "faithfully": N_("Yours faithfully,"),
    "seal": N_("Seal"),
    "check": N_(
        "To check this letter, open this address and type the letter’s number and the name. The page says whether the "
        "letter is valid, and nothing else."
    ),
}
_SEALED = (LetterPurpose.MAINLAND_F, LetterPurpose.MAINLAND_M)


def faults(letter: Letter, issuer: Issuer) -> dict[str, str]:
    """Return what keeps a letter from being written, by field; {} where nothing does."""
    missing = N_("The letter must state this.")
    needed = STATED[letter.purpose] | {"number", "signatory_name", "signatory_post"}
    found = {field: missing for field in sorted(needed) if not getattr(letter, field)}
    ours = ("name", "address", "phone")
    found |= {field: missing for field in ours if not _of_issuer(issuer, field, letter.language)}
    for field, (holds, fault) in _RULES.items():
        if field not in found and not holds(letter):
            found[field] = fault
    return found


def _outlasts(letter: Letter) -> bool:
    if "passport_expiry" not in STATED[letter.purpose] or not letter.passport_expiry or not letter.departure:
        return True
    return letter.passport_expiry >= letter.departure + PASSPORT_OUTLASTS


def _short_enough(letter: Letter) -> bool:
    return letter.purpose is not LetterPurpose.HK_OFFICIAL or timedelta(days=letter.days) <= LONGEST_OFFICIAL_STAY


_RULES: dict[str, tuple[Callable[[Letter], bool], str]] = {
    "departure": (lambda letter: not letter.arrival or letter.days > 0, N_("The departure is before the arrival.")),
    "arrival": (_short_enough, N_("An official group may stay for at most 30 days.")),
    "passport_expiry": (_outlasts, N_("The passport must be valid for a month beyond the departure.")),
}


def _of_issuer(issuer: Issuer, field: str, language: Language) -> str:
    value = getattr(issuer, field)
    return value if isinstance(value, str) else value.get(language) or value.get(Language.EN) or ""


def write(letter: Letter, issuer: Issuer) -> bytes:
    """Return a letter as PDF. Raises Incomplete by field, and NotPrintable where a font lacks a character."""
    if found := faults(letter, issuer):
        raise Incomplete(found)
    check(letter, issuer)
    words = Words((letter.language,))
    subject = words.label(N_("Invitation of %(name)s"), name=letter.passport_name)[0]
    title = words.own(f"{subject['text']} ({letter.number})")
    made_at = _noon(letter.issued_on, issuer)
    return pdf(
        "letter",
        _values(letter, issuer, words, subject),
        title=title,
        language=letter.language,
        brand=issuer.brand,
        made_at=made_at,
    )


def _noon(day: date, issuer: Issuer) -> datetime:
    """Return the moment that the file names as its own: the same for the same letter."""
    return datetime.combine(day, time(12), tzinfo=issuer.zone)


def _values(letter: Letter, issuer: Issuer, words: Words, subject: Any) -> dict[str, Any]:
    name = _of_issuer(issuer, "name", letter.language)
    # The name in English beside the letter's own language: who checks it may read neither.
    names = dict.fromkeys((name, issuer.name.get(Language.EN, name)))
    verify = f"{issuer.public_url}{VERIFY_PATH}"
    stated = {"from": letter.arrival, "until": letter.departure}
    dates = {key: date_long(value, letter.language) for key, value in stated.items() if value}
    contact = (_of_issuer(issuer, "office", letter.language), _of_issuer(issuer, "address", letter.language))
    opening = words.label(
        N_("%(institution)s invites the person named below from %(from)s until %(until)s, %(days)s days in all."),
        institution=name,
        days=letter.days,
        **dates,
    )
    return {
        "reference": letter.number,
        "institution": [words.own(each) for each in names],
        "contact": [words.own(each) for each in (*contact, issuer.phone) if each],
        "email": words.own(issuer.email),
        "date": words.day(letter.issued_on)[0],
        "number": words.own(letter.number),
        "labels": {name: runs[0] for name, runs in words.labels(**_LABELS).items()},
        "subject": subject,
        "opening": opening[0],
        "facts": [
            (words.label(label)[0], words.own(_fact(field, getattr(letter, field), letter.language)))
            for field, label in FACT_LABEL.items()
            if field in STATED[letter.purpose]
        ],
        "said": [words.label(text, institution=name)[0] for text in SAID[letter.purpose]],
        "valid": words.label(N_("Valid until %(date)s, the day of departure."), date=dates["until"])[0],
        "signatory": [words.own(letter.signatory_name), words.own(letter.signatory_post), words.own(name)],
        "sealed": letter.purpose in _SEALED,
        "verify": verify,
        "qr": segno.make(f"{verify}?number={letter.number}", error="m", micro=False).svg_inline(border=0),
        "qr-alt": words.label(N_("Link to the check of letter %(number)s"), number=letter.number)[0]["text"],
    }


def _fact(field: str, value: Any, language: Language) -> str:
    if not isinstance(value, date):
        return str(value)
    # What someone plans for has its weekday; what a passport says has none.
    return date_long(value, language) if field in ("arrival", "departure") else date_range(value, value, language)
