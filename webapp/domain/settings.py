"""The office's own settings: what administrators choose at the desk takes the place of the environment's values."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp import logo
from webapp.config import Settings
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.history import changes, versions
from webapp.domain.history.uniqueness import only_one
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.institution import InstitutionSettings
from webapp.models import Logo, OfficeSettings
from webapp.vocabulary import AuditAction, Permission, RecordType

_ROW = 1
KEY = "office"
_SCREENING = ("screening_required", "screening_lists")


@dataclass(frozen=True)
class Choices:
    """What administrators chose about screenings; the lists are those that are usually looked at, in their words."""

    screening_required: bool = False
    screening_lists: str = ""


def in_force(session: Session, settings: Settings) -> Settings:
    """Return the environment's settings with what the office chose instead; one query, by primary key.

    A value that this version can use no more is passed over: then the environment's holds. Ask again for each
    request and each task: what is chosen holds at once.
    """
    with session.no_autoflush:
        row = session.get(OfficeSettings, _ROW)
    return _with(settings, row.chosen) if row is not None and row.chosen else settings


def _with(settings: Settings, chosen: Mapping[str, Any]) -> Settings:
    known = {name: value for name, value in chosen.items() if name in InstitutionSettings.model_fields}
    try:
        checked = _checked(settings, known)
    except ValidationError as error:
        faulty = {line["loc"][0] for line in error.errors()}
        known = {name: value for name, value in known.items() if name not in faulty}
        checked = _checked(settings, known)
    return settings.model_copy(update={name: getattr(checked, name) for name in known})


def _checked(settings: Settings, chosen: Mapping[str, Any]) -> InstitutionSettings:
    return InstitutionSettings.model_validate({**_plain(settings), **chosen})


def preview(settings: Settings, chosen: Mapping[str, Any]) -> Settings:
    """Return the settings as they would be with these choices, to look at. Raises Invalid as `change` does."""
    checked = _valid(settings, _plain(settings), chosen)
    return settings.model_copy(update={name: getattr(checked, name) for name in chosen if name not in _SCREENING})


def choices(session: Session) -> Choices:
    """Return what holds now about screenings."""
    row = session.get(OfficeSettings, _ROW)
    return Choices(row.screening_required, row.screening_lists) if row else Choices()


def version(session: Session) -> int:
    """Return the version of what holds now; 0 before the first change."""
    return row(session).version


def row(session: Session) -> OfficeSettings:
    """Return the row of what was chosen; one of version 0, in no session, before the first change."""
    return session.get(OfficeSettings, _ROW) or OfficeSettings(id=_ROW, version=0)


def change(session: Session, chosen: Mapping[str, Any], *, version: int, by: Acting, settings: Settings) -> None:
    """Choose otherwise, by the fields' names. What equals the environment's value is no choice: it follows that again.

    `settings` are the environment's, not those in force. Raises Conflict where someone changed one of these fields
    since `version`, and Invalid by field.
    """
    require(by.actor, Permission.SETTINGS_EDIT)
    held = session.scalars(select(OfficeSettings).where(OfficeSettings.id == _ROW).with_for_update()).one_or_none()
    versions.expect(held or row(session), version, fields=chosen)
    before = _standing(held, settings)
    after = _plain(_valid(settings, before, chosen)) | {name: chosen[name] for name in _SCREENING if name in chosen}
    changed = changes.difference(before, {name: after[name] for name in chosen})
    if not changed:
        return
    if held is None:
        held = OfficeSettings(id=_ROW, version=0, changed_at=by.now)
        with only_one(session, Conflict(version=1, changed_at=by.now)):
            session.add(held)
    _write(held, {name: value for name, (_before, value) in changed.items()}, _plain(settings))
    held.changed_at = by.now
    changes.record(
        session,
        RecordType.SETTINGS,
        KEY,
        AuditAction.CHANGED,
        name=KEY,
        version=versions.raise_version(held),
        fields=changed,
        by=by,
    )


def put_up_logo(session: Session, content: bytes | None, *, version: int, by: Acting, settings: Settings) -> None:
    """Choose a logo, or with None that of the environment again. Raises Conflict, and Invalid for what is no logo."""
    chosen = ""
    if content is not None:
        try:
            chosen = logo.name(content)
        except ValueError as error:
            raise Invalid({"logo": str(error)}) from error
    change(session, {"logo_name": chosen}, version=version, by=by, settings=settings)
    session.execute(delete(Logo).where(Logo.name != chosen))
    if content is not None and session.get(Logo, chosen) is None:
        session.add(Logo(name=chosen, content=content, added_at=by.now))


def _standing(row: OfficeSettings | None, settings: Settings) -> dict[str, Any]:
    screening = {"screening_required": row.screening_required, "screening_lists": row.screening_lists} if row else {}
    default = {"screening_required": False, "screening_lists": ""}
    return {**default, **screening, **_plain(_with(settings, row.chosen) if row else settings)}


def _plain(values: InstitutionSettings) -> dict[str, Any]:
    return {name: getattr(values, name) for name in InstitutionSettings.model_fields}


def _valid(settings: Settings, before: Mapping[str, Any], chosen: Mapping[str, Any]) -> InstitutionSettings:
    """Return all values as they would be. Raises Invalid by field: "value", or "order" for too few days of notice.

    Whatever the settings themselves say can be put back, in any order.
    """
    own = {name: value for name, value in {**before, **chosen}.items() if name in InstitutionSettings.model_fields}
    try:
        checked = _checked(settings, own)
    except ValidationError as error:
        raise Invalid({str(line["loc"][0]): "value" for line in error.errors()}) from error
    rising = ("notice_online", "notice_c", "notice_b", "notice_a")
    days = _plain(checked)
    order = {higher: "order" for lower, higher in pairwise(rising) if days[higher] < days[lower]}
    if order and any(days[name] != getattr(settings, name) for name in rising):
        raise Invalid(order)
    return checked


def _write(row: OfficeSettings, values: Mapping[str, Any], environment: Mapping[str, Any]) -> None:
    for name in _SCREENING:
        if name in values:
            setattr(row, name, values[name])
    own = {**(row.chosen or {}), **{name: value for name, value in values.items() if name not in _SCREENING}}
    row.chosen = {name: value for name, value in own.items() if environment[name] != value}
