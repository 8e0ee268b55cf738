"""Notes that mention people: those who may see the enquiry get one email, and find it in their day."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from webapp.domain.enquiries import assignment, loading
from webapp.domain.errors import NotFound
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import Answerer
from webapp.domain.search.folding import folded
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SEE_ALL, Actor, staff, visible
from webapp.models import Enquiry, Event, Mention, Person
from webapp.vocabulary import MessageKind


def candidates(session: Session, found: Enquiry, *, actor: Actor) -> Sequence[Person]:
    """Return whom a note on an enquiry (with its network) may name: others with an account who see it, by name."""
    return among(assignment.everyone(session), found, actor=actor)


def among(everyone: Iterable[Person], found: Enquiry, *, actor: Actor) -> list[Person]:
    """Return the `candidates` of all people, who are read already."""
    network = found.network
    parties = {found.assignee_id, found.answerer_id, *((network.liaison_id, network.deputy_id) if network else ())}
    return [
        person
        for person in everyone
        if person.active and person.role is not None and person.password_hash is not None
        if person.id != actor.person_id and (person.role in SEE_ALL or person.id in parties)
    ]


def tell(session: Session, found: Enquiry, note: Event, chosen: Collection[int], *, by: Acting) -> list[Person]:
    """Tell those whom a flushed note names by `@name`, or who were chosen beside it, and return them.

    Only those who may see the enquiry get an email, each once.
    """
    people = candidates(session, found, actor=by.actor)
    wanted = {*chosen, *_named(note.text, people)}
    notified = [
        person for person in people if person.id in wanted and loading.sees(session, found, actor=staff(person))
    ]
    for person in notified:
        session.add(Mention(event_id=note.id, person_id=person.id, seen_at=None))
        reader = Answerer(person.name, person.email, person.language, person.id)
        enquiry_mails.send(
            session,
            found,
            MessageKind.STAFF_MENTIONED,
            who=reader,
            now=by.now,
            settings=by.settings,
            event=note,
            occasion=f"{note.id}:{person.id}",
        )
    session.flush()
    return notified


def unseen(session: Session, *, actor: Actor, limit: int) -> Sequence[tuple[Mention, Event]]:
    """Return the notes that name the actor and that they have not put aside, newest first, each with its enquiry."""
    query = (
        select(Mention, Event)
        .join(Event, Event.id == Mention.event_id)
        .join(Event.enquiry)
        .where(Mention.person_id == actor.person_id, Mention.seen_at.is_(None), visible(actor))
        .options(contains_eager(Event.enquiry).load_only(Enquiry.reference, Enquiry.organisation))
        .order_by(Mention.id.desc())
        .limit(limit)
    )
    return [(mention, event) for mention, event in session.execute(query)]


def put_aside(session: Session, mention_id: int, *, by: Acting) -> None:
    """Remove a note from the actor's day; doing it again changes nothing. Raises NotFound for another's mention."""
    mine = (Mention.id == mention_id, Mention.person_id == by.actor.person_id)
    found = session.scalars(select(Mention).where(*mine)).one_or_none()
    if found is None:
        raise NotFound("mention")
    found.seen_at = found.seen_at or by.now


def _named(text: str, people: Sequence[Person]) -> set[int]:
    """Return whom `@name` names; the longest name first, so that it is not taken for a shorter one within it."""
    rest, found = _folded(text), set()
    for person in sorted(people, key=lambda person: -len(person.name)):
        name = _folded(person.name)
        if name and f"@{name}" in rest:
            found.add(person.id)
            rest = rest.replace(f"@{name}", " ")
    return found


def _folded(text: str) -> str:
    """Fold a name for comparison: Tai-man and Tai Man are one, and so is one that a note breaks over two lines."""
    return folded(text).replace("-", " ")
