"""What the pages of the calendar's records share: the version that a form was made from, and who changed the record."""

from typing import Any

from webapp.db import db
from webapp.domain.history import changes
from webapp.models.versioned import Versioned
from webapp.vocabulary import RecordType
from webapp.web.desk.frame import changes as record_changes
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.frame.versioned import VersionedForm


def page(form: VersionedForm, found: Versioned | None, record_type: RecordType, clash: Clash | None) -> dict[str, Any]:
    """Return the version that the page's form is made from, what changed meanwhile, and the record's history."""
    resubmitted = form.is_submitted() and clash is None
    known = changes.history(db.session(), record_type, found.id) if found else ()
    return {
        "version": parameters.sent_version() if resubmitted else found.version if found else 0,
        "clash": clash,
        "history": [record_changes.line(each) for each in known],
    }
