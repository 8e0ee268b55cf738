# ruff: noqa: E501, PT014 - tables read across; broken characters look alike to ruff
"""What fields refuse, what they tidy, and what they leave in sight."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict
from wtforms import Form

from webapp.tidying import storable
from webapp.web.fields import ChoiceField, ChoicesField, DayField, Email, NumberField, Phone, TickField, line, text

WORDS = [("a", "Alpha"), ("b", "Beta"), ("c", "Gamma")]


class Sheet(Form):
    name = line("Name", required="Enter a name.", limit=20)
    words = text("Words", limit=30)
    email = line("Email", checks=[Email()])
    phone = line("Phone", checks=[Phone()])
    country = line("Country")
    one = ChoiceField("One", lambda: WORDS)
    many = ChoicesField("Many", lambda: WORDS)
    day = DayField("Day")
    size = NumberField("Size", 1, 500)
    yes = TickField("Yes")


@pytest.fixture(scope="module")
def texts() -> Flask:
    """An application that has languages, and nothing else that fields need."""
    app = Flask("fields")
    Babel(app)
    return app


@pytest.fixture(autouse=True)
def _request(texts: Flask) -> Iterator[None]:
    with texts.test_request_context():
        yield


def sheet(**given: Any) -> Sheet:
    form = Sheet(formdata=MultiDict({"name": "A", **given}))
    form.validate()
    return form


@pytest.mark.parametrize("name", ["name", "email", "phone", "country"])
@pytest.mark.parametrize(
    "typed",
    [
        "a\x00b", "a\ud800b", "a\ufffdb", "a\uffffb", "=?utf-8?q?a?=", "a =?b", "a =\u200b?b", "%ED%A0%80", "x" * 201, "x" * 100_000,
    ],
)  # fmt: skip
def test_line_refuses(name: str, typed: str) -> None:
    assert sheet(**{name: typed})[name].errors


@pytest.mark.parametrize("typed", ["a\x00b", "a\ud800b", "a\ufffdb", "x" * 31])
def test_text_refuses(typed: str) -> None:
    assert sheet(words=typed).words.errors


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Jan   Kowalski ", "Jan Kowalski"),
        ("Jose\u0301", "José"),
        ("陳大文　教授", "陳大文 教授"),
        ("ยุพา", "ยุพา"),
        ("O'Neil & <Söhne>", "O'Neil & <Söhne>"),
        ("𠮷野", "𠮷野"),
    ],
)
def test_line_tidies(typed: str, kept: str) -> None:
    form = sheet(name=typed)
    assert not form.errors
    assert form.name.data == kept


def test_text_keeps_lines_and_directions() -> None:
    form = sheet(words="one \r\n\ttwo\rthree \u202bשלום\u202c\n\n")
    assert not form.errors
    assert form.words.data == "one\n\ttwo\nthree \u202bשלום\u202c"


def test_what_cannot_be_stored_is_replaced() -> None:
    assert storable("a\x00b\udfffc") == "a\ufffdb\ufffdc"
    form = sheet(name="a\ud800")
    form.name().encode()


def test_required_is_asked_for_once() -> None:
    assert sheet(name="  ").name.errors == ["Enter a name."]


@pytest.mark.parametrize("address", ["a@example.org", "a.b+c@sub.example.org", "a@EXAMPLE.org", "a@partner.test"])
def test_email_accepts(address: str) -> None:
    assert not sheet(email=address).errors


def test_email_of_another_script_is_kept_as_mail_servers_spell_it() -> None:
    assert sheet(email="a@例え.example.org").email.data == "a@xn--r8jz45g.example.org"


@pytest.mark.parametrize("number", ["+852 2766 0000", "+49 (30) 123-4567", "+86 10 6275 0000 ext. 12"])
def test_phone_accepts(number: str) -> None:
    assert not sheet(phone=number).errors


def test_phone_without_code_takes_that_of_the_country() -> None:
    assert not sheet(phone="030 1234567", country="DE").errors
    assert sheet(phone="030 1234567").phone.errors


@pytest.mark.parametrize("number", ["call me", "12", "+999999999999999999999", "+"])
def test_phone_refuses(number: str) -> None:
    assert sheet(phone=number).phone.errors


def test_unknown_choice_is_refused_and_stays() -> None:
    form = sheet(one="z", many=["b", "z"])
    assert form.one.errors
    assert form.many.errors
    assert '<option selected value="z">' in form.one()
    assert [choice.value for choice in form.many.iter_choices() if choice.selected] == ["b", "z"]


def test_choices_keep_the_order_they_were_sent_in() -> None:
    form = Sheet(formdata=MultiDict([("name", "A"), ("many", "c"), ("many", "a"), ("many", "c"), ("many", "")]))
    assert form.validate()
    assert form.many.data == ["c", "a"]
    assert [choice.value for choice in form.many.iter_choices()] == ["c", "a", "b"]


@pytest.mark.parametrize("typed", ["2027-02-30", "9 March", "03/09/2027", "9999999-01-01"])  # fmt: skip
def test_broken_date_is_refused_and_stays(typed: str) -> None:
    field = sheet(day=typed).day
    assert field.errors
    assert f'value="{typed}"' in field()
    assert 'type="text"' in field()


def test_date_is_a_date() -> None:
    field = sheet(day="2027-03-09").day
    assert field.data.isoformat() == "2027-03-09"
    assert 'type="date"' in field()


@pytest.mark.parametrize("typed", ["0", "501", "-1", "1.5", "six", "1e2", "99999999999999999999", "٣٤٥٦"])
def test_number_out_of_range_or_none_is_refused_and_stays(typed: str) -> None:
    field = sheet(size=typed).size
    assert len(field.errors) == 1
    assert f'value="{typed}"' in field()


@pytest.mark.parametrize(("typed", "number"), [("1", 1), (" 500 ", 500), ("１２", 12)])
def test_number_is_read(typed: str, number: int) -> None:
    assert sheet(size=typed).size.data == number


@pytest.mark.parametrize(("typed", "ticked"), [("yes", True), ("on", True), ("2026-09-01", True), ("no", False), ("0", False), ("", False)])  # fmt: skip
def test_tick_is_anything_that_is_no_no(typed: str, ticked: bool) -> None:
    assert sheet(yes=typed).yes.data is ticked
