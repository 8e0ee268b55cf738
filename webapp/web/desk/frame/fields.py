"""The desk's forms: one's own account, people, who answers for a network, a mail's corrected address."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField
from wtforms.validators import EqualTo, InputRequired, Length

from webapp import labels
from webapp.domain.accounts.people import SHORTEST_PASSWORD
from webapp.i18n import LANGUAGE_NAMES
from webapp.models import Network, Person
from webapp.vocabulary import Kind, Language, Role
from webapp.web import fields

LONGEST_PASSWORD = 200
_MAIL = {"type": "email", "autocomplete": "off"}


def _roles() -> list[tuple[str, str]]:
    return [("", _("No account")), *labels.options(labels.ROLE, _)]


def _languages() -> list[tuple[str, str]]:
    return [(language.value, name) for language, name in LANGUAGE_NAMES.items()]


class PasswordForm(FlaskForm):
    """A password of one's own."""

    old_password = PasswordField(
        _l("Present password"),
        [InputRequired(_l("Enter the password that you signed in with.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        _l("New password"),
        [
            InputRequired(_l("Enter a new password.")),
            Length(SHORTEST_PASSWORD, LONGEST_PASSWORD, _l("Use 12 to 200 characters, for example four words.")),
        ],
        description=_l("At least 12 characters. Four words that have nothing to do with each other are good."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password again"),
        [EqualTo("new_password", _l("The two new passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class LanguageForm(FlaskForm):
    """The language of the desk, and of mails to oneself."""

    language = fields.ChoiceField(
        _l("Language"),
        _languages,
        required=_l("Choose a language."),
        description=_l("Of these pages and of the mails that you receive."),
    )


class PersonForm(FlaskForm):
    """Somebody of the university, with or without an account."""

    name = fields.line(_l("Full name"), required=_l("Enter the full name."))
    language = fields.ChoiceField(_l("Language of mails"), _languages, required=_l("Choose a language."))
    role = fields.ChoiceField(
        _l("Role"),
        _roles,
        description=_l("Liaisons who answer from their mails need no account."),
    )

    def chosen_role(self) -> Role | None:
        return Role(self.role.data) if self.role.data else None

    def chosen_language(self) -> Language:
        return Language(self.language.data)


class NewPersonForm(PersonForm):
    """Somebody new, with the address that also signs in."""

    email = fields.line(_l("Email"), required=_l("Enter the email address."), checks=[fields.Email()], render_kw=_MAIL)


class KnownPersonForm(PersonForm):
    """Somebody known, who may be gone."""

    active = BooleanField(_l("Active: signs in and receives mails"))


class AddressForm(FlaskForm):
    """A mail's corrected address."""

    email = fields.line(_l("Email"), required=_l("Enter the email address."), checks=[fields.Email()], render_kw=_MAIL)
    # Asked only where the mail goes to a partner.
    lasting = fields.TickField(_l("Use this address for this enquiry from now on"), default=True)


class KindForm(FlaskForm):
    """As what an enquiry is handled."""

    kind = fields.ChoiceField(
        _l("Handle it as"), lambda: labels.options(labels.KIND_LONG, _), required=_l("Choose what it is handled as.")
    )

    def offer(self, present: Kind) -> None:
        """Offer every other kind than the present one."""
        self.kind.choices = [option for option in labels.options(labels.KIND_LONG, _) if option[0] != present]

    def refuse_present(self) -> None:
        """Say that it is handled as the chosen kind already."""
        self.kind.errors = [_("It is handled as that already.")]


class NetworkPeopleForm(FlaskForm):
    """Who answers for a network."""

    liaison = SelectField(_l("Liaison"), coerce=int, description=_l("Receives each enquiry through this network."))
    deputy = SelectField(_l("Deputy"), coerce=int, description=_l("Answers where there is no active liaison."))
    escalation = SelectField(_l("Escalation contact"), coerce=int, description=_l("Is asked when nobody answers."))
    mailbox = fields.line(
        _l("Mailbox of the network"),
        checks=[fields.Email()],
        description=_l("Receives the enquiries when liaison and deputy are away."),
        render_kw=_MAIL,
    )
    languages = fields.ChoicesField(_l("Answers in"), _languages)

    def offer(self, network: Network, people: Sequence[Person]) -> None:
        """Offer these people, and whoever stands there now."""
        for field, present in zip(self._posts(), (network.liaison, network.deputy, network.escalation), strict=True):
            known = {person.id: person.name for person in people}
            if present is not None and present.id not in known:
                known[present.id] = _("%(name)s (no longer active)", name=present.name)
            field.choices = [(0, _("Nobody")), *known.items()]

    def show(self, network: Network) -> None:
        """Select whoever stands there now."""
        given = (network.liaison_id, network.deputy_id, network.escalation_id)
        for field, person_id in zip(self._posts(), given, strict=True):
            field.data = person_id or 0
        self.mailbox.data, self.languages.data = network.mailbox or "", list(network.languages)

    def chosen_languages(self) -> list[Language]:
        return [Language(value) for value in self.languages.data or ()]

    def _posts(self) -> tuple[SelectField, SelectField, SelectField]:
        return self.liaison, self.deputy, self.escalation


class NetworkOwnerForm(FlaskForm):
    """Who keeps a network's entry."""

    owner = SelectField(
        _l("Kept by"),
        coerce=int,
        description=_l("Is asked once a year whether everything is still right. Needs an account that may say so."),
    )

    def offer(self, network: Network, people: Sequence[Person]) -> None:
        """Offer these people, and whoever stands there now."""
        known, present = {person.id: person.name for person in people}, network.owner
        if present is not None and present.id not in known:
            known[present.id] = _("%(name)s (no longer active)", name=present.name)
        self.owner.choices = [(0, _("Nobody: the office is asked")), *known.items()]

    def show(self, network: Network) -> None:
        """Select whoever stands there now."""
        self.owner.data = network.owner_id or 0
