"""The privacy notice in the office's own words: published in versions, each of which is kept and can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.history import changes
from webapp.domain.history.uniqueness import alone
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import PrivacyNotice
from webapp.vocabulary import AuditAction, Permission, RecordType

KEY = "notice"


@dataclass(frozen=True)
class Wording:
    """What a notice says, by language, English first: its text, who is responsible, and who hears complaints."""

    body: Mapping[str, str]
    controller: Mapping[str, str] = field(default_factory=dict)
    authority: Mapping[str, str] = field(default_factory=dict)
    authority_url: str = ""

    @property
    def plain(self) -> dict[str, Any]:
        """The same as it is kept: without what is empty."""
        return {
            name: {language: text for language, text in value.items() if text} if isinstance(value, Mapping) else value
            for name, value in asdict(self).items()
        }


def current(session: Session) -> PrivacyNotice | None:
    """Return what was published last; None while the notice that comes along holds."""
    return session.scalars(select(PrivacyNotice).order_by(PrivacyNotice.id.desc()).limit(1)).one_or_none()


def current_version(session: Session, settings: Settings) -> str:
    """Return the version that a partner agrees to now."""
    found = current(session)
    return found.version if found else settings.privacy_notice_version


def published(session: Session) -> Sequence[PrivacyNotice]:
    """Return every version, latest first."""
    return session.scalars(select(PrivacyNotice).order_by(PrivacyNotice.id.desc())).all()


def wording(notice: PrivacyNotice) -> Wording:
    """Return what a version says."""
    return Wording(**notice.text)


def publish(session: Session, said: Wording, *, after: int, before: Wording, by: Acting) -> PrivacyNotice | None:
    """Publish the next version, named by its day; None where it says what the latest does.

    `after` is the number of the version that was read, 0 for the notice that comes along; `before` is what that one
    says, and is kept as a version too, since partners agreed to it. Raises Conflict where someone was quicker.
    """
    require(by.actor, Permission.SETTINGS_EDIT)
    if not said.body.get("en"):
        raise Invalid({"body_en": "needed"})
    alone(session, "privacy notice")
    latest = current(session)
    if after != (latest.id if latest else 0):
        raise Conflict(version=latest.id if latest else 0, changed_at=latest.published_at if latest else None)
    if said.plain == before.plain:
        return None
    if latest is None:
        _add(session, by.settings.privacy_notice_version, before, by=by)
    old = current_version(session, by.settings)
    made = _add(session, _name(session, by.today.isoformat()), said, by=by)
    fields = {"notice_version": (old, made.version)}
    changes.record(session, RecordType.NOTICE, KEY, AuditAction.CHANGED, name=made.version, fields=fields, by=by)
    return made


def _add(session: Session, version: str, said: Wording, *, by: Acting) -> PrivacyNotice:
    made = PrivacyNotice(version=version, text=said.plain, published_at=by.now)
    session.add(made)
    session.flush()
    return made


def _name(session: Session, day: str) -> str:
    known = set(session.scalars(select(PrivacyNotice.version).where(PrivacyNotice.version.startswith(day))))
    numbered = (day, *(f"{day}.{number}" for number in range(2, len(known) + 3)))
    return next(name for name in numbered if name not in known)
