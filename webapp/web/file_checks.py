"""What pages say beside a file that cannot be opened: it waits for the virus scanner, or something was found in it."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import Flask
from flask_babel import gettext as _

from webapp.domain.files import handing_out
from webapp.models import Attachment
from webapp.models.event_data import File
from webapp.vocabulary import FileState
from webapp.web import edge


class FileCheck(NamedTuple):
    """Why a file cannot be opened, in words; `held_back` says that it never can."""

    said: str
    held_back: bool


def file_check(file: Attachment | File, among: Sequence[Attachment] = ()) -> FileCheck | None:
    """Return why a file cannot be opened, or None where it can; that of a line of history is looked up in `among`."""
    found = file if isinstance(file, Attachment) else next((each for each in among if each.id == file.id), None)
    state = handing_out.state(found, settings=edge.environment()) if found else FileState.OPEN
    match state:
        case FileState.WAITING:
            return FileCheck(_("is being checked for viruses"), held_back=False)
        case FileState.HELD_BACK:
            assert found is not None
            return FileCheck(_("held back: %(found)s was found in it", found=found.finding), held_back=True)
    return None


def named(file: Attachment) -> str:
    """Return the name of a file where lines of text list it, and why it cannot be opened, if so."""
    check = file_check(file)
    return f"{file.name} ({check.said})" if check else file.name


def init_file_checks(app: Flask) -> None:
    """Let templates say it beside each file."""
    app.jinja_env.globals["file_check"] = file_check
