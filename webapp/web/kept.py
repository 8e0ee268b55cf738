"""What was typed but could not be taken is shown again, to be read and sent by the person who typed it: never by us."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from webapp import questions
from webapp.db import db, transaction
from webapp.domain.accounts import sessions
from webapp.i18n import N_
from webapp.web import edge, purposes

# Longer than anyone types; what is longer is shown, but not carried over a sign-in.
_LONGEST = 300_000
# It is signed and not encrypted: anyone who finds the page open could read it, so it is short.
_HOUR = 60 * 60
_CSRF_SALT = "wtf-csrf-token"  # Flask-WTF's own
# How pages call what is typed into these fields; questions of an enquiry by their labels, any other by its name.
_LABELS = {
    "text": N_("Your words"),
    "note": N_("Note"),
    "message": N_("Your message"),
    "reason": N_("Reason"),
    "question": N_("Question"),
    "subject": N_("Subject"),
    "email": N_("Email"),
    "name": N_("Name"),
    "colleague": N_("Your colleague"),
    "reference": N_("Reference"),
    "tag": N_("Tag"),
    "other": N_("The other enquiry"),
    "into": N_("The other enquiry"),
    "starts_on": N_("First day away"),
    "ends_on": N_("Last day away"),
    "until": N_("Last day away"),
    "code": N_("Code"),
    "recovery_code": N_("Recovery code"),
}
# Said by the page, not by the person.
_SILENT = frozenset(
    {
        "version",
        "back",
        "form_id",
        "seen",
        "shown",
        "after",
        "gone",
        "known",
        "leave_empty",
        "homepage",
        "step",
        "waited",
        "sealed",
        "credential",
    }
)
# Chosen or pressed, and not typed: it goes along unseen, and the button says what it does.
_CHOSEN = frozenset({"active", "assignee", "change", "choice",
    "do", "final", "finding", "item", "language", "mention", "outcome",
    "priority", "put_back", "remove", "role", "row", "shared", "sure", "tagging", "undo"})  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One value of a form; `is_typed` where it is a person's words, to be read again before they are sent."""

    name: str
    value: str
    label: str
    is_typed: bool

    @property
    def is_long(self) -> bool:
        return "\n" in self.value or len(self.value) > 60


@dataclass(frozen=True)
class Kept:
    """What one form held: where it was sent, the person's number for whom its page was made, and its values."""

    to: str
    owner: int | None
    pairs: tuple[tuple[str, str], ...]

    @property
    def fields(self) -> list[Field]:
        return [_field(name, value, at_the_desk=self.to.startswith("/desk")) for name, value in self.pairs]

    @property
    def is_worth_keeping(self) -> bool:
        """Whether a person gave anything with it: words, or no more than a choice."""
        return any(value.strip() for name, value in self.pairs if name not in _SILENT)

    @property
    def purpose(self) -> purposes.Purpose | None:
        """What sending it does, as far as it is known."""
        return purposes.of(self.to, dict(self.pairs)) if self.to else None

    @property
    def words(self) -> list[Field]:
        return [field for field in self.fields if field.is_typed]

    def packed(self) -> str:
        """Return it as one signed word for a hidden field, or nothing where it is too long for one."""
        whole = sum(len(name) + len(value) for name, value in self.pairs) <= _LONGEST
        return str(_signer("kept").dumps([self.to, self.owner, self.pairs])) if whole else ""


def posted() -> Kept:
    """Return what the request's form holds. Of a sign-in, only what it carries for another page.

    That is to be copied: it is sent from nowhere but the page that follows a sign-in.
    """
    try:
        if any("password" in name or name == "kept" for name in request.form):
            carried = unpacked(request.form.get("kept", ""))
            return Kept("", None, carried.pairs if carried else ())
        pairs = tuple((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
        return Kept(request.full_path.rstrip("?"), _owner(), pairs)
    except HTTPException:  # too large, or cut short: there is nothing to be read
        return Kept("", None, ())


def unpacked(text: str) -> Kept | None:
    """Return what `packed` made within the last hour, or None."""
    try:
        to, owner, pairs = _signer("kept").loads(text, max_age=_HOUR)
    except BadData:
        return None
    return Kept(to, owner, tuple((name, value) for name, value in pairs))


def waiting() -> Kept | None:
    """Return what waits with the reader's sign-in, or None."""
    return unpacked(sessions.kept_words(db.session(), edge.session_token()))


def token_for(person_id: int) -> str:
    """Return a new secret for the forms of a sign-in; it says for whom their pages were made, also when that ended."""
    return f"{person_id}.{secrets.token_hex(20)}"


def anothers() -> str:
    """Return what someone reads who signed in where another had typed: it is not theirs to see."""
    return _("What was typed here before belongs to another account. It was not sent, and is not shown.")


def came_from_elsewhere() -> bool:
    """Return whether another site sent this form: no one typed it here, and no one shall be led to send it."""
    fetched = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "null")
    return fetched not in ("same-origin", "none") or (origin != "null" and urlsplit(origin).netloc != request.host)


def page(kept: Kept, why: str, code: int, *, onwards: str = "") -> Response:
    """Return the page on which words are read and sent again; `why` is "expired", "signed out" or "files".

    `onwards` leads on without sending them.
    """
    view: Any = current_app.view_functions.get(str(request.endpoint))
    takes_files = getattr(view, "takes_files", "") if why == "expired" else ""
    given = {"kept": kept, "why": why, "onwards": onwards, "files": _file_names(), "takes_files": takes_files}
    return edge.private(make_response(render_template("kept/again.html", **given), code))


def signed_out(kept: Kept, code: int, *, onwards: str) -> Response | None:
    """Return the sign-in page that carries words over the sign-in of the person who typed them.

    None where nothing was given, it is too long, or no one knows who typed it.
    """
    if not kept.is_worth_keeping or kept.owner is None or not kept.packed():
        return None
    chosen = edge.chosen_language()
    given = {"kept": kept.packed(), "onwards": onwards, "files": _file_names(), "chosen": chosen}
    return edge.private(make_response(render_template("kept/signed_out.html", **given), code))


def fresh(kept: Kept | None, *, onwards: str) -> Response:
    """Return the page that asks for the password once more before an act on accounts; what was typed goes along."""
    person = edge.current_person()
    given = {
        "kept": kept.packed() if kept else "",
        "onwards": onwards,
        "email": person.email if person else "",
        "has_password": person is None or person.password_hash is not None,
        "linked": person is not None and person.sign_on_subject is not None and edge.environment().provider_name,
    }
    return edge.private(make_response(render_template("kept/fresh.html", **given), 401))


def init_kept(app: Flask) -> None:
    """Let error pages show what was typed, and refuse files where none are read."""
    app.jinja_env.globals["posted_words"] = lambda: posted() if request.method == "POST" else None

    @app.before_request
    def refuse_files() -> Response | None:
        if request.method != "POST" or request.mimetype != "multipart/form-data":
            return None
        taken = getattr(app.view_functions.get(str(request.endpoint)), "takes_files", "")
        if all(name == taken or not file.filename for name, file in request.files.items(multi=True)):
            return None
        return page(posted(), "files", 422)

    @app.after_request
    def forget_what_was_sent(response: Response) -> Response:
        """The page that asked for it must not say once more that nothing was sent."""
        if request.method == "POST" and response.status_code in (302, 303) and _is_of_a_sign_in():
            # It is done by now: a database that goes away here makes it no failure.
            with suppress(SQLAlchemyError), transaction() as session:
                sessions.forget_words(session, edge.session_token())
        return response


def _is_of_a_sign_in() -> bool:
    return bool(edge.session_token()) and "waited" in request.form


def _signer(salt: str) -> URLSafeTimedSerializer:
    keys = [*reversed(current_app.config["SECRET_KEY_FALLBACKS"]), current_app.secret_key]
    return URLSafeTimedSerializer(keys, salt=salt)


def _owner() -> int | None:
    """Return for whom the page of the posted form was made: its token says so, no matter who is signed in by now."""
    try:
        token = _signer(_CSRF_SALT).loads(request.form.get("csrf_token", ""))
    except BadData:
        return None
    number, dot, _rest = str(token).partition(".")
    return int(number) if dot and number.isdigit() else None


def _field(name: str, value: str, *, at_the_desk: bool) -> Field:
    """At the desk all that is no choice is shown: a tag, a day or a reference is one short word."""
    known = _label(name)
    label = _(known) if known else name.replace("_", " ").replace("-", " ").capitalize()
    given = value.strip()
    is_typed = _is_typed(name, given) or (at_the_desk and name not in _CHOSEN and bool(given) and not given.isdigit())
    return Field(name, value, label, is_typed=name not in _SILENT and is_typed)


def _is_typed(name: str, value: str) -> bool:
    """What a page offers to choose from is short and plain; what a person types has words, or is asked for here."""
    if not value or name in _CHOSEN:
        return False
    return bool(_label(name)) or not value.isascii() or " " in value or "\n" in value or "@" in value


def _label(name: str) -> str:
    written = (each.label for each in questions.everything() if each.name == name and each.is_written)
    return _LABELS.get(name) or next(written, "")


def _file_names() -> list[str]:
    try:
        return [file.filename for _name, file in request.files.items(multi=True) if file.filename]
    except HTTPException:
        return []
