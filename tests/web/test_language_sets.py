"""Which languages are on is a setting: pages, forms, feeds, emails with English alone, with Norwegian, with three."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import get_translations
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker, make_settings
from tests.domain.visits import make_visit
from tests.factories import acting, make_enquiry, make_faculty, make_person, staff_actor, tracking_token
from webapp import i18n
from webapp.cli import check
from webapp.config import Settings
from webapp.db import db
from webapp.domain.directory import importing
from webapp.domain.directory.source import load
from webapp.domain.letters import letters
from webapp.domain.security.tokens import link_token
from webapp.domain.visits import programme
from webapp.domain.visits.programme import SlotPlan
from webapp.mail.messages import Institution
from webapp.mail.render import render
from webapp.models import CalendarDay, Enquiry, Faculty, Link, Message, Network, Person, VisitSlot
from webapp.paths import DATA
from webapp.seeds.mails import SAMPLES
from webapp.vocabulary import Language, Letter, LinkKind, MessageKind, Role

pytestmark = pytest.mark.one_database
Write = Callable[[Callable[[Session], Any]], Any]
EN, HANT, HANS, NB = Language.EN, Language.ZH_HANT, Language.ZH_HANS, Language.NB
SETS = {"english": (EN,), "norwegian": (EN, NB), "three": (EN, HANT, HANS), "norwegian-first": (NB, EN)}
PUBLIC = (
    "/", "/?q=university", "/networks/ista", "/enquiries/new?kind=visit", "/enquiries/new?kind=collaboration",
    "/enquiries/new?kind=question", "/enquiries/dates?start=2026-12-24&end=2026-12-27", "/privacy", "/accessibility",
    "/no-such-page",
)  # fmt: skip
DESK = (
    "/desk/", "/desk/messages/", "/desk/calendar", "/desk/calendar/day?on=2026-12-24", "/desk/calendar/closures/new",
    "/desk/calendar/closures/new?first=2026-11-25&because=typhoon", "/desk/networks", "/desk/networks/ista",
    "/desk/networks/ista/edit", "/desk/networks/new", "/desk/organisations", "/desk/organisations/new", "/desk/changes",
    "/desk/settings", "/desk/settings/institution", "/desk/settings/institution/page",
    "/desk/settings/institution/mail", "/desk/settings/promises", "/desk/settings/levels", "/desk/settings/screening",
    "/desk/letters", "/desk/letters/accept/en", "/desk/replies/new", "/desk/people", "/desk/people/new",
    "/desk/people/1", "/desk/faculties", "/desk/faculties/new", "/desk/account", "/desk/runbook", "/desk/rooms/new",
    "/desk/calendar/blocked/new", "/desk/terms/new",
)  # fmt: skip
CHINESE_LETTER = re.compile("[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
FORM = {
    "kind": "question", "contact_name": "Erika Mustermann", "contact_email": "erika@example.org",
    "organisation": "Example Institute", "organisation_type": "university", "country": "DE", "subject": "A question",
    "message": "May we come?", "consent": "yes",
}  # fmt: skip


def pseudo_translated(folder: Path, *, without: tuple[str, ...] = (), fuzzy: str = "") -> Path:
    """Make a catalogue of Norwegian in which each text is marked, as `docs/translations.md` says to make one."""
    path = i18n.CATALOGUES / "zh_Hant_HK" / "LC_MESSAGES" / "messages.po"
    made = Catalog(locale="nb")
    with path.open("rb") as file:
        for message in read_po(file):
            if message.id and message.id not in without:
                both = isinstance(message.id, tuple)
                marked = tuple(f"⟦{text}⟧" for text in message.id) if both else f"⟦{message.id}⟧"
                flags = ["fuzzy"] if message.id == fuzzy else []
                made.add(message.id, marked, flags=flags, context=message.context)
    made.add("A text of an earlier version", "⟦gone⟧")
    place = folder / "nb" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "messages.mo").open("wb") as file:
        write_mo(file, made)
    return folder


class Untranslated(NullTranslations):
    """Notes each text that a catalogue does not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def gettext(self, message: str) -> Any:
        self.seen.add(message)
        return super().gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> Any:
        self.seen.add(msgid1)
        return super().ngettext(msgid1, msgid2, n)

    def pgettext(self, context: str, message: str) -> Any:
        self.seen.add(f"{message} ({context})")
        return super().pgettext(context, message)


@pytest.fixture(params=list(SETS))
def languages(request: pytest.FixtureRequest) -> tuple[Language, ...]:
    return SETS[request.param]


@pytest.fixture(scope="module")
def norwegian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a whole catalogue of Norwegian, which no test changes."""
    return pseudo_translated(tmp_path_factory.mktemp("own"))


@pytest.fixture
def settings(database_url: str, tmp_path: Path, languages: tuple[Language, ...], norwegian: Path) -> Settings:
    own = norwegian if NB in languages else None
    return make_settings(database_url, data_dir=tmp_path, languages=",".join(languages), translations_dir=own)


@pytest.fixture
def app(
    settings: Settings, broker: RecordingBroker, lent_app: Callable[[Settings, RecordingBroker], Flask]
) -> Iterator[Flask]:
    i18n.use_catalogues(settings.translations_dir)
    app = lent_app(settings, broker)
    yield app
    i18n.use_catalogues(None)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def rows(build: Write, settings: Settings) -> dict[str, str]:
    """A directory with texts in all languages that were ever on, and enquiries from partners of each of them."""

    def make(session: Session) -> dict[str, str]:
        admin = make_person(session, role=Role.ADMINISTRATOR, language=HANS)
        importing.import_networks(session, load(DATA / "networks.yaml"), by=acting())
        make_faculty(session)
        by = acting(staff_actor(Role.ADMINISTRATOR))
        letters.change(session, Letter.ACCEPT, EN, "You are welcome.", version=0, by=by)
        network = session.scalars(select(Network).where(Network.slug == "ista")).one()
        network.liaison, network.languages = make_person(session, role=None, language=HANT), ["en", "zh-hans"]
        found = {"admin": admin.email}
        for language in (EN, HANT):
            enquiry = make_enquiry(session, settings, language=language, network=network)
            found[f"track {language}"] = f"/track/{tracking_token(session, settings, enquiry)}"
            found[f"desk {language}"] = f"/desk/enquiries/{enquiry.reference}"
        decision = session.scalars(select(Link).where(Link.kind == LinkKind.DECISION)).first()
        assert decision is not None
        found["decision"] = f"/decisions/{link_token(decision, secret_keys=settings.secret_keys)}"
        return found

    made: dict[str, str] = build(make)
    return made


@pytest.fixture
def untranslated(app: Flask) -> Iterator[Callable[[], set[str]]]:
    """Return the texts that readers of other languages than English saw in English so far."""
    noted: list[Untranslated] = []
    catalogues: list[Any] = []
    for language in app.extensions["settings"].languages:
        with app.test_request_context(f"/track?language={language}"):
            app.preprocess_request()
            catalogues += [i18n.translations(language), get_translations()] if language is not EN else []
    for catalogue in catalogues:
        noted.append(Untranslated())
        catalogue._fallback = noted[-1]
    yield lambda: {text for each in noted for text in each.seen}
    for catalogue in catalogues:
        catalogue._fallback = None


def others(languages: tuple[Language, ...]) -> set[Language]:
    return set(Language) - set(languages)


def look(page: str, languages: tuple[Language, ...], path: str) -> None:
    """Look that a page offers and shows no language but those that are on."""
    links = set(re.findall(r'hreflang="([^"]+)"', page))
    assert links <= {language.writing.html for language in languages}, path
    assert not links or len(languages) > 1, path
    for language in others(languages):
        assert f"language={language}" not in page, (path, language)
        assert f'href="/{language}/' not in page, (path, language)
        assert f'value="{language}"' not in page, (path, language)
        assert f'_{language.suffix}"' not in page, (path, language)
    if len(languages) == 1:
        assert 'class="langs"' not in page
        assert 'name="language"' not in page
        assert "(English)" not in page, path


def test_public_pages_know_the_languages_that_are_on(
    client: FlaskClient, rows: dict[str, str], languages: tuple[Language, ...], untranslated: Callable[[], set[str]]
) -> None:
    for path in PUBLIC:
        for language in languages:
            page = client.get(path if language is languages[0] else f"/{language}{path}")
            assert page.status_code == (404 if "no-such" in path else 200), path
            if "/dates" not in path:
                assert f'<html lang="{language.writing.html}"' in page.text, path
            look(page.text, languages, path)
            assert (NB in languages and language is NB) == ("⟦" in page.text), (path, language)
            if not {HANT, HANS} & set(languages):
                assert not CHINESE_LETTER.search(page.text), path
    for path in ("track en", "track zh-hant", "decision"):
        page = client.get(rows[path])
        assert page.status_code == 200, path
        look(page.text, languages, path)
    assert untranslated() == set()


def test_desk_asks_in_the_languages_that_are_on(
    client: FlaskClient, rows: dict[str, str], languages: tuple[Language, ...], sign_in: Any,
    untranslated: Callable[[], set[str]],
) -> None:  # fmt: skip
    sign_in(client, rows["admin"])
    own = HANS if HANS in languages else languages[0]  # the account's language may have been switched off
    for path in (*DESK, rows["desk en"], rows["desk zh-hant"]):
        page = client.get(path)
        assert page.status_code == 200, path
        assert f'<html lang="{own.writing.html}"' in page.text, path
        if path not in ("/desk/people/1", "/desk/account"):  # they say in which language the account is
            look(page.text, languages, path)
    for language in languages:
        assert client.get(f"/desk/?language={language}").status_code == 200
        edit = client.get(f"/desk/networks/ista/edit?language={language}").text
        fields = set(re.findall(r'name="summary_([a-z_]+)"', edit))
        assert fields == {language.suffix for language in languages}
    assert untranslated() == set()


def test_emails_of_every_kind_are_in_the_languages_that_are_on(
    app: Flask, settings: Settings, languages: tuple[Language, ...], untranslated: Callable[[], set[str]]
) -> None:
    institution = Institution.from_settings(settings)
    for kind in MessageKind:
        for language in languages:
            email = render(SAMPLES[kind](language, institution), institution)
            assert f'lang="{language.writing.html}"' in email.html
            assert ("⟦" in email.text) == (language is NB), kind
    assert untranslated() == set()


@pytest.mark.usefixtures("rows")
def test_partner_and_liaison_of_a_language_that_is_off_are_written_to_in_the_nearest(
    write: Write, languages: tuple[Language, ...]
) -> None:
    sent = write(lambda session: session.scalars(select(Message)).all())
    assert sent
    assert {message.language for message in sent} <= set(languages)
    assert write(lambda session: session.scalars(select(Enquiry.language)).all()) == [EN, HANT]


def test_desk_says_in_which_language_the_partner_wrote(
    client: FlaskClient, rows: dict[str, str], languages: tuple[Language, ...], sign_in: Any
) -> None:
    sign_in(client, rows["admin"])
    page = client.get(rows["desk zh-hant"] + "?language=en").text
    assert "繁體中文" in page
    assert ("繁體中文 (not in use)" in page) == (HANT not in languages)


def test_feeds_name_no_language_that_is_off(
    client: FlaskClient, rows: dict[str, str], languages: tuple[Language, ...]
) -> None:
    assert rows
    data = client.get("/directory.json").get_json()
    assert set(data["networks"][0]["url"]) == set(languages)
    assert set(data["institution"]) == set(languages)
    assert set(data["networks"][0]["summary"]) == set(languages) - {NB}
    sitemap = client.get("/sitemap.xml").text
    found = {*re.findall(r'hreflang="([^"]+)"', sitemap)} - {"x-default"}
    assert found == ({each.writing.html for each in languages} if len(languages) > 1 else set())
    assert f'hreflang="x-default" href="https://desk.example.org/{languages[-1]}/' not in sitemap
    for language in languages[1:]:
        assert f"<language>{language.writing.html.lower()}<" in client.get(f"/{language}/directory.rss").text


def test_addresses_of_a_language_that_is_off_lead_on(client: FlaskClient, languages: tuple[Language, ...]) -> None:
    for language in (*others(languages), languages[0]):
        answer = client.get(f"/{language}/enquiries/new?kind=visit")
        assert (answer.status_code, answer.location) == (302, "/enquiries/new?kind=visit")
        assert client.get(f"/{language}").location == "/"
        # Never another site, however the rest begins.
        assert client.get(f"/{language}//example.org/x").location == "/example.org/x"
        assert client.get(f"/{language}/%5C/example.org").location == "/example.org"
        sent = client.post(f"/{language}/enquiries/new", data=FORM)
        assert (sent.status_code, sent.location) == (307, "/enquiries/new")
    for language in languages[1:]:
        assert client.get(f"/{language}/privacy").status_code == 200


def test_language_that_is_off_is_not_taken_from_the_form(
    client: FlaskClient, write: Write, languages: tuple[Language, ...]
) -> None:
    off = next(iter(others(languages)))
    answer = client.post("/enquiries/new", data={**FORM, "language": off, "final": "yes"})
    if len(languages) == 1:  # nothing was to be chosen
        assert answer.status_code == 303
        assert write(lambda session: session.scalars(select(Enquiry.language)).all()) in ([EN], [])
    else:
        assert answer.status_code == 422
        assert "May we come?" in answer.text
    assert client.get(f"/track?language={off}").text.count(f'<html lang="{languages[0].writing.html}"') == 1


def test_saving_a_form_keeps_the_texts_in_languages_that_are_off(
    client: FlaskClient, rows: dict[str, str], write: Write, languages: tuple[Language, ...], sign_in: Any
) -> None:
    sign_in(client, rows["admin"])
    edit = "/desk/networks/ista/edit"
    before = write(lambda session: session.scalars(select(Network.summary).where(Network.slug == "ista")).one())
    assert client.post(edit, data={**typed(client.get(edit).text), "summary_en": "Reworded"}).status_code == 303
    after = write(lambda session: session.scalars(select(Network.summary).where(Network.slug == "ista")).one())
    assert after == {**before, "en": "Reworded"}
    form = "/desk/faculties/1"
    assert client.post(form, data={**typed(client.get(form).text), "name_en": "Renamed"}).status_code == 303
    assert write(lambda session: session.scalars(select(Faculty.name)).all()) == [
        {"en": "Renamed", "zh-hant": "範例學院"}
    ]
    assert write(lambda session: session.scalars(select(Network.languages).where(Network.slug == "ista")).one())


def test_steps_and_slots_of_visits_are_named_in_the_languages_that_are_on(
    client: FlaskClient, rows: dict[str, str], write: Write, settings: Settings, languages: tuple[Language, ...],
    sign_in: Any,
) -> None:  # fmt: skip
    title = {"en": "Meeting", "zh-hant": "會面"}

    def plan(session: Session) -> str:
        visit = make_visit(session, settings)
        enquiry = session.get_one(Enquiry, visit.enquiry_id)
        begins = datetime(2099, 3, 9, 2, tzinfo=UTC)
        programme.add(session, enquiry, SlotPlan(begins, begins + timedelta(hours=1), title, {}), by=acting())
        return f"/desk/visits/{enquiry.reference}/programme"

    slots = write(plan)
    sign_in(client, rows["admin"])
    slot = slots + write(lambda session: f"/{session.scalars(select(VisitSlot.id)).one()}")
    own = {language.suffix for language in languages}
    for path, name in (("/desk/runbook", "title"), (slots, "title"), (slots, "purpose"), (slot, "title")):
        page = client.get(path).text
        assert set(re.findall(rf'name="{name}_([a-z_]+)"', page)) == own, (path, name)
        look(page, languages, path)
    step = {f"title_{suffix}": f"Hot water {suffix}" for suffix in own}
    sent = client.post("/desk/runbook", data={"do": "add", "level": "c", "days": "2", "when": "after", **step})
    assert sent.status_code == 303
    for language in languages:
        assert f"Hot water {language.suffix}<" in client.get(f"/desk/runbook?language={language}").text
    assert client.post(slot, data={**typed(client.get(slot).text), "title_en": "Talks"}).status_code == 303
    assert write(lambda session: session.scalars(select(VisitSlot.title)).one()) == {**title, "en": "Talks"}


def test_saving_who_answers_keeps_the_languages_that_no_one_could_untick(
    client: FlaskClient, rows: dict[str, str], write: Write, languages: tuple[Language, ...], sign_in: Any
) -> None:
    def stored() -> list[str]:
        known = select(Network.mailbox, Network.languages).where(Network.slug == "ista")
        mailbox, found = write(lambda session: session.execute(known).one())
        assert mailbox == "ista@example.org"
        return list(found)

    sign_in(client, rows["admin"])
    page = client.get("/desk/networks/ista").text
    given = {**typed(page), "mailbox": "ista@example.org"}
    assert given.get("languages", []) == (["en", "zh-hans"] if HANS in languages else ["en"] * (len(languages) > 1))
    assert client.post("/desk/networks/ista/people", data=given).status_code == 303
    assert stored() == ["en", "zh-hans"]
    # Someone who saves a page of before meets only what was changed: no language was.
    overtaken = client.post("/desk/networks/ista/people", data={**given, "mailbox": "other@example.org"})
    assert overtaken.status_code == 409
    both = re.findall("<td[^>]*><div[^>]*>(.*?)</div></td>", overtaken.text.partition("</table>")[0])
    assert both == ["ista@example.org", "other@example.org"]
    look(overtaken.text, languages, "/desk/networks/ista/people")
    assert stored() == ["en", "zh-hans"]


def test_who_was_overtaken_sees_both_names_of_each_language_that_is_on(
    client: FlaskClient, rows: dict[str, str], write: Write, languages: tuple[Language, ...], sign_in: Any
) -> None:
    sign_in(client, rows["admin"])
    day = {"day": "2027-12-24", "kind": "closed", "name_en": "Christmas", "version": "0", "read": ""}
    assert client.post("/desk/calendar/day", data=day).status_code == 303
    pages = {"/desk/faculties/1": "/desk/faculties/1", "/desk/calendar/day?on=2027-12-24": "/desk/calendar/day"}
    for page, address in pages.items():
        before = typed(client.get(page).text)
        first, second = (
            {**before, **{f"name_{each.suffix}": f"{word} {each}" for each in languages}} for word in ("One", "Two")
        )
        assert client.post(address, data=first).status_code == 303
        overtaken = client.post(address, data=second)
        assert overtaken.status_code == 409
        both = re.findall("> ?(One|Two) ([a-z-]+)</div>", overtaken.text)
        assert [pair for pair in both if pair[0] == "Two"] == [("Two", str(each)) for each in by_field(languages)]
        assert {pair[1] for pair in both} == set(languages)
        look(overtaken.text, languages, address)
        assert client.post(address, data=typed(overtaken.text)).status_code == 303
    saved = write(lambda session: session.scalars(select(Faculty.name)).one())
    assert saved == {"zh-hant": "範例學院", **{each.value: f"Two {each}" for each in languages}}
    marked = write(lambda session: session.scalars(select(CalendarDay.name)).one())
    assert marked == {each.value: f"Two {each}" for each in languages}


def by_field(languages: tuple[Language, ...]) -> list[Language]:
    return [each for each in Language if each in languages]


def typed(page: str) -> dict[str, Any]:
    """Return what a browser would send of the page's one large form, as it is."""
    form = max(re.findall(r"<form.*?</form>", page, re.DOTALL), key=len)
    data: dict[str, Any] = {}
    for field in re.findall(r"<input[^>]*>", form):
        kept = dict(re.findall(r'(\w+)="([^"]*)"', field))
        ticked = kept.get("type") not in ("checkbox", "radio") or " checked" in field
        if ticked and "name" in kept:
            data.setdefault(kept["name"], []).append(html.unescape(kept.get("value", "y")))
    for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        data[name] = html.unescape(text).strip()
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        data[name] = re.findall(r'selected value="([^"]*)"|value="([^"]*)" selected', options)[0][0] or ""
    return data


@pytest.mark.parametrize("languages", [(EN, NB)])
def test_text_that_no_one_translated_is_shown_in_english_and_counted(
    app: Flask, tmp_path: Path, languages: tuple[Language, ...]
) -> None:
    assert app.extensions["settings"].languages == languages
    assert i18n.untranslated(NB) == []
    i18n.use_catalogues(pseudo_translated(tmp_path / "less", without=("Networks",), fuzzy="Letters"))
    assert i18n.untranslated(NB) == ["Letters", "Networks"]
    assert i18n.translations(NB).gettext("Networks") == "Networks"
    i18n.use_catalogues(None)
    assert len(i18n.untranslated(NB)) > 1000
    assert i18n.untranslated(EN) == i18n.untranslated(HANT) == i18n.untranslated(HANS) == []


@pytest.mark.parametrize("languages", [(EN,)])
def test_one_language_needs_no_question_and_no_switch(client: FlaskClient, languages: tuple[Language, ...]) -> None:
    page = client.get("/enquiries/new?kind=visit").text
    assert page.count('rel="canonical"') == len(languages)
    assert "Reply to me in" not in page


@pytest.mark.parametrize("languages", [(EN, NB)])
def test_check_says_of_each_language_how_much_is_translated(app: Flask, tmp_path: Path) -> None:
    def said() -> str:
        with app.app_context():
            return CliRunner().invoke(check).output

    assert "en: every text is translated." in said()
    assert "nb: every text is translated." in said()
    i18n.use_catalogues(pseudo_translated(tmp_path / "less", without=("Networks",)))
    assert "nb: 1 texts are not translated and are shown in English, such as “Networks”." in said()
    assert "zh-hant" not in said()


@pytest.mark.parametrize("languages", [(EN,), (EN, NB)])
def test_account_keeps_a_language_that_is_off_until_another_is_chosen(
    client: FlaskClient, rows: dict[str, str], write: Write, sign_in: Any
) -> None:
    sign_in(client, rows["admin"])
    page = client.get("/desk/people/1").text
    assert "简体中文 (not in use)" in page
    assert client.post("/desk/people/1", data=typed(page)).status_code == 303
    assert write(lambda session: session.get_one(Person, 1).language) is HANS
    assert client.post("/desk/people/1", data={**typed(page), "language": "en"}).status_code == 303
    assert write(lambda session: session.get_one(Person, 1).language) is EN
    client.post("/desk/people/1", data={**typed(page), "language": "zh-hant"})
    assert write(lambda session: session.get_one(Person, 1).language) is EN
