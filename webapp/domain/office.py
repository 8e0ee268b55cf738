"""The office's own settings, as administrators change them while the service runs."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain import audit
from webapp.domain.errors import Conflict
from webapp.domain.permissions import Actor, require
from webapp.models import OfficeSettings
from webapp.vocabulary import Deed, Permission, Subject

_ROW = 1
KEY = "office"


@dataclass(frozen=True)
class Choices:
    """What administrators chose; the lists are those that screenings usually look at, in their words."""

    screening_required: bool = False
    screening_lists: str = ""


def choices(session: Session) -> Choices:
    """Return what holds now."""
    row = session.get(OfficeSettings, _ROW)
    return Choices(row.screening_required, row.screening_lists) if row else Choices()


def version(session: Session) -> int:
    """Return the version of what holds now; 0 before the first change."""
    row = session.get(OfficeSettings, _ROW)
    return row.version if row else 0


def change(session: Session, chosen: Choices, *, version: int, actor: Actor, now: datetime) -> None:
    """Choose otherwise. Raises Conflict where somebody did since `version`."""
    require(actor, Permission.SETTINGS_EDIT)
    row = session.scalars(select(OfficeSettings).where(OfficeSettings.id == _ROW).with_for_update()).one_or_none()
    before = Choices(row.screening_required, row.screening_lists) if row else Choices()
    standing = row.version if row else 0
    if standing != version:
        raise Conflict(version=standing, changed_at=row.changed_at if row else now)
    changed = audit.difference(asdict(before), asdict(chosen))
    if not changed:
        return
    if row is None:
        row = OfficeSettings(id=_ROW, version=0)
        session.add(row)
    row.screening_required, row.screening_lists = chosen.screening_required, chosen.screening_lists
    row.version, row.changed_at = standing + 1, now
    audit.record(
        session, Subject.SETTINGS, KEY, Deed.CHANGED, name=KEY, actor=actor, now=now, version=row.version,
        fields=changed,
    )  # fmt: skip
