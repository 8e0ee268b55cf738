"""What is to be done about an enquiry, as a list: ticked off by someone, at some time, in the history too."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.enquiries import actions
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.security.acting import Acting
from webapp.models import ChecklistItem, Enquiry
from webapp.models.event_data import Checked
from webapp.vocabulary import Action, ChecklistChange

LONGEST_ITEM = 200
MOST = 40


def items(session: Session, found: Enquiry) -> Sequence[ChecklistItem]:
    """Return the checklist of an enquiry that the actor was allowed to fetch, in the order of writing."""
    query = select(ChecklistItem).where(ChecklistItem.enquiry_id == found.id).order_by(ChecklistItem.id)
    return session.scalars(query).all()


def add(session: Session, found: Enquiry, text: str, *, by: Acting) -> ChecklistItem:
    """Add a line to the checklist of a locked enquiry. Raises NotAllowed, Invalid for an empty, long or late line."""
    text = " ".join(text.split())
    if not text:
        raise Invalid({"item": "needed"})
    if len(text) > LONGEST_ITEM:
        raise Invalid({"item": "long"})
    if len(items(session, found)) >= MOST:
        raise Invalid({"item": "many"})
    item = ChecklistItem(enquiry_id=found.id, text=text, done_at=None, done_by="")
    _tell(session, found, item, ChecklistChange.ADDED, by=by)
    session.add(item)
    session.flush()
    return item


def tick(session: Session, found: Enquiry, item_id: int, *, done: bool, by: Acting) -> None:
    """Tick a line off, or untick it; nothing happens where someone did it before. Raises NotFound, NotAllowed."""
    item = _item(session, found, item_id)
    if (item.done_at is not None) == done:
        return
    did = ChecklistChange.TICKED if done else ChecklistChange.UNTICKED
    _tell(session, found, item, did, by=by)
    item.done_at, item.done_by = (by.now, by.actor.name) if done else (None, "")


def remove(session: Session, found: Enquiry, item_id: int, *, by: Acting) -> str:
    """Remove a line from the checklist and return its text; the history keeps it. Raises NotFound, NotAllowed."""
    item = _item(session, found, item_id)
    _tell(session, found, item, ChecklistChange.REMOVED, by=by)
    session.delete(item)
    return item.text


def _item(session: Session, found: Enquiry, item_id: int) -> ChecklistItem:
    item = session.get(ChecklistItem, item_id)
    if item is None or item.enquiry_id != found.id:
        raise NotFound("checklist item")
    return item


def _tell(session: Session, found: Enquiry, item: ChecklistItem, did: ChecklistChange, *, by: Acting) -> None:
    """Record a change of the list. Its lines conflict with nothing: no version is compared, though it rises."""
    facts = Checked(item=item.text, did=did)
    actions.act(session, found, Action.CHECK, facts=facts, by=by)
