"""What every verb must know: who does it, at what time, under which settings."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from webapp.config import Settings
from webapp.domain.security.permissions import Actor
from webapp.vocabulary import Permission


@dataclass(frozen=True)
class Acting:
    """Someone who acts: one value for each request, job and command. Verbs take it as `by`."""

    actor: Actor
    now: datetime
    settings: Settings

    @property
    def today(self) -> date:
        """The day that it is at the institution."""
        return self.now.astimezone(self.settings.zone).date()

    def can(self, permission: Permission) -> bool:
        """Return whether the actor holds a permission."""
        return self.actor.can(permission)

    def as_(self, actor: Actor) -> "Acting":
        """Return someone else acting at the same time under the same settings."""
        return replace(self, actor=actor)
