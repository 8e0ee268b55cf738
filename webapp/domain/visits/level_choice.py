"""The office's own choice of a visit's level, in place of the one that the table says."""

from sqlalchemy.orm import Session

from webapp.domain.enquiries import actions, visiting
from webapp.domain.errors import Invalid
from webapp.domain.history import versions
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import Enquiry
from webapp.vocabulary import Action, Level, Permission


def choose(
    session: Session,
    enquiry: Enquiry,
    level: Level | None,
    reason: str,
    *,
    words: str,
    by: Acting,
    version: int | None = None,
) -> None:
    """Choose the level of the visit of a locked enquiry, or (None) follow the table again; no partner hears of it.

    `words` say it in the history, as a note. Raises Invalid where a level comes without a reason, and as `actions.act`
    does for a note.
    """
    require(by.actor, Permission.ENQUIRY_DECIDE)
    actions.check(enquiry, Action.NOTE, actor=by.actor, version=version)
    if level is not None and not reason.strip():
        raise Invalid({"reason": "needed"})
    visit = visiting.made(session, enquiry, now=by.now, settings=by.settings)
    given = (level, reason.strip() if level is not None else "")
    if given == (visit.level, visit.level_reason):
        return
    visit.level, visit.level_reason = given
    versions.raise_version(visit)
    visit.changed_at = by.now
    actions.act(session, enquiry, Action.NOTE, text=words, by=by)
