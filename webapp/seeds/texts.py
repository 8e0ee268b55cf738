# ruff: noqa: E501, E741 - a table reads across
"""What plainly fictional partners ask, in three languages, for samples."""

from dataclasses import dataclass, field
from typing import Any

from webapp.vocabulary import Kind, Language, OrganisationType, Role

O = OrganisationType
EN, HANT, HANS = Language.EN, Language.ZH_HANT, Language.ZH_HANS


@dataclass(frozen=True)
class Partner:
    """Someone who does not exist, at an organisation that does not exist."""

    organisation: str
    kind: OrganisationType
    country: str
    language: Language
    name: str
    position: str
    mailbox: str
    leader: str

    @property
    def email(self) -> str:
        """An address below a domain of the organisation's own."""
        return f"{self.mailbox}@{self.mailbox.split('.')[-1]}.example.org"


@dataclass(frozen=True)
class Topic:
    """What is asked, in one language."""

    kind: Kind
    language: Language
    subject: str
    message: str
    answers: dict[str, Any] = field(default_factory=dict)


PARTNERS = (
    Partner("Example University", O.UNIVERSITY, "GB", EN, "Dr Jane Placeholder", "Head of Partnerships", "jane.placeholder", "Prof. Ann Example"),
    Partner("範例大學", O.UNIVERSITY, "TW", HANT, "王小明", "國際事務處組長", "wang.xiaoming", "李範例教授"),
    Partner("样本理工大学", O.UNIVERSITY, "CN", HANS, "张三", "国际合作处副处长", "zhang.san", "李四教授"),
    Partner("Muster Hochschule", O.UNIVERSITY, "DE", EN, "Erika Mustermann", "International Office", "erika.mustermann", "Prof. Max Mustermann"),
    Partner("Placeholder Polytechnic", O.UNIVERSITY, "SG", EN, "Tan Ah Sample", "Deputy Registrar", "tan.sample", "Prof. Lim Placeholder"),
    Partner("樣本市政府", O.GOVERNMENT, "MO", HANT, "陳樣本", "教育局科長", "chan.sample", "何範例局長"),
    Partner("Fundación Ejemplo", O.FOUNDATION, "ES", EN, "Juan Ejemplo", "Programme Officer", "juan.ejemplo", "Dr. María Ejemplo"),
    Partner("示例研究院", O.RESEARCH_INSTITUTE, "CN", HANS, "王五", "科研主管", "wang.wu", "赵六研究员"),
    Partner("Institut Exemple", O.RESEARCH_INSTITUTE, "FR", EN, "Camille Exemple", "Chargée de mission", "camille.exemple", "Prof. Dominique Exemple"),
    Partner("Universidade Modelo", O.UNIVERSITY, "BR", EN, "Ana Modelo", "Coordinator of Mobility", "ana.modelo", "Prof. João Modelo"),
    Partner("示範科技大學", O.UNIVERSITY, "TW", HANT, "林示範", "國際長", "lin.shifan", "吳範例教授"),
    Partner("Università Esempio", O.UNIVERSITY, "IT", EN, "Giulia Esempio", "Rector's Delegate", "giulia.esempio", "Prof. Marco Esempio"),
    Partner("例示师范大学", O.UNIVERSITY, "CN", HANS, "钱七", "国际处干事", "qian.qi", "孙八教授"),
    Partner("Specimen Institute of Technology", O.UNIVERSITY, "AU", EN, "Sam Specimen", "Director, Global Engagement", "sam.specimen", "Prof. Pat Specimen"),
    Partner("Voorbeeld Universiteit", O.UNIVERSITY, "NL", EN, "Jan Voorbeeld", "International Relations", "jan.voorbeeld", "Prof. Els Voorbeeld"),
    Partner("Sample Industries Ltd", O.COMPANY, "JP", EN, "Taro Yamada", "Research Manager", "taro.yamada", "Hanako Yamada"),
)  # fmt: skip

TOPICS = (
    Topic(Kind.VISIT, EN, "Joint service-learning programme and student exchange",
          "We would like to meet the office that runs service learning, and colleagues in rehabilitation engineering.\nWe hope to agree on a plan for three years.",
          {"purposes": ["service_learning", "student_exchange"], "activities": ["meeting", "tour", "students"], "outcome": "A plan for three years", "letters": False}),
    Topic(Kind.VISIT, EN, "Renewal of our agreement and a look at the laboratories",
          "Our agreement ends next summer. The vice-president would like to sign its renewal in person.",
          {"purposes": ["agreement", "joint_research", "courtesy"], "activities": ["signing", "laboratory", "meal", "leaders"], "letters": True}),
    Topic(Kind.VISIT, HANT, "續簽合作協議及參觀實驗室", "本校代表團希望與貴校國際事務部門會面，商討續簽協議，並參觀設計及工程實驗室。",
          {"purposes": ["agreement", "benchmarking"], "activities": ["meeting", "laboratory", "signing"], "working_language": "普通話"}),
    Topic(Kind.VISIT, HANS, "商谈本科生交换与联合科研", "我校代表团拟来访，希望与贵校相关学院商谈本科生交换和联合科研事宜。",
          {"purposes": ["student_exchange", "joint_research"], "activities": ["meeting", "tour"], "working_language": "普通话", "letters": True}),
    Topic(Kind.COLLABORATION, EN, "Short programme on ageing and design",
          "We propose a short programme of two weeks for students of design and nursing, once a year.",
          {"types": ["short_programme", "student_exchange"], "disciplines": "Design, nursing", "levels": ["undergraduate"], "numbers": "15 students a year each way"}),
    Topic(Kind.COLLABORATION, EN, "Joint research on low-carbon building materials",
          "Two of our groups work on the same questions as yours. We would like to apply for funding together.",
          {"types": ["joint_research"], "disciplines": "Civil engineering", "levels": ["research_postgraduate", "staff"], "funding": "To be applied for"}),
    Topic(Kind.COLLABORATION, HANT, "合辦網上課程及教職員交流", "我們希望與貴校合辦一門網上課程，並安排教職員互訪。",
          {"types": ["online_collaboration", "staff_exchange"], "disciplines": "旅遊管理", "timeline": "下學年開始"}),
    Topic(Kind.COLLABORATION, HANS, "共建联合培养硕士项目", "我院希望与贵校共同培养交通与物流方向的硕士研究生。",
          {"types": ["joint_degree"], "disciplines": "交通运输、物流", "levels": ["taught_postgraduate"], "numbers": "每年十人"}),
    Topic(Kind.VISIT, EN, "A rector's visit to the hospitality and design schools",
          "Our rector will be in the region and would like to visit your schools of hospitality and of design, and to meet your President.",
          {"purposes": ["courtesy", "student_exchange"], "activities": ["meeting", "tour", "meal"], "senior": "The President", "letters": True}),
    Topic(Kind.VISIT, EN, "Learning from your library and student services",
          "Five of our colleagues would like to learn how you run your library and your services for students.",
          {"purposes": ["benchmarking"], "activities": ["meeting", "tour"], "outcome": "Ideas for our own new building", "letters": False}),
    Topic(Kind.VISIT, HANT, "校長率團訪問及洽談雙學位", "本校校長將率團訪問貴校，洽談雙學位課程，並參觀圖書館。",
          {"purposes": ["joint_degree", "courtesy"], "activities": ["meeting", "tour", "meal"], "working_language": "普通話"}),
    Topic(Kind.COLLABORATION, EN, "A summer school on smart cities",
          "We would like to hold a summer school on smart cities together, in turn at your campus and at ours.",
          {"types": ["short_programme"], "disciplines": "Urban studies, computing", "levels": ["undergraduate"], "numbers": "20 students"}),
    Topic(Kind.COLLABORATION, EN, "Exchange of staff in physiotherapy",
          "Two of our lecturers could teach with you for a month next year, and two of yours with us.",
          {"types": ["staff_exchange"], "disciplines": "Physiotherapy", "levels": ["staff"], "numbers": "2 each way"}),
    Topic(Kind.QUESTION, EN, "How does one join the network?", "Our institution would like to know who can become a member, and whom to ask."),
    Topic(Kind.QUESTION, HANT, "查詢網絡活動", "請問網絡今年會否舉辦學生活動？非成員院校可否參加？"),
    Topic(Kind.QUESTION, HANS, "咨询年度会议", "请问网络的年度会议何时举行，如何报名？"),
)  # fmt: skip

# Whom something can be referred to: names in three languages, who answers, their language.
FACULTIES: tuple[tuple[dict[str, str], str, str, Language], ...] = (
    ({EN: "Example Faculty of Engineering", HANT: "範例工程學院", HANS: "示例工程学院"}, "Dr Ng Sample", "ng@example.org", EN),
    ({EN: "Example School of Design", HANT: "範例設計學院", HANS: "示例设计学院"}, "Prof. Lam Placeholder", "lam@example.org", HANT),
    ({EN: "Example Department of Nursing", HANT: "範例護理學系", HANS: "示例护理系"}, "Ms Cheung Example", "cheung@example.org", EN),
)  # fmt: skip
QUESTIONS = (
    "Could you receive them for an hour in your laboratory, and who would show them round?",
    "Would one of your programmes suit this, and could you teach it from next September?",
    "Who could sign for you, and is there anything that speaks against it?",
)

# What the office and its partners wrote, by what they did.
WORDS: dict[str, dict[Language, str]] = {
    "ask": {
        EN: "How many students would take part each year, and from which programmes?",
        HANT: "請問每年約有多少名學生參加？來自哪些課程？",
        HANS: "请问每年约有多少名学生参加？来自哪些专业？",
    },
    "offer": {
        EN: "The weeks that you named are full.",
        HANT: "您提出的日期已有其他安排。",
        HANS: "您提出的日期已有其他安排。",
    },
    "write": {
        EN: "About fifteen, from design and from nursing.",
        HANT: "約十五名，來自設計及護理課程。",
        HANS: "约十五名，来自设计和护理专业。",
    },
    "reply": {
        EN: "Institutions apply to the network's secretariat; we have let it know of your interest.",
        HANT: "院校須向網絡秘書處申請，我們已代為轉達。",
        HANS: "院校须向网络秘书处申请，我们已代为转达。",
    },
    "decline": {
        EN: "The department cannot receive guests this term. We would be glad to hear from you again in summer.",
        HANT: "有關學系本學期未能接待訪客，歡迎暑期再次聯絡。",
        HANS: "相关院系本学期无法接待来访，欢迎暑期再次联系。",
    },
    "withdraw": {EN: "Our plans have changed.", HANT: "我們的計劃有變。", HANS: "我们的计划有变。"},
    "spam": {
        EN: "Buy followers for your network. Best price.",
        HANT: "網絡推廣，價格最優。",
        HANS: "网络推广，价格最优。",
    },
}
NOTES = (
    "Spoke to the department; they are interested.",
    "Same group as two years ago, see their record.",
    "The dean would like to join for an hour.",
)
OUTCOMES = (
    "Agreed to draft an exchange agreement for ten students a year.",
    "A joint workshop in spring; both sides name two organisers by January.",
    "A good conversation; they write again once their new dean has started.",
)
TAGS = ("agreement", "President's list")
APPROVAL = "May we receive them at this level, and would you join the meeting?"

# Who works here: name, address, language, role; and who approves, without an account.
COLLEAGUES: tuple[tuple[str, str, Language, Role], ...] = (
    ("Winnie Sample", "winnie@example.org", EN, Role.COORDINATOR),
    ("Ken Placeholder", "ken@example.org", EN, Role.COORDINATOR),
    ("Dr Amy Example", "amy@example.org", EN, Role.HOST),
    ("Vice-President's Office (sample)", "vpo@example.org", EN, Role.OBSERVER),
)
APPROVER = ("Prof. Ho Specimen", "ho@example.org", EN)

# Where visits are received: name, building, seats.
ROOMS = (
    ({"en": "Sample Boardroom", "zh-hant": "範例會議室", "zh-hans": "示例会议室"},
     {"en": "Example Building", "zh-hant": "範例大樓", "zh-hans": "示例楼"}, 20),
    ({"en": "Sample Gallery", "zh-hant": "範例展廳", "zh-hans": "示例展厅"},
     {"en": "Example Building", "zh-hant": "範例大樓", "zh-hans": "示例楼"}, 60),
)  # fmt: skip

# Who would answer, where the university has not yet said who does.
LIAISONS = (
    ("Prof. Chan Tai Man", "chan@example.org", Language.ZH_HANT),
    ("Dr Lee Siu Ming", "lee@example.org", Language.EN),
    ("Prof. Wong Ka Yan", "wong@example.org", Language.EN),
)
