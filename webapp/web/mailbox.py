"""The mail catcher's pages under `./run`: what the service has sent, newest first, shown without trusting it."""

import heapq
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, abort, make_response, render_template, request, send_file

from webapp.web import edge

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")

PAGE_SIZE = 50
_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z")
_HEADER_BYTES = 64 * 1024
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
# The email's own page may show itself and open links; it runs nothing, sends nothing and loads nothing.
_SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
_CSP = (
    f"sandbox {_SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True)
class Caught:
    """One email of the folder: `name` is its file's, without the ending."""

    name: str
    message: EmailMessage

    @property
    def at(self) -> datetime:
        """When it came in."""
        return datetime.strptime(self.name, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)

    def header(self, name: str) -> str:
        """Return a header's text; one that cannot be read is empty."""
        try:
            return str(self.message[name] or "")
        except Exception:  # a strange email may break the parser in many ways
            return ""

    def body(self, kind: str) -> str:
        """Return the text of the first part of a kind (`plain`, `html`), or nothing."""
        try:
            part = self.message.get_body((kind,))
            return str(part.get_content()) if part else ""
        except Exception:  # an unknown charset, a broken part
            return ""


@bp.before_request
def _language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.get("")
@edge.public
def index() -> str:
    names = newest(_folder(), before=request.args.get("before", ""))
    mails = [_read(name, headers_only=True) for name in names[:PAGE_SIZE]]
    return render_template(
        "mailbox/index.html",
        mails=mails,
        older=mails[-1].name if len(names) > PAGE_SIZE else "",
        before=request.args.get("before", ""),
    )


@bp.get("/<name>")
@edge.public
def mail(name: str) -> str:
    return render_template("mailbox/mail.html", mail=_read(name), sandbox=_SANDBOX)


@bp.get("/<name>/html")
@edge.public
def html(name: str) -> Response:
    response = make_response(for_frame(_read(name).body("html") or abort(404)))
    response.headers["Content-Security-Policy"] = _CSP
    return response


@bp.get("/<name>/raw")
@edge.public
def raw(name: str) -> Response:
    return send_file(_path(name), mimetype="message/rfc822", as_attachment=True, download_name=f"{name}.eml")


def newest(folder: Path, *, before: str = "") -> list[str]:
    """Return one name more than a page shows, newest first, older than `before` if that is given."""
    names = (path.stem for path in folder.glob("*.eml") if _NAME.fullmatch(path.stem))
    return heapq.nlargest(PAGE_SIZE + 1, (name for name in names if not before or name < before))


def for_frame(content: str) -> str:
    """Return an email's HTML whose links leave the frame that shows it."""
    base = '<base target="_top">'
    return _HEAD.sub(lambda found: found[0] + base, content, count=1) if _HEAD.search(content) else base + content


def _folder() -> Path:
    return cast(Path, edge.environment().mailbox_dir).absolute()


def _path(name: str) -> Path:
    path = _folder() / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        abort(404)
    return path


def _read(name: str, *, headers_only: bool = False) -> Caught:
    with _path(name).open("rb") as file:
        content = file.read(_HEADER_BYTES) if headers_only else file.read()
    message = BytesParser(policy=default).parsebytes(content, headersonly=headers_only)
    return Caught(name, message)
