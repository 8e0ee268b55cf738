"""The index of terms: what of a text can be looked up, how it is stored, and the condition that looks it up."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    and_,
    column,
    delete,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from webapp.domain.search.folding import HAN, Term, searchable, words
from webapp.models import Enquiry, EnquiryTerms, batch
from webapp.models.batch import Rows

# No row holds more; what is left over of an endless text is not found by it.
MOST = 2500
LONGEST = 40
# A shorter Latin word is looked for as a whole: its beginning is that of too many others.
_SHORTEST_BEGINNING = 3
_SHORT = re.compile(rf"[0-9a-z]{{1,{_SHORTEST_BEGINNING - 1}}}")
# A number such as a phone's is found without its first digits, which not everyone dials.
_LONG_NUMBER, _FEWEST_DIGITS = 8, 6
_HAN = re.compile(f"[{HAN}]")
_RUN = re.compile(f"[{HAN}]+|[^{HAN}]+")


def terms_of(text: str) -> set[str]:
    """Return the terms of a text, at most `MOST`.

    They are its words, also those that a dash joins as one and each; single Han and pairs of them; long numbers also
    without their beginning.
    """
    found: set[str] = set()
    for word in dict.fromkeys((*words(searchable(text)), *words(text))):
        for term in _terms(word):
            found.add(term)
            if len(found) == MOST:
                return found
    return found


def _terms(word: str) -> Iterable[str]:
    return (word[:LONGEST],) if word.isascii() and not word.isdigit() else _of_runs(word)


def _of_runs(word: str) -> Iterator[str]:
    for run in _RUN.findall(word):
        if _HAN.match(run):
            yield from run
            yield from _pairs(run)
        else:
            yield run[:LONGEST]
            if run.isdigit() and _LONG_NUMBER <= len(run) <= LONGEST:
                yield from (run[start:] for start in range(1, len(run) - _FEWEST_DIGITS + 1))


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))


def put(session: Session, enquiry: Enquiry, text: str) -> None:
    """Write the terms of an enquiry that is flushed, in the place of those that it had."""
    session.execute(delete(EnquiryTerms).where(EnquiryTerms.enquiry_id == enquiry.id))
    batch.write(session, [begin(enquiry.id, text)])


def begin(enquiry_id: int, text: str) -> Rows:
    """Return the terms of an enquiry that has none as a row to be written."""
    return Rows(EnquiryTerms, [{"enquiry_id": enquiry_id, "terms": _line(text)}], _MADE)


def add(session: Session, enquiry: Enquiry, text: str) -> None:
    """Add the terms of what was written later; those that an enquiry had stay, also of what is gone from its text."""
    more = EnquiryTerms.terms.op("||")(_Stored(literal(f" {_line(text)}")))
    session.execute(update(EnquiryTerms).where(EnquiryTerms.enquiry_id == enquiry.id).values(terms=more))


def _line(text: str) -> str:
    return " ".join(sorted(terms_of(text)))


def compact(session: Session) -> None:
    """Have SQLite write its index anew, without terms that are only marked as deleted; elsewhere nothing is needed."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO enquiry_terms_index (enquiry_terms_index) VALUES ('optimize')"))


@dataclass(frozen=True)
class Lookup:
    """What is looked up for a query: the same for PostgreSQL and SQLite, and what is compared with the text then."""

    tsquery: str
    fts5: str
    within: tuple[tuple[str, ...], ...]

    def of_row(self) -> ColumnElement[bool]:
        """Return the condition on an enquiry, asked of row after row: for words that many hold."""
        return and_(_Holds(Enquiry.id, literal(self.tsquery), literal(self.fts5)), *self._together())

    def ids(self) -> Select[Any]:
        """Return the statement for the ids of all that meet it, read from the index at once: for what few hold."""
        found: Select[Any] = select(column("enquiry_id")).select_from(_Found(literal(self.tsquery), literal(self.fts5)))
        if not self.within:
            return found
        return select(Enquiry.id).where(Enquiry.id.in_(found), *self._together())

    def _together(self) -> list[ColumnElement[bool]]:
        return [or_(*(_Within(Enquiry.search_text, literal(part)) for part in parts)) for parts in self.within]


def look_up(wanted: Collection[Term]) -> Lookup | None:
    """Return how the index finds what holds every term of a query; None where nothing can.

    What is in the middle of a word only, or is no word at all, is not found. Neighbours in a run of Han or in a phrase
    are compared with the text of those that hold each.
    """
    terms = [[parts for parts in term if all(map(words, parts))] for term in wanted]
    if not terms or not all(terms):
        return None
    together = [[part for parts in term for part in parts if _needs_text(part)] for term in terms]
    some = [tuple(parts) for term, parts in zip(terms, together, strict=True) if len(parts) >= len(term)]
    tsquery, fts5 = _query(terms, "&", "|", "'{}'", ":*"), _query(terms, " AND ", " OR ", '"{}"', "*")
    return Lookup(tsquery, fts5, tuple(some))


def _query(terms: list[list[tuple[str, ...]]], all_of: str, any_of: str, quoted: str, beginning: str) -> str:
    def one(part: str) -> str:
        return all_of.join(quoted.format(term) + beginning * is_beginning for term, is_beginning in _looked_up(part))

    return all_of.join(f"({any_of.join(f'({all_of.join(map(one, parts))})' for parts in term)})" for term in terms)


def _needs_text(part: str) -> bool:
    return [part] != [term for term, _beginning in _looked_up(part)]


def _looked_up(part: str) -> Iterator[tuple[str, bool]]:
    """Yield the terms by which a part of a query is looked up, and whether a word that begins with it will do."""
    for word in words(part):
        for run in _RUN.findall(word):
            if _HAN.match(run):
                yield from ((pair, False) for pair in (_pairs(run) if len(run) > 1 else run))
            else:
                yield run[:LONGEST], not _SHORT.fullmatch(run)


class _Within(FunctionElement[bool]):
    """A text holds another somewhere. Not LIKE, which PostgreSQL takes for rare, and then walks through all rows."""

    type = Boolean()
    inherit_cache = True


class _Stored(FunctionElement[str]):
    """Terms with spaces between them, as a column of terms."""

    inherit_cache = True


# Columns that are made of what is given.
_MADE: Any = {"terms": _Stored}


class _Holds(FunctionElement[bool]):
    """The enquiry of an id holds the terms of a query, given for PostgreSQL and for SQLite."""

    type = Boolean()
    inherit_cache = True


class _Found(FunctionElement[int]):
    """The ids of all enquiries that hold the terms of a query, given for PostgreSQL and for SQLite, as a table."""

    inherit_cache = True


@compiles(_Within, "postgresql")
def _within_on_postgresql(element: _Within, compiler: SQLCompiler, **more: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **more)}) > 0"


@compiles(_Within, "sqlite")
def _within_on_sqlite(element: _Within, compiler: SQLCompiler, **more: Any) -> str:
    return f"instr({compiler.process(element.clauses, **more)}) > 0"


@compiles(_Stored, "postgresql")
def _stored_as_vector(element: _Stored, compiler: SQLCompiler, **more: Any) -> str:
    return f"array_to_tsvector(string_to_array(btrim({compiler.process(element.clauses, **more)}), ' '))"


@compiles(_Stored, "sqlite")
def _stored_as_text(element: _Stored, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(element.clauses, **more)


# The planner must not turn the two round: it takes the beginning of a word for rarer, or for more frequent, than it is.
@compiles(_Holds, "postgresql")
def _vector_holds(element: _Holds, compiler: SQLCompiler, **more: Any) -> str:
    number, tsquery, _fts5 = (compiler.process(clause, **more) for clause in element.clauses)
    asked = f"terms @@ CAST({tsquery} AS tsquery)"
    return f"(SELECT {asked} FROM enquiry_terms WHERE enquiry_terms.enquiry_id = {number})"  # noqa: S608 - bound


@compiles(_Holds, "sqlite")
def _text_holds(element: _Holds, compiler: SQLCompiler, **more: Any) -> str:
    number, _tsquery, fts5 = (compiler.process(clause, **more) for clause in element.clauses)
    return f"{number} IN (SELECT rowid FROM enquiry_terms_index WHERE terms MATCH {fts5})"  # noqa: S608 - bound


@compiles(_Found, "postgresql")
def _vectors_found(element: _Found, compiler: SQLCompiler, **more: Any) -> str:
    tsquery, _fts5 = (compiler.process(clause, **more) for clause in element.clauses)
    found = f"SELECT enquiry_id FROM enquiry_terms WHERE terms @@ CAST({tsquery} AS tsquery) OFFSET 0"  # noqa: S608
    return f"({found}) AS found"


@compiles(_Found, "sqlite")
def _texts_found(element: _Found, compiler: SQLCompiler, **more: Any) -> str:
    _tsquery, fts5 = (compiler.process(clause, **more) for clause in element.clauses)
    return f"(SELECT rowid AS enquiry_id FROM enquiry_terms_index WHERE terms MATCH {fts5}) AS found"  # noqa: S608
