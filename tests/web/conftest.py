"""What tests of pages share: a provider of single sign-on, and pages after refusals no more often than they differ."""

from collections.abc import Iterator

import pytest
from flask import Response

from tests.provider import SignOnProvider
from webapp.web.desk.enquiry import page as enquiry_page
from webapp.web.desk.enquiry import routes
from webapp.web.desk.enquiry.page import ActionAttempt


@pytest.fixture(scope="session")
def provider() -> Iterator[SignOnProvider]:
    """A real provider for this test process."""
    running = SignOnProvider.start()
    yield running
    running.stop()


@pytest.fixture
def idp(provider: SignOnProvider) -> SignOnProvider:
    """The provider, honest, which knows one person by the subject `chan`."""
    provider.reset()
    provider.knows("chan", email="chan@example.org", email_verified=True, name="Chan Tai Man")
    return provider


@pytest.fixture
def few_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the page after a refusal once for each action and each enquiry; other refusals answer with their code alone.

    Which page it is hangs on the two, not on their pairs: four fifths of the time went into pages of pairs.
    """
    seen: set[object] = set()

    def page(reference: str, attempt: ActionAttempt, *, code: int) -> Response:
        shown = not {reference, attempt.action} <= seen
        seen.update((reference, attempt.action))
        return enquiry_page.page(reference, attempt, code=code) if shown else Response(status=code)

    monkeypatch.setattr(routes, "page", page)
