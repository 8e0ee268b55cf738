"""Lists of delegates on pages, the partner's and the desk's: what was sent, what was found in it, and its words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp import labels, tidying
from webapp.db import transaction
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.security.acting import Acting
from webapp.domain.visits import roster, roster_drafts
from webapp.domain.visits.roster_entries import Entry
from webapp.models import Enquiry, RosterDraft
from webapp.tidying.roster import text_tables, writing
from webapp.tidying.roster.checking import Problem
from webapp.tidying.roster.columns import EVERY, NAMES, OF_PASSPORT
from webapp.tidying.roster.days import Order
from webapp.tidying.roster.reading import Choices, Reading
from webapp.vocabulary import NameOrder, RosterDraftState
from webapp.web import uploads
from webapp.web.guards import number

Lock = Callable[[Session], tuple[Enquiry, Acting]]
_CELL = "cell-"
_WHO = frozenset(("family_name", "given_name", "honorific", "position", "academic_title", "organisation"))


@dataclass(frozen=True)
class Answer:
    """What came of a form: a list that was saved, with so many changes that wait; else why not, or it is looked at."""

    saved: bool = False
    asked: int = 0
    fault: str = ""
    overtaken: bool = False


@dataclass(frozen=True)
class Line:
    """A delegate of a preview: the line of the file, the values, and sentences about them, by column ("": all)."""

    number: int
    values: Mapping[str, str]
    wrong: Mapping[str, Sequence[str]]
    doubtful: Mapping[str, Sequence[str]]

    @property
    def to_mend(self) -> list[str]:
        """Return the columns of which something is said, in their order."""
        return [name for name in EVERY if name in self.wrong or name in self.doubtful]


@dataclass(frozen=True)
class Preview:
    """What a page says of a list that is not saved yet."""

    draft: RosterDraft
    reading: Reading | None
    lines: Sequence[Line]
    choices: Choices
    refusal: str = ""
    place: int | None = None
    # What was pasted and could not be read, to be mended.
    pasted: str = ""

    @property
    def is_good(self) -> bool:
        return self.reading is not None and self.reading.is_good

    @property
    def waits(self) -> bool:
        return self.draft.state is RosterDraftState.WAITING

    @property
    def some(self) -> list[str]:
        """Return the columns with anything in them, but for what says who someone is."""
        return [name for name in EVERY if name not in _WHO and any(line.values.get(name) for line in self.lines)]

    @property
    def unkept(self) -> bool:
        """Return whether passport details were sent of people who are said to need no letter."""
        return self.reading is not None and any(each.why == "not needed" for each in self.reading.problems)


def take(lock: Lock) -> Answer:
    """Do what the form on a page of a list asks for. `lock` returns the enquiry, locked, and who acts."""
    try:
        with transaction() as session:
            enquiry, by = lock(session)
            if request.form.get("confirm") == "yes":
                draft = roster_drafts.last(session, enquiry, by=by, lock=True)
                return Answer(saved=True, asked=roster_drafts.save(session, enquiry, draft, by=by))
            if request.form.get("again"):
                draft = roster_drafts.last(session, enquiry, by=by, lock=True)
                roster_drafts.choose(session, draft, _chosen(roster_drafts.choices(draft)), by=by)
                return Answer()
            return _send(session, enquiry, by)
    except Conflict:
        with transaction() as session:
            enquiry, by = lock(session)
            roster_drafts.bind(session, enquiry, by=by)
        return Answer(overtaken=True)
    except Invalid as error:
        most = _("A list can have 500 delegates.")
        return Answer(fault=most if "delegates" in error.faults else "")
    except NotFound:
        return Answer(fault=_("What you sent is not kept any more. Please send it again."))


def _send(session: Session, enquiry: Enquiry, by: Acting) -> Answer:
    present = roster.read(session, enquiry, by=by)
    file = request.files.get("roster")
    pasted = tidying.storable(request.form.get("pasted", ""))
    given = {name: tidying.storable(request.form[name]) for name in EVERY if name in request.form}
    if file and file.filename:
        content, name, place = file.read(), uploads.file_name(file.filename), None
    elif pasted.strip():
        content, name, place = pasted.encode(), "", None
    elif any(value.strip() for key, value in given.items() if EVERY[key].shape in ("line", "email", "code", "day")):
        content, name = writing.as_csv([given], tuple(given)), ""
        place = number(request.form.get("place", "")) or 0
        if place > len(present.entries):
            raise Conflict(version=0, changed_at=None)
    else:
        return Answer(fault=_("Choose a file, paste a table, or enter a delegate."))
    mark = tidying.storable(request.form.get("mark", "")) or present.mark
    roster_drafts.send(session, enquiry, content, name=name, mark=mark, by=by, place=place)
    return Answer()


def _chosen(before: Choices) -> Choices:
    orders = {name: Order(value) for name in EVERY if (value := request.form.get(f"order-{name}")) in set(Order)}
    mended: dict[int, dict[str, str]] = {line: dict(cells) for line, cells in before.mended.items()}
    for key, value in request.form.items():
        line, _dash, column = key.removeprefix(_CELL).partition("-")
        if key.startswith(_CELL) and (found := number(line)) and column in EVERY:
            mended.setdefault(found, {})[column] = tidying.storable(value)
    encoding = request.form.get("encoding", before.encoding)
    return Choices(
        encoding=encoding if encoding in text_tables.ENCODINGS else "",
        orders={**before.orders, **orders},
        letter=bool(request.form.get("letter")),
        mended=mended,
    )


def preview(session: Session, enquiry: Enquiry, *, by: Acting) -> Preview | None:
    """Return what was sent last and is not saved; None where there is nothing."""
    try:
        draft = roster_drafts.last(session, enquiry, by=by)
    except NotFound:
        return None
    found, place = roster_drafts.found_in(draft), roster_drafts.place(draft)
    refusal = ""
    if draft.state is RosterDraftState.REFUSED and draft.reading:
        why: str = draft.reading["why"]
        refusal = _(labels.ROSTER_REFUSAL[why], **draft.reading["data"])
    pasted = roster_drafts.pasted(session, draft) if refusal and not draft.name else ""
    return Preview(draft, found, _lines(found), roster_drafts.choices(draft), refusal, place, pasted)


def _lines(found: Reading | None) -> list[Line]:
    if found is None:
        return []
    # Where no passport was sent, none is missing: it is with the list already, or not for who sends this.
    some = set(found.headers) & set(OF_PASSPORT)
    wrong: dict[int, dict[str, list[str]]] = {}
    doubtful: dict[int, dict[str, list[str]]] = {}
    for problem in found.problems:
        if problem.row is not None and problem.column and (problem.why != "for letter" or some):
            place = doubtful if problem.is_warning else wrong
            said = place.setdefault(problem.row, {})
            said.setdefault(problem.column, []).append(sentence(problem))
            # What a letter lacks is said once and can be entered in every column that lacks.
            for name in problem.data.get("columns", ()) if problem.why == "for letter" else ():
                said.setdefault(name, [])
    return [Line(row.number, row.values, wrong.get(row.number, {}), doubtful.get(row.number, {})) for row in found.rows]


def sentence(problem: Problem) -> str:
    """Return what is wrong, and what to do."""
    data: dict[str, Any] = dict(problem.data)
    if "columns" in data:
        data["columns"] = _(", ").join(_(labels.ROSTER_COLUMN[name]) for name in data["columns"])
    return _(labels.ROSTER_PROBLEM[problem.why], **data)


def full_name(values: Mapping[str, str]) -> str:
    """Return both names in the order that is the person's own; names of East Asian scripts without a space."""
    names = [values.get("family_name", ""), values.get("given_name", "")]
    if values.get("name_order") == NameOrder.GIVEN_FIRST:
        names.reverse()
    given = [name for name in names if name]
    joined = all(ord(name[0]) > 0x2E7F and not name.isascii() for name in given)
    return ("" if joined else " ").join(given)


def shown(name: str, value: str) -> str:
    """Return a value as people read it: answers and orders in words."""
    if name in ("invitation_letter", "photo_consent") and value in ("yes", "no"):
        return _("Yes") if value == "yes" else _("No")
    if name == "name_order" and value in set(NameOrder):
        return _(labels.NAME_ORDER[NameOrder(value)])
    return value


def words() -> dict[str, Any]:
    """Return what the parts of these pages need."""
    return {
        "roster_name": full_name,
        "roster_value": shown,
        "roster_columns": list(EVERY),
        "roster_passport": OF_PASSPORT,
    }


def as_file(entries: Sequence[Entry], kind: str) -> bytes:
    """Return a list, or the template, as a file."""
    rows = [entry.values for entry in entries]
    if kind == "csv":
        return writing.as_csv(rows)
    notes = [
        (name, ". ".join(filter(None, (_(labels.ROSTER_COLUMN[name]), _(labels.ROSTER_NOTE.get(name, " ")).strip()))))
        for name in NAMES
    ]
    return writing.as_xlsx(rows, title=_("Delegates"), notes=notes, about=_("About the columns"))
