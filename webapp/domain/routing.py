"""Who answers an enquiry: the network's liaison, else its deputy, else the office."""

from dataclasses import dataclass

from webapp.config import Settings
from webapp.models import Enquiry, Network, Person
from webapp.vocabulary import Language


@dataclass(frozen=True)
class Answerer:
    """Whom the mail goes to. An empty name is the office."""

    name: str
    email: str
    language: Language
    person_id: int | None = None


def answerer(network: Network | None, *, settings: Settings) -> Answerer:
    """Return who answers for a network today; never nobody. `network.liaison` and `.deputy` must be loaded."""
    for person in (network.liaison, network.deputy) if network else ():
        if person is not None and person.active:
            return _person(person)
    return Answerer("", settings.office_email, Language.EN)


def answerer_of(enquiry: Enquiry, *, settings: Settings) -> Answerer:
    """Return who answers an enquiry today: who took it, else who answers for its network."""
    if enquiry.assignee is not None and enquiry.assignee.active:
        return _person(enquiry.assignee)
    return answerer(enquiry.network, settings=settings)


def _person(person: Person) -> Answerer:
    return Answerer(person.name, person.email, person.language, person.id)
