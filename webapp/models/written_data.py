"""What a line of an enquiry's history knows of what the office wrote to its partner."""

from dataclasses import dataclass

from webapp.models.event_data import ActionTaken, File


@dataclass(frozen=True, kw_only=True)
class OfficeWrote(ActionTaken):
    """The office wrote to the partner, with these files; lines of before have none."""

    files: tuple[File, ...] = ()
