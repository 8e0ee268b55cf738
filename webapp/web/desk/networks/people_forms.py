"""The forms of who answers for a network, and who keeps its entry."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from webapp.models import Network, Person
from webapp.vocabulary import Language
from webapp.web import edge, fields
from webapp.web.desk.frame.fields import EMAIL_INPUT
from webapp.web.desk.frame.versioned import VersionedForm


class _NamesPeopleForm(VersionedForm):
    """A form that chooses people, whom the changes of a network name."""

    def ids_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what changes say as the fields hold it; None, which no field holds, for a name that is not one's."""
        return {name: self._id_of(self[name], value) if name in self else value for name, value in values.items()}

    def _id_of(self, field: Any, value: Any) -> Any:
        if not isinstance(field, SelectField):
            return value
        known = [person_id for person_id, name in field.choices or () if name == value]
        return 0 if value == "" else known[0] if len(known) == 1 else None


def _on(languages: Collection[str]) -> list[str]:
    """Return those of these languages that are on, in the order of the choices."""
    return [language.value for language in edge.languages() if language in languages]


class NetworkPeopleForm(_NamesPeopleForm):
    """Who answers for a network."""

    liaison = SelectField(_l("Liaison"), coerce=int, description=_l("Receives each enquiry through this network."))
    deputy = SelectField(_l("Deputy"), coerce=int, description=_l("Answers where there is no active liaison."))
    escalation = SelectField(_l("Escalation contact"), coerce=int, description=_l("Is asked when no one answers."))
    mailbox = fields.line(
        _l("Mailbox of the network"),
        checks=[fields.Email()],
        description=_l("Receives the enquiries when liaison and deputy are away."),
        render_kw=EMAIL_INPUT,
    )
    languages = fields.ChoicesField(_l("Answers in"), edge.language_options)

    def offer(self, network: Network, people: Sequence[Person]) -> None:
        """Offer these people, and the present one."""
        for field, present in zip(self._posts(), (network.liaison, network.deputy, network.escalation), strict=True):
            known = {person.id: person.name for person in people}
            if present is not None and present.id not in known:
                known[present.id] = _("%(name)s (no longer active)", name=present.name)
            field.choices = [(0, _("No one")), *known.items()]

    def ids_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        found = super().ids_of(values)
        return {name: _on(value) if name == "languages" else value for name, value in found.items()}

    def show(self, network: Network) -> None:
        """Select the present person."""
        given = (network.liaison_id, network.deputy_id, network.escalation_id)
        for field, person_id in zip(self._posts(), given, strict=True):
            field.data = person_id or 0
        self.mailbox.data, self.languages.data = network.mailbox or "", _on(network.languages)

    def chosen_languages(self, network: Network) -> list[Language]:
        """Return the languages that were ticked, and those that no one could untick: they are off, or the only one."""
        ticked = self.languages.data or () if len(edge.languages()) > 1 else _on(network.languages)
        chosen = {*ticked, *(value for value in network.languages if value not in edge.languages())}
        return [Language(value) for value in dict.fromkeys((*network.languages, *ticked)) if value in chosen]

    def _posts(self) -> tuple[SelectField, SelectField, SelectField]:
        return self.liaison, self.deputy, self.escalation


class NetworkOwnerForm(_NamesPeopleForm):
    """Who keeps a network's entry."""

    owner = SelectField(
        _l("Owner"),
        coerce=int,
        description=_l(
            "Is asked once a year whether the entry is up to date. Needs an account with the right to do so."
        ),
    )

    def offer(self, network: Network, people: Sequence[Person]) -> None:
        """Offer these people, and the present one."""
        known, present = {person.id: person.name for person in people}, network.owner
        if present is not None and present.id not in known:
            known[present.id] = _("%(name)s (no longer active)", name=present.name)
        self.owner.choices = [(0, _("Office")), *known.items()]

    def show(self, network: Network) -> None:
        """Select the present person."""
        self.owner.data = network.owner_id or 0
