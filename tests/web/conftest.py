"""What tests of pages share: a provider of single sign-on."""

from collections.abc import Iterator

import pytest

from tests.provider import SignOnProvider


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
