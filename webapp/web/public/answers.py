"""From a form to what the domain takes, and back to what its sender checks before sending."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from webapp import labels, questions
from webapp.domain.enquiries.submissions import Submission
from webapp.models import Attachment
from webapp.questions import Question, Section, Shape
from webapp.vocabulary import Kind
from webapp.web import edge, shown
from webapp.web.file_checks import named
from webapp.web.public import asking
from webapp.web.public.forms import EnquiryForm


def submission(form: EnquiryForm, kind: Kind) -> Submission:
    """Return what a checked form says, for `submissions.submit`."""
    return Submission(
        kind=kind,
        consent_version=shown.notice_version(edge.settings()),
        answers=answers(form, kind),
        **{question.name: _column(question, form) for question in questions.columns(kind)},
    )


def _column(question: Question, form: EnquiryForm) -> Any:
    given = asking.column(question, form.fields_of(question))
    return gettext("Please see the attached letter.") if question.or_file and not given else given


def answers(form: EnquiryForm, kind: Kind) -> dict[str, Any]:
    """Return what only this kind asks, by the form's names, without what was left empty."""
    found = {question.name: asking.answer(question, form.fields_of(question)) for question in questions.own(kind)}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


@dataclass(frozen=True)
class AnswerRow:
    """One answer as its sender checks it: `field` is the id of its control, for the link that changes it.

    `ranked` says that its order matters and can be changed.
    """

    name: str
    label: str
    value: str
    field: str
    ranked: bool = False


@dataclass(frozen=True)
class FormAnswers:
    """A section of the form with its answers."""

    id: str
    title: str
    rows: tuple[AnswerRow, ...]


def review(form: EnquiryForm, attachments: Sequence[Attachment]) -> list[FormAnswers]:
    """Return the answers of a checked form by section, without what was left empty."""
    parts = [
        FormAnswers(section.id, gettext(section.title), tuple(_rows(form, section, attachments)))
        for section in form.sections
    ]
    return [part for part in parts if part.rows]


def _rows(form: EnquiryForm, section: Section, attachments: Sequence[Attachment]) -> Iterator[AnswerRow]:
    for question in form.asks.within(section):
        asked = form.fields_of(question)
        if value := _read(question, asked) or (question.or_file and form.has_files and _column(question, form)):
            # What is about the sender reads as it was asked; what is about the enquiry as everyone reads it later.
            label = gettext(question.label if question.column else question.heading)
            ranked = question.shape is Shape.RANKED and len(asked[0].data) > 1
            yield AnswerRow(question.name, label, value, asking.control(asked), ranked)
    if section is form.asks.written_in and attachments:
        listed = "\n".join(map(named, attachments))
        yield AnswerRow("attachments", form.attachments.label.text, listed, form.attachments.id)


def _read(question: Question, asked: list[Any]) -> str:
    if question.shape is Shape.LANGUAGE and len(edge.languages()) == 1:
        return ""
    if question.shape is Shape.NETWORK:
        return str(dict(asked[0].known()).get(asked[0].data or "", ""))
    return labels.answer_text(question, asking.answer(question, asked), gettext, edge.language())
