"""A draft as its page shows it: nothing is locked, and one statement reads all that goes with it."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from webapp.domain.enquiries.drafts import Found, with_files
from webapp.domain.security.tokens import hash_token
from webapp.models import Draft, PublicVersion

_OWN = (Draft.form_hash == bindparam("form_hash"), Draft.browser_hash == bindparam("browser_hash"))
_WITH_VERSION = select(Draft, PublicVersion.present()).where(*_OWN)


def find(session: Session, form_id: str, browser: str) -> Found | None:
    """Return the draft that `drafts.find` finds, with the version of what pages show, or None."""
    given = {"form_hash": hash_token(form_id), "browser_hash": hash_token(browser)}
    row = session.execute(_WITH_VERSION, given).one_or_none()
    return Found(with_files(session, row[0]), row[1]) if row else None
