"""The living component page: every part in every state, rendered by the macros that the pages use."""

from datetime import UTC, date, datetime

from flask import Blueprint, render_template, request
from flask_babel import gettext

from webapp import labels
from webapp.seeds.design import SampleForm, texts
from webapp.web import edge

bp = Blueprint("design", __name__)

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
DATES = {"due": date(2026, 11, 30), "soon": date(2026, 11, 24), "late": date(2026, 11, 20)}
FIRST, LAST = date(2027, 3, 9), date(2027, 3, 11)


@bp.get("/design")
@edge.public
def components() -> str:
    edge.set_language(request.args.get("language"))
    words = texts(edge.language())
    return render_template(
        "design/components.html",
        t=words,
        now=NOW,
        dates=DATES,
        first=FIRST,
        last=LAST,
        statuses=labels.options(labels.STATUS_DESK, gettext),
        partner_statuses=labels.options(labels.STATUS_PARTNER, gettext),
        priorities=labels.options(labels.PRIORITY, gettext),
        states=labels.options(labels.MESSAGE_STATE, gettext),
        form=filled(words),
        refused=refused(words),
    )


def filled(words: dict[str, str]) -> SampleForm:
    """Return the sample form as someone filled it in."""
    return _form(
        words,
        {
            "name": words["person"],
            "email": "erika@example.org",
            "group_size": 6,
            "kind": "visit",
            "message": words["words"],
            "mode": "visit",
            "purposes": ["visit", "question"],
            "segment": "visit",
            "consent": True,
            "windows": [{"start": FIRST, "end": LAST}],
        },
    )


def refused(words: dict[str, str]) -> SampleForm:
    """Return the sample form with every error that it can show, and what was typed."""
    form = _form(words, {"email": "erika@example", "windows": [{"start": LAST, "end": FIRST}]}, prefix="refused-")
    form.name.errors = [words["bad_name"]]
    form.email.errors = [words["bad_email"]]
    form.group_size.errors = [words["bad_size"]]
    form.mode.errors = form.segment.errors = form.kind.errors = form.consent.errors = [words["bad_choice"]]
    window = form.windows[0]
    window["end"].errors = [words["bad_end"]]
    form.windows.errors = [window.errors]
    return form


def _form(words: dict[str, str], data: dict[str, object], prefix: str = "") -> SampleForm:
    form = SampleForm(data=data, prefix=prefix)
    for field in (*form, *form.windows[0]):
        field.label.text = words[field.short_name]
    for field in (form.kind, form.mode, form.purposes, form.segment):
        field.choices = [(kind, words[kind]) for kind in ("visit", "collaboration", "question")]
    form.name.description = form.purposes.description = words["hint"]
    form.attachments.description = words["file_hint"]
    return form
