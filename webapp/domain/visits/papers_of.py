"""What the papers of a visit say, from rows to values: the table of docs/papers.md, in six statements at most."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from webapp import labels, questions
from webapp.config import Settings
from webapp.documents import values
from webapp.documents.people import Contact, Delegate, Host, Written
from webapp.documents.values import Issuer, SeatingRules, Slot, Texts
from webapp.domain.errors import NotFound
from webapp.domain.notifications import programme_mails, visit_mails
from webapp.domain.visits import papers_memory, programme
from webapp.i18n import N_, translations, zone_of
from webapp.models import Delegate as DelegateRow
from webapp.models import Enquiry, Passport, Person, Visit, VisitSlot
from webapp.vocabulary import Language, NameOrder, SlotAnswer, VisitState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A page of a visit reads of five hundred delegates what its papers would say, to see whether they still say it.
_OF_A_DELEGATE = (
    *(DelegateRow.family_name, DelegateRow.given_name, DelegateRow.name_order, DelegateRow.honorific),
    *(DelegateRow.position, DelegateRow.academic_title, DelegateRow.organisation, DelegateRow.diet),
    *(DelegateRow.access_needs, DelegateRow.arrival, DelegateRow.vehicle),
)


def can_be_made(visit: Visit) -> bool:
    """Return whether a visit has what every paper says: a day, with its time."""
    return visit.state is not VisitState.CANCELLED and visit.starts_at is not None and visit.ends_at is not None


def issuer(visit: Visit, settings: Settings) -> Issuer:
    """Return the institution as the papers of a visit show it, with the clock of the visit."""
    made = Issuer.from_settings(settings, office={}, phone=settings.office_phone)
    return replace(made, zone=ZoneInfo(visit.timezone))


def of(session: Session, enquiry: Enquiry, visit: Visit, *, settings: Settings) -> values.Visit:
    """Return the values of a visit whose room and host are loaded, and its enquiry's network.

    Raises NotFound for one without a time. The same rows give the same values.
    """
    if not can_be_made(visit):
        raise NotFound("time")
    assert visit.starts_at is not None
    assert visit.ends_at is not None
    languages = _languages(enquiry, settings)
    level = visit.level or settings.levels.of(questions.RANK.of(enquiry.answers))
    planned = programme.of(session, visit)
    return values.Visit(
        reference=enquiry.reference,
        partner={languages[0]: enquiry.organisation},
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        venue=_venue(visit, languages),
        delegates=_delegates(session, enquiry),
        hosts=_hosts(_receiving(visit, planned), languages[0], settings),
        emergency=Contact(settings.office_phone, settings.names("institution")),
        made_at=visit.changed_at,
        languages=languages,
        visitors_zone=zone_of(enquiry.country, visit.starts_at),
        purposes=papers_memory.purposes(enquiry.answers, languages),
        programme=slots(enquiry, visit, planned, settings=settings),
        network=enquiry.network.short_name if enquiry.network else "",
        level=_said(labels.LEVEL[level], languages[:1])[languages[0]] if level else "",
        past_visits=papers_memory.past(session, enquiry, visit, languages),
        promises=papers_memory.promises(session, enquiry),
        gifts=papers_memory.gifts(session, enquiry),
        countries_shown=visit.with_flags,
        cross_strait=not visit.with_flags,
        seating=SeatingRules(
            shape=settings.table_shape,
            host_faces_door=settings.host_faces_door,
            interpreter_seat=settings.interpreter_seat,
            host_interpreter=next((each.interpreter for each in planned if each.interpreter), ""),
        ),
    )


def slots(enquiry: Enquiry, visit: Visit, planned: Sequence[VisitSlot], *, settings: Settings) -> tuple[Slot, ...]:
    """Return the parts of the programme in their order: as long as nothing is planned, the visit is the one."""
    languages = _languages(enquiry, settings)
    return tuple(_slot(each, languages, settings) for each in planned) or (_whole(enquiry, visit, languages, settings),)


def _slot(slot: VisitSlot, languages: tuple[Language, ...], settings: Settings) -> Slot:
    return Slot(
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        title=_texts(slot.title),
        place={each: programme_mails.place(slot, each) for each in languages},
        purpose=_texts(slot.purpose),
        hosts=_hosts([each.person for each in slot.hosts if each.answer is SlotAnswer.YES], languages[0], settings),
        languages=dict.fromkeys(languages, slot.languages),
        interpreter=slot.interpreter,
    )


def _texts(said: Mapping[str, str]) -> Texts:
    return {Language(each): text for each, text in said.items() if text}


def _whole(enquiry: Enquiry, visit: Visit, languages: tuple[Language, ...], settings: Settings) -> Slot:
    assert visit.starts_at is not None
    spoken = str(questions.WORKING_LANGUAGE.of(enquiry.answers) or "")
    title = _said(N_("Visit to %(institution)s"), languages)
    names = settings.names("institution_short")
    return Slot(
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        title={each: title[each] % {"institution": names[each]} for each in languages},
        place=_venue(visit, languages),
        purpose={languages[0]: enquiry.subject},
        hosts=_hosts([visit.host] if visit.host else [], languages[0], settings),
        languages={languages[0]: spoken} if spoken else {},
    )


def basis(visit: values.Visit, issuer: Issuer) -> str:
    """Return the hash of what a paper is made from: where it is the same, the paper would be."""
    return hashlib.sha256(repr((replace(visit, made_at=_EPOCH), issuer)).encode()).hexdigest()


def _languages(enquiry: Enquiry, settings: Settings) -> tuple[Language, ...]:
    """Return two of those that are on: first the one that guests should read, then the office's."""
    own = (settings.spoken(enquiry.language), settings.language)
    return tuple(dict.fromkeys((*own, *settings.languages)))[:2]


def _said(text: str, languages: tuple[Language, ...]) -> dict[Language, str]:
    return {each: translations(each).gettext(text) for each in languages}


def _venue(visit: Visit, languages: tuple[Language, ...]) -> Texts:
    return {each: visit_mails.place(visit, each) for each in languages}


def _delegates(session: Session, enquiry: Enquiry) -> tuple[Delegate, ...]:
    """Return who comes, in order of precedence. Of passports, the nationality alone is read."""
    query = (
        select(*_OF_A_DELEGATE, Passport.nationality)
        .outerjoin(Passport, Passport.delegate_id == DelegateRow.id)
        .where(DelegateRow.enquiry_id == enquiry.id)
        .order_by(DelegateRow.precedence, DelegateRow.id)
    )
    return tuple(map(_delegate, session.execute(query))) or _leader(enquiry)


def _delegate(row: Any) -> Delegate:
    nationality = row.nationality or ""
    return Delegate(
        own=written(row),
        country=nationality.upper() if len(nationality) == 2 else "",
        diet=row.diet,
        access_needs=row.access_needs,
        arrival=row.arrival,
        plate=row.vehicle,
    )


def written(row: DelegateRow | Row[Any]) -> Written:
    """Return a delegate as they write themselves."""
    return Written(
        family_name=row.family_name,
        given_name=row.given_name,
        family_first=row.name_order is NameOrder.FAMILY_FIRST,
        honorific=row.honorific,
        position=row.position,
        academic_title=row.academic_title,
        organisation=row.organisation,
    )


def _leader(enquiry: Enquiry) -> tuple[Delegate, ...]:
    """Return the one whom the partner named when they asked, as long as there is no list."""
    asked = (questions.LEADER_NAME, questions.LEADER_TITLE)
    name, title = (str(question.of(enquiry.answers) or "") for question in asked)
    own = Written(given_name=name, position=title, organisation=enquiry.organisation)
    return (Delegate(own=own),) if name else ()


def _receiving(visit: Visit, planned: Sequence[VisitSlot]) -> list[Person]:
    """Return who receives the visitors: the host of the visit, then those who said yes to its slots, each once."""
    agreed = [host.person for slot in planned for host in slot.hosts if host.answer is SlotAnswer.YES]
    return list({each.id: each for each in ([visit.host] if visit.host else []) + agreed}.values())


def _hosts(people: Sequence[Person], language: Language, settings: Settings) -> tuple[Host, ...]:
    house = settings.named("institution", language)
    return tuple(Host(own=Written(given_name=each.name, organisation=house)) for each in people)
