"""Dates and fallbacks as each language writes them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale, gettext

from tests.factories import LANGUAGES
from webapp import i18n, labels
from webapp.vocabulary import ActorKind, Language, RosterChangeKind
from webapp.web.desk.visits.aftermath_forms import GiftForm, PromiseForm
from webapp.web.desk.visits.programme_forms import InviteForm, SlotForm
from webapp.web.desk.visits.tasks import TaskForm

EN, HANT, HANS = Language.EN, Language.ZH_HANT, Language.ZH_HANS
DAY = date(2026, 11, 30)
MOMENT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
HONG_KONG = ZoneInfo("Asia/Hong_Kong")


@pytest.mark.parametrize(
    ("language", "long", "short", "moment"),
    [
        (EN, "Monday 30 November 2026", "Mon 30 Nov", "Monday 30 November 2026, 17:30 (HKT)"),
        (HANT, "2026年11月30日（星期一）", "11月30日（一）", "2026年11月30日（星期一）17:30（HKT）"),
        (HANS, "2026年11月30日（星期一）", "11月30日（一）", "2026年11月30日（星期一）17:30（HKT）"),
    ],
)
def test_days_carry_their_weekday(language: Language, long: str, short: str, moment: str) -> None:
    assert i18n.date_long(DAY, language) == long
    assert i18n.date_short(DAY, language) == short
    assert i18n.datetime_long(MOMENT, language, HONG_KONG) == moment


@pytest.mark.parametrize(
    ("last", "english", "chinese"),
    [
        (date(2026, 11, 30), "30 November 2026", "2026年11月30日"),
        (date(2026, 12, 2), "30 November – 2 December 2026", "2026年11月30日至12月2日"),
        (date(2027, 1, 2), "30 November 2026 – 2 January 2027", "2026年11月30日至2027年1月2日"),
    ],
)
def test_ranges_say_nothing_twice(last: date, english: str, chinese: str) -> None:
    assert i18n.date_range(DAY, last, EN) == english
    assert i18n.date_range(DAY, last, HANT) == chinese


def test_range_within_a_month_is_short() -> None:
    assert i18n.date_range(date(2027, 3, 9), date(2027, 3, 11), EN) == "9–11 March 2027"
    assert i18n.date_range(date(2027, 3, 9), date(2027, 3, 11), HANS) == "2027年3月9日至11日"


@pytest.mark.parametrize(
    ("texts", "language", "text", "spoken"),
    [
        ({"en": "A", "zh-hant": "甲"}, HANT, "甲", HANT),
        ({"en": "A", "zh-hant": "甲"}, HANS, "A", EN),
        ({"en": "A", "zh-hant": ""}, HANT, "A", EN),
        ({}, EN, "", EN),
        (None, HANT, "", EN),
    ],
)
def test_text_falls_back_to_english(texts: object, language: Language, text: str, spoken: Language) -> None:
    assert i18n.localised(texts, language) == text  # type: ignore[arg-type]
    assert i18n.text_language(texts, language) == spoken  # type: ignore[arg-type]


def test_english_needs_no_catalogue() -> None:
    assert i18n.translations(EN).gettext("Received") == "Received"


def test_every_language_has_a_name_a_locale_and_a_tag() -> None:
    for table in (i18n.LOCALES, i18n.HTML_LANG, i18n.LANGUAGE_NAMES):
        assert set(table) == set(Language)


def test_time_zone_is_said_by_its_city() -> None:
    assert [i18n.city(ZoneInfo("Asia/Hong_Kong"), language) for language in LANGUAGES] == ["Hong Kong", "香港", "香港"]


def test_norwegian_writes_dates_in_its_own_way() -> None:
    assert i18n.date_long(DAY, Language.NB) == "mandag 30. november 2026"
    assert i18n.date_range(date(2027, 3, 9), date(2027, 3, 11), Language.NB) == "9.–11. mars 2027"
    assert i18n.datetime_long(MOMENT, Language.NB, HONG_KONG) == "mandag 30. november 2026 kl. 17:30 (HKT)"


def test_lists_and_brackets_are_written_as_each_language_does() -> None:
    assert [i18n.listed(("A", "B"), language) for language in (EN, HANT, HANS)] == ["A, B", "A、B", "A、B"]
    assert [i18n.bracketed("A", "B", language) for language in (EN, HANT)] == ["A (B)", "A（B）"]


def test_an_english_word_of_two_senses_has_a_text_for_each(app: Flask) -> None:
    """What "From", "By", "New" and "Name" are elsewhere: who sent it, grouping, newly received, the name of a thing."""
    with app.test_request_context(), force_locale("zh_Hant_HK"):
        said = {
            "a part begins": SlotForm.starts.args[0],
            "a part ends": SlotForm.ends.args[0],
            "a task is due": TaskForm.due_on.args[0],
            "a promise is due": PromiseForm.due_on.args[0],
            "who got a gift": GiftForm.receiver.args[0],
            "who receives": InviteForm.name.args[0],
            "a delegate is added": gettext(labels.ROSTER_CHANGE[RosterChangeKind.ADD]),
            "who did it": gettext(labels.AUDIT_ACTOR[ActorKind.STAFF]),
        }
        assert {sense: str(text) for sense, text in said.items()} == {
            "a part begins": "開始時間",
            "a part ends": "結束時間",
            "a task is due": "期限",
            "a promise is due": "期限",
            "who got a gift": "受贈人",
            "who receives": "姓名",
            "a delegate is added": "新加入",
            "who did it": "同事",
        }
