"""Settings: frozen and typed, read from the environment; every fault is reported at once, by name."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import DirectoryPath, Field, ValidationError, ValidationInfo, field_validator

from webapp.institution import FIRST
from webapp.logs import Form
from webapp.mail_settings import MailSettings
from webapp.place import PlaceSettings
from webapp.servers import DatabaseUrl, QueueUrl, ScannerUrl, WebhookUrl, port_is_number
from webapp.vocabulary import Language

PREFIX = "LIAISON_"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_TLS = re.compile(r"(?:^|&)sslmode=(?:require|verify-ca|verify-full)(?:&|$)")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_FOLLOWING = frozenset({*FIRST, "institution_country", "timezone", "weekend"})
# Names of the environment that others read: compose files, the setting up of `./run`, and the tests.
_OTHERS = frozenset({"PORT", "DATABASE_IMAGE", "QUEUE_IMAGE", "SCANNER_IMAGE", "REQUIRE_ALL", "UPDATE_GOLDEN"})
# What `./run` tells its own parts: no one gave it.
_OWN = frozenset({"WORKER_READY_FILE"})
# Names that other versions read, and this one does not: nothing else is meant by them.
_OF_OTHER_VERSIONS = frozenset({"IMAP_URL", "WEBHOOK_ALLOW_PRIVATE"})


class SettingsError(Exception):
    """The settings cannot be used; `faults` maps the variable's name to what is wrong with it."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__("\n".join(f"{name}: {fault}" for name, fault in self.faults.items()))


class Settings(PlaceSettings, MailSettings):
    """What an installation decides. Fields are the variables' names in lower case, without the prefix.

    What `InstitutionSettings` holds is valid until administrators choose otherwise: see `domain.settings.in_force`.
    """

    log: Literal["json", "text"] | None = None
    secret_key: str = Field(min_length=1)
    secret_key_fallbacks: tuple[str, ...] = ()
    database_url: DatabaseUrl
    redis_url: QueueUrl
    smtp_url: str
    public_url: str = "http://127.0.0.1:8000"
    data_dir: Path = Path("var")
    mailbox_dir: Path | None = None
    rate_limits: Literal["on", "off"] = "on"
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    # A sign-in that is not used for so long ends; every one ends after twelve hours.
    session_idle_minutes: int = Field(default=120, ge=15, le=720)
    # Of administrators and coordinators; where nothing is said, in production.
    second_step: Literal["required", "offered"] | None = None
    # Names beside that of `public_url` by which the service may be asked for, and who may read its figures.
    trusted_hosts: tuple[str, ...] = ()
    ops_token: str | None = Field(default=None, min_length=20)
    ops_networks: tuple[IPv4Network | IPv6Network, ...] = _LOOPBACK

    # The languages of pages and emails; the first has addresses without a prefix. English is what all fall back to.
    languages: tuple[Language, ...] = (Language.EN, Language.ZH_HANT, Language.ZH_HANS)
    # A folder with catalogues of the installation's own, beside those that come with the service.
    translations_dir: DirectoryPath | None = None
    # Where a partner's reply goes: the office's own address, or one that names the enquiry after a plus.
    reply_address: Literal["plain", "plus"] = "plain"
    # The second route: who hears, beside the desk, that emails do not leave, and after how many minutes.
    alert_smtp_url: str | None = None
    alert_email: str | None = Field(default=None, validate_default=True)
    alert_webhook_url: WebhookUrl | None = None
    alert_minutes: int = Field(default=5, ge=1, le=1440)
    # After how many seconds the database gives up a statement of a page of the desk.
    desk_seconds: int = Field(default=5, ge=1, le=60)

    office_email: str = "office@example.org"
    mail_from: str = "liaison-desk@example.org"
    privacy_notice_version: str = "2026-11-27"

    # How long after its end an enquiry can be opened by the link in its emails.
    tracking_months: int = Field(default=6, ge=1, le=120)
    attachment_count: int = Field(default=5, ge=0, le=20)
    attachment_megabytes: int = Field(default=10, ge=1, le=50)
    # How much of files is kept of forms that were not sent yet; a tenth of it for one visitor and day.
    unsent_megabytes: int = Field(default=2048, ge=50)
    # The virus scanner. Where one is set, no file is handed out that it has not looked at.
    clamd_url: ScannerUrl | None = None

    @field_validator("languages", mode="before")
    @classmethod
    def _languages(cls, value: Any) -> Any:
        return Language.listed(value) if isinstance(value, str) else value

    @field_validator("secret_key_fallbacks", "trusted_hosts", "ops_networks", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator(
        *(
            "log",
            "networks_file",
            "mailbox_dir",
            "translations_dir",
            "alert_smtp_url",
            "alert_email",
            "alert_webhook_url",
        ),
        *("ops_token", "clamd_url", "second_step"),
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None

    @field_validator("smtp_url", "alert_smtp_url")
    @classmethod
    def _smtp(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"smtp", "smtp+starttls", "smtps"} or not parts.hostname:
            raise ValueError("must be smtp://host:port, smtp+starttls://host:port or smtps://host:port")
        if parts.path.strip("/") or parts.query or parts.fragment or not port_is_number(parts):
            raise ValueError("must end with host:port; in name and password write / as %2F, # as %23, ? as %3F")
        if _in_production(info) and parts.scheme == "smtp" and parts.password and not is_loopback(parts.hostname):
            raise ValueError("would send its password in the clear: smtp+starttls:// or smtps:// in production")
        return value

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str, info: ValidationInfo) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be http://host or https://host, without a query")
        if _in_production(info) and parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("must be https:// in production; LIAISON_ENV=development is for trying out")
        return value.rstrip("/")

    @field_validator("rate_limits")
    @classmethod
    def _limited(cls, value: str, info: ValidationInfo) -> str:
        if _in_production(info) and value == "off":
            raise ValueError("must be on in production")
        return value

    @field_validator("alert_email")
    @classmethod
    def _both(cls, value: str | None, info: ValidationInfo) -> str | None:
        if "alert_smtp_url" in info.data and (value is None) != (info.data["alert_smtp_url"] is None):
            raise ValueError("and LIAISON_ALERT_SMTP_URL, the second mail server, need each other")
        return value

    @field_validator("office_email", "mail_from", "alert_email")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not _ADDRESS.fullmatch(value):
            raise ValueError("must be a mail address like office@example.org")
        return value

    @field_validator("secret_key", "secret_key_fallbacks")
    @classmethod
    def _strong(cls, value: Any, info: ValidationInfo) -> Any:
        if _in_production(info):
            for key in (value,) if isinstance(value, str) else value:
                if len(key) < 32 or len(set(key)) < 10:
                    raise ValueError("must be at least 32 random characters in production (LIAISON_ENV, the default)")
        return value

    @field_validator("mailbox_dir")
    @classmethod
    def _no_catcher(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and _in_production(info):
            raise ValueError("(the mail catcher's pages) must not be set in production")
        return value

    @property
    def log_form(self) -> Form:
        """How lines of the log are written: JSON in production, text elsewhere, unless it was chosen."""
        return self.log or ("json" if self.env == "production" else "text")

    @property
    def second_step_required(self) -> bool:
        """Whether administrators and coordinators get in only with a second step beside the password."""
        return (self.second_step or ("required" if self.env == "production" else "offered")) == "required"

    @property
    def hosts(self) -> frozenset[str]:
        """The names, in lower case, by which the service may be asked for."""
        own = urlsplit(self.public_url).hostname or ""
        return frozenset({own, *map(str.lower, self.trusted_hosts), *LOOPBACK_NAMES})

    @property
    def language(self) -> Language:
        """The language of addresses without a prefix."""
        return self.languages[0]

    def spoken(self, language: Language) -> Language:
        """Return the language that someone is answered in: their own while it is on, else the nearest that is."""
        return Language(language).nearest(self.languages)

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The key in use first, then those that still open older links."""
        return (self.secret_key, *self.secret_key_fallbacks)

    @property
    def own_domains(self) -> frozenset[str]:
        """The domains, in lower case, whose addresses belong to colleagues."""
        named = frozenset(each for each in self.colleagues if "@" not in each)
        return named or frozenset({self.office_email.rpartition("@")[2].lower()})

    def is_colleague(self, email: str) -> bool:
        """Return whether an address, as `tidying.emails.known_as` gives it, is a colleague's."""
        return email in self.colleagues or email.rpartition("@")[2] in self.own_domains

    @property
    def broker_url(self) -> str:
        """The queue's address as Celery spells it."""
        if self.redis_url.startswith("unix://"):
            return "redis+socket://" + self.redis_url.removeprefix("unix://").split("?")[0] + "?virtual_host=0"
        return self.redis_url

    @property
    def in_the_clear(self) -> tuple[str, ...]:
        """The variables whose server is elsewhere and reached without TLS; one label is a host of a private network."""
        database, queue = urlsplit(self.database_url), urlsplit(self.redis_url)
        plain = {
            "DATABASE_URL": database.scheme != "sqlite" and not _TLS.search(database.query),
            "REDIS_URL": queue.scheme == "redis",
        }
        hosts = {"DATABASE_URL": database.hostname or "", "REDIS_URL": queue.hostname or ""}
        away = {name: re.search(r"[.:]", host) and not is_loopback(host) for name, host in hosts.items()}
        return tuple(PREFIX + name for name in plain if plain[name] and away[name])

    @property
    def max_upload_bytes(self) -> int:
        """The largest form that brings files: those files and some room for the fields."""
        return (self.attachment_count * self.attachment_megabytes + 2) * 1024 * 1024


def is_loopback(host: str) -> bool:
    """Return whether a host of an address is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK_NAMES


def _in_production(info: ValidationInfo) -> bool:
    return info.data.get("env") == "production"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings that the environment gives; `LIAISON_X_FILE` names a file that holds `X`.

    Raises SettingsError with every fault by the variable's name; unknown LIAISON_ variables are left alone: see
    `unknown_names`. One that is set to nothing, as compose files do, is not given where it follows another.
    """
    values: dict[str, str] = {}
    faults: dict[str, str] = {}
    for field in Settings.model_fields:
        name = PREFIX + field.upper()
        if name in environ and (environ[name].strip() or field not in _FOLLOWING):
            values[field] = environ[name]
        elif f"{name}_FILE" in environ:
            try:
                values[field] = Path(environ[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                faults[f"{name}_FILE"] = f"cannot be read ({error})"
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        for line in error.errors():
            name = PREFIX + str(line["loc"][0]).upper()
            follows = line["type"] == "default_factory_not_called"
            if f"{name}_FILE" not in faults and not follows:
                faults[name] = "is missing" if line["type"] == "missing" else line["msg"].removeprefix("Value error, ")
        raise SettingsError(faults) from error
    if faults:
        raise SettingsError(faults)
    return settings


def unknown_names(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the LIAISON_ variables that nothing reads, each with the nearest name that is known, or an empty text."""
    known = [name.upper() for name in (*Settings.model_fields, *_OTHERS)]
    given = {name.removeprefix(PREFIX) for name in environ if name.startswith(PREFIX)}
    unknown = sorted(given - {*known, *_OWN, *(f"{name}_FILE" for name in known)})
    slips = [name for name in unknown if name not in _OF_OTHER_VERSIONS]
    nearest = dict.fromkeys(unknown, ()) | {name: get_close_matches(name, known, n=1, cutoff=0.7) for name in slips}
    return {PREFIX + name: PREFIX + found[0] if found else "" for name, found in nearest.items()}
