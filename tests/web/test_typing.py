# ruff: noqa: E501 - tables read across; characters that look alike or invisible are meant
"""What people type into fields is taken as meant: tables of what arrives, and of what is kept or said."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict
from wtforms import Form

from webapp.web.fields import DayField, Email, NumberField, line, phone, text


class Sheet(Form):
    name = line("Name", required="Enter a name.", limit=60)
    words = text("Words", required="Write something.", limit=500)
    email = line("Email", checks=[Email()])
    phone = phone("Phone")
    country = line("Country")
    day = DayField("Day")
    size = NumberField("Size", 1, 500)


@pytest.fixture(scope="module")
def texts() -> Flask:
    """An application that has languages, and nothing else that fields need."""
    app = Flask("typing")
    Babel(app)
    return app


@pytest.fixture(autouse=True)
def _request(texts: Flask) -> Iterator[None]:
    with texts.test_request_context():
        yield


def sheet(**given: Any) -> Sheet:
    form = Sheet(formdata=MultiDict({"name": "A", "words": "B", **given}))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202dFang Wang\u202c", "Fang Wang"),
        ("Ada\u200b Lovelace", "Ada Lovelace"),
        ("\ufeffAda", "Ada"),
        ("Ada\u200e", "Ada"),
        ("\u200fד״ר כהן\u200f", "ד״ר כהן"),
        ("\u2066Ada\u2069", "Ada"),
        ("Uni\u00adver\u00adsity", "University"),
        ("Ada\u2060Love", "AdaLove"),
        ("Ada\tLovelace", "Ada Lovelace"),
        ("Ada\r\nLovelace", "Ada Lovelace"),
        ("Ada\u2028Lovelace", "Ada Lovelace"),
        ("Ada\u0085Lovelace", "Ada Lovelace"),
        ("Ada\u000bLovelace", "Ada Lovelace"),
        ("a\r\nBcc: b@example.org", "a Bcc: b@example.org"),
        ("王\u3000芳", "王 芳"),
        ("王\u2005芳", "王 芳"),
        ("김\u3164철수", "김 철수"),
        ("Ada\u2800Lovelace", "Ada Lovelace"),
        ("Ada\u0007\u001b\u0008", "Ada"),
        ("O\u0092Example", "O’Example"),
        ("Jean\u001ePaul", "Jean-Paul"),
        ("Ada\ufffc", "Ada"),
        ("Lo\u200dve\u200cla\u200dce", "Lovelace"),
        ("ＡＢＣ大學", "ＡＢＣ大學"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ക്\u200dഷ", "ക്\u200dഷ"),
        ("അവന്\u200d", "അവന്\u200d"),
        ("श्री\u200c", "श्री"),
        ("👩\u200d🔬 Lab", "👩\u200d🔬 Lab"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"),
        ("A\U000e0041\U000e0042", "A"),
        ("e\u200d\u0301tude", "étude"),
    ],
)  # fmt: skip
def test_line_is_taken_without_what_nobody_sees(typed: str, kept: str) -> None:
    form = sheet(name=typed)
    assert not form.errors
    assert form.name.data == kept


NOTHING = [
    "\u200b", "\u200b\u200c\u200d", "\u3164", "\uffa0", "\u115f", "\u1160\u1160", "\u2800\u2800", "\u00ad", "\ufeff", "\u202e\u202c", "\u2060", "\u180e",
    "\u034f", "\ufe0f", "\U000e0041", "\u061c", "\u2063", " \u00a0\u3000", "\u0007", "\u17b4", "\ufff9\ufffb", "\ufffc", "\u200e \u200f",
]  # fmt: skip


@pytest.mark.parametrize("typed", NOTHING)
def test_what_nobody_sees_is_empty(typed: str) -> None:
    form = sheet(name=typed, words=typed)
    assert form.name.errors == ["Enter a name."]
    assert form.words.errors == ["Write something."]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\u000btwo", "one\ntwo"),
        ("one\u000ctwo", "one\ntwo"),
        ("one\u000etwo", "one\ntwo"),
        ("one\u0085two", "one\ntwo"),
        ("one\u2028two", "one\ntwo"),
        ("one\u2029two", "one\ntwo"),
        ("one\u001ctwo\u001dthree", "one\ntwo\nthree"),
        ("one\r\n\u000btwo", "one\n\ntwo"),
        ("Jean\u001ePaul", "Jean-Paul"),
        ("uni\u001fversity", "university"),
        ("cell\u0007cell", "cell\tcell"),
        ("\uf0b7 first\n\uf0a7 second", "• first\n▪ second"),
        ("\uf0fc done \uf0e0 next", "✓ done → next"),
        ("\u0093quoted\u0094 \u0096 O\u0092Example \u0080 5", "“quoted” – O’Example € 5"),
        ("\ufeffDear all", "Dear all"),
        ("picture \ufffc here", "picture  here"),
        ("a\u001bb\u0008c\u007f", "abc"),
        ("@王芳\u2005你好", "@王芳\u2005你好"),
        ("one \u202bשלום\u202c", "one \u202bשלום\u202c"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\tb", "a\tb"),
        ("\u0013HYPERLINK\u0014here\u0015", "HYPERLINKhere"),
    ],
)  # fmt: skip
def test_message_is_taken_as_office_programs_paste_it(typed: str, kept: str) -> None:
    form = sheet(words=typed)
    assert not form.errors
    assert form.words.data == kept


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("name", "Universit\ufffdt", "Name: a character after “Universit” arrived broken. Type it again."),
        ("name", "\ufffdsterreich", "Name: the first character arrived broken. Type it again."),
        ("words", "one\ntwo\nUniversit\ufffdt", "Words, line 3: a character after “Universit” arrived broken. Type it again."),
        ("words", "one\u000b\ud800two", "Words, line 2: the first character arrived broken. Type it again."),
        ("words", "x" * 40 + "\uffff", f"Words, line 1: a character after “{'x' * 20}” arrived broken. Type it again."),
        ("name", "Ada =?utf-8?q?b?=", "Name: remove “=?”, which email programs take for a code."),
    ],
)  # fmt: skip
def test_what_is_refused_is_said_where_it_is(name: str, typed: str, said: str) -> None:
    assert sheet(**{name: typed})[name].errors == [said]


ADDRESSES = [
    "ada@example.org\u200b", "\u200bada@example.org", "a\u200bda@example.org", "ada@exam\u00adple.org", "\u202aada@example.org\u202c", "ada@example.org\ufeff",
    "ａｄａ＠example.org", "ada＠example．org", "ada@example。org", "ada@example｡org", "ada﹫example.org", "<ada@example.org>", "＜ada@example.org＞", "《ada@example.org》",
    "Ada Lovelace <ada@example.org>", '"Lovelace, Ada" <ada@example.org>', "王芳 <ada@example.org>", "王芳＜ada@example.org＞", "ada@example.org <ada@example.org>",
    "ada@example.org<mailto:ada@example.org>", "mailto:ada@example.org", "MAILTO:ada@example.org?subject=Hello%20you", "<mailto:ada@example.org>", "mailto:ada%40example.org",
    "ada@example.org.", "ada@example.org,", "ada@example.org;", "ada@example.org；", "ada@example.org、", "(ada@example.org)", "“ada@example.org”", "'ada@example.org'",
    "ada @ example.org", "ada@ example.org", "ada @example.org", "ada@example .org", "ada@example. org", "Email: ada@example.org", "邮箱：ada@example.org", "ada@example.org (work)",
    "ada@example.org（公司）", "ada\u00a0@example.org", "\tada@example.org\r\n", "[ada@example.org]", "ada@example.org:", "ada@EXAMPLE.ORG", "ada@example.org>", "ada@example.org\u3000",
    "https://ada@example.org", "HTTPS://ada@example.org/", "smtp://ada@example.org", "[ada@example.org](mailto:ada@example.org)", "[Ada](mailto:ada@example.org?subject=Hello)",
    "Ada Lovelace ada@example.org", "Ada ada@example.org", "Dr. Ada King-Lovelace ada@example.org", "王芳 ada@example.org", "Ada van der Berg ada@example.org", "Write to ada@example.org",
    "ada @ example . org", "ada(at)example.org", "ada [at] example [dot] org", "ada (AT) example.org", "Ada O’Brien ada@example.org",
]  # fmt: skip


@pytest.mark.parametrize("typed", ADDRESSES)
def test_address_is_taken_as_meant(typed: str) -> None:
    form = sheet(email=typed)
    assert not form.errors
    assert form.email.data == "ada@example.org"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("o'brien@example.org", "o'brien@example.org"),
        ("o’brien@example.org", "o'brien@example.org"),
        ("oʼbrien@example.org", "o'brien@example.org"),
        ("‘o’brien@example.org’", "o'brien@example.org"),
        ("ada . king @ mail . example . org", "ada.king@mail.example.org"),
        ("Ada+desk@Example.org", "Ada+desk@example.org"),
        ("ada@例え.example.org", "ada@xn--r8jz45g.example.org"),
        ("ada＠例え。example．org", "ada@xn--r8jz45g.example.org"),
        ("-ada_@example.org", "-ada_@example.org"),
        ("ada@partner.test", "ada@partner.test"),
        ("Ada.LOVELACE@example.org", "Ada.LOVELACE@example.org"),
    ],
)
def test_address_keeps_what_belongs_to_it(typed: str, kept: str) -> None:
    assert sheet(email=typed).email.data == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("ada", "what you typed has no @."),
        ("ada.example.org", "what you typed has no @."),
        ("@example.org", "nothing is before the @."),
        ("ada@", "nothing is after the @."),
        ("ada@@example.org", "it has more than one @."),
        ("ada@example@org", "it has more than one @."),
        ("ada lovelace@example.org", "“ada lovelace@example.org” has a space in it."),
        ("Ada lovelace@example.org", "“Ada lovelace@example.org” has a space in it."),
        ("Ada King Lovelace@example.org", "“Ada King Lovelace@example.org” has a space in it."),
        ("ada king lovelace@example.org", "“ada king lovelace@example.org” has a space in it."),
        ("//ada@example.org", "“/” cannot be part of “//ada”, before the @."),
        ("https://example.org/ada@example.org", "“/” cannot be part of “example.org/ada”, before the @."),
        ("https://ada:king@example.org", "“:” cannot be part of “ada:king”, before the @."),
        ("[ada@example.org](mailto:ben@example.org)", "these are more than one: ada@example.org, ben@example.org."),
        ("ada@example.org thanks", "“ada@example.org thanks” has a space in it."),
        ("ada@example.org, ben@example.org", "these are more than one: ada@example.org, ben@example.org."),
        ("ada@example.org / ben@example.org", "these are more than one: ada@example.org, ben@example.org."),
        ("ada@example.org ben@example.org", "these are more than one: ada@example.org, ben@example.org."),
        ("ada@example", "“example”, after the @, has no ending such as .org."),
        ("ada@ex..org", "“ex..org”, after the @, has two dots in a row."),
        ("ada@ex_ample.org", "“_” cannot be part of “ex_ample.org”, after the @."),
        ("ada@exa!mple.org", "“!” cannot be part of “exa!mple.org”, after the @."),
        ("ada@[127.0.0.1]", "“[” cannot be part of “[127.0.0.1]”, after the @."),
        ("ädä@example.org", "“ä” cannot be part of “ädä”, before the @."),
        ("王芳@example.org", "“王” cannot be part of “王芳”, before the @."),
        ("a..b@example.org", "“a..b”, before the @, has two dots in a row."),
        (".ada@example.org", "“.ada”, before the @, cannot begin or end with a dot."),
        ("a,b@example.org", "“,” cannot be part of “a,b”, before the @."),
        ("a" * 65 + "@example.org", "the part before the @ is too long."),
    ],
)  # fmt: skip
def test_address_that_is_none_says_which_part(typed: str, why: str) -> None:
    assert sheet(email=typed).email.errors == [f"Enter an email address like name@example.org: {why}"]


PHONES = [
    ("\u202d+44 20 7946 0018\u202c", "+44 20 7946 0018"),
    ("+86-10-55500100-8001", "+86-10-55500100-8001"),
    ("+852 2766 5111 內線 12", "+852 2766 5111 內線 12"),
    ("13800138000（微信同号）", "13800138000（微信同号）"),
    ("\u200e+852 2766 5111\u200f", "+852 2766 5111"),
    ("\u2066+852 2766 5111\u2069", "+852 2766 5111"),
    ("+852\u00a02766\u20095111", "+852 2766 5111"),
    ("＋８５２ ２７６６ ５１１１", "+852 2766 5111"),
    ("（８５２）２７６６－５１１１", "（852）2766-5111"),
    ("+852 2766 5111 内线12", "+852 2766 5111 内线12"),
    ("+886 2 2345 6789 分機 12", "+886 2 2345 6789 分機 12"),
    ("+86 10 5550 0100 分机8001", "+86 10 5550 0100 分机8001"),
    ("010-55500100转8001", "010-55500100转8001"),
    ("02-2345-6789 轉 123", "02-2345-6789 轉 123"),
    ("+49 30 1234567 Durchwahl 12", "+49 30 1234567 Durchwahl 12"),
    ("+1 212 555 0123 ext. 45", "+1 212 555 0123 ext. 45"),
    ("+1 212 555 0123 x45", "+1 212 555 0123 x45"),
    ("+1 (212) 555-0123 extension 45678", "+1 (212) 555-0123 extension 45678"),
    ("+852 9123 4567 (WhatsApp)", "+852 9123 4567 (WhatsApp)"),
    ("WhatsApp: +852 9123 4567", "WhatsApp: +852 9123 4567"),
    ("电话：010-55500100", "电话：010-55500100"),
    ("tel:+85227665111", "tel:+85227665111"),
    ("0044 20 7946 0018", "0044 20 7946 0018"),
    ("+44 (0)20 7946 0018", "+44 (0)20 7946 0018"),
    ("+0044 20 7946 0018", "+0044 20 7946 0018"),
    ("+49 30 1234567 / +49 171 1234567", "+49 30 1234567 / +49 171 1234567"),
    ("+49 30 1234567; 0171 1234567", "+49 30 1234567; 0171 1234567"),
    ("+86 138 0013 8000、+86 10 5550 0100", "+86 138 0013 8000、+86 10 5550 0100"),
    ("+852 2766 5111 or +852 2766 5112", "+852 2766 5111 or +852 2766 5112"),
    ("(02) 2345-6789", "(02) 2345-6789"),
    ("2766 5111", "2766 5111"),
    ("+852.2766.5111", "+852.2766.5111"),
    ("+852–2766–5111", "+852–2766–5111"),
    ("+٩٦٦ ١١ ٤٦٧ ٠٠٠٠", "+٩٦٦ ١١ ٤٦٧ ٠٠٠٠"),
    ("1-800-555-HELP", "1-800-555-HELP"),
    ("1-800-FLOWERS", "1-800-FLOWERS"),
    ("1-800-flowers", "1-800-flowers"),
    ("+1 800 FLOWERS", "+1 800 FLOWERS"),
    ("1 (800) GO-PIZZA", "1 (800) GO-PIZZA"),
    ("+852 2766 5111 (ask for Ms Chan)", "+852 2766 5111 (ask for Ms Chan)"),
]  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        "n/a",
        "N/A",
        "N.A.",
        "-",
        "–",
        "--",
        "none",
        "None.",
        "no",
        "无",
        "無",
        "沒有",
        "没有。",
        "暂无",
        "不適用",
        "/",
        ".",
    ],
)
def test_phone_that_says_none_is_empty(typed: str) -> None:
    form = sheet(phone=typed, country="DE")
    assert not form.errors
    assert form.phone.data == ""


@pytest.mark.parametrize("country", ["DE", "CN"])
@pytest.mark.parametrize(("typed", "kept"), PHONES)
def test_phone_is_taken_and_shown_as_typed(typed: str, kept: str, country: str) -> None:
    form = sheet(phone=typed, country=country)
    assert not form.errors
    assert form.phone.data == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("call me", "“call me” has no digits. Leave it empty if you would rather not give one."),
        ("1-HOME", "“1” is too short."),
        ("+", "“+” has no digits. Leave it empty if you would rather not give one."),
        ("12", "“12” is too short."),
        ("+852 27", "“+852 27” is too short."),
        ("+999 1234 5678", "no country has the code of “+999 1234 5678”."),
        ("1" * 24, f"“{'1' * 24}” is too long."),
        ("030 1234567", "“030 1234567” has none, and no country is chosen."),
        ("ada@example.org", "“ada@example.org” has no digits. Leave it empty if you would rather not give one."),
    ],
)  # fmt: skip
def test_phone_that_is_none_says_why(typed: str, why: str) -> None:
    said = sheet(phone=typed, country="" if typed.startswith("030") else "HK").phone.errors
    assert said == [f"Enter a phone number with its country code, like +44 20 7946 0018: {why}"]


@pytest.mark.parametrize("typed", ["２０２７-03-09", "2027-3-9", "2027/03/09", "2027.3.9", "2027年3月9日", "２０２７年３月９日", "20270309", "\u200e2027-03-09", "2027–03–09", "2027 - 03 - 09", "9 March 2027", "9 Mar 2027", "March 9, 2027", "Mar 9 2027", "9th March 2027"])  # fmt: skip
def test_date_is_read_where_it_can_mean_one_day(typed: str) -> None:
    field = sheet(day=typed).day
    assert not field.errors
    assert field.data.isoformat() == "2027-03-09"
    assert 'value="2027-03-09"' in field()


def test_date_with_a_day_that_is_no_month_is_read() -> None:
    assert sheet(day="25/12/2027").day.data.isoformat() == sheet(day="12/25/2027").day.data.isoformat() == "2027-12-25"


@pytest.mark.parametrize("typed", ["03/09/2027", "9.3.2027", "2027-02-30", "9 March", "soon", "9999999-01-01", "31/31/2027", "2027-03-09 or 2027-03-10"])  # fmt: skip
def test_date_that_can_mean_several_days_or_none_is_refused_and_stays(typed: str) -> None:
    field = sheet(day=typed).day
    assert field.errors == ["Day: enter a date such as 2027-03-09."]
    assert f'value="{typed}"' in field()


@pytest.mark.parametrize(("typed", "number"), [("２０", 20), ("about 20", 20), ("ca. 20", 20), ("~20", 20), ("20 people", 20), ("20人", 20), ("约20人", 20), ("20+", 20), ("\u200e20", 20), ("٢٠", 20), ("20 pax.", 20), ("max. 20", 20)])  # fmt: skip
def test_number_is_read_where_there_is_one(typed: str, number: int) -> None:
    assert sheet(size=typed).size.data == number


@pytest.mark.parametrize(
    "typed", ["10-15", "10 to 15", "-20", "−20", "1.5", "1,500", "1e2", "about twenty", "20/25", "½"]
)
def test_number_that_is_several_or_none_is_refused_and_stays(typed: str) -> None:
    field = sheet(size=typed).size
    assert field.errors == ["Size: enter a whole number from 1 to 500."]
    assert f'value="{typed}"' in field()
