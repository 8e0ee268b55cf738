"""Settings: every fault at once, by name; secrets from files; production refuses what is weak."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from webapp.config import Settings, SettingsError, read_settings, unknown_names
from webapp.vocabulary import Language, Role, Weekday

GOOD = {
    "LIAISON_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
    "LIAISON_DATABASE_URL": "sqlite:////tmp/liaison.db",
    "LIAISON_REDIS_URL": "redis://127.0.0.1:6379/0",
    "LIAISON_SMTP_URL": "smtp://127.0.0.1:25",
    "LIAISON_INSTITUTION": "Example University of Northfjord",
    "LIAISON_INSTITUTION_COUNTRY": "NO",
    "LIAISON_TIMEZONE": "Europe/Oslo",
}


def faults(**changes: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as error:
        read_settings(GOOD | changes)
    return error.value.faults


def test_settings_are_read_and_frozen() -> None:
    settings: Any = read_settings(GOOD | {"LIAISON_PUBLIC_URL": "https://desk.example.org/", "LIAISON_UNKNOWN": "x"})
    assert settings.public_url == "https://desk.example.org"
    assert settings.promise_working_days == 5
    with pytest.raises(ValidationError):
        settings.secret_key = "another"


def test_what_is_missing_is_named_all_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings({})
    assert set(error.value.faults) == set(GOOD)
    assert all(fault.startswith("is missing") for fault in error.value.faults.values())
    assert all(name in str(error.value) for name in GOOD)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIAISON_ENV", "staging"),
        ("LIAISON_DATABASE_URL", "mysql://127.0.0.1/x"),
        ("LIAISON_REDIS_URL", "http://127.0.0.1"),
        ("LIAISON_SMTP_URL", "127.0.0.1:25"),
        ("LIAISON_SMTP_URL", "smtp://user:pa/ss@mail.example.org"),
        ("LIAISON_SMTP_URL", "smtp://user:pa#ss@mail.example.org"),
        ("LIAISON_SMTP_URL", "smtp://mail.example.org:smtp"),
        ("LIAISON_REPLY_ADDRESS", "minus"),
        ("LIAISON_ALERT_WEBHOOK_URL", "ftp://example.org/x"),
        ("LIAISON_ALERT_MINUTES", "0"),
        ("LIAISON_DESK_SECONDS", "0"),
        ("LIAISON_PUBLIC_URL", "https://desk.example.org/?a=1"),
        ("LIAISON_TIMEZONE", "Asia/Nowhere"),
        ("LIAISON_OFFICE_EMAIL", "office"),
        ("LIAISON_BRAND", "wine"),
        ("LIAISON_PROMISE_WORKING_DAYS", "0"),
        ("LIAISON_SECRET_KEY", ""),
        ("LIAISON_OPS_TOKEN", "short"),
        ("LIAISON_OPS_NETWORKS", "10.0.0.0/8, everyone"),
    ],
)
def test_fault_is_named(name: str, value: str) -> None:
    assert list(faults(**{name: value})) == [name]


@pytest.mark.parametrize(
    "url",
    [
        *("/run/clamav/clamd.ctl", "unix://run/clamd.ctl", "unix:///", "tcp://", "tcp://:3310", "tcp://scanner:port"),
        *("tcp://scanner:3310/path", "http://scanner:3310", "unix:///run/clamd.ctl?timeout=5"),
    ],
)
def test_address_of_the_virus_scanner_that_cannot_be_is_named(url: str) -> None:
    assert set(faults(LIAISON_CLAMD_URL=url)) == {"LIAISON_CLAMD_URL"}


@pytest.mark.parametrize(
    "url", ["unix:///run/clamav/clamd.ctl", "tcp://scanner:3310", "tcp://scanner", "tcp://[::1]:3310"]
)
def test_address_of_the_virus_scanner_is_taken(url: str) -> None:
    assert read_settings(GOOD | {"LIAISON_CLAMD_URL": url}).clamd_url == url
    assert read_settings(GOOD | {"LIAISON_CLAMD_URL": ""}).clamd_url is None


def test_second_mail_server_and_who_is_told_by_it_need_each_other() -> None:
    for name, value in (("SMTP_URL", "smtp://other.example.org"), ("EMAIL", "operator@example.org")):
        assert list(faults(**{f"LIAISON_ALERT_{name}": value})) == ["LIAISON_ALERT_EMAIL"]
    both = {"LIAISON_ALERT_SMTP_URL": "smtp://other.example.org", "LIAISON_ALERT_EMAIL": "operator@example.org"}
    assert read_settings(GOOD | both).alert_email == "operator@example.org"
    assert list(faults(**both | {"LIAISON_ALERT_SMTP_URL": "x"})) == ["LIAISON_ALERT_SMTP_URL"]
    assert read_settings(GOOD | dict.fromkeys(both, "")).alert_email is None


def test_all_faults_are_reported_at_once() -> None:
    found = faults(LIAISON_ENV="staging", LIAISON_BRAND="wine", LIAISON_SMTP_URL="x")
    assert set(found) == {"LIAISON_ENV", "LIAISON_BRAND", "LIAISON_SMTP_URL"}


@pytest.mark.parametrize("key", ["secret", "a" * 64, "0123456789"])
def test_production_refuses_weak_keys(key: str) -> None:
    assert list(faults(LIAISON_ENV="production", LIAISON_SECRET_KEY=key)) == ["LIAISON_SECRET_KEY"]
    for name in ("standalone", "development", "test"):
        assert read_settings(GOOD | {"LIAISON_ENV": name, "LIAISON_SECRET_KEY": key}).secret_key == key


def test_production_is_what_holds_where_nothing_is_said() -> None:
    assert read_settings(GOOD).env == "production"
    assert list(faults(LIAISON_SECRET_KEY="secret")) == ["LIAISON_SECRET_KEY"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIAISON_PUBLIC_URL", "http://desk.example.org"),
        ("LIAISON_PUBLIC_URL", "http://10.0.0.5:8000"),
        ("LIAISON_PUBLIC_URL", "http://localhost.example.org"),
        ("LIAISON_SMTP_URL", "smtp://user:password@mail.example.org:25"),
        ("LIAISON_SMTP_URL", "smtp://user:password@catcher"),
        ("LIAISON_RATE_LIMITS", "off"),
    ],
)
def test_production_refuses_what_is_open(name: str, value: str) -> None:
    assert list(faults(**{name: value})) == [name]
    assert "password" not in faults(**{name: value})[name].replace("its password", "")
    for env in ("standalone", "development", "test"):
        assert read_settings(GOOD | {name: value, "LIAISON_ENV": env})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIAISON_PUBLIC_URL", "https://desk.example.org"),
        ("LIAISON_PUBLIC_URL", "http://localhost:8000"),
        ("LIAISON_PUBLIC_URL", "http://127.0.0.1:8000"),
        ("LIAISON_PUBLIC_URL", "http://[::1]:8000"),
        ("LIAISON_SMTP_URL", "smtp://mail.example.org:25"),
        ("LIAISON_SMTP_URL", "smtp://user:password@127.0.0.1:25"),
        ("LIAISON_SMTP_URL", "smtp+starttls://user:password@mail.example.org:587"),
        ("LIAISON_SMTP_URL", "smtps://user:password@mail.example.org"),
    ],
)
def test_production_takes_what_is_not(name: str, value: str) -> None:
    assert read_settings(GOOD | {name: value})


def test_second_mail_server_sends_no_password_in_the_clear_either() -> None:
    given = {"LIAISON_ALERT_SMTP_URL": "smtp://user:password@mail.example.org", "LIAISON_ALERT_EMAIL": "a@example.org"}
    assert list(faults(**given)) == ["LIAISON_ALERT_SMTP_URL"]


def test_hosts_and_networks_are_lists() -> None:
    given = {"LIAISON_TRUSTED_HOSTS": "Web, alias.example.org", "LIAISON_OPS_NETWORKS": "10.0.0.0/8, ::1"}
    settings = read_settings(GOOD | given | {"LIAISON_PUBLIC_URL": "https://Desk.example.org/liaison"})
    assert settings.hosts >= {"web", "alias.example.org", "desk.example.org", "localhost", "127.0.0.1", "::1"}
    assert [str(network) for network in settings.ops_networks] == ["10.0.0.0/8", "::1/128"]
    assert [str(network) for network in read_settings(GOOD).ops_networks] == ["127.0.0.0/8", "::1/128"]
    assert read_settings(GOOD | {"LIAISON_OPS_TOKEN": ""}).ops_token is None


def test_production_refuses_weak_older_keys_and_the_mail_catcher() -> None:
    found = faults(LIAISON_ENV="production", LIAISON_SECRET_KEY_FALLBACKS="old", LIAISON_MAILBOX_DIR="/tmp/mailbox")
    assert set(found) == {"LIAISON_SECRET_KEY_FALLBACKS", "LIAISON_MAILBOX_DIR"}


def test_secret_comes_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("from a file, long enough\n")
    given = {name: value for name, value in GOOD.items() if name != "LIAISON_SECRET_KEY"}
    assert (
        read_settings(given | {"LIAISON_ENV": "test", "LIAISON_SECRET_KEY_FILE": str(path)}).secret_key
        == "from a file, long enough"
    )
    with pytest.raises(SettingsError) as error:
        read_settings(given | {"LIAISON_SECRET_KEY_FILE": str(tmp_path / "none"), "LIAISON_BRAND": "wine"})
    assert set(error.value.faults) == {"LIAISON_SECRET_KEY_FILE", "LIAISON_BRAND"}


def test_secrets_are_not_told_in_the_faults() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(GOOD | {"LIAISON_ENV": "production", "LIAISON_SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(error.value)


def test_older_keys_follow_the_one_in_use() -> None:
    settings = read_settings(
        GOOD | {"LIAISON_ENV": "test", "LIAISON_SECRET_KEY": "new", "LIAISON_SECRET_KEY_FALLBACKS": "old, older,"}
    )
    assert settings.secret_keys == ("new", "old", "older")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("unix:///run/queue.sock", "redis+socket:///run/queue.sock?virtual_host=0"),
    ],
)
def test_broker_url_is_spelt_for_celery(url: str, expected: str) -> None:
    assert read_settings(GOOD | {"LIAISON_REDIS_URL": url}).broker_url == expected


@pytest.mark.parametrize(
    ("given", "languages"),
    [
        ("en", (Language.EN,)),
        (" EN, nb ,", (Language.EN, Language.NB)),
        ("zh-hant,en,zh-hant", (Language.ZH_HANT, Language.EN)),
    ],
)
def test_languages_are_listed_by_code_and_the_first_is_usual(given: str, languages: tuple[Language, ...]) -> None:
    settings = read_settings(GOOD | {"LIAISON_LANGUAGES": given})
    assert (settings.languages, settings.language) == (languages, languages[0])
    assert read_settings(GOOD).languages == (Language.EN, Language.ZH_HANT, Language.ZH_HANS)


def test_faults_of_languages_are_named(tmp_path: Path) -> None:
    unknown = faults(LIAISON_LANGUAGES="en,xx,klingon", LIAISON_PUBLIC_URL="desk")
    assert "klingon, xx" in unknown["LIAISON_LANGUAGES"]
    assert "zh-hant" in unknown["LIAISON_LANGUAGES"]
    assert "LIAISON_PUBLIC_URL" in unknown
    assert "must include en" in faults(LIAISON_LANGUAGES="nb")["LIAISON_LANGUAGES"]
    assert "LIAISON_TRANSLATIONS_DIR" in faults(LIAISON_TRANSLATIONS_DIR=str(tmp_path / "none"))
    assert read_settings(GOOD | {"LIAISON_TRANSLATIONS_DIR": ""}).translations_dir is None


@pytest.mark.parametrize(
    ("on", "own", "spoken"),
    [
        ("en,zh-hans", Language.ZH_HANT, Language.ZH_HANS),
        ("en,zh-hans", Language.NB, Language.EN),
        ("nb,en", Language.ZH_HANT, Language.NB),
        ("en,zh-hant,zh-hans", Language.ZH_HANT, Language.ZH_HANT),
    ],
)
def test_who_wrote_in_a_language_that_is_off_is_answered_in_the_nearest(
    on: str, own: Language, spoken: Language
) -> None:
    assert read_settings(GOOD | {"LIAISON_LANGUAGES": on}).spoken(own) is spoken


def test_every_language_names_the_institution_by_a_setting_of_its_own() -> None:
    settings = read_settings(GOOD | {"LIAISON_INSTITUTION_NB": "Eksempeluniversitetet"})
    assert settings.named("institution", Language.NB) == "Eksempeluniversitetet"
    assert settings.named("institution_short", Language.NB) == settings.institution_short


@pytest.mark.parametrize(
    ("name", "url", "clear"),
    [
        ("LIAISON_REDIS_URL", "redis://queue:6379/0", False),
        ("LIAISON_REDIS_URL", "redis://queue.example.org:6379/0", True),
        ("LIAISON_REDIS_URL", "redis://10.0.0.5:6379/0", True),
        ("LIAISON_REDIS_URL", "rediss://queue.example.org:6379/0", False),
        ("LIAISON_REDIS_URL", "redis://[::1]:6379/0", False),
        ("LIAISON_REDIS_URL", "unix:///run/queue.sock", False),
        ("LIAISON_DATABASE_URL", "postgresql+psycopg://a:b@database/liaison", False),
        ("LIAISON_DATABASE_URL", "postgresql+psycopg://a:b@db.example.org/liaison", True),
        ("LIAISON_DATABASE_URL", "postgresql+psycopg://a:b@db.example.org/liaison?sslmode=prefer", True),
        ("LIAISON_DATABASE_URL", "postgresql+psycopg://a:b@db.example.org/liaison?sslmode=verify-full", False),
        ("LIAISON_DATABASE_URL", "postgresql+psycopg:///liaison?host=/run/postgresql", False),
    ],
)
def test_what_travels_in_the_clear_is_told(name: str, url: str, clear: bool) -> None:
    assert read_settings(GOOD | {name: url}).in_the_clear == ((name,) if clear else ())


PROVIDER = {
    "LIAISON_OIDC_ISSUER": "https://login.example.org/realms/desk",
    "LIAISON_OIDC_CLIENT_ID": "liaison",
    "LIAISON_OIDC_CLIENT_SECRET": "a secret of tests",  # pragma: allowlist secret
}


def test_provider_of_single_sign_on_is_read() -> None:
    roles = {
        "LIAISON_OIDC_ROLES": "desk-admins=administrator, desk = coordinator",
        "LIAISON_OIDC_SCOPES": "openid groups",
    }
    settings = read_settings(GOOD | PROVIDER | roles)
    assert settings.provider_name == "login.example.org"
    assert settings.oidc_scopes == ("openid", "groups")
    assert settings.role_of(("desk", "desk-admins", "others")) is Role.ADMINISTRATOR
    assert settings.role_of(("others",)) is None
    named = {"LIAISON_OIDC_NAME": "Example ID", "LIAISON_OIDC_ROLES": "cn=desk,ou=groups=observer;"}
    assert read_settings(GOOD | PROVIDER | named).provider_name == "Example ID"
    assert read_settings(GOOD | PROVIDER | named).role_of(("cn=desk,ou=groups",)) is Role.OBSERVER
    assert read_settings(GOOD | dict.fromkeys(PROVIDER, "")).provider_name == ""


@pytest.mark.parametrize("missing", PROVIDER)
def test_settings_of_the_provider_need_each_other(missing: str) -> None:
    given = {name: value for name, value in PROVIDER.items() if name != missing}
    found = set(faults(**given))
    assert found == (set(given) if missing == "LIAISON_OIDC_ISSUER" else {missing})


@pytest.mark.parametrize(
    "url", ["http://login.example.org", "login.example.org", "https://", "https://a.example.org/?x=1"]
)
def test_issuer_that_cannot_be_is_named_with_all_other_faults(url: str) -> None:
    given = PROVIDER | {"LIAISON_OIDC_ISSUER": url, "LIAISON_OIDC_ROLES": "desk=boss", "LIAISON_OIDC_SCOPES": "email"}
    assert set(faults(**given)) == {"LIAISON_OIDC_ISSUER", "LIAISON_OIDC_ROLES", "LIAISON_OIDC_SCOPES"}
    assert "desk=boss" in faults(**given)["LIAISON_OIDC_ROLES"]


def test_issuer_in_the_clear_is_for_this_machine_and_for_development() -> None:
    clear = PROVIDER | {"LIAISON_OIDC_ISSUER": "http://login.example.org"}
    assert list(faults(**clear, LIAISON_ENV="standalone")) == ["LIAISON_OIDC_ISSUER"]
    for env in ("development", "test"):
        assert read_settings(GOOD | clear | {"LIAISON_ENV": env}).oidc_issuer
    assert read_settings(GOOD | PROVIDER | {"LIAISON_OIDC_ISSUER": "http://localhost:9400"}).oidc_issuer


def test_groups_without_a_provider_are_a_fault() -> None:
    assert list(faults(LIAISON_OIDC_ROLES="desk=observer")) == ["LIAISON_OIDC_ROLES"]


FIRST_NAME = "The Hong Kong Polytechnic University"


def of(**given: str) -> Settings:
    """Settings of an installation that says only this of its institution."""
    servers = {name: value for name, value in GOOD.items() if name.endswith(("KEY", "URL"))}
    return read_settings(servers | {f"LIAISON_{name}": value for name, value in given.items()})


def test_what_is_not_given_follows_the_name_or_stays_empty() -> None:
    own = of(INSTITUTION="Example University", INSTITUTION_COUNTRY="NO", TIMEZONE="Europe/Oslo")
    assert (own.institution_short, own.institution_address) == ("Example University", "")
    assert set(own.names("institution").values()) == {"Example University"}
    assert (own.weekend, str(own.zone)) == ((Weekday.SAT, Weekday.SUN), "Europe/Oslo")
    trying = of(INSTITUTION="Example University", ENV="standalone")
    assert (trying.institution_country, trying.timezone, trying.institution_address) == ("", "UTC", "")
    empty = dict.fromkeys(("INSTITUTION_SHORT", "INSTITUTION_ADDRESS", "TIMEZONE", "INSTITUTION_COUNTRY"), "")
    assert of(**empty, INSTITUTION="Example University", ENV="standalone") == trying
    gulf = of(INSTITUTION="Example University", INSTITUTION_COUNTRY="SA", TIMEZONE="Asia/Riyadh")
    assert gulf.weekend == (Weekday.FRI, Weekday.SAT)


def test_first_installation_holds_where_it_is_named_or_while_trying_out() -> None:
    for settings in (of(ENV="standalone"), of(INSTITUTION=FIRST_NAME)):
        assert (settings.institution_short, settings.timezone) == ("PolyU", "Asia/Hong_Kong")
        assert settings.institution_address.endswith("Hong Kong")


def test_production_is_no_ones_by_accident() -> None:
    with pytest.raises(SettingsError) as error:
        of()
    assert set(error.value.faults) == {
        "LIAISON_INSTITUTION",
        "LIAISON_INSTITUTION_COUNTRY",
        "LIAISON_TIMEZONE",
    }
    with pytest.raises(SettingsError) as error:
        of(INSTITUTION="Example University", INSTITUTION_ADDRESS="1 Example Street")
    assert set(error.value.faults) == {"LIAISON_INSTITUTION_COUNTRY", "LIAISON_TIMEZONE"}
    with pytest.raises(SettingsError) as error:
        of(INSTITUTION_SHORT="EXU", ENV="standalone")
    assert set(error.value.faults) == {"LIAISON_INSTITUTION"}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LIAISON_INSTITUTION_COUNTRY", "XQ", "'XQ'"),
        ("LIAISON_INSTITUTION_COUNTRY", "NOR", "'NOR'"),
        ("LIAISON_TIMEZONE", "Europe/Northfjord", "'Europe/Northfjord'"),
        ("LIAISON_WEEKEND", "sat,someday", "'someday'"),
        ("LIAISON_WEEKEND", "mon,tue,wed,thu,fri,sat,sun", "leave a day"),
        ("LIAISON_REMINDERS_UNTIL", "8", "later"),
    ],
)
def test_place_and_week_are_checked_at_the_start(name: str, value: str, says: str) -> None:
    assert says in faults(**{name: value})[name]


def test_names_that_nothing_reads_are_told_with_the_nearest() -> None:
    given = ["LIAISON_TIME_ZONE", "LIAISON_SMTP_URL_FILE", "LIAISON_INSTITUTION_SHORT", "LIAISON_PORT", "LIAISON_QQ"]
    # What another version reads is no slip for what this one does.
    given += ["LIAISON_IMAP_URL", "LIAISON_REPLY_TO"]
    assert unknown_names(dict.fromkeys([*given, "HOME"], "x")) == {
        "LIAISON_IMAP_URL": "",
        "LIAISON_QQ": "",
        "LIAISON_REPLY_TO": "",
        "LIAISON_TIME_ZONE": "LIAISON_TIMEZONE",
    }
