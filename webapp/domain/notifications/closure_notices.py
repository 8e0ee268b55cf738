"""The notice about a closure: at most one email to each partner and answerer, in words that the office approved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from webapp.config import Settings
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.messages import outbox
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing import answerer
from webapp.domain.routing.answerer import Answerer
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SEE_ALL, Actor, require
from webapp.mail import messages
from webapp.mail.messages import Addressee, DatedEnquiry, EmailContent, Institution
from webapp.models import Closure, ClosureMove, ClosureNotice, Enquiry, Link, Message
from webapp.vocabulary import CLOCK_STATUSES, Language, MessageKind, Permission


def draft(closure: Closure) -> dict[Language, str]:
    """Return the words proposed for the notice that is due, by language."""
    undoing = closure.revoked_at is not None
    return {language: messages.closure_notice(language, undoing=undoing) for language in Language}


def sent(closure: Closure) -> ClosureNotice | None:
    """Return the notice that was sent about the closure as it is now (in force, or undone), or None."""
    undoing = closure.revoked_at is not None
    return next((notice for notice in closure.notices if notice.undoing == undoing), None)


def wanted(closure: Closure) -> Sequence[ClosureMove]:
    """Return the moves to announce: those whose answer is still owed on another day than told.

    No one needs to hear that a closure was undone who never heard of it.
    """
    undoing = closure.revoked_at is not None
    if undoing and not any(not notice.undoing for notice in closure.notices):
        return ()
    last = {move.enquiry_id: move for move in closure.moves if move.undoing == undoing}
    return [
        move
        for move in last.values()
        if move.enquiry.status in CLOCK_STATUSES and move.enquiry.promised_on != move.before
    ]


def wanted_number(session: Session, closure: Closure) -> int:
    """Return how many moves there are to announce, of a closure with its notices, as `wanted` finds them."""
    undoing = closure.revoked_at is not None
    if undoing and not any(not notice.undoing for notice in closure.notices):
        return 0
    of_it = (ClosureMove.closure_id == closure.id, ClosureMove.undoing == undoing)
    last = select(func.max(ClosureMove.id)).where(*of_it).group_by(ClosureMove.enquiry_id)
    query = select(func.count()).select_from(ClosureMove).join(Enquiry, Enquiry.id == ClosureMove.enquiry_id)
    owed = (Enquiry.status.in_(CLOCK_STATUSES), Enquiry.promised_on != ClosureMove.before)
    return session.scalar(query.where(ClosureMove.id.in_(last), *owed)) or 0


def send(session: Session, closure: Closure, texts: Mapping[str, str], *, by: Acting) -> ClosureNotice:
    """Stage the notice about a closure (from `closures.closure`, locked) to everyone whom it concerns; once.

    `texts` are the words in each language that is on. Raises Invalid for one that is missing, NotAllowed where it was
    sent before.
    """
    require(by.actor, Permission.CALENDAR_EDIT)
    if sent(closure) is not None:
        raise NotAllowed("the notice was sent")
    if closure.moving:
        raise NotAllowed("promises still move")
    said = {language: texts.get(language, "").strip() for language in by.settings.languages}
    missing = {language.value: "needed" for language, text in said.items() if not text}
    if missing:
        raise Invalid(missing)
    undoing, away = closure.revoked_at is not None, answerer.absences(session, day=by.today)
    lines = [
        _Line(
            move.enquiry,
            move.before,
            answerer.answerer(move.enquiry.network, away, settings=by.settings, assignee=move.enquiry.assignee),
            by.settings,
        )
        for move in wanted(closure)
    ]
    written = [*_to_partners(lines, said, undoing, by.settings), *_to_answerers(session, lines, said, undoing, by)]
    staged = [_stage(session, content, told, closure, undoing=undoing, by=by) for content, told in written]
    notice = ClosureNotice(
        closure_id=closure.id,
        undoing=undoing,
        texts=said,
        messages=[message.id for message in staged if message is not None],
        sent_by=by.actor.name,
        sent_at=by.now,
    )
    session.add(notice)
    session.flush()
    return notice


def _stage(
    session: Session,
    content: EmailContent,
    told: list[tuple[Enquiry, Link | None]],
    closure: Closure,
    *,
    undoing: bool,
    by: Acting,
) -> Message | None:
    key = f"{content.kind}:{closure.id}:{'undone' if undoing else 'declared'}:{content.recipient_email.lower()}"
    to_partner = content.kind is MessageKind.PARTNER_CLOSURE
    about: dict[str, Any] = (
        {"enquiry": told[0][0]} if to_partner and len(told) == 1 else {"enquiry": None, "lines": told}
    )
    return outbox.stage(session, content, dedupe_key=key, now=by.now, settings=by.settings, **about)


def messages_of(session: Session, closure: Closure, *, actor: Actor) -> Sequence[Message]:
    """Return the emails of a closure's notices without their texts, for those who see every enquiry; else none."""
    if actor.role not in SEE_ALL or not actor.can(Permission.MESSAGE_READ):
        return ()
    ids = [number for notice in closure.notices for number in notice.messages]
    query = select(Message).where(Message.id.in_(ids)).order_by(Message.id)
    return session.scalars(query.options(defer(Message.text), defer(Message.html))).all()


@dataclass(frozen=True)
class _Line:
    """What one email says of one enquiry, and who answers it."""

    enquiry: Enquiry
    before: date
    who: Answerer
    settings: Settings

    @property
    def dated(self) -> DatedEnquiry:
        details = enquiry_mails.details_of(self.enquiry, self.who, settings=self.settings)
        return DatedEnquiry(details, before=self.before)


def _to_partners(
    lines: Iterable[_Line], said: Mapping[Language, str], undoing: bool, settings: Settings
) -> Iterator[tuple[EmailContent, list[tuple[Enquiry, Link | None]]]]:
    """Yield one email for each address, in the language of its latest enquiry."""
    institution, by_email = Institution.from_settings(settings), dict[str, list[_Line]]()
    for line in sorted(lines, key=lambda line: -line.enquiry.id):
        by_email.setdefault(line.enquiry.contact_email.lower(), []).append(line)
    for theirs in by_email.values():
        text = said[settings.spoken(theirs[0].enquiry.language)]
        content = messages.partner_closure([line.dated for line in theirs], institution, text=text, undoing=undoing)
        yield content, [(line.enquiry, None) for line in theirs]


def _to_answerers(
    session: Session, lines: Iterable[_Line], said: Mapping[Language, str], undoing: bool, by: Acting
) -> Iterator[tuple[EmailContent, list[tuple[Enquiry, Link | None]]]]:
    """Yield one list for each person who answers, and one for the office."""
    institution, by_email = Institution.from_settings(by.settings), dict[str, list[_Line]]()
    for line in lines:
        by_email.setdefault(line.who.email.lower(), []).append(line)
    for theirs in by_email.values():
        who, listed = theirs[0].who, theirs[: messages.LONGEST_LIST]
        links = enquiry_mails.answer_links(
            session, who, [line.enquiry for line in listed], now=by.now, settings=by.settings
        )
        dates = [
            replace(line.dated, decision=links[line.enquiry.id].id if line.enquiry.id in links else None)
            for line in theirs
        ]
        to = Addressee(
            who.name, who.email, by.settings.spoken(who.language), decides=bool(links), has_account=who.has_account
        )
        content = messages.liaison_closure(dates, institution, to=to, text=said[to.language], undoing=undoing)
        yield content, [(line.enquiry, links.get(line.enquiry.id)) for line in theirs]
