"""Secret tokens in addresses: `<secret:token>` is the token itself, whatever an email program put around or into it."""

from werkzeug.routing import UnicodeConverter

from webapp.domain.security.tokens import read_token


class SecretConverter(UnicodeConverter):
    """A token as it was handed on: cut where it ends, so that a full stop behind a link does not close it."""

    def to_python(self, value: str) -> str:
        return read_token(value)
