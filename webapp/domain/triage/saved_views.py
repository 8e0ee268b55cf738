"""Views of one's own: filters of the queue under a name, private or for the whole office."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import versions
from webapp.domain.history.uniqueness import alone
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.domain.triage import tags
from webapp.models import SavedView
from webapp.vocabulary import Permission

LONGEST_NAME = 60
# Each is counted on each page of the queue.
MOST = 20
# Built once, as each page of the queue asks it.
_SEEN = (
    select(SavedView)
    .where(or_(SavedView.owner_id == bindparam("reader"), SavedView.shared))
    .options(joinedload(SavedView.owner))
    .order_by(SavedView.name, SavedView.id)
    .limit(3 * MOST)
)


def saved_views(session: Session, *, actor: Actor) -> Sequence[SavedView]:
    """Return one's own views and those that others share, by name, with their owners.

    Left out is what others share by a tag that the actor is not shown.
    """
    require(actor, Permission.ENQUIRY_READ)
    found = session.scalars(_SEEN, {"reader": actor.person_id}).all()
    others = {view.id: str(view.query.get("tag", "")) for view in found if view.owner_id != actor.person_id}
    unseen = tags.unseen(session, {key for key in others.values() if key}, actor=actor)
    return [view for view in found if others.get(view.id) not in unseen]


def save(session: Session, name: str, query: Mapping[str, str], *, shared: bool, by: Acting) -> SavedView:
    """Keep filters under a name. Raises Invalid for a name that is empty, too long or one's own already, NotAllowed."""
    require(by.actor, Permission.VIEW_SHARE if shared else Permission.ENQUIRY_READ)
    _hold(session, by.actor)
    mine = select(func.count()).select_from(SavedView).where(SavedView.owner_id == by.actor.person_id)
    if (session.scalar(mine) or 0) >= MOST:
        raise Invalid({"name": "many"})
    view = SavedView(owner_id=by.actor.person_id, query=dict(query), shared=shared, created_at=by.now)
    view.name = _name(session, name, view, by.actor)
    session.add(view)
    session.flush()
    return view


def change(session: Session, view_id: int, name: str, *, shared: bool, version: int, actor: Actor) -> SavedView:
    """Rename a view of one's own, share it or keep it to oneself.

    Raises NotFound for others' views, Conflict where it was changed in another window since `version`, Invalid,
    NotAllowed. A shared one stays so only for someone who may share: its name is what the whole office reads.
    """
    require(actor, Permission.VIEW_SHARE if shared else Permission.ENQUIRY_READ)
    _hold(session, actor)
    view = own(session, view_id, actor=actor)
    versions.expect(view, version)
    name = _name(session, name, view, actor)
    if (view.name, view.shared) != (name, shared):
        view.name, view.shared = name, shared
        versions.raise_version(view)
    return view


def delete(session: Session, view_id: int, *, version: int, actor: Actor) -> SavedView:
    """Delete a view of one's own and return it as it was. Raises NotFound, Conflict as `change` does."""
    _hold(session, actor)
    view = own(session, view_id, actor=actor)
    versions.expect(view, version)
    session.delete(view)
    return view


def own(session: Session, view_id: int, *, actor: Actor) -> SavedView:
    """Return a view of one's own. Raises NotFound."""
    require(actor, Permission.ENQUIRY_READ)
    query = select(SavedView).where(SavedView.id == view_id, SavedView.owner_id == actor.person_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("view")
    return found


def _hold(session: Session, actor: Actor) -> None:
    """Lock one person's names, so that they are checked and written one after the other."""
    alone(session, f"views:{actor.person_id}")


def _name(session: Session, name: str, view: SavedView, actor: Actor) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": "needed"})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": "long"})
    same = select(SavedView.id).where(SavedView.owner_id == actor.person_id, SavedView.name == name)
    with session.no_autoflush:
        taken = session.scalars(same).first()
    if taken not in (None, view.id):
        raise Invalid({"name": "known"})
    return name
