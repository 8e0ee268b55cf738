"""The form of a network's entry: every fact of its public page, in each language where it has words."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from webapp import labels
from webapp.domain.directory.editing import LONGEST_SLUG, is_address
from webapp.domain.directory.facts import AS_IN_ENGLISH, NEEDED, TEXTS, WORDED, Values, field_of, fields_of, lines
from webapp.domain.directory.source_faults import MAX_SIMILAR
from webapp.i18n import localised
from webapp.vocabulary import Language, TermKind
from webapp.web import edge, fields, shown
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.desk.networks import labels as network_labels
from webapp.web.desk.networks.fields import PLACE, worded
from webapp.web.languages import InLanguages

LONGEST_ADDRESS = 500
LONGEST_LINE = 500
MOST_LINES = 30
_LISTED = (*fields_of("activities"), "former_names", "supported_by", "cautions")


def _fact(name: str) -> Any:
    return _l(labels.NETWORK_FACT[name])


def _terms(kind: TermKind) -> Callable[[], list[tuple[str, str]]]:
    def offered() -> list[tuple[str, str]]:
        return [(term.tag, localised(term.label, edge.language())) for term in shown.directory().terms[kind]]

    return offered


def _groups() -> list[tuple[str, str]]:
    return labels.options(labels.GROUP, _)


class NetworkForm(InLanguages, VersionedForm):
    """One entry; the fields with words in each language are added below."""

    acronym = fields.line(_fact("acronym"), limit=40, description=_l("Without one, pages show the name."))
    former_names = fields.text(_fact("former_names"), description=_l("One a line. Pages never call it by them."))
    group = fields.ChoiceField(_fact("group"), _groups, required=_l("Choose the relationship."))
    founded = fields.NumberField(_fact("founded"), 1000, 2100)
    supported_by = fields.text(_fact("supported_by"), description=_l("One a line, as they call themselves."))
    scope = fields.ChoicesField(_fact("scope"), _terms(TermKind.SCOPE))
    regions = fields.ChoicesField(_fact("regions"), _terms(TermKind.REGION))
    similar = fields.ChoicesField(
        _fact("similar"),
        lambda: network_labels.as_options(shown.directory().entries),
        description=_l("At most three."),
    )
    website = fields.page_address(_fact("website"), limit=LONGEST_ADDRESS)
    source_url = fields.page_address(
        _fact("source_url"),
        required=_l("Enter the address of the page that states these facts."),
        limit=LONGEST_ADDRESS,
    )
    as_of = fields.DayField(_fact("as_of"), description=_l("The day on which the source said so."))
    cautions = fields.text(_fact("cautions"), description=_l("One a line, for staff only."))
    place = fields.NumberField(
        _fact("place"),
        1,
        9999,
        required=_l("Enter the place in the list."),
        description=_l("1 comes first. Where two share a number, the older entry comes first."),
    )
    shown = fields.TickField(
        _fact("shown"),
        description=_l("Hidden, it is on no public page and in no form; its enquiries do not change."),
    )
    checked = fields.TickField(_l("I checked everything else too: the whole entry is right as of today"))

    def in_language(self, language: Language) -> set[str]:
        """Return the names of the fields with words in a language."""
        return {field_of(fact, language) for fact in WORDED}

    def __iter__(self) -> Iterator[Field]:
        """Go through the fields in the order of the page."""
        return iter(sorted(super().__iter__(), key=lambda field: PLACE.get(field.name, len(PLACE))))

    def validate_website(self, field: Field) -> None:
        _check_address(field)

    def validate_source_url(self, field: Field) -> None:
        _check_address(field)

    def validate_similar(self, field: Field) -> None:
        if len(field.data) > MAX_SIMILAR:
            raise ValidationError(_("Choose at most three."))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each field, then those that have to fit together."""
        super().validate(*args, **kwargs)
        for name, fault in self._disagreements():
            if not self[name].errors:
                self[name].errors = [fault]
        return not self.errors

    def _disagreements(self) -> Iterator[tuple[str, str]]:
        for fact in (*TEXTS, "countries"):
            yield from self._untranslated(fact)
        yield from self._uneven()
        for name in filter(self.__contains__, _LISTED):
            given = lines(self[name].data or "")
            if len(given) > MOST_LINES:
                yield name, _("Write at most %(most)s lines.", most=MOST_LINES)
            elif any(len(each) > LONGEST_LINE for each in given):
                yield name, _("Write at most %(most)s characters in each line.", most=LONGEST_LINE)
        if self.as_of.data is None:
            yield "as_of", _("Enter the day on which the source said so.")
        elif self.as_of.data > edge.today():
            yield "as_of", _("This day has not come yet.")

    def _untranslated(self, fact: str) -> Iterator[tuple[str, str]]:
        given = {language: self[field_of(fact, language)].data for language in edge.languages()}
        if not given[Language.EN] and any(given.values()) and fact not in NEEDED:
            yield field_of(fact, Language.EN), _("Write it in English too: the other languages fall back to it.")
        for language, other in itertools.permutations(given, 2) if fact == "name" else ():
            if language.base == other.base and given[other] and not given[language]:
                yield field_of(fact, language), _("Enter an official name in both scripts, or in neither.")

    def _uneven(self) -> Iterator[tuple[str, str]]:
        english = lines(self[field_of("activities", Language.EN)].data or "")
        if AS_IN_ENGLISH in english:
            yield field_of("activities", Language.EN), _("Write each line in English.")
        for language in set(edge.languages()) - {Language.EN}:
            count = len(lines(self[field_of("activities", language)].data or ""))
            if count and count != len(english):
                name, values = language.writing.name, {"english": len(english), "count": count}
                yield (
                    field_of("activities", language),
                    _("English has %(english)s lines, %(language)s has %(count)s.", language=name, **values),
                )

    def fields_of(self, column: str) -> list[str]:
        """Return the names of the fields that a column is edited in."""
        return [name for name in fields_of(column) if name in self]

    def leave_out(self, slug: str) -> None:
        """Offer every network as similar but the entry itself."""
        self.similar.choices = [option for option in self.similar.choices if option[0] != slug]

    def given(self) -> Values:
        """Return what a checked form says, by field, as `facts.flat` does."""
        own = {"as_of": self.as_of.data.isoformat() if self.as_of.data else "", "founded": self.founded.data}
        lists = {name: list(self[name].data) for name in ("scope", "regions", "similar")}
        named = {"place": self.place.data, "shown": bool(self.shown.data)}
        apart = {*own, *lists, *named, "checked", "slug", "csrf_token"}
        words = {field.name: self._words(field) for field in self if field.name not in apart}
        return {**self.unseen, **words, **own, **lists, **named}

    def _words(self, field: Field) -> str:
        return "\n".join(lines(field.data or "")) if field.name in _LISTED else field.data or ""

    def put_back(self, column: str, values: Mapping[str, Any]) -> None:
        """Put other values into the fields of a column, to look at; whatever else was typed stays."""
        given = as_fields(values)
        for name in self.fields_of(column):
            self[name].data, self[name].raw_data = given[name], None


for _name, _field in worded().items():
    setattr(NetworkForm, _name, _field)


class NewNetworkForm(NetworkForm):
    """An entry that is made, with the word that is in its address for good."""

    slug = fields.line(
        _l("Page address (URL)"),
        required=_l("Enter the page address."),
        limit=LONGEST_SLUG,
        description=_l("Lower-case letters, digits and hyphens, such as example-network. It cannot be changed later."),
    )


def _check_address(field: Field) -> None:
    if field.data and not is_address(field.data):
        raise ValidationError(_("Enter an address that begins with https:// or http://."))


def as_fields(values: Mapping[str, Any]) -> Values:
    """Return flat values as the form's fields hold them: a date is one."""
    return {name: date.fromisoformat(value) if name == "as_of" and value else value for name, value in values.items()}
