"""What the domain refuses, and why. The edge turns each into an answer."""

from datetime import datetime

from webapp.vocabulary import Language, LinkEnd


class DomainError(Exception):
    """Something that was asked for is not done; nothing has changed."""


class NotFound(DomainError):
    """There is no such thing, or not for this actor: callers cannot distinguish the two."""


class NotAllowed(DomainError):
    """The actor may see the thing but not do this to it, or not in its present state."""


class NotYet(NotAllowed):
    """Something has to be done first; `step` says what."""

    def __init__(self, step: str) -> None:
        self.step = step
        super().__init__(f"{step} comes first")


class Conflict(DomainError):
    """Someone changed the thing since the actor read it; `who` is "" where that is not known."""

    def __init__(self, *, version: int, changed_at: datetime | None, who: str = "") -> None:
        self.version = version
        self.changed_at = changed_at
        self.who = who
        super().__init__(f"changed since it was read, now version {version}")


class Gone(DomainError):
    """A link that was good once opens nothing any more: it ran out, or the matter was passed on to someone.

    `why` is None where it ran out, or where its holder is not asked any more. `language` is its holder's.
    """

    def __init__(self, *, passed_to: str = "", why: LinkEnd | None = None, language: Language = Language.EN) -> None:
        self.passed_to = passed_to
        self.why = why
        self.language = language
        super().__init__(f"passed on to {passed_to}" if passed_to else "ran out")


class FileWaiting(DomainError):
    """The virus scanner has not looked at this file yet."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__("not checked yet")


class FileHeldBack(DomainError):
    """The virus scanner found something in this file: no one can open it."""

    def __init__(self, name: str, found: str) -> None:
        self.name = name
        self.found = found
        super().__init__(f"{found} in a file")


class Invalid(DomainError):
    """A value cannot be used; `faults` maps field names to messages."""

    def __init__(self, faults: dict[str, str]) -> None:
        self.faults = faults
        super().__init__(", ".join(f"{name}: {fault}" for name, fault in faults.items()))
