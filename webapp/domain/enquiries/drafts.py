"""Drafts: what was typed into one instance of the form, with its files, until it is sent."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.orm import Session, attributes, selectinload

from webapp import keys
from webapp.connections import by_heart
from webapp.db import Base
from webapp.domain.errors import NotFound
from webapp.domain.history.uniqueness import insert_once
from webapp.domain.security.tokens import hash_token, new_token
from webapp.keys import Purpose
from webapp.models import Attachment, Draft, Enquiry, PublicVersion, SavedForm, batch
from webapp.models.batch import Numbers
from webapp.vocabulary import Kind, Language

KEPT = timedelta(days=7)
# So many are deleted in one go.
AT_ONCE = 500
# Of the 43 characters of a form's id the first are random; the others prove for which browser we made it.
_SEED, _PROOF = 22, 21
_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_TABLE: Any = Draft.__table__
_COLUMNS = tuple(column.name for column in _TABLE.c)


@dataclass(frozen=True)
class Upload:
    """A file as it arrived; the edge has checked its size and type."""

    name: str
    media_type: str
    content: bytes


def new_id(browser: str, *, secret_key: str, seed: str = "") -> str:
    """Return the id of a new form of a browser, which is none in any other; the same `seed` makes the same one."""
    return _id(browser, (seed or new_token())[:_SEED], keys.derived(secret_key, Purpose.FORMS))


def _id(browser: str, seed: str, key: str) -> str:
    words = f"form\0{browser}\0{seed}".encode()
    digest = hmac.new(key.encode(), words, hashlib.sha256).digest()
    return seed + base64.urlsafe_b64encode(digest).decode()[:_PROOF]


def is_of(browser: str, form_id: str, *, secret_keys: Sequence[str]) -> bool:
    """Return whether an id was made by `new_id` for a browser."""
    if not _ID.fullmatch(form_id):
        return False
    made = (_id(browser, form_id[:_SEED], key) for key in keys.good(secret_keys, Purpose.FORMS))
    return any(hmac.compare_digest(each, form_id) for each in made)


def _own(form_id: str, browser: str | None) -> Select[Draft]:
    own = Draft.browser_hash == hash_token(browser) if browser is not None else Draft.browser_hash.is_(None)
    found = select(Draft).where(Draft.form_hash == hash_token(form_id), own)
    return found.options(selectinload(Draft.attachments))


def find(session: Session, form_id: str, browser: str | None = None) -> Draft | None:
    """Return the draft of a form instance with its files, or None where it was begun in another browser.

    A form's id in an address is no authority: who was given it can read and send nothing by it.
    """
    return session.scalars(_own(form_id, browser)).one_or_none()


def locked(session: Session, form_id: str, browser: str | None = None) -> Draft:
    """Return the draft, held for this transaction, so that two sendings of one form come one after the other.

    Raises NotFound, as where it was begun in another browser.
    """
    query = _own(form_id, browser)
    draft = session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if draft is None:
        raise NotFound("draft")
    return draft


@dataclass(frozen=True)
class Found:
    """A locked draft, and the version of what pages show (see `models.public_version`), read by one statement.

    `numbers` are those that its enquiry and what begins with it may have.
    """

    draft: Draft
    shown: str | None
    numbers: Numbers = field(default_factory=dict)


def to_send(session: Session, form_id: str, browser: str, *, reserve: Mapping[type[Base], int]) -> Found:
    """Return a draft as `locked` does, with all that sending it looks up, and as many numbers as `reserve` wants.

    Its files are the session's, itself it is not: nothing that is set on it is written.
    """
    given = {"form_hash": hash_token(form_id), "browser_hash": hash_token(browser)}
    connection = session.connection()
    with by_heart(connection):
        row = connection.execute(_sending(tuple(reserve.items()), connection.dialect.name), given).one_or_none()
    if row is None:
        raise NotFound("draft")
    shown, draft = row[0], batch.made(Draft, dict(zip(_COLUMNS, row[1:], strict=False)))
    return Found(with_files(session, draft), shown, batch.numbers(reserve, row[1 + len(_COLUMNS) :]))


@cache
def _sending(reserve: tuple[tuple[type[Base], int], ...], dialect: str) -> Any:
    columns = _TABLE.c
    own = [columns[name] == bindparam(name) for name in ("form_hash", "browser_hash")]
    ids = batch.ids(dict(reserve), dialect)
    return select(PublicVersion.present(), *columns, *ids).where(*own).with_for_update(of=_TABLE)


def with_files(session: Session, draft: Draft) -> Draft:
    """Give a draft its files, with a statement only where it may have any, and return it."""
    files: Sequence[Attachment] = ()
    if draft.has_files:
        own = select(Attachment).where(Attachment.draft_id == draft.id).order_by(Attachment.id)
        files = session.scalars(own.execution_options(populate_existing=True)).all()
    attributes.set_committed_value(draft, "attachments", list(files))
    return draft


def save(
    session: Session,
    form_id: str,
    *,
    browser: str | None = None,
    kind: Kind,
    language: Language,
    fields: Mapping[str, Sequence[str]],
    uploads: Iterable[Upload] = (),
    suspect: bool = False,
    checked: Mapping[str, Any] | None = None,
    now: datetime,
) -> Draft:
    """Keep what was typed, valid or not, and add files to those already kept; a file that is there already stays once.

    A draft that became an enquiry is returned unchanged. Raises NotFound where it was begun in another browser.
    """
    form_hash = hash_token(form_id)
    browser_hash = hash_token(browser) if browser is not None else None
    values = {"form_hash": form_hash, "browser_hash": browser_hash, "kind": kind, "language": language}
    # Of two first posts of one form, the second waits and finds the first's.
    insert_once(session, Draft, unique=[Draft.form_hash], **values, fields={}, updated_at=now)
    draft = locked(session, form_id, browser)
    if draft.enquiry_id is None:
        # The draft of a form that was sent is forgotten after a while; the enquiry remembers the form.
        draft.enquiry_id = session.scalar(select(Enquiry.id).where(Enquiry.form_hash == form_hash))
    if draft.enquiry_id is not None:
        return draft
    draft.kind, draft.language, draft.suspect, draft.updated_at = kind, language, suspect, now
    draft.fields = {name: list(values) for name, values in fields.items()}
    draft.checked = dict(checked or {})
    if added := new_files(uploads, draft.attachments, now=now):
        draft.attachments.extend(added)
        draft.has_files = True
    session.flush()
    return draft


def new_files(uploads: Iterable[Upload], present: Iterable[Attachment], *, now: datetime) -> list[Attachment]:
    """Return rows for those of the uploads that are not among the present files; not added yet."""
    rows: dict[tuple[str, str], Attachment] = {}
    known = {(attachment.name, attachment.sha256) for attachment in present}
    for upload in uploads:
        digest = hashlib.sha256(upload.content).hexdigest()
        if (upload.name, digest) not in known:
            rows[upload.name, digest] = Attachment(
                name=upload.name,
                media_type=upload.media_type,
                size=len(upload.content),
                sha256=digest,
                content=upload.content,
                added_at=now,
            )
    return list(rows.values())


def holds(draft: Draft, uploads: Iterable[Upload]) -> bool:
    """Return whether a draft has all these files already."""
    known = {(attachment.name, attachment.sha256) for attachment in draft.attachments}
    return all((upload.name, hashlib.sha256(upload.content).hexdigest()) in known for upload in uploads)


def following(
    form_id: str, kind: Kind, fields: Mapping[str, Sequence[str]], *, secret_key: str, browser: str = ""
) -> str:
    """Return the id of the form that takes what was typed into one that was sent: always the same for the same words.

    As secret as the form's own id: no one else can tell it, even who knows the words.
    """
    words = json.dumps([form_id, kind, sorted(fields.items())], ensure_ascii=True)
    key = keys.derived(secret_key, Purpose.FORMS)
    digest = hmac.new(key.encode(), b"following\0" + words.encode(), hashlib.sha256).digest()
    seed = base64.urlsafe_b64encode(digest).decode()
    return new_id(browser, secret_key=secret_key, seed=seed)


def remove_attachment(session: Session, draft: Draft, attachment_id: int) -> None:
    """Drop one file of a locked draft; a file that is not its own is left alone."""
    for attachment in list(draft.attachments):
        if attachment.id == attachment_id:
            draft.attachments.remove(attachment)
            session.delete(attachment)


def purge(session: Session, *, now: datetime) -> int:
    """Delete drafts, with their files, that were left for longer than they are kept; returns how many.

    The drafts of enquiries go too (their files are the enquiry's by then): the enquiry remembers the form instance.
    At most AT_ONCE go: call it again, in another transaction, while there are that many.
    """
    return forget(session, session.scalars(select(Draft.id).where(Draft.updated_at < now - KEPT).limit(AT_ONCE)).all())


def forget(session: Session, numbers: Collection[int]) -> int:
    """Delete drafts with their files; files that an enquiry has by now stay with it. Return how many there were."""
    session.execute(delete(SavedForm).where(SavedForm.draft_id.in_(numbers)))
    of_these = Attachment.draft_id.in_(numbers)
    session.execute(delete(Attachment).where(of_these, Attachment.enquiry_id.is_(None)))
    session.execute(update(Attachment).where(of_these).values(draft_id=None))
    gone: Any = session.execute(delete(Draft).where(Draft.id.in_(numbers)))
    return int(gone.rowcount)
