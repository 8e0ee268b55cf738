"""The main job in a real browser on a real `./run`: a partner asks in Chinese, the desk accepts, the partner reads."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.accessible import faults, faults_when
from tests.journeys.arriving import arriving, first_sign_in, sign_in
from tests.journeys.test_run import Started, running
from tests.journeys.visiting import DESKTOP, Visiting
from tests.standalone.processes import eventually

pytestmark = pytest.mark.journey
SUBJECT = "服務學習合作訪問"
WIDTHS = (390, 1280)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Started, Path]]:
    data = tmp_path_factory.mktemp("ld") / "data"
    with running(data) as started:
        yield started, data


@pytest.fixture(scope="module")
def signed_in(service: tuple[Started, Path], browser: Browser) -> dict[str, str]:
    """The first administrator's sign-in, with the one-time password changed; returns what signs in again."""
    return first_sign_in(browser, service[0].address, service[0].lines)


def mails(data: Path, recipient: str, subject_part: str = "") -> list[EmailMessage]:
    read = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((data / "mailbox").glob("*.eml"))
    ]
    return [mail for mail in read if recipient in mail["To"] and subject_part in mail["Subject"]]


def wait_for(data: Path, recipient: str, number: int, subject_part: str = "") -> EmailMessage:
    eventually(lambda: len(mails(data, recipient, subject_part)) >= number)
    return mails(data, recipient, subject_part)[number - 1]


@pytest.mark.parametrize("scripted", [True, False], ids=["with_javascript", "without_javascript"])
def test_visit_goes_from_the_directory_to_the_partners_mail(
    service: tuple[Started, Path], browser: Browser, signed_in: dict[str, str], scripted: bool
) -> None:
    data, address = service[1], service[0].address
    partner = f"partner-{'with' if scripted else 'without'}@example.org"
    context = browser.new_context(java_script_enabled=scripted, viewport={"width": 1280, "height": 900})
    tab = context.new_page()

    with arriving(tab):
        tab.goto(f"{address}/zh-hant/")
    with arriving(tab):
        tab.locator("main a[href*='/zh-hant/networks/']").first.click()
    expect(tab).to_have_url(re.compile(r"/zh-hant/networks/[a-z0-9-]+"))
    slug = tab.url.rsplit("/", 1)[1]
    with arriving(tab):
        tab.locator("main a[href*='enquiries/new']").first.click()
    if "kind=visit" not in tab.url:
        with arriving(tab):
            tab.goto(f"{address}/zh-hant/enquiries/new?kind=visit&network={slug}")
    assert tab.locator("[name=network]").input_value() == slug
    reference = _ask(tab, partner, data)

    receipt = wait_for(data, partner, 1)
    assert reference in receipt["Subject"]
    assert "我們" in receipt.get_body(("plain",)).get_content()
    told = wait_for(data, "office@example.org", 1, reference)
    assert SUBJECT in told.get_body(("plain",)).get_content()

    link = re.search(rf"{re.escape(address)}/\S*track/\S+", receipt.get_body(("plain",)).get_content())
    assert link
    with arriving(tab):
        tab.goto(link[0])
    expect(tab.locator("main")).to_contain_text(reference)

    desk = browser.new_context(java_script_enabled=scripted).new_page()
    sign_in(desk, address, signed_in["email"], signed_in["password"])
    with arriving(desk):
        desk.locator(f"main a[href*='{reference}']").first.click()
    expect(desk.locator("main")).to_contain_text(SUBJECT)
    desk.locator("#decide details:has(form[action$='/accept']) summary").click()
    with arriving(desk):
        desk.locator("form[action$='/accept'] button.primary").click()
    expect(desk.locator("main a.primary[href^='/desk/visits/']")).to_have_count(1)

    accepted = wait_for(data, partner, 2)
    assert accepted["In-Reply-To"] == receipt["Message-ID"]
    assert reference in accepted["Subject"]
    with arriving(tab):
        tab.reload()
    expect(tab.locator("main")).to_contain_text("已接受")
    desk.context.close()
    context.close()


def _ask(tab: Page, partner: str, data: Path) -> str:
    """Fill in the visit form, be refused for a missing name with nothing lost, correct it, check, send."""
    before = len(mails(data, partner))
    tab.locator("[name=contact_position]").fill("國際事務處處長")
    tab.locator("[name=contact_email]").fill(partner)
    tab.locator("[name=organisation]").fill("範例大學")
    tab.locator("[name=organisation_type]").select_option("university")
    tab.locator("[name=country]").select_option("DE")
    tab.locator("[name=subject]").fill(SUBJECT)
    tab.locator("[name=message]").fill("我們希望商討三年計劃。")
    tab.locator("[name=windows-0-start]").fill("2027-03-09")
    tab.locator("[name=windows-0-end]").fill("2027-03-11")
    tab.locator("[name=purposes]").first.check()
    tab.locator("[name=group_size]").fill("6")
    tab.locator("[name=leader_name]").fill("陳小文")
    tab.locator("[name=leader_title]").fill("副校長")
    tab.locator("[name=leader_rank]").select_option("vice_president")
    if tab.locator("[name=mode][type=radio]").count():
        tab.locator("[name=mode]").first.check()
    tab.locator("[name=consent]").check()
    _press_on(tab)
    expect(tab.locator(".summary a[href$='contact_name']")).to_have_count(1)
    assert tab.locator("[name=subject]").input_value() == SUBJECT
    tab.locator("[name=contact_name]").fill("林美玲")
    _press_on(tab)
    expect(tab).to_have_url(re.compile("check"))
    expect(tab.locator("main")).to_contain_text(SUBJECT)
    assert len(mails(data, partner)) == before
    with arriving(tab):
        tab.locator("form:has([name=final]) button").last.click()
    expect(tab).to_have_url(re.compile("/track/"))
    found = re.search(r"LD-[0-9A-Z]{4}-[0-9A-Z]{4}", tab.locator("main").inner_text())
    assert found
    return found[0]


def _press_on(tab: Page) -> None:
    with arriving(tab):
        tab.locator("form:has([name=contact_email]) button:not([formaction]):not([name=remove])").last.click()


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_pages_pass_axe_and_never_scroll_sideways(
    service: tuple[Started, Path], browser: Browser, language: str
) -> None:
    """As it comes on a telephone and on a desk; resized to the other, each is the same document."""
    address, prefix = service[0].address, "" if language == "en" else f"/{language}"
    tab = browser.new_page()
    forms = [f"{prefix}/enquiries/new?kind={kind}" for kind in ("visit", "collaboration", "question")]
    for number, path in enumerate((f"{prefix}/", *forms, "/track", "/desk/sign-in")):
        first, other = WIDTHS[:: 1 if number % 2 else -1]
        tab.set_viewport_size({"width": first, "height": 900})
        with arriving(tab):
            answer = tab.goto(address + path)
        assert answer is not None
        assert answer.status == 200, path
        assert faults(tab) == [], (path, first)
        assert faults_when(tab, other) == [], (path, other)
    tab.close()


def test_liaison_without_an_account_answers_from_a_mail_on_a_phone(
    service: tuple[Started, Path], browser: Browser, signed_in: dict[str, str]
) -> None:
    data, address = service[1], service[0].address
    desk = browser.new_context().new_page()
    sign_in(desk, address, signed_in["email"], signed_in["password"])
    with arriving(desk):
        desk.goto(f"{address}/desk/people/new")
    desk.locator("[name=name]").fill("Prof. Chan Tai Man")
    desk.locator("[name=email]").fill("chan@example.org")
    desk.locator("[name=language]").select_option("zh-hant")
    with arriving(desk):
        desk.locator("main form:has([name=email]) button").last.click()
    with arriving(desk):
        desk.goto(f"{address}/desk/networks/usrn")
    desk.locator("[name=liaison]").select_option(label="Prof. Chan Tai Man")
    with arriving(desk):
        desk.locator("form:has([name=liaison]) button").last.click()
    desk.context.close()

    tab = browser.new_context(java_script_enabled=False).new_page()
    with arriving(tab):
        tab.goto(f"{address}/zh-hant/enquiries/new?kind=visit&network=usrn")
    reference = _ask(tab, "phone@example.org", data)
    tab.context.close()
    asked = wait_for(data, "chan@example.org", 1, reference)
    link = re.search(rf"{re.escape(address)}/decisions/\S+", asked.get_body(("plain",)).get_content())
    assert link

    for scripted in (False, True):
        phone = browser.new_context(java_script_enabled=scripted, viewport={"width": 390, "height": 844}).new_page()
        with arriving(phone):
            phone.goto(link[0])
        expect(phone.locator("main")).to_contain_text(SUBJECT)
        if scripted:
            assert faults(phone) == []
        phone.locator("[value=propose_dates]").check()
        if not scripted:
            with arriving(phone):
                phone.locator("form.decision button").last.click()
            expect(phone.locator(".summary a[href$='windows-0-start']")).to_have_count(1)
            phone.context.close()
    phone.locator("[name=windows-0-start]").fill("2027-04-13")
    phone.locator("[name=windows-0-end]").fill("2027-04-14")
    phone.locator("[name=text]").fill("其他日子亦可商量。")
    with arriving(phone):
        phone.locator("form.decision button").last.click()
    expect(phone.locator(".flashes")).to_be_visible()
    phone.context.close()
    told = wait_for(data, "phone@example.org", 2).get_body(("plain",)).get_content()
    assert "2027年4月13日至14日" in told
    assert "其他日子亦可商量" in told


@pytest.mark.parametrize("scripted", [True, False], ids=["with_javascript", "without_javascript"])
def test_a_visit_goes_from_three_windows_to_the_figures_of_the_year(
    service: tuple[Started, Path], browser: Browser, signed_in: dict[str, str], scripted: bool
) -> None:
    """Asked in Chinese, accepted, chosen, named, received, confirmed, moved, written down, met, thanked and counted."""
    data, address = service[1], service[0].address
    tabs = [browser.new_context(java_script_enabled=scripted, viewport=DESKTOP).new_page() for _ in range(3)]
    tab, desk, host = tabs
    sign_in(desk, address, signed_in["email"], signed_in["password"])
    partner = f"visitor-{'with' if scripted else 'without'}@example.org"

    def wait(recipient: str, number: int, words: str) -> EmailMessage:
        return wait_for(data, recipient, number, words)

    visit = Visiting(address, partner, wait, tab, desk, week=10 if scripted else 15)
    visit.ask()
    before = visit.figures()
    visit.accept_and_offer()
    visit.choose()
    visit.send_roster()
    visit.make_programme()
    visit.host_accepts(host)
    visit.confirm()
    visit.move()
    visit.make_papers(eventually)
    visit.check_in()
    visit.end()
    assert visit.figures() == (before[0] + 1, before[1] + 1)
    for each in tabs:
        each.context.close()


def test_form_on_a_phone_is_one_step_at_a_time_and_goes_back_without_loss(
    service: tuple[Started, Path], browser: Browser
) -> None:
    address = service[0].address
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    with arriving(phone):
        phone.goto(f"{address}/enquiries/new?kind=visit")
    count, onwards = phone.locator(".step"), phone.locator("[data-go='1']")
    phone.locator("[name=organisation]").fill("Example University")
    for number in (2, 3, 4):
        expect(phone.locator("[data-last]").first).to_be_hidden()
        onwards.click()
        expect(count).to_have_text(f"Step {number} of 4")
        assert faults(phone) == []
    expect(onwards).to_be_hidden()
    phone.go_back()
    expect(count).to_have_text("Step 3 of 4")
    phone.locator("[data-go='-1']").click()
    expect(count).to_have_text("Step 2 of 4")
    phone.evaluate("location.hash = 'wishes'")
    _press_on(phone)
    # It is refused, opens at the first fault, and leads to each other one.
    expect(count).to_have_text("Step 1 of 4")
    phone.locator(".summary a[href$='leader_rank']").click()
    expect(phone.locator("[name=leader_rank]")).to_be_focused()
    phone.locator("[name=leader_rank]").select_option("president")
    phone.evaluate("location.hash = 'you'")
    expect(phone.locator("#kind-choice button")).to_be_hidden()
    with arriving(phone):
        phone.locator("#kind-choice label").nth(1).click()
    expect(phone.locator("[name=shown]")).to_have_value("collaboration")
    assert phone.locator("[name=organisation]").input_value() == "Example University"
    phone.close()
