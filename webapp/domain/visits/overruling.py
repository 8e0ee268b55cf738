"""What makes a visit impossible as it is planned; it is confirmed all the same only with the office's reason."""

from sqlalchemy.orm import Session

from webapp import questions
from webapp.domain.errors import Invalid
from webapp.domain.security.acting import Acting
from webapp.domain.visits import clashes, holds
from webapp.domain.visits.clashes import Clash
from webapp.models import Enquiry, Visit
from webapp.vocabulary import ClashKind, Language, VisitMode

# What no reason changes: others hold it, which `holds` says of two at once too; and what is over is refused before.
_NO_REASON = frozenset({ClashKind.ROOM_TAKEN, ClashKind.HOST_TAKEN, ClashKind.PAST})


class Impossible(Invalid):
    """A visit cannot be as it is planned, and no reason was given for it all the same; `clashes` say why."""

    def __init__(self, found: tuple[Clash, ...]) -> None:
        super().__init__({"overrule": "needed"})
        self.clashes = found


def expect(session: Session, enquiry: Enquiry, visit: Visit, reason: str, *, by: Acting, language: Language) -> bool:
    """Return whether a reason overrules something hard that clashes with a visit; names in it are in a language.

    Raises Impossible where something does and there is no reason.
    """
    place = (visit.room_id, visit.host_id)
    found = clashes.clashes(
        session,
        holds.when(visit),
        *place,
        enquiry.country,
        now=by.now,
        settings=by.settings,
        guests=visit.guests or questions.GROUP_SIZE.of(enquiry.answers),
        online=visit.mode is VisitMode.ONLINE,
        besides=visit.id,
        actor=by.actor,
        language=language,
    )
    hard = tuple(clash for clash in found if clash.hard and clash.kind not in _NO_REASON)
    if hard and not reason.strip():
        raise Impossible(hard)
    return bool(hard)
