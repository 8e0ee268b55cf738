"""What the component page shows: plainly fictional texts in each language, and one form, well filled and refused."""

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from webapp.vocabulary import Language

_COLUMNS = (Language.EN, Language.ZH_HANT, Language.ZH_HANS)
# In these languages; others show the English ones.
TEXTS: dict[str, tuple[str, str, str]] = {
    "person": ("Erika Mustermann", "陳大文", "陈大文"),
    "colleague": ("Lee Siu Ming", "李小明", "李小明"),
    "organisation": ("Example Institute of Technology", "範例科技大學", "样本科技大学"),
    "long_organisation": (
        "Joint Standing Conference of the Rectors and Presidents of the Example Federation’s Universities of "
        "Applied Sciences, Hochschulrektorenkonferenzgeschäftsstellenverwaltung",
        "範例聯邦應用科學大學校長、院長及副校長聯席常設會議秘書處暨國際合作與學術交流統籌辦公室",
        "样本联邦应用科学大学校长、院长及副校长联席常设会议秘书处暨国际合作与学术交流统筹办公室",
    ),
    "subject": (
        "Joint service-learning programme and student exchange",
        "合辦服務學習課程及學生交流",
        "合办服务学习课程及学生交流",
    ),
    "words": (
        "The office that runs service learning.\nWe ran a first project in 2025 and would like to go on.",
        "負責服務學習的部門。\n雙方於2025年合辦首個項目，希望延續合作。",
        "负责服务学习的部门。\n双方于2025年合办首个项目，希望延续合作。",
    ),
    "answer": (
        "Thank you for writing. Does Thursday 11 March suit all of your group?",
        "感謝來信。請問3月11日（星期四）是否適合所有團員？",
        "感谢来信。请问3月11日（星期四）是否适合所有团员？",
    ),
    "took": ("took it.", "已接手處理。", "已接手处理。"),
    "note": ("They received our group in 2024.", "對方曾於2024年接待本校訪問團。", "对方曾于2024年接待本校访问团。"),
    "internal": ("internal", "內部", "内部"),
    "public": ("public", "公開", "公开"),
    "happened": (
        "The campus is closed on Tuesday 24 November",
        "校園於11月24日（星期二）關閉",
        "校园于11月24日（星期二）关闭",
    ),
    "what_now": (
        "All first answers due from that day on have moved by one working day.",
        "該日起到期的首次答覆一律順延一個工作天。",
        "该日起到期的首次答复一律顺延一个工作日。",
    ),
    "promise": (
        "First answer by Monday 30 November",
        "11月30日（星期一）前作首次答覆",
        "11月30日（星期一）前作首次答复",
    ),
    "why": ("Why this date?", "何以是這一天？", "为何是这一天？"),
    "in_days": ("in 5 working days", "尚餘5個工作天", "还有5个工作日"),
    "tomorrow": ("tomorrow", "明天", "明天"),
    "late": ("1 day late", "逾期一天", "逾期一天"),
    "nothing": ("Nothing is overdue", "沒有逾期的查詢", "没有逾期的咨询"),
    "withdraw": ("Withdraw this enquiry", "撤回此查詢", "撤回此咨询"),
    "visit": ("Visit", "訪問", "访问"),
    "collaboration": ("Collaboration", "合作", "合作"),
    "question": ("Question", "查詢", "咨询"),
    "hint": ("In the order and script that you prefer", "請按您慣用的次序及文字填寫", "请按您习惯的次序及文字填写"),
    "file_hint": ("Up to five, 10 MB each", "最多五個，每個不超過10 MB", "最多五个，每个不超过10 MB"),
    # Labels of the form below, by the names of its fields.
    "name": ("Your name", "姓名", "姓名"),
    "email": ("Email", "電郵", "电子邮件"),
    "group_size": ("Number of delegates", "訪問團人數", "访问团人数"),
    "kind": ("Kind of enquiry", "查詢種類", "咨询种类"),
    "message": ("In a few words", "請簡述", "请简述"),
    "attachments": ("Files", "檔案", "文件"),
    "mode": ("In person or online?", "會面方式", "会面方式"),
    "purposes": ("What should the visit achieve?", "訪問目的", "访问目的"),
    "segment": ("Kind of enquiry", "查詢種類", "咨询种类"),
    "consent": (
        "The university may use these details to answer.",
        "大學可使用上述資料作覆。",
        "大学可使用上述资料作复。",
    ),
    "windows": ("Window 1", "日期一", "日期一"),
    "start": ("First day", "首日", "首日"),
    "end": ("Last day", "末日", "末日"),
    "bad_name": ("Enter your name", "請填寫姓名", "请填写姓名"),
    "bad_email": (
        "Enter an email address like name@example.org",
        "請填寫如name@example.org的電郵地址",
        "请填写如name@example.org的电子邮件地址",
    ),
    "bad_size": ("Enter a number, such as 6", "請填寫數字，例如6", "请填写数字，例如6"),
    "bad_end": ("The last day is before the first day", "末日早於首日", "末日早于首日"),
    "bad_choice": ("Choose one", "請選擇一項", "请选择一项"),
}


class Window(Form):
    """A date window of the sample form."""

    start = DateField()
    end = DateField()


class SampleForm(Form):
    """One field of every kind."""

    name = StringField(validators=[InputRequired()], render_kw={"autocomplete": "name"})
    email = EmailField(validators=[InputRequired()], render_kw={"autocomplete": "email"})
    group_size = IntegerField(validators=[InputRequired()], render_kw={"min": 1, "inputmode": "numeric"})
    kind = SelectField(validators=[InputRequired()])
    message = TextAreaField(render_kw={"rows": 3})
    attachments = MultipleFileField()
    mode = RadioField(validators=[InputRequired()])
    purposes = SelectMultipleField()
    segment = RadioField(validators=[InputRequired()])
    consent = BooleanField(validators=[InputRequired()])
    windows = FieldList(FormField(Window), min_entries=1)


def texts(language: Language) -> dict[str, str]:
    """Return the sample texts of a language, by name."""
    column = _COLUMNS.index(language) if language in _COLUMNS else 0
    return {name: row[column] for name, row in TEXTS.items()}
