"""What a paper remembers of its visit's organisation: earlier visits, promises that are open, and gifts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from webapp import labels, questions
from webapp.documents import values
from webapp.documents.values import PastVisit, Texts
from webapp.i18n import translations
from webapp.models import Enquiry, Gift, Promise, Visit
from webapp.vocabulary import GiftDirection, Language, VisitState

# The dossier has room for six of each, and counts the others.
MOST = 30


def purposes(answers: Mapping[str, Any], languages: tuple[Language, ...]) -> tuple[Texts, ...]:
    """Return what a visit is for, as its partner chose, in each language."""
    known = {str(word): text for word, text in labels.PURPOSE.items()}
    chosen = [known[each] for each in questions.PURPOSES.of(answers) or () if each in known]
    return tuple({each: translations(each).gettext(text) for each in languages} for text in chosen)


def past(session: Session, enquiry: Enquiry, visit: Visit, languages: tuple[Language, ...]) -> tuple[PastVisit, ...]:
    """Return earlier visits of the same organisation, the newest first, by their purposes: not in others' words."""
    if enquiry.organisation_id is None:
        return ()
    query = (
        select(Visit.last_day, Enquiry.answers)
        .join(Enquiry, Enquiry.id == Visit.enquiry_id)
        .where(
            Enquiry.organisation_id == enquiry.organisation_id,
            Visit.id != visit.id,
            Visit.state == VisitState.CONFIRMED,
            Visit.last_day < visit.first_day,
        )
        .order_by(Visit.last_day.desc(), Visit.id.desc())
        .limit(MOST)
    )
    return tuple(
        PastVisit(
            on=day,
            what=next(iter(purposes(answers, languages)), {}),
            leader=str(questions.LEADER_NAME.of(answers) or ""),
        )
        for day, answers in session.execute(query)
    )


def promises(session: Session, enquiry: Enquiry) -> tuple[values.Promise, ...]:
    """Return what was promised to the organisation, at this visit or before, and is still open; the next due first."""
    query = (
        select(Promise)
        .where(_at_visits(enquiry), Promise.done_at.is_(None))
        .order_by(Promise.due_on.is_(None), Promise.due_on, Promise.id)
        .limit(MOST)
        .options(joinedload(Promise.owner))
    )
    return tuple(
        values.Promise(each.text, each.owner.name if each.owner else "", each.due_on) for each in session.scalars(query)
    )


def gifts(session: Session, enquiry: Enquiry) -> tuple[values.Gift, ...]:
    """Return what was given to the organisation and received from it, the newest first."""
    query = select(Gift).join(Gift.enquiry).where(_between_us(enquiry)).order_by(Gift.day.desc(), Gift.id.desc())
    return tuple(
        values.Gift(
            each.item if each.number == 1 else f"{each.number} × {each.item}",
            on=each.day,
            given=each.direction is GiftDirection.GIVEN,
            person=each.receiver if each.direction is GiftDirection.GIVEN else each.giver,
            value=f"{each.currency} {each.value:,.2f}".removesuffix(".00") if each.value is not None else "",
        )
        for each in session.scalars(query.limit(MOST))
    )


def _at_visits(enquiry: Enquiry) -> Any:
    """Return the condition that it was promised at a visit of the organisation: few, however many others are open."""
    if enquiry.organisation_id is None:
        return Promise.enquiry_id == enquiry.id
    theirs = select(Visit.enquiry_id).join(Enquiry, Enquiry.id == Visit.enquiry_id)
    return Promise.enquiry_id.in_(theirs.where(Enquiry.organisation_id == enquiry.organisation_id))


def _between_us(enquiry: Enquiry) -> Any:
    same = Enquiry.organisation_id == enquiry.organisation_id if enquiry.organisation_id is not None else None
    return Enquiry.id == enquiry.id if same is None else or_(Enquiry.id == enquiry.id, same)
