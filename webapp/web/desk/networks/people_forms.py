"""The forms of who answers for a network, and who keeps its entry."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField

from webapp.models import Network, Person
from webapp.vocabulary import Language
from webapp.web import edge, fields
from webapp.web.desk.frame.fields import EMAIL_INPUT


class NetworkPeopleForm(FlaskForm):
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

    def show(self, network: Network) -> None:
        """Select the present person."""
        given = (network.liaison_id, network.deputy_id, network.escalation_id)
        for field, person_id in zip(self._posts(), given, strict=True):
            field.data = person_id or 0
        self.mailbox.data, self.languages.data = (
            network.mailbox or "",
            [value for value in network.languages if value in edge.languages()],
        )

    def chosen_languages(self, network: Network) -> list[Language]:
        """Return the languages that were ticked, and those that are off, which no one could untick."""
        off = [value for value in network.languages if value not in edge.languages()]
        return [Language(value) for value in (*(self.languages.data or ()), *off)]

    def _posts(self) -> tuple[SelectField, SelectField, SelectField]:
        return self.liaison, self.deputy, self.escalation


class NetworkOwnerForm(FlaskForm):
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
