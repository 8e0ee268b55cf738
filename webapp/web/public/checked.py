"""What a form said when it was checked, kept with its draft: while all by which it was checked holds, it is sent so."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from webapp.config import Settings
from webapp.domain.enquiries.submissions import Submission
from webapp.models import Draft
from webapp.paths import PACKAGE
from webapp.vocabulary import Kind
from webapp.web import edge, shown
from webapp.web.public import answers
from webapp.web.public.forms import EnquiryForm

_SUBMISSION = TypeAdapter(Submission)
_NOW = "consent_version"


def said(form: EnquiryForm, kind: Kind, fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what is kept of a form without an error, which was made from these fields of its draft."""
    says = asdict(answers.submission(form, kind))
    del says[_NOW]
    return {"by": _by(kind, fields), "says": says}


def submission_of(draft: Draft) -> Submission | None:
    """Return what a locked draft says; None where anything by which it was checked is another now, or it never was."""
    if draft.files_gone or draft.checked.get("by") != _by(draft.kind, draft.fields):
        return None
    now = {_NOW: shown.notice_version(edge.settings())}
    found: Submission = _SUBMISSION.validate_python({**draft.checked["says"], **now})
    return found


def seen(draft: Draft) -> str:
    """Return a word for what the page of a draft shows: another one as soon as anything that it holds is another."""
    files = [(each.name, each.sha256) for each in draft.attachments]
    return _word([draft.kind, draft.fields, files])


def _by(kind: Kind, fields: Mapping[str, Sequence[str]]) -> str:
    """Return a word for all that a check depends on: what was typed, the form, the directory, the day, the language."""
    by = [kind, dict(fields), _rules(edge.environment()), shown.version(), edge.today().isoformat(), edge.language()]
    return _word(by)


def _word(what: object) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


@cache
def _rules(environment: Settings) -> str:
    """Return a word for the code that checks forms, and for the settings that it was started with."""
    code = hashlib.sha256(repr(environment).encode())
    for path in sorted(PACKAGE.rglob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()
