"""The setting that says whether emails leave: to their readers, to no one, or all of them to one address."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

_REHEARSE = "rehearse:"
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")


class MailSettings(BaseModel):
    """`send`, `hold`, or `rehearse:ADDRESS`; what someone holds at the desk is held whatever is said here."""

    model_config = ConfigDict(frozen=True)

    mail: str = "send"

    @field_validator("mail", mode="before")
    @classmethod
    def _way(cls, value: Any) -> str:
        way = str(value or "send").strip()
        if way in {"send", "hold"} or (way.startswith(_REHEARSE) and _ADDRESS.fullmatch(way.removeprefix(_REHEARSE))):
            return way
        raise ValueError("must be send, hold, or rehearse:name@example.org")

    @property
    def mail_is_held(self) -> bool:
        """Whether the installation lets no email leave."""
        return self.mail == "hold"

    @property
    def rehearsal(self) -> str:
        """The address to which every email goes instead of to its reader; none where emails go to their readers."""
        return self.mail.removeprefix(_REHEARSE) if self.mail.startswith(_REHEARSE) else ""
