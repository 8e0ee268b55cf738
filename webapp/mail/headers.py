"""How headers are written where the library's own way has faults: long names, long identifiers, long subjects."""

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueSingleAddressHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from typing import Any


class _OneText(BaseHeader):
    """A header that is text and nothing else; the subclasses fold it, for the library's own way has faults."""

    max_count = 1

    @classmethod
    def parse(cls, string: str, kwds: dict[str, Any]) -> None:
        UnstructuredHeader.parse(string, kwds)


class _Identifiers(_OneText):
    """Message-IDs of a thread, one a line: the library would encode those that are longer than a line."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(str(self).split()) + policy.linesep


class _Subject(_OneText):
    """A subject, its first word (the reference) legible in the source: the library would leave the first line empty."""

    def fold(self, *, policy: Policy) -> str:
        first, _, rest = str(self).partition(" ")
        header = Header(header_name=self.name)
        for part in filter(None, (first, rest)):
            header.append(part, "us-ascii" if part.isascii() else "utf-8")
        return f"{self.name}: {header.encode(linesep=policy.linesep)}{policy.linesep}"


class _Mailbox(UniqueSingleAddressHeader, BaseHeader):  # type: ignore[misc]
    """One address with its name: the library loses characters of a long name in another script."""

    def fold(self, *, policy: Policy) -> str:
        address = self.addresses[0]
        name = address.display_name
        if not name:
            return f"{self.name}: {address.addr_spec}{policy.linesep}"
        if name.isascii():
            phrase = str(address).removesuffix(f" <{address.addr_spec}>")
        else:
            phrase = Header(name, "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {phrase}{policy.linesep} <{address.addr_spec}>{policy.linesep}"


def policy() -> "EmailPolicy[EmailMessage]":
    """Return how our emails are written: CRLF, only ASCII on the line, headers that read back as they were set."""
    registry = HeaderRegistry()
    registry.map_to_type("subject", _Subject)
    for name in ("from", "to", "reply-to"):
        registry.map_to_type(name, _Mailbox)
    for name in ("in-reply-to", "references"):
        registry.map_to_type(name, _Identifiers)
    # 7bit: bodies are encoded, so that no relay has to and no line is too long.
    return SMTP.clone(header_factory=registry, cte_type="7bit")
