"""The forms of people and their accounts."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from webapp import labels
from webapp.vocabulary import Language, Role
from webapp.web import fields
from webapp.web.desk.frame.fields import EMAIL_INPUT
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.languages import LanguageField


def _roles() -> list[tuple[str, str]]:
    return [("", _("No account")), *labels.options(labels.ROLE, _)]


class PersonForm(VersionedForm):
    """Someone of the university, with or without an account."""

    name = fields.line(_l("Full name"), required=_l("Enter the full name."))
    language = LanguageField(_l("Language of emails"))
    role = fields.ChoiceField(
        _l("Role"),
        _roles,
        description=_l("Liaisons who answer from their emails need no account."),
    )

    def chosen_role(self) -> Role | None:
        return Role(self.role.data) if self.role.data else None

    def chosen_language(self) -> Language:
        return Language(self.language.data)


class NewPersonForm(PersonForm):
    """Someone new, with the address that also signs in."""

    email = fields.line(
        _l("Email"), required=_l("Enter the email address."), checks=[fields.Email()], render_kw=EMAIL_INPUT
    )


class KnownPersonForm(PersonForm):
    """Someone known, who may be gone."""

    active = BooleanField(_l("Active: signs in and receives emails"))


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a person as the form's fields hold it: no role is an empty choice."""
    return {name: "" if value is None else value for name, value in values.items()}
