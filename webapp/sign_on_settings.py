"""Settings of single sign-on: the provider, how its button is called, and which of its groups give which role."""

import re
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from webapp.vocabulary import Role

Environment = Literal["production", "standalone", "development", "test"]
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_NEEDED = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")


class SignOnSettings(BaseModel):
    """A provider of OpenID Connect, or none. Its address, and what it knows this service by, need each other."""

    model_config = ConfigDict(frozen=True)

    # First, because all others are judged by it.
    env: Environment = "production"
    oidc_issuer: str | None = None
    oidc_client_id: str | None = Field(default=None, validate_default=True)
    oidc_client_secret: str | None = Field(default=None, validate_default=True)
    # The words of the button: "Sign in with …"; by default the provider's host.
    oidc_name: str = Field(default="", max_length=60)
    oidc_scopes: tuple[str, ...] = ("openid", "email", "profile")
    oidc_groups_claim: str = Field(default="groups", min_length=1)
    # Which group of the provider gives which role. Without any, roles are given at the desk alone.
    oidc_roles: tuple[tuple[str, Role], ...] = ()

    @field_validator(*_NEEDED, mode="before")
    @classmethod
    def _empty_is_no_provider(cls, value: Any) -> Any:
        return value or None

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be the provider's issuer, such as https://login.example.org, without a query")
        here = parts.hostname in _THIS_MACHINE or info.data.get("env") in {"development", "test"}
        if parts.scheme == "http" and not here:
            raise ValueError("must be https://; http:// is for this machine itself, and for development")
        return value

    @field_validator("oidc_client_id", "oidc_client_secret")
    @classmethod
    def _all_or_none(cls, value: str | None, info: ValidationInfo) -> str | None:
        if "oidc_issuer" in info.data and (value is None) != (info.data["oidc_issuer"] is None):
            raise ValueError("and LIAISON_OIDC_ISSUER, the provider, need each other")
        return value

    @field_validator("oidc_scopes", mode="before")
    @classmethod
    def _scopes(cls, value: Any) -> Any:
        scopes = tuple(re.split(r"[\s,]+", value.strip())) if isinstance(value, str) else value
        if "openid" not in scopes:
            raise ValueError("must include openid, such as: openid email profile groups")
        return scopes

    @field_validator("oidc_roles", mode="before")
    @classmethod
    def _roles(cls, value: Any, info: ValidationInfo) -> Any:
        """Read "group=role, group=role"; where a semicolon or a new line parts them, a group's name may have commas."""
        if not isinstance(value, str):
            return value
        parted = re.split(r"[;\n]" if re.search(r"[;\n]", value.strip()) else ",", value)
        pairs = [each.strip().rpartition("=") for each in parted if each.strip()]
        for group, _equals, role in pairs:
            if not group.strip() or role.strip() not in set(Role):
                raise ValueError(f"must be group=role, with one of {', '.join(Role)}, and not {group}={role}")
        if pairs and info.data.get("oidc_issuer", "") is None:
            raise ValueError("has no use without LIAISON_OIDC_ISSUER, the provider whose groups these are")
        return tuple((group.strip(), Role(role.strip())) for group, _equals, role in pairs)

    @property
    def provider_name(self) -> str:
        """How pages call the provider; nothing where there is none."""
        return (self.oidc_name or urlsplit(self.oidc_issuer).hostname or "") if self.oidc_issuer else ""

    def role_of(self, groups: tuple[str, ...]) -> Role | None:
        """Return the role that groups of the provider give: the first of the roles where there are several."""
        given = {role for group, role in self.oidc_roles if group in groups}
        return next((role for role in Role if role in given), None)
