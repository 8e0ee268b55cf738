"""Records that several people edit: their history in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from webapp import labels
from webapp.i18n import LANGUAGE_NAMES, N_, date_range
from webapp.models import Change
from webapp.vocabulary import AuditAction, Language, Letter, RecordType
from webapp.web import edge, former
from webapp.web.desk.frame import field_labels
from webapp.web.desk.frame.field_labels import FIELD_LABELS
from webapp.web.languages import in_language

_DONE: dict[AuditAction, str] = {
    AuditAction.MADE: N_("%(who)s created the record."),
    AuditAction.CHANGED: N_("%(who)s changed: %(fields)s."),
    AuditAction.MERGED: N_("%(who)s merged it with %(other)s."),
    AuditAction.RESET: N_("%(who)s restored the default text."),
    AuditAction.REINSTATED: N_("%(who)s reset the password."),
    AuditAction.SIGNED_OUT: N_("%(who)s ended all sign-ins."),
    AuditAction.SECOND_STEP_RESET: N_("%(who)s reset the second step."),
    AuditAction.DELETED: N_("%(who)s deleted it."),
    AuditAction.VERIFIED: N_("%(who)s confirmed that the entry is up to date."),
    AuditAction.SPLIT: N_("%(who)s undid the merge with %(other)s."),
}
_DAYS = ("as_of", "verified_on", "starts_on", "ends_on", "leaves_on", "back_on", "reported_on")
_LABELS: dict[str, Mapping[Any, str]] = {
    "role": labels.ROLE,
    "type": labels.ORGANISATION_TYPE,
    "language": LANGUAGE_NAMES,
    "group": labels.GROUP,
    "day_kind": labels.DAY_KIND,
    "languages": LANGUAGE_NAMES,
    "weekend": labels.WEEKDAY,
    **{name: labels.LEVEL for name in labels.OFFICE_FIELD if name.startswith("level_")},
    **{name: labels.HOST_RANK for name in labels.OFFICE_FIELD if name.startswith("host_")},
}


@dataclass(frozen=True)
class ChangeLine:
    """One action of a record's history; `changes` are (field, before, after) as people read them."""

    at: datetime
    sentence: Markup
    changes: list[tuple[str, str, str]]


def line(change: Change) -> ChangeLine:
    """Return an action in words."""
    known = [name for name in FIELD_LABELS if name in change.fields]
    others = [name for name in change.fields if name not in FIELD_LABELS and field_labels.field_label(name)]
    shown = {name: change.fields[name] for name in (*known, *others)}
    values = {
        "who": Markup("<strong>%s</strong>") % (former.colleague(change.actor_name) or _("Liaison Desk")),
        # translators: what is put between the things of a list
        "fields": _(", ").join(map(field_labels.field_label, shown)),
        "other": change.fields.get("record", [None, ""])[1],
    }
    sentence = Markup(_(_DONE[change.deed])) % values  # noqa: S704 - the catalogue's own text
    rows = [
        (field_labels.field_label(name), _words(before, name), _words(after, name))
        for name, (before, after) in shown.items()
    ]
    return ChangeLine(change.at, sentence, rows)


def in_words(name: str, value: Any) -> tuple[str, str]:
    """Return a field's name and value, as people read them."""
    return field_labels.field_label(name), _words(value, name)


def record_name(change: Change) -> str:
    """Return the record of an action, as people call it."""
    if change.subject is RecordType.SETTINGS:
        return ""
    if change.subject is RecordType.LETTER:
        letter, language = change.subject_key.split(":")
        return in_language(_(labels.LETTER[Letter(letter)]), Language(language))
    return former.colleague(change.subject_name)


def _words(value: Any, field: str = "") -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field == "people" and isinstance(value, list):
        return ngettext("%(num)s person", "%(num)s people", len(value))
    if isinstance(value, list):
        return _(", ").join(_words(each, field) for each in value)
    if (field == "country" or field.endswith("_country")) and value:
        return labels.country_name(value, edge.language())
    if (field in _DAYS or field.endswith("_day")) and value:
        day = date.fromisoformat(str(value))
        return date_range(day, day, edge.language())
    label = _LABELS.get(field, {}).get(value)
    return _(label) if label else former.colleague(str(value or ""))
