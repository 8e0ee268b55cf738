"""Plainly fictional visits, of few, many and difficult names."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from webapp.documents.letters import Letter
from webapp.documents.people import Contact, Delegate, Host, Written
from webapp.documents.values import Gift, Issuer, PastVisit, Promise, SeatingRules, Slot, Visit
from webapp.vocabulary import Language, LetterPurpose

HONG_KONG, OSLO = ZoneInfo("Asia/Hong_Kong"), ZoneInfo("Europe/Oslo")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 3, day, hour, minute, tzinfo=HONG_KONG)


ISSUER = Issuer(
    name={"en": "Example Harbour University", "zh-hant": "示例海港大學", "zh-hans": "示例海港大学"},
    short_name={"en": "Harbour", "zh-hant": "海港大學", "zh-hans": "海港大学"},
    address={"en": "1 Example Road, Hong Kong", "zh-hant": "香港示例道一號", "zh-hans": "香港示例道一号"},
    office={"en": "International Office", "zh-hant": "國際事務處", "zh-hans": "国际事务处"},
    email="office@example.org",
    brand="#8f1329",
    public_url="https://desk.example.org",
    zone=HONG_KONG,
    phone="+852 5550 0100",
)


def person(
    own: tuple[str, str],
    other: tuple[str, str] | None = None,
    *,
    first: bool = False,
    honorific: str = "",
    position: str = "",
    title: str = "",
    organisation: str = "",
    other_honorific: str = "",
    other_position: str = "",
    other_organisation: str = "",
) -> dict[str, Written | None]:
    return {
        "own": Written(*own, first, honorific, position, title, organisation),
        "other": other and Written(other[0], other[1], first, other_honorific, other_position, "", other_organisation),
    }


NORDIC = {"organisation": "University of Fjordheim", "other_organisation": "峽灣大學"}
DELEGATES = (
    Delegate(
        **person(
            ("Þórðardóttir", "Ragnhildur"),
            ("索爾達多蒂爾", "拉格希爾杜"),
            honorific="Professor",
            position="Rector and President of the University",
            title="Professor of Marine Biology",
            other_position="校長",
            **NORDIC,
        ),
        country="IS",
        diet="Vegetarian",
        arrival="09:15",
        plate="AB 1234",
    ),
    Delegate(
        **person(
            ("陳", "大文"),
            ("Chan", "Tai Man"),
            first=True,
            honorific="教授",
            position="副校長（國際事務）",
            organisation="峽灣大學",
            other_honorific="Professor",
            other_position="Vice-President (International Affairs)",
            other_organisation="University of Fjordheim",
        ),
        country="HK",
        arrival="09:15",
        plate="AB 1234",
    ),
    Delegate(
        **person(("Nguyễn", "Thị Ánh Tuyết"), first=True, honorific="Dr", position="Dean of Engineering", **NORDIC),
        country="VN",
        diet="No nuts",
        access_needs="Step-free access",
        arrival="09:30",
    ),
    Delegate(**person(("", "Suharto"), position="Director of Partnerships", **NORDIC), country="ID", arrival="09:15"),
    Delegate(
        **person(
            ("الفارسي", "محمد عبد الرحمن"),
            ("Al-Farsi", "Mohammed Abdulrahman"),
            position="عميد كلية العلوم",
            organisation="University of Fjordheim",
            other_position="Dean of Science",
        ),
        country="OM",
    ),
    Delegate(
        **person(
            ("ใจดี", "สมชาย"),
            ("Jaidee", "Somchai"),
            position="ผู้อำนวยการ",
            organisation="University of Fjordheim",
            other_position="Director",
        ),
        country="TH",
    ),
)
HOSTS = (
    Host(
        **person(
            ("黃", "美玲"),
            ("Wong", "Mei Ling"),
            first=True,
            honorific="教授",
            position="校長",
            organisation="示例海港大學",
            other_honorific="Professor",
            other_position="President",
            other_organisation="Example Harbour University",
        ),
        phone="+852 5550 0111",
    ),
    Host(
        **person(
            ("Okonkwo", "Adaeze"),
            ("奧孔科沃", "阿達澤"),
            honorific="Professor",
            position="Vice-President (Research)",
            organisation="Example Harbour University",
            other_position="副校長（研究）",
            other_organisation="示例海港大學",
        ),
        phone="+852 5550 0122",
    ),
    Host(
        **person(
            ("李", "志強"),
            ("Lee", "Chi Keung"),
            first=True,
            position="國際事務處處長",
            organisation="示例海港大學",
            other_position="Director of the International Office",
            other_organisation="Example Harbour University",
        ),
        phone="+852 5550 0133",
    ),
)
PROGRAMME = (
    Slot(
        at(9, 9, 30),
        at(9, 9, 45),
        {"en": "Arrival and welcome", "zh-hant": "抵達及歡迎"},
        place={"en": "Main entrance, Example Road", "zh-hant": "示例道正門"},
        hosts=(HOSTS[2],),
        note={"en": "Tea and hot water are served.", "zh-hant": "備有茶和熱水。"},
    ),
    Slot(
        at(9, 9, 45),
        at(9, 11, 0),
        {"en": "Meeting of the leadership", "zh-hant": "領導層會面"},
        place={"en": "Council Chamber, Tower A, 12th floor", "zh-hant": "A座十二樓校董會會議室"},
        purpose={
            "en": "A joint doctoral programme and a fund for student exchange",
            "zh-hant": "聯合博士課程及學生交流基金",
        },
        hosts=(HOSTS[0], HOSTS[1]),
        languages={"en": "English, Cantonese", "zh-hant": "英語、粵語"},
        interpreter="Lam Wai Yi",
    ),
    Slot(
        at(9, 11, 10),
        at(9, 12, 30),
        {"en": "Tour of the marine laboratory", "zh-hant": "參觀海洋實驗室"},
        place={"en": "Block H", "zh-hant": "H座"},
        hosts=(HOSTS[1],),
    ),
    Slot(
        at(9, 12, 45),
        at(9, 14, 15),
        {"en": "Lunch hosted by the President", "zh-hant": "校長午宴"},
        place={"en": "Staff Club", "zh-hant": "教職員會所"},
        hosts=HOSTS[:1],
    ),
    Slot(
        at(10, 10, 0),
        at(10, 11, 30),
        {"en": "Signing of the agreement and group photo", "zh-hant": "簽署協議及合照"},
        place={"en": "Great Hall", "zh-hant": "大禮堂"},
        purpose={"en": "Agreement on student exchange", "zh-hant": "學生交流協議"},
        hosts=HOSTS,
    ),
)
FEW = Visit(
    reference="LD-7K3Q-9XWT",
    partner={"en": "University of Fjordheim", "zh-hant": "峽灣大學"},
    starts_at=at(9, 9, 30),
    ends_at=at(10, 11, 30),
    venue={"en": "Example Harbour University, Tower A", "zh-hant": "示例海港大學A座"},
    entrance={"en": "Main entrance, Example Road", "zh-hant": "示例道正門"},
    delegates=DELEGATES,
    hosts=HOSTS,
    emergency=Contact("+852 5550 0199", {"en": "Lee Chi Keung", "zh-hant": "李志強"}),
    made_at=datetime(2027, 3, 1, 4, 0, tzinfo=UTC),
    visitors_zone=OSLO,
    purposes=(
        {"en": "A joint doctoral programme in marine biology", "zh-hant": "海洋生物學聯合博士課程"},
        {"en": "A fund for student exchange", "zh-hant": "學生交流基金"},
    ),
    programme=PROGRAMME,
    network="Example Ocean Alliance",
    level="A",
    past_visits=(
        PastVisit(date(2025, 5, 14), {"en": "Signing of the first agreement"}, "Rector Ragnhildur Þórðardóttir"),
        PastVisit(
            date(2024, 10, 3), {"en": "Our President at their anniversary"}, "President Wong Mei Ling", inbound=False
        ),
    ),
    promises=(
        Promise("Send the draft of the joint doctoral programme", "Adaeze Okonkwo", date(2027, 1, 31)),
        Promise("Name two places for exchange students of engineering", "Lee Chi Keung"),
    ),
    gifts=(
        Gift(
            "Framed map of the fjord", date(2025, 5, 14), given=False, person="Ragnhildur Þórðardóttir", value="HKD 400"
        ),
        Gift("Silk scarf with the university’s crest", person="Ragnhildur Þórðardóttir", value="HKD 350"),
    ),
)

LONG = "Wolfeschlegelsteinhausenbergerdorff Maximiliana Konstantina Alexandra von und zu Hohenberg-Sonnenfeld"
LONG_POSITION = (
    "Deputy Vice-Chancellor for International Engagement, Lifelong Learning, Sustainability and Community Partnerships"
)
LONG_ORGANISATION = "The Royal and Pontifical University of the Northern Archipelago and Adjacent Territories"
UNBROKEN = "Llanfair" * 12 + "goch"
RARE = Delegate(
    **person(("𠮷", "龘驫"), first=True, honorific="教授", position="外事办公室主任", organisation="峡湾大学")
)
HARD = (
    Delegate(**person(("", LONG), position=LONG_POSITION, organisation=LONG_ORGANISATION)),
    Delegate(**person(("", UNBROKEN), position="Director")),
    RARE,
    Delegate(
        **person(
            ("张", "骏马"),
            ("Zhang", "Junma"),
            first=True,
            position="校长",
            organisation="峡湾大学",
            other_position="President",
        )
    ),
    Delegate(
        **person(
            ("김", "민준"),
            ("Kim", "Min-jun"),
            first=True,
            honorific="교수",
            position="총장",
            other_position="President",
        )
    ),
    Delegate(
        **person(("田中", "さくら"), ("Tanaka", "Sakura"), first=True, position="学長", other_position="President")
    ),
    Delegate(**person(("O’Brien-Smith", "#strong[*Seán*]"), position="$x^2$ <script> \\ // @ref [a] `b`")),
)
FAMILY = ("Aas", "Bjørnstad", "Čapek", "Dvořák", "Eriksen", "Fernández", "Gómez", "Haugen", "Ingólfsdóttir", "Johansen")
POSTS = ("Dean of Engineering", "Professor of Marine Biology", "Head of International Relations", "Director of Studies")


def many(count: int) -> tuple[Delegate, ...]:
    """Return so many delegates, the difficult ones among them."""
    more = tuple(
        Delegate(
            **person(
                (f"{FAMILY[number % 10]}", f"Person {number}"),
                ("例", f"名{number}"),
                honorific="Dr",
                position=POSTS[number % 4],
                other_position="教授",
                **NORDIC,
            ),
            country="NO",
            arrival="09:15",
            plate=f"CD {1000 + number}",
        )
        for number in range(count - len(DELEGATES) - len(HARD))
    )
    return (*DELEGATES, *more, *HARD)


MANY = replace(FEW, delegates=many(40))
MAINLAND = replace(
    FEW, languages=(Language.ZH_HANS, Language.EN), partner={"zh-hans": "峡湾大学", "en": "University of Fjordheim"}
)
ALONE = replace(
    FEW,
    delegates=DELEGATES[:1],
    hosts=HOSTS[:1],
    programme=(),
    past_visits=(),
    promises=(),
    gifts=(),
    purposes=(),
    languages=(Language.EN,),
    seating=SeatingRules(),
)

LETTER = Letter(
    number="IL-4QWK-7P2M",
    purpose=LetterPurpose.MAINLAND_F,
    issued_on=date(2027, 1, 18),
    passport_name="RAGNHILDUR THORDARDOTTIR",
    reason="Meeting on a joint doctoral programme in marine biology",
    arrival=date(2027, 3, 8),
    departure=date(2027, 3, 12),
    signatory_name="Professor Wong Mei Ling",
    signatory_post="President",
    employer="University of Fjordheim",
    position="Rector and President",
    gender="Female",
    birth_date=date(1965, 4, 2),
    passport_number="A1234567",
    passport_expiry=date(2030, 1, 1),
    places="Hong Kong, Shenzhen",
    relation="Partner university since 2025",
    payer="University of Fjordheim pays travel; we pay lodging and meals",
    head_count=6,
    received_by="Professor Wong Mei Ling, President",
    activities="Meetings, a tour of laboratories, signing of an agreement",
    coordinator="Lee Chi Keung, +852 5550 0133",
    facilities="Council Chamber, marine laboratory",
)
