"""Delegates who ask for their own data: what is kept of one by their address, and how they are taken off every list."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, String, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from webapp.domain.papers import letters, orders, versions
from webapp.domain.security.acting import Acting
from webapp.models import (
    Delegate,
    Enquiry,
    InvitationLetter,
    PaperOrder,
    Passport,
    RosterChange,
    RosterDraft,
    VisitPaper,
)
from webapp.vocabulary import Paper

Numbers = Sequence[int]
_FREE = select(Enquiry.id).where(Enquiry.hold_since.is_(None))


@dataclass(frozen=True)
class Found:
    """The rows that are about one delegate by their address, by table; letters are known by the name on them."""

    delegates: Numbers = ()
    passports: Numbers = ()
    roster_changes: Numbers = ()
    roster_drafts: Numbers = ()
    invitation_letters: Numbers = ()

    def __bool__(self) -> bool:
        return bool(self.delegates or self.roster_changes or self.roster_drafts)


def find(session: Session, address: str) -> Found:
    """Return what is kept of a delegate under an address in small letters."""
    if not address:
        return Found()
    rows = _rows(session, address)
    numbers = [row.id for row in rows]
    asked = _asked(session, address, numbers)
    return Found(
        delegates=numbers,
        passports=session.scalars(select(Passport.id).where(Passport.delegate_id.in_(numbers))).all(),
        roster_changes=[change.id for change in asked],
        roster_drafts=session.scalars(_drafts(address)).all(),
        invitation_letters=[letter.id for letter in _letters(session, rows)],
    )


def names(session: Session, address: str) -> set[str]:
    """Return what delegates with an address are called, in both orders, and in their passports."""
    found = set()
    for row in _rows(session, address):
        both = [name for name in (row.family_name, row.given_name) if name]
        found |= {" ".join(both), " ".join(reversed(both)), row.passport.name if row.passport else ""}
    return found - {""}


def erase(session: Session, address: str, *, by: Acting) -> int:
    """Take a delegate off every list that is not on legal hold, with all that was printed of them; return how many
    rows that were. Papers that are to show the others are made anew.
    """
    free = set(session.scalars(_FREE))
    rows = [row for row in _rows(session, address) if row.enquiry_id in free]
    asked = [each for each in _asked(session, address, [row.id for row in rows]) if each.enquiry_id in free]
    visits = {row.enquiry_id for row in rows} | {each.enquiry_id for each in asked}
    for letter in _letters(session, rows):
        of_letter = (VisitPaper.enquiry_id == letter.enquiry_id, VisitPaper.name == letter.number)
        session.execute(delete(VisitPaper).where(*of_letter))
        session.execute(delete(PaperOrder).where(PaperOrder.name == letter.number))
        letter.name = letter.withdrawn_reason = ""
    session.flush()
    session.execute(delete(RosterChange).where(RosterChange.id.in_([each.id for each in asked])))
    session.execute(delete(Passport).where(Passport.delegate_id.in_([row.id for row in rows])))
    session.execute(delete(Delegate).where(Delegate.id.in_([row.id for row in rows])))
    session.execute(delete(RosterDraft).where(RosterDraft.id.in_(_drafts(address)), RosterDraft.enquiry_id.in_(_FREE)))
    for number in sorted({row.enquiry_id for row in rows}):
        _print_anew(session, number, by)
    session.execute(update(Enquiry).where(Enquiry.id.in_(visits)).values(version=Enquiry.version + 1))
    session.expire_all()
    return len(rows) + len(asked)


def _rows(session: Session, address: str) -> Sequence[Delegate]:
    query = select(Delegate).where(func.lower(Delegate.email) == address).order_by(Delegate.id)
    return session.scalars(query.options(joinedload(Delegate.passport))).all()


def _asked(session: Session, address: str, numbers: Numbers) -> list[RosterChange]:
    """Return what a partner wanted otherwise of these delegates, and of who has the address and is on no list."""
    says = cast(RosterChange.after, String).icontains(address, autoescape=True)
    query = select(RosterChange).where(or_(RosterChange.delegate_id.in_(numbers), says))
    return [
        each
        for each in session.scalars(query.order_by(RosterChange.id))
        if each.delegate_id in numbers or str(each.after.get("email", "")).strip().lower() == address
    ]


def _drafts(address: str) -> Select[int]:
    """Select lists that were not saved and in which the address was read: who sent one can send it again."""
    read = (RosterDraft.reading, RosterDraft.choices)
    return select(RosterDraft.id).where(or_(*(cast(each, String).icontains(address, autoescape=True) for each in read)))


def _letters(session: Session, rows: Sequence[Delegate]) -> list[InvitationLetter]:
    """Return the letters of delegates: they keep the name that was in the passport, and no number of a row."""
    found = []
    for row in rows:
        both = f"{row.family_name} {row.given_name}"
        for letter in letters.of(session, row.enquiry_id):
            known = (both, row.passport.name if row.passport else "")
            if letter.name and any(letters.is_same_name(letter.name, each) for each in known):
                found.append(letter)
    return found


def _print_anew(session: Session, enquiry_id: int, by: Acting) -> None:
    """Delete the papers of a visit, which name who comes, and have those that there were made anew."""
    known = set(Paper)
    asked = {order.name for order in orders.of(session, enquiry_id)} & known
    made = {paper.name for paper in versions.of(session, enquiry_id)} & known
    session.execute(delete(VisitPaper).where(VisitPaper.enquiry_id == enquiry_id, VisitPaper.name.in_(made)))
    if asked | made:
        orders.ask(session, enquiry_id, sorted(asked | made), now=by.now)
