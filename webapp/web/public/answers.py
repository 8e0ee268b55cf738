"""From a form to what the domain takes, and back to what its sender checks before sending."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from webapp import labels, questions
from webapp.domain.enquiries.submissions import Submission
from webapp.models import Attachment
from webapp.questions import Question, Questionnaire, Section, Shape
from webapp.vocabulary import Kind
from webapp.web import edge, shown
from webapp.web.file_checks import named
from webapp.web.offered import Choices
from webapp.web.public import asking, choices
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

    `ranked` are its choices with their labels where their order matters and can be changed.
    """

    name: str
    label: str
    value: str
    field: str
    ranked: Choices = ()


@dataclass(frozen=True)
class FormAnswers:
    """A section of the form with its answers."""

    id: str
    title: str
    rows: tuple[AnswerRow, ...]


def review(said: Submission, attachments: Sequence[Attachment]) -> list[FormAnswers]:
    """Return what a checked form says by section, without what was left empty."""
    asks = questions.TABLE[said.kind]
    parts = [
        FormAnswers(section.id, gettext(section.title), tuple(_rows(said, asks, section, attachments)))
        for section in asks.sections
    ]
    return [part for part in parts if part.rows]


def _rows(
    said: Submission, asks: Questionnaire, section: Section, attachments: Sequence[Attachment]
) -> Iterator[AnswerRow]:
    for question in asks.within(section):
        answer = getattr(said, question.name) if question.column else question.of(said.answers)
        if value := _read(question, answer):
            # What is about the sender reads as it was asked; what is about the enquiry as everyone reads it later.
            label = gettext(question.label if question.column else question.heading)
            ranked = _ranked(question, answer) if question.shape is Shape.RANKED and len(answer) > 1 else ()
            yield AnswerRow(question.name, label, value, asking.control(question), ranked)
    if section is asks.written_in and attachments:
        yield AnswerRow("attachments", gettext("Files"), "\n".join(map(named, attachments)), "attachments")


def _ranked(question: Question, chosen: Sequence[str]) -> Choices:
    labelled = dict(choices.offered(question.choices))
    return [(choice, labelled.get(choice, choice)) for choice in chosen]


def _read(question: Question, answer: Any) -> str:
    if question.shape is Shape.LANGUAGE and len(edge.languages()) == 1:
        return ""
    if question.shape is Shape.NETWORK:
        return dict(choices.networks()).get(answer or "", "")
    return labels.answer_text(question, answer, gettext, edge.language())
