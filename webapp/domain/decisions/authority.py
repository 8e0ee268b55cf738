"""The door to links by which someone answers: what they may do is asked when the link is used, not when it was issued."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.errors import Gone
from webapp.domain.links import opening
from webapp.domain.links.opening import ANSWERING, Opened
from webapp.domain.routing.answerer import may_answer_now
from webapp.vocabulary import LinkKind


def opened(
    session: Session, token: str, *kinds: LinkKind, now: datetime, settings: Settings, shown: bool = False
) -> Opened:
    """Return the link of a token, of one of some kinds (by default, all by which someone answers).

    Raises as `opening.opened`, and Gone for one whose holder is no longer among those who may answer the enquiry. Ask
    again under the enquiry's lock before anything is decided by it.
    """
    found = opening.opened(session, token, *(kinds or ANSWERING), now=now, shown=shown)
    if found.kind is LinkKind.DECISION:
        may = may_answer_now(session, found.enquiry, now=now, settings=settings)
        if found.link.person_id not in may:
            raise Gone(language=found.language)
    return found
