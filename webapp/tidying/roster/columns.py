"""The columns of a list of delegates: what they are called here, how people head them, and what they hold."""

import re
from enum import StrEnum
from typing import NamedTuple

from webapp.tidying.characters import folded

LINE, SHORT, LONG = 200, 60, 500


class Shape(StrEnum):
    """What a cell of a column holds, and so how it is read."""

    LINE = "line"
    EMAIL = "email"
    ORDER = "order"
    ANSWER = "answer"
    DAY = "day"
    CODE = "code"


class Column(NamedTuple):
    """A column: its name, which is its header in our own files, what it holds, and what else people head it."""

    name: str
    shape: Shape
    limit: int
    headers: str
    # Needed for an invitation letter alone; taken of no one else.
    of_passport: bool = False


# In this order they are written.
COLUMNS: tuple[Column, ...] = (
    Column(
        "family_name",
        Shape.LINE,
        LINE,
        "surname, last name, family, family name(s), surname(s), 姓, 姓氏, 中文姓, 英文姓",
    ),
    Column(
        "given_name",
        Shape.LINE,
        LINE,
        "first name, given names, first names, forename, forenames, given name(s), 名, 名字",
    ),
    Column(
        "name_order",
        Shape.ORDER,
        SHORT,
        "order of names, order of the names, which name first, 姓名顺序, 姓名順序, 姓名次序",
    ),
    Column("honorific", Shape.LINE, SHORT, "salutation, form of address, prefix, 称呼, 稱呼, 稱謂, 称谓, 尊称, 尊稱"),
    Column(
        "position",
        Shape.LINE,
        LINE,
        "job title, post, role, designation, job, 职务, 職務, 职位, 職位, 岗位, 崗位, 行政职务, 行政職務",
    ),
    Column("academic_title", Shape.LINE, LINE, "academic rank, 职称, 職稱, 学术职称, 學術職稱"),
    Column(
        "organisation",
        Shape.LINE,
        LINE,
        "organization, institution, affiliation, university, company, employer, department, 单位, 單位, 机构, 機構, "
        "工作单位, 工作單位, 所在单位, 所在單位, 院校, 学校, 學校",
    ),
    Column(
        "email",
        Shape.EMAIL,
        LINE,
        "e-mail, mail, email address, e-mail address, 邮箱, 郵箱, 电邮, 電郵, 电子邮件, 電子郵件, 电子邮箱, 電子郵箱, "
        "电邮地址, 電郵地址",
    ),
    Column(
        "diet",
        Shape.LINE,
        LONG,
        "dietary requirements, dietary needs, dietary restrictions, food, meal, meals, 饮食, 飲食, 饮食要求, 飲食要求, "
        "饮食禁忌, 飲食禁忌, 膳食要求",
    ),
    Column(
        "access_needs",
        Shape.LINE,
        LONG,
        "access, accessibility, accessibility needs, special needs, access requirements, other needs, notes, remarks, "
        "access and other needs, 无障碍需求, 無障礙需要, 無障礙需求, 無障礙及其他需要, 无障碍及其他需求, "
        " 特殊需求, 特殊需要, 备注, 備註, 備注",
    ),
    Column(
        "arrival",
        Shape.LINE,
        LINE,
        "arrives, arrival time, arrival date, arrival flight, arriving, 抵达, 抵達, 到达, 到達, 抵达时间, 抵達時間, "
        "到达时间, 到達時間, 抵港时间, 抵港時間, 入境",
    ),
    Column(
        "departure",
        Shape.LINE,
        LINE,
        "departs, departure time, departure date, departure flight, leaving, 离开, 離開, 离境, 離境, 离开时间, "
        "離開時間, 离港时间, 離港時間, 返程",
    ),
    Column(
        "invitation_letter",
        Shape.ANSWER,
        SHORT,
        "letter, visa letter, needs letter, letter needed, invitation letter needed, needs invitation letter, "
        "needs an invitation letter, 需要邀请信, 需要邀請信, 邀请函, "
        "邀請函, 邀请信, 邀請信, 需要邀请函, 需要邀請函, 是否需要邀请函, 是否需要邀請函",
    ),
    Column("nationality", Shape.LINE, SHORT, "citizenship, 国籍, 國籍", of_passport=True),
    Column("gender", Shape.LINE, SHORT, "sex, 性别, 性別", of_passport=True),
    Column(
        "birth_date",
        Shape.DAY,
        SHORT,
        "date of birth, dob, birthday, born, 出生日期, 出生年月日, 生日",
        of_passport=True,
    ),
    Column(
        "passport_name",
        Shape.LINE,
        LINE,
        "name in passport, name in the passport, name as in passport, name on passport, 护照姓名, 護照姓名, "
        "护照上的姓名, 護照上的姓名, 护照拼音姓名, 護照拼音姓名",
        of_passport=True,
    ),
    Column(
        "passport_number",
        Shape.CODE,
        SHORT,
        "passport, passport no, passport no., 护照号码, 護照號碼, 护照号, 護照號, 护照, 護照",
        of_passport=True,
    ),
    Column(
        "passport_country",
        Shape.LINE,
        SHORT,
        "issuing country, country of issue, passport issued by, 签发国, 簽發國, 签发国家, 簽發國家, 护照签发国, "
        "護照簽發國, 签发地, 簽發地, 护照签发地, 護照簽發地",
        of_passport=True,
    ),
    Column(
        "passport_expiry",
        Shape.DAY,
        SHORT,
        "expiry date, expiry, expires, valid until, date of expiry, passport expiry date, passport valid until, "
        "有效期至, 有效期, 护照有效期, 護照有效期, 护照有效期至, 護照有效期至, 有效日期",
        of_passport=True,
    ),
)
NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
# Taken where a file has them, and asked for one by one; not among the columns that programs rely on.
BESIDE: tuple[Column, ...] = (
    Column(
        "vehicle",
        Shape.LINE,
        LINE,
        "car, number plate, licence plate, license plate, plate, car plate, vehicle plate, 车辆, 車輛, 车牌, 車牌, "
        "车牌号, 車牌號, 车牌号码, 車牌號碼",
    ),
    Column(
        "photo_consent",
        Shape.ANSWER,
        SHORT,
        "may appear in photos, consent to photos, consent to photographs, photos, photographs, 同意拍照, "
        "同意拍摄, 同意拍攝, 同意摄影, 同意攝影",
    ),
)
EVERY: dict[str, Column] = {column.name: column for column in (*COLUMNS, *BESIDE)}
OF_PASSPORT: tuple[str, ...] = tuple(column.name for column in COLUMNS if column.of_passport)
# Of someone's health and faith.
OF_CARE: tuple[str, ...] = ("diet", "access_needs")

# One cell with the whole name: it is never taken apart, since no one can tell where.
FULL_NAME = "full_name"
_FULL_NAMES = (
    "name, full name, name in full, delegate, delegate name, name of delegate, participant, participant name, visitor, "
    "姓名, 中文姓名, 英文姓名, 名单, 名單"
)
# Means how someone is addressed, or which post they hold: their cells tell.
TITLE = "title"
_SIGNS = re.compile(r"[\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")


def _key(header: str) -> str:
    return _SIGNS.sub("", folded(header)).casefold()


_KNOWN: dict[str, str] = {
    **{_key(header): FULL_NAME for header in _FULL_NAMES.split(",")},
    **{_key(header): column.name for column in EVERY.values() for header in (column.name, *column.headers.split(","))},
    _key(TITLE): TITLE,
}


def named(header: str) -> str | None:
    """Return the name of the column that a header means, also one in two languages; None where it is not known."""
    if found := _KNOWN.get(_key(header)):
        return found
    han = "".join(_HAN.findall(folded(header)))
    parts = {_KNOWN.get(_key(part)) for part in (han, _HAN.sub(" ", folded(header)), *re.split(r"[/|(（\n]", header))}
    one = [part for part in parts if part]
    return one[0] if len(one) == 1 else None
