"""What the history of an enquiry knows of its list of delegates: never who is on it."""

from dataclasses import dataclass

from webapp.models.event_data import EventData


@dataclass(frozen=True, kw_only=True)
class RosterSaved(EventData):
    """The list has so many delegates; or, with `asked`, so many changes of it wait for the office."""

    delegates: int
    asked: int = 0


@dataclass(frozen=True, kw_only=True)
class RosterDecided(EventData):
    """The office took in, or refused, changes that the partner asked for."""

    taken: int = 0
    refused: int = 0
