"""The steps of a visit in a browser, from the ask to the figures: partner, office and host, each in a tab."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from io import BytesIO

import icalendar
import openpyxl
from playwright.sync_api import Page, expect

from tests.journeys.arriving import arriving

ORGANISATION = "範例大學"
HOST = "ho@example.org"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
_HEAD = [
    "姓",
    "名",
    "職務",
    "單位",
    "電郵",
    "需要邀請信",
    "護照號碼",
    "護照上的姓名",
    "性別",
    "出生日期",
    "國籍",
    "有效期至",
]
_PEOPLE = [
    [
        "陳",
        "小文",
        "副校長",
        ORGANISATION,
        "",
        "是",
        "E12345678",
        "CHEN XIAOWEN",
        "F",
        "1970-02-03",
        "CN",
        "2036-01-01",
    ],
    ["李", "大明", "處長", ORGANISATION],
    ["", "", "秘書", ORGANISATION],
    ["王", "美玲", "教授", ORGANISATION, "no address"],
    ["𠮷田", "健", "講師", ORGANISATION],
]


def workbook() -> bytes:
    """Return a list of five people of whom two cannot be taken as they are."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (_HEAD, *_PEOPLE):
        sheet.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def body(mail: EmailMessage) -> str:
    """Return an email's text."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def entry(mail: EmailMessage) -> tuple[str, str, int, str]:
    """Return method, identity, number and day of the calendar entry that an email carries."""
    [part] = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    found = icalendar.Calendar.from_ical(part.get_content())
    [event] = found.walk("VEVENT")
    return str(found["method"]), str(event["uid"]), int(event["sequence"]), f"{event['dtstart'].dt:%Y-%m-%d}"


def _unfold(tab: Page, name: str) -> None:
    """Open what a field is folded into, from the outside in."""
    folded = tab.locator(f"details:not([open]):has([name={name}]) > summary")
    while folded.count():
        folded.first.click()


@dataclass
class Visiting:
    """One visit; `wait(recipient, number, words)` returns the n-th email to someone whose subject has words."""

    address: str
    partner: str
    wait: Callable[[str, int, str], EmailMessage]
    tab: Page
    desk: Page
    # The first of its three weeks: rooms and hosts are one visit's at a time.
    week: int = 10
    reference: str = ""
    track: str = ""

    @property
    def days(self) -> list[date]:
        """Three Tuesdays, one in each week, so that no window is a weekend."""
        today = date.today()  # noqa: DTZ011 - the browser's own day
        first = today + timedelta(weeks=self.week, days=(1 - today.weekday()) % 7)
        return [first + timedelta(weeks=later) for later in range(3)]

    def _at(self, page: str = "") -> str:
        return f"{self.address}/desk/visits/{self.reference}{page}"

    def _go(self, tab: Page, address: str) -> None:
        with arriving(tab):
            tab.goto(address)

    def ask(self) -> None:
        """Ask in Chinese, with three windows."""
        tab = self.tab
        self._go(tab, f"{self.address}/zh-hant/enquiries/new?kind=visit")
        for name, value in {
            "contact_name": "林美玲", "contact_position": "國際事務處處長", "contact_email": self.partner,
            "organisation": ORGANISATION, "subject": "三年合作計劃", "message": "我們希望商討三年計劃。",
            "group_size": "5", "leader_name": "陳小文", "leader_title": "副校長",
        }.items():  # fmt: skip
            tab.locator(f"[name={name}]").fill(value)
        for number, day in enumerate(self.days):
            _unfold(tab, f"windows-{number}-start")
            tab.locator(f"[name=windows-{number}-start]").fill(day.isoformat())
            tab.locator(f"[name=windows-{number}-end]").fill((day + timedelta(1)).isoformat())
        tab.locator("[name=organisation_type]").select_option("university")
        tab.locator("[name=country]").select_option("DE")
        tab.locator("[name=leader_rank]").select_option("vice_president")
        _unfold(tab, "purposes")
        tab.locator("[name=purposes]").first.check()
        tab.locator("[name=consent]").check()
        with arriving(tab):
            tab.locator("form:has([name=contact_email]) button:not([formaction]):not([name=remove])").last.click()
        with arriving(tab):
            tab.locator("form:has([name=final]) button").last.click()
        receipt = self.wait(self.partner, 1, "")
        self.reference = re.findall(r"LD-\w{4}-\w{4}", receipt["Subject"])[0]
        self.track = re.findall(rf"{re.escape(self.address)}/\S*track/\S+", body(receipt))[0]

    def accept_and_offer(self) -> None:
        """Accept it, and let the partner choose among the days that they asked for: two presses."""
        desk = self.desk
        self._go(desk, f"{self.address}/desk/enquiries/{self.reference}")
        desk.locator("#decide details:has(form[action$='/accept']) summary").click()
        with arriving(desk):
            desk.locator("form[action$='/accept'] button.primary").click()
        with arriving(desk):
            desk.locator("main a.primary[href^='/desk/visits/']").click()
        with arriving(desk):
            desk.locator("form:has([name=windows-0-start]) button").click()
        expect(desk).to_have_url(self._at())

    def choose(self) -> None:
        """Take the second of the dates by its button in the email: one press on the page that it opens."""
        links = re.findall(rf"{re.escape(self.address)}/\S+/dates\?option=\d+", body(self.wait(self.partner, 3, "")))
        assert len(links) == 3
        self._go(self.tab, links[1])
        self.tab.locator("[name=day]").fill(self.days[1].isoformat())
        with arriving(self.tab):
            self.tab.locator("main form button.primary").click()
        expect(self.tab.locator("#visit ~ *, section:has(#visit)").first).to_contain_text("暫定")

    def send_roster(self) -> None:
        """Send the list as a workbook, mend the two cells that are wrong, and save it."""
        tab = self.tab
        with arriving(tab):
            tab.locator("section:has(#visit) a[href*='/roster']").click()
        file = {"name": "名單.xlsx", "mimeType": "application/octet-stream", "buffer": workbook()}
        tab.locator("[name=roster]").set_input_files(file)  # type: ignore[arg-type]
        with arriving(tab):
            tab.locator("form:has([name=roster]) button").first.click()
        wrong = tab.locator("main form input[aria-invalid=true]")
        expect(wrong).to_have_count(2)
        wrong.nth(0).fill("黃")
        wrong.nth(1).fill("wang@example.org")
        with arriving(tab):
            tab.locator("main form:has([name^=cell-]) button").first.click()
        with arriving(tab):
            tab.locator("main form:has([name=confirm]) button").first.click()
        for name in ("陳小文", "黃", "𠮷田健"):
            expect(tab.locator("main")).to_contain_text(name)

    def make_programme(self) -> None:
        """Put the usual programme in, and ask a colleague to receive in its first part."""
        desk = self.desk
        self._go(desk, self._at("/programme"))
        with arriving(desk):
            desk.locator("form[action$='/usual'] button[value=b]").click()
        with arriving(desk):
            desk.locator("main a[href*='/programme/']").first.click()
        desk.locator("form[action$='/hosts'] [name=name]").fill("Prof. Ho")
        desk.locator("form[action$='/hosts'] [name=email]").fill(HOST)
        with arriving(desk):
            desk.locator("form[action$='/hosts'] button").last.click()

    def host_accepts(self, tab: Page) -> None:
        """Say yes by the link in the host's email."""
        text = body(self.wait(HOST, 1, self.reference))
        self._go(tab, re.findall(rf"{re.escape(self.address)}/decisions/\S+", text)[0])
        tab.locator("[name=answer][value=yes]").check()
        with arriving(tab):
            tab.locator("main form button").first.click()
        assert entry(self.wait(HOST, 2, self.reference))[0] == "REQUEST"

    def confirm(self) -> None:
        """Confirm time, place and host; the partner's email carries the entry for their calendar."""
        desk = self.desk
        self._go(desk, self._at())
        for name, value in (("starts", "10:00"), ("ends", "12:00"), ("venue", "Sample Hall")):
            desk.locator(f"[name={name}]").fill(value)
        desk.locator("[name=host]").select_option(label="Prof. Ho")
        with arriving(desk):
            desk.locator("button[formaction$='/confirm']").click()
        mail = self.wait(self.partner, 4, "")
        assert entry(mail)[3] == self.days[1].isoformat()
        assert "Sample Hall" in body(mail)

    def move(self) -> None:
        """Move it by a week: one field; the same entry comes with a higher number."""
        before = entry(self.wait(self.partner, 4, ""))
        self.desk.locator("[name=first_day]").fill(self.days[2].isoformat())
        with arriving(self.desk):
            self.desk.locator("button[formaction$='/move']").click()
        after = entry(self.wait(self.partner, 5, ""))
        assert after[:2] == before[:2]
        assert after[2] > before[2]
        assert after[3] == self.days[2].isoformat()

    def make_papers(self, until: Callable[[Callable[[], bool]], object]) -> None:
        """Have all papers made, and a letter issued to the one who needs it."""
        desk = self.desk
        self._go(desk, f"{self.address}/desk/settings/institution")
        desk.locator("[name=office_phone]").fill("+852 2345 6789")
        with arriving(desk):
            desk.locator("main form:has([name=office_phone]) button.primary").first.click()
        self._go(desk, self._at())
        with arriving(desk):
            desk.locator("form[action$='/papers'] button").click()
        self._go(desk, self._at("/letters"))
        desk.locator("[name=purpose]").select_option("hk_other")
        for name, value in (("signatory_name", "Prof. Dean"), ("signatory_post", "Dean"), ("payer", ORGANISATION)):
            desk.locator(f"[name={name}]").fill(value)
        with arriving(desk):
            desk.locator("form:has([name=signatory_name]) button").last.click()

        def has(page: str, link: str) -> bool:
            """Ask without drawing: a browser that loads pages until papers are made takes their time from them."""
            text = desk.context.request.get(self._at(page)).text()
            return re.search(f"<a [^>]*href=[^ >]*{re.escape(link)}", text) is not None

        until(lambda: has("/letters", "/letters/IL-") and has("", "/papers/programme.pdf"))
        self._go(desk, self._at("/letters"))
        expect(desk.locator("main a[href*='/letters/IL-']")).to_have_count(1)
        self._go(desk, self._at())
        expect(desk.locator("#papers ~ ul a[href*='/papers/programme.pdf']")).to_have_count(1)
        answer = desk.context.request.get(self._at("/papers/programme.pdf"))
        assert answer.body().startswith(b"%PDF-")

    def check_in(self) -> None:
        """Check the leader in, on a screen of a phone's size."""
        desk = self.desk
        desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self._go(desk, self._at("/arrivals"))
        # Where scripts run the page stays, and is brought up to date.
        desk.locator("button[name=do][value=here]").first.click()
        expect(desk.locator("main")).to_contain_text("1 of 5 are here")
        assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        desk.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    def end(self) -> None:
        """Note the outcome, send the thank-you letter, and complete the visit."""
        desk = self.desk
        self._go(desk, self._at("/after"))
        desk.locator("[name=outcome]").fill("A three-year plan is agreed.")
        with arriving(desk):
            desk.locator("form:has([name=outcome]) button").last.click()
        desk.locator("summary", has_text="Add a promise").click()
        desk.locator("form[action$='/promises'] [name=text]").fill("A draft of the plan")
        with arriving(desk):
            desk.locator("form[action$='/promises'] button[value=add]").click()
        with arriving(desk):
            desk.locator("form[action$='/letters/reply'] button").click()
        letter = desk.locator("form[action$='/actions/reply'] [name=text]")
        assert "衷心感謝" in letter.input_value()
        assert "A draft of the plan" in letter.input_value()
        with arriving(desk):
            desk.locator("form[action$='/actions/reply'] button:not([formaction])").last.click()
        assert "衷心感謝" in body(self.wait(self.partner, 6, ""))
        desk.locator("#decide details:has(form[action$='/complete']) summary").click()
        with arriving(desk):
            desk.locator("form[action$='/complete'] button.primary").click()

    def figures(self) -> tuple[int, int]:
        """Return how many visits were confirmed and took place, as the page of figures counts them."""
        self._go(self.desk, f"{self.address}/desk/reports?by=kind")
        head = self.desk.locator("table.figures thead th").all_inner_texts()
        cells = self.desk.locator("table.figures tfoot tr > *").all_inner_texts()
        found = dict(zip(head, cells, strict=True))
        return int(found["Visits confirmed"]), int(found["Visits that took place"])
