"""From a form to what the domain takes, and back to what its sender checks before sending."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import gettext

from webapp import labels
from webapp.domain.enquiries.submissions import Submission
from webapp.models import Attachment
from webapp.vocabulary import Kind, Language, OrganisationType
from webapp.web import edge
from webapp.web.public.forms import CollaborationForm, EnquiryForm, VisitForm

_PLAIN = ("contact_name", "contact_position", "contact_email", "phone", "organisation", "country")
_MORE = ("subject", "message", "on_behalf_of", "existing_link")
_YES_NO = {"yes": True, "no": False}


def submission(form: EnquiryForm, kind: Kind) -> Submission:
    """Return what a checked form says, for `submissions.submit`."""
    plain = {name: form[name].data or "" for name in (*_PLAIN, *_MORE)}
    return Submission(
        kind=kind,
        network=form.network.data or "",
        language=Language(form.language.data),
        organisation_type=OrganisationType(form.organisation_type.data),
        consent_version=edge.settings().privacy_notice_version,
        answers=answers(form),
        **plain,
    )


def answers(form: EnquiryForm) -> dict[str, Any]:
    """Return what only this kind asks, by the form's names, without what was left empty."""
    if isinstance(form, VisitForm):
        found = _visit(form)
    elif isinstance(form, CollaborationForm):
        found = _collaboration(form)
    else:
        found = {}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _visit(form: VisitForm) -> dict[str, Any]:
    choices = {name: list(form[name].data) for name in ("purposes", "activities")}
    words = (
        "mode",
        "outcome",
        "units",
        "senior",
        "leader_name",
        "leader_title",
        "leader_rank",
        "working_language",
        "payer",
    )
    numbers = ("days", "group_size")
    return {
        **{name: form[name].data for name in (*words, *numbers)},
        **choices,
        **{name: _YES_NO.get(form[name].data) for name in ("interpreter", "letters")},
        "windows": [
            {"start": part.start.data.isoformat(), "end": part.end.data.isoformat(), "flex": int(part.flex.data or 0)}
            for part in (window.form for window in form.windows)
            if part.start.data and part.end.data
        ],
    }


def _collaboration(form: CollaborationForm) -> dict[str, Any]:
    words = ("disciplines", "numbers", "rationale", "outcome", "timeline", "funding", "university_contact")
    return {
        **{name: list(form[name].data) for name in ("types", "levels")},
        **{name: form[name].data for name in words},
    }


@dataclass(frozen=True)
class AnswerRow:
    """One answer as its sender checks it: `field` is the id of its control, for the link that changes it."""

    name: str
    label: str
    value: str
    field: str


@dataclass(frozen=True)
class FormAnswers:
    """A section of the form with its answers."""

    id: str
    title: str
    rows: tuple[AnswerRow, ...]


def review(form: EnquiryForm, kind: Kind, attachments: Sequence[Attachment]) -> list[FormAnswers]:
    """Return the answers of a checked form by section, without what was left empty."""
    specific = {
        name: (label, value)
        for name, label, value in labels.answer_fields(kind, answers(form), gettext, edge.language())
    }
    parts = []
    for section in form.sections:
        rows = tuple(_rows(form, section.fields, specific, attachments))
        if rows:
            parts.append(FormAnswers(section.id, str(section.title), rows))
    return parts


def _rows(
    form: EnquiryForm, names: Sequence[str], specific: dict[str, tuple[str, str]], attachments: Sequence[Attachment]
) -> Iterator[AnswerRow]:
    for name in names:
        if name == "windows_0":
            yield AnswerRow("windows", *specific["windows"], field="windows-0-start")
        elif name in specific:
            yield AnswerRow(name, *specific[name], field=form[name].id)
        elif name == "attachments" and attachments:
            listed = "\n".join(attachment.name for attachment in attachments)
            yield AnswerRow(name, form.attachments.label.text, listed, field="attachments")
        elif name in _COMMON and (value := _common(form, name)):
            yield AnswerRow(name, form[name].label.text, value, field=name)


_COMMON = frozenset({*_PLAIN, *_MORE, "network", "organisation_type", "language"})


def _common(form: EnquiryForm, name: str) -> str:
    value = cast(str, form[name].data)
    if name == "country":
        return labels.country_name(value, edge.language())
    if name == "language":
        return Language(value).writing.name if len(edge.languages()) > 1 else ""
    if name in ("network", "organisation_type"):
        return dict(form[name].known()).get(value or "", "")
    return value
