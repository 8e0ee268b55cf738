"""What visitors look at and take with them of enquiries; the audit log knows of it, or it is not handed out."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Response, request, send_file

from webapp.db import db, transaction
from webapp.domain.files import handing_out
from webapp.domain.history import audit
from webapp.domain.security.permissions import Actor
from webapp.models import Attachment
from webapp.vocabulary import AuditKind
from webapp.web import edge

# Someone who looks again within it adds no line.
_LOOK = timedelta(hours=1)


def download(file: Attachment, reference: str, *, actor: Actor) -> Response:
    """Hand out a file of an enquiry, to save: never opened by the browser as a page of ours.

    Raises FileWaiting, FileHeldBack: see `domain.files`.
    """
    content = handing_out.content(db.session(), file, settings=edge.environment())
    name, number = file.name, file.id
    if request.method == "GET":
        with transaction() as session:
            audit.note(session, AuditKind.FILE_DOWNLOADED, actor, now=edge.now(), subject=reference, file=number)
    return _to_save(content, name, "application/octet-stream")


def paper(content: bytes, name: str, reference: str, kind: AuditKind, *, actor: Actor, **said: Any) -> Response:
    """Hand out a paper of a visit or a letter, to save; `said` is what the audit log knows of it beside its kind."""
    if request.method == "GET":
        with transaction() as session:
            audit.note(session, kind, actor, now=edge.now(), subject=reference, **said)
    return _to_save(content, f"{reference}-{name}.pdf", "application/pdf")


def _to_save(content: bytes, name: str, media_type: str) -> Response:
    options: dict[str, Any] = {"as_attachment": True, "download_name": name, "etag": False}
    response = send_file(BytesIO(content), media_type, **options)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def look(kind: AuditKind, subject: str, *, actor: Actor) -> None:
    """Note that someone looked at something, once an hour; what was read before is read again afterwards."""
    if request.method != "GET" or audit.is_noted(db.session(), kind, actor, subject, since=edge.now() - _LOOK):
        return
    with transaction() as session:
        audit.note(session, kind, actor, now=edge.now(), subject=subject)
