"""What the emails say: everything to the liaison, nothing that a stranger typed to the partner."""

import re
from dataclasses import fields, replace
from datetime import date
from functools import partial

import pytest

from tests.factories import LANGUAGES, NOW
from webapp.config import Settings
from webapp.domain.enquiries import workflow
from webapp.i18n import date_long, date_range, translations
from webapp.labels import answer_rows
from webapp.mail.messages import (
    ACCOUNT_TOKEN_SLOT,
    DECISION_TOKEN_SLOT,
    OWN_DATA_TOKEN_SLOT,
    SAVED_FORM_TOKEN_SLOT,
    TRACKING_TOKEN_SLOT,
    Addressee,
    ApprovalRequest,
    Button,
    DatedEnquiry,
    DueNetwork,
    EmailContent,
    EnquiryDetails,
    FactTable,
    HandOver,
    Institution,
    Quote,
    ReferralAnswer,
    ReferralDetails,
    Written,
    approver_asked,
    faculty_asked,
    faculty_recalled,
    liaison_approval,
    liaison_away,
    liaison_closure,
    liaison_digest,
    liaison_handed_over,
    liaison_moved,
    liaison_partner_wrote,
    liaison_partner_wrote_again,
    liaison_received,
    liaison_returned,
    liaison_urgent,
    liaison_withdrawn,
    partner_closure,
    partner_converted,
    partner_link,
    partner_merged,
    partner_message,
    partner_receipt,
    partner_split,
    partner_status,
    person_code,
    person_decided,
    person_own_data,
    person_saved_form,
    staff_copied,
    staff_invited,
    staff_mentioned,
    staff_networks_due,
    staff_password_changed,
    staff_reset,
    staff_second_step,
)
from webapp.mail.render import render
from webapp.mail.values import Small
from webapp.seeds.mail_parts import SAMPLE_INSTITUTION, sample_addressee, sample_enquiry
from webapp.seeds.mails import SAMPLES
from webapp.seeds.visit_mails import OF_VISITS
from webapp.vocabulary import (
    Action,
    DataRequestOutcome,
    Finding,
    Kind,
    Language,
    MessageKind,
    Occasion,
    SecondStepNews,
    Status,
)

TYPED = "Zyxwv"
OUR_FIELDS = {"reference", "kind", "status", "language", "contact_email", "country", "organisation_type"}
TOLD = [
    (row.action, rule)
    for row in workflow.TABLE.values()
    for rule in row.rules
    if MessageKind.PARTNER_STATUS in rule.messages
]
TO = sample_addressee(Language.EN)


def typed_case(kind: Kind, status: Status, language: Language) -> EnquiryDetails:
    """An enquiry whose every free text holds the same tell-tale word."""
    case = sample_enquiry(kind, status, language)
    texts = {
        field.name: TYPED
        for field in fields(EnquiryDetails)
        if field.name not in OUR_FIELDS and field.name != "answerer_name" and isinstance(getattr(case, field.name), str)
    }
    texts["network_short"] = "USRN"
    return replace(case, **texts, attachment_names=(f"{TYPED}.pdf",), answers={"outcome": TYPED, "units": TYPED})


def everything(mail: EmailContent, institution: Institution = SAMPLE_INSTITUTION) -> str:
    rendered = render(mail, institution)
    return "\n".join((mail.recipient_name, rendered.subject, rendered.text, rendered.html))


def rows(mail: EmailContent) -> list[tuple[str, str]]:
    return [row for block in mail.blocks if isinstance(block, FactTable) for row in block.rows]


def test_every_kind_of_message_has_a_sample() -> None:
    assert set(SAMPLES) == set(MessageKind)
    for kind, sample in SAMPLES.items():
        assert sample(Language.EN).kind is kind


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_mails_without_staff_echo_nothing_that_was_typed(kind: Kind, language: Language) -> None:
    received = typed_case(kind, Status.RECEIVED, language)
    withdrawn = replace(received, status=Status.WITHDRAWN)
    for mail in (
        partner_receipt(received, SAMPLE_INSTITUTION),
        partner_link(received, SAMPLE_INSTITUTION),
        partner_status(withdrawn, SAMPLE_INSTITUTION, text=TYPED),
    ):
        assert TYPED not in everything(mail)
        assert mail.recipient_name == ""


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("status", Status)
def test_subjects_to_partners_hold_no_typed_text(kind: Kind, status: Status) -> None:
    case = typed_case(kind, status, Language.EN)
    subjects = {partner_message(case, SAMPLE_INSTITUTION, text=TYPED, author="Lee Siu Ming").subject}
    if status in {rule.target for _, rule in TOLD}:
        subjects.add(partner_status(case, SAMPLE_INSTITUTION, text=TYPED).subject)
    assert not any(TYPED in subject for subject in subjects)


def test_subject_stays_the_same_within_a_thread() -> None:
    case = sample_enquiry()
    partner = {
        partner_receipt(case, SAMPLE_INSTITUTION).subject,
        partner_message(case, SAMPLE_INSTITUTION, text="Hello", author="").subject,
        *(
            partner_status(replace(case, status=rule.target), SAMPLE_INSTITUTION).subject
            for _, rule in TOLD
            if rule.target
        ),
    }
    liaison = {
        liaison_received(case, SAMPLE_INSTITUTION, to=TO).subject,
        liaison_partner_wrote(case, SAMPLE_INSTITUTION, to=TO, text="Hello").subject,
        liaison_partner_wrote_again(
            case, SAMPLE_INSTITUTION, to=TO, written=[Written(NOW, "Erika", "Hello")] * 2
        ).subject,
        liaison_withdrawn(case, SAMPLE_INSTITUTION, to=TO, text="").subject,
    }
    assert partner == {"[LD-7K3Q-9XWT] Your enquiry to PolyU: delegation visit"}
    assert liaison == {"[LD-7K3Q-9XWT] Delegation visit through USRN: Example Institute of Technology"}


@pytest.mark.parametrize(("action", "rule"), TOLD)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_change_of_status_says_what_changed_and_what_comes_next(
    action: Action, rule: workflow.Rule, language: Language
) -> None:
    for kind in rule.kinds:
        assert rule.target
        case = sample_enquiry(kind, rule.target, language)
        reopened = action is Action.REOPEN
        mail = partner_status(case, SAMPLE_INSTITUTION, text="A word from us.", reopened=reopened)
        quotes = [block.text for block in mail.blocks if isinstance(block, Quote)]
        assert mail.heading
        assert mail.preview
        assert quotes == ([] if rule.target is Status.WITHDRAWN else ["A word from us."])
        assert TRACKING_TOKEN_SLOT in render(mail, SAMPLE_INSTITUTION).text


def test_review_and_reopening_read_differently() -> None:
    case = sample_enquiry(status=Status.IN_REVIEW)
    reviewed, reopened = (partner_status(case, SAMPLE_INSTITUTION, reopened=again) for again in (False, True))
    assert "Monday 30 November 2026" in everything(reviewed)
    assert reopened.heading == "Your enquiry is open again"


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.AWAITING_APPROVAL, Status.SPAM, Status.SUSPECT])
def test_status_that_partners_are_not_told_has_no_mail(status: Status) -> None:
    with pytest.raises(KeyError):
        partner_status(sample_enquiry(status=status), SAMPLE_INSTITUTION)


def test_status_mail_leaves_out_an_empty_text() -> None:
    mail = partner_status(sample_enquiry(status=Status.ACCEPTED), SAMPLE_INSTITUTION, text="  \n ")
    assert not [block for block in mail.blocks if isinstance(block, Quote)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_promise_is_a_date_with_its_weekday(language: Language) -> None:
    promised = "".join(date_long(date(2026, 11, 30), language).split())
    for kind in (MessageKind.LIAISON_RECEIVED, MessageKind.PARTNER_RECEIPT):
        text = render(SAMPLES[kind](language), SAMPLE_INSTITUTION).text
        assert promised in "".join(text.split())  # whatever line it is wrapped on


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_liaison_reads_the_whole_request(kind: Kind, language: Language) -> None:
    case = sample_enquiry(kind)
    mail = liaison_received(case, SAMPLE_INSTITUTION, to=sample_addressee(language))
    given = rows(mail)
    for row in answer_rows(kind, case.answers, translations(language).gettext, language):
        assert row in given
    text = everything(mail)
    for part in (case.contact_name, case.contact_position, case.contact_email, case.phone, case.organisation):
        assert part in text
    for part in (case.subject, case.existing_link, *case.attachment_names, *case.message.split("\n\n")):
        assert part in text


@pytest.mark.parametrize(("kind", "offered"), [(Kind.VISIT, True), (Kind.COLLABORATION, False), (Kind.QUESTION, False)])
def test_liaison_is_offered_other_dates_where_the_page_behind_the_link_is(kind: Kind, offered: bool) -> None:
    mail = liaison_received(sample_enquiry(kind), SAMPLE_INSTITUTION, to=replace(TO, decides=True))
    said = [block.text for block in mail.blocks if isinstance(block, Small)]
    assert any("propose other dates" in text for text in said) is offered


def test_mail_without_a_network_asks_the_office_to_decide_who_answers() -> None:
    case = replace(sample_enquiry(Kind.QUESTION), network_short=None, network_name=None)
    mail = liaison_received(case, SAMPLE_INSTITUTION, to=Addressee("", "office@example.org", Language.EN))
    assert mail.greeting == "Dear colleagues,"
    assert mail.subject == "[LD-7K3Q-9XWT] Question: Example Institute of Technology"
    assert mail.heading == "A partner has a question"
    assert "No network was chosen" in everything(mail)


def test_subject_to_the_liaison_is_one_short_line_whatever_was_typed() -> None:
    case = replace(sample_enquiry(), organisation="Example\r\nBcc: x@example.org =?utf-8?q?a?= " + "long " * 40)
    subject = liaison_received(case, SAMPLE_INSTITUTION, to=TO).subject
    assert "\n" not in subject
    assert "=?" not in subject
    assert len(subject) < 130


@pytest.mark.parametrize("kind", MessageKind)
def test_links_go_to_the_installation_only(kind: MessageKind) -> None:
    institution = replace(SAMPLE_INSTITUTION, public_url="https://desk.example.org/liaison")
    to_partner = kind.value.startswith("partner")
    case = sample_enquiry(status=Status.ACCEPTED)
    dated = DatedEnquiry(case, occasion=Occasion.TODAY)
    entry = DueNetwork("NET", {"en": "Network"}, date(2025, 11, 23), checked=True)
    referred = ReferralDetails({"en": "Example Faculty"}, "Why?", "", date(2026, 11, 26))
    returned = ReferralAnswer({"en": "Example Faculty"}, "A", Finding.CAN_HELP)
    mail = {
        MessageKind.LIAISON_RECEIVED: lambda: liaison_received(case, institution, to=TO),
        MessageKind.LIAISON_WITHDRAWN: lambda: liaison_withdrawn(case, institution, to=TO, text=""),
        MessageKind.LIAISON_PARTNER_WROTE_AGAIN: lambda: liaison_partner_wrote_again(
            case, institution, to=TO, written=[Written(NOW, "Erika", text) for text in ("Hello", "And more")]
        ),
        MessageKind.LIAISON_PARTNER_WROTE: lambda: liaison_partner_wrote(case, institution, to=TO, text="Hello"),
        MessageKind.LIAISON_HANDED_OVER: lambda: liaison_handed_over(case, institution, to=TO, handover=HandOver()),
        MessageKind.LIAISON_AWAY: lambda: liaison_away(case, institution, to=TO, days=(date(2026, 12, 1),) * 2),
        MessageKind.LIAISON_APPROVAL: lambda: liaison_approval(
            case, institution, to=TO, name="A", approved=True, note=""
        ),
        MessageKind.APPROVER_ASKED: lambda: approver_asked(case, institution, to=TO, request=ApprovalRequest("Why?")),
        MessageKind.LIAISON_RETURNED: lambda: liaison_returned(case, institution, to=TO, returned=returned),
        MessageKind.FACULTY_ASKED: lambda: faculty_asked(case, institution, to=TO, referred=referred),
        MessageKind.FACULTY_RECALLED: lambda: faculty_recalled(case, institution, to=TO, referred=referred),
        MessageKind.PARTNER_RECEIPT: lambda: partner_receipt(case, institution),
        MessageKind.PARTNER_STATUS: lambda: partner_status(case, institution),
        MessageKind.PARTNER_MESSAGE: lambda: partner_message(case, institution, text="Hello", author=""),
        MessageKind.PARTNER_LINK: lambda: partner_link(case, institution),
        MessageKind.LIAISON_CLOSURE: lambda: liaison_closure([dated], institution, to=TO, text="Hello"),
        MessageKind.LIAISON_DIGEST: lambda: liaison_digest([dated], institution, to=TO),
        MessageKind.LIAISON_MOVED: lambda: liaison_moved(
            [dated], institution, to=TO, missing="Dr Wong", until=date(2026, 12, 11)
        ),
        MessageKind.LIAISON_URGENT: lambda: liaison_urgent([dated], institution, to=TO),
        MessageKind.PARTNER_CLOSURE: lambda: partner_closure([dated], institution, text="Hello"),
        MessageKind.PARTNER_CONVERTED: lambda: partner_converted(case, institution),
        MessageKind.PARTNER_SPLIT: lambda: partner_split(case, institution, origin="LD-4M2P-8HKV"),
        MessageKind.PARTNER_MERGED: lambda: partner_merged(case, institution, into="LD-4M2P-8HKV"),
        **{each: partial(sample, Language.EN, institution) for each, sample in OF_VISITS.items()},
        MessageKind.STAFF_MENTIONED: lambda: staff_mentioned(
            case, institution, to=TO, text="Hello", author="Lee Siu Ming"
        ),
        MessageKind.STAFF_COPIED: lambda: staff_copied(case, institution, to=TO, text="Hello", author="Lee Siu Ming"),
        MessageKind.STAFF_NETWORKS_DUE: lambda: staff_networks_due([entry], institution, to=TO),
        MessageKind.STAFF_INVITED: lambda: staff_invited(institution, to=TO, by="", until=case.submitted_at),
        MessageKind.STAFF_RESET: lambda: staff_reset(institution, to=TO, by="", until=case.submitted_at),
        MessageKind.STAFF_PASSWORD_CHANGED: lambda: staff_password_changed(institution, to=TO, at=case.submitted_at),
        MessageKind.STAFF_SECOND_STEP: lambda: staff_second_step(
            institution, to=TO, news=SecondStepNews.ADDED, at=case.submitted_at, name="Phone"
        ),
        MessageKind.PERSON_OWN_DATA: lambda: person_own_data(
            "erika@example.org", institution, language=Language.EN, until=date(2026, 11, 30)
        ),
        MessageKind.PERSON_CODE: lambda: person_code("erika@example.org", Language.EN),
        MessageKind.PERSON_SAVED_FORM: lambda: person_saved_form(
            "erika@example.org", institution, language=Language.EN, until=date(2026, 11, 30)
        ),
        MessageKind.PERSON_DECIDED: lambda: person_decided(
            "erika@example.org", institution, language=Language.EN, outcome=DataRequestOutcome.ERASED
        ),
    }[kind]()
    urls = [block.url for block in mail.blocks if isinstance(block, Button)]
    about_several = kind.value.endswith(("_closure", "_digest", "_urgent", "_moved"))
    desk = "desk/" if about_several else "desk/enquiries/LD-7K3Q-9XWT"
    path = f"track/{TRACKING_TOKEN_SLOT}" if to_partner else desk
    if kind is MessageKind.STAFF_NETWORKS_DUE:
        path = "desk/networks?show=check"
    if kind in (MessageKind.STAFF_INVITED, MessageKind.STAFF_RESET):
        path = f"desk/set-password/{ACCOUNT_TOKEN_SLOT}"
    if kind in (MessageKind.STAFF_PASSWORD_CHANGED, MessageKind.STAFF_SECOND_STEP):
        path = "desk/sign-in"
    if kind is MessageKind.PERSON_OWN_DATA:
        path = f"my-data/{OWN_DATA_TOKEN_SLOT}"
    if kind is MessageKind.PERSON_SAVED_FORM:
        path = f"enquiries/saved/{SAVED_FORM_TOKEN_SLOT}"
    if kind in (MessageKind.APPROVER_ASKED, MessageKind.FACULTY_ASKED, MessageKind.STAFF_SLOT):
        path = f"decisions/{DECISION_TOKEN_SLOT}"
    without = (
        MessageKind.FACULTY_RECALLED,
        MessageKind.PERSON_DECIDED,
        MessageKind.PERSON_CODE,
        MessageKind.STAFF_COPIED,
    )
    paths = [] if kind in without else [path]
    if kind is MessageKind.STAFF_HOSTING:
        paths = ["desk/visits/LD-7K3Q-9XWT"]
    if kind is MessageKind.LIAISON_ROSTER:
        paths = ["desk/visits/LD-7K3Q-9XWT/roster"]
    if kind is MessageKind.LIAISON_SLOT:
        paths = ["desk/visits/LD-7K3Q-9XWT/programme"]
    if kind is MessageKind.LIAISON_AWAY:
        paths = [f"decisions/{DECISION_TOKEN_SLOT}/back", "desk/leave"]
    if kind is MessageKind.PARTNER_DATES:
        paths = [f"{path}/dates{query}" for query in ("?option=11", "?option=12", "")]
    assert urls == [f"https://desk.example.org/liaison/{path}" for path in paths]


def test_network_stands_in_english_where_it_has_no_chinese_name() -> None:
    case = replace(sample_enquiry(language=Language.ZH_HANS), network_name={"en": "Example Network"})
    assert case.network(Language.ZH_HANS) == "USRN（Example Network）"
    assert replace(case, network_short="Example Network").network(Language.EN) == "Example Network"
    assert replace(case, network_short=None, network_name=None).network(Language.EN) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_bears_the_name_of_the_house_that_writes_it(language: Language) -> None:
    names = dict.fromkeys(Language, "Sample House")
    institution = replace(SAMPLE_INSTITUTION, name=names, short_name=names, address=names)
    for kind, sample in SAMPLES.items():
        rendered = render(sample(language, institution), institution)
        for text in (rendered.subject, rendered.text, rendered.html):
            assert not re.search("PolyU|Polytechnic|理大|理工|Hung Hom|紅磡|红磡", text), kind
        assert "Sample House" in rendered.text


def test_house_comes_from_the_settings() -> None:
    settings = Settings(
        env="test",
        secret_key="x",
        database_url="sqlite:///x.db",
        redis_url="redis://127.0.0.1",
        smtp_url="smtp://127.0.0.1:25",
        institution="Example University",
        institution_short_zh_hans="例大",
        institution_country="NO",
        timezone="Europe/Oslo",
        public_url="https://desk.example.org/",
    )
    institution = Institution.from_settings(settings)
    assert institution.name[Language.EN] == "Example University"
    assert institution.short_name[Language.ZH_HANS] == "例大"
    assert institution.public_url == "https://desk.example.org"
    assert str(institution.zone) == "Europe/Oslo"


@pytest.mark.parametrize("language", LANGUAGES)
def test_entries_to_check_are_named_with_their_dates_however_many(language: Language) -> None:
    day, to = date(2025, 11, 23), sample_addressee(language)
    entries = [DueNetwork(f"NET{number}", {"en": f"Network {number}"}, day, checked=False) for number in range(45)]
    mail = staff_networks_due(entries, SAMPLE_INSTITUTION, to=to)
    listed = rows(mail)
    assert [label for label, _ in listed] == [f"NET{number}" for number in range(40)]
    assert all(date_range(day, day, language) in value and "Network" in value for _, value in listed)
    assert "5" in everything(mail).split("NET39")[1]
    one = staff_networks_due(entries[:1], SAMPLE_INSTITUTION, to=replace(to, name=""))
    assert one.subject != mail.subject
    assert (
        "\n"
        not in staff_networks_due([replace(entries[0], name={"en": "A\nBcc: x"})], SAMPLE_INSTITUTION, to=to).subject
    )


def test_several_messages_are_listed_by_their_beginnings_up_to_a_bound() -> None:
    written = [Written(NOW, f"Writer {number}", f"Message {number}\n{'very ' * 200}long") for number in range(45)]
    case = replace(sample_enquiry(status=Status.IN_REVIEW), attachment_names=("plan.pdf", "list.txt"))
    content = liaison_partner_wrote_again(case, SAMPLE_INSTITUTION, to=TO, written=written)
    quotes = [block for block in content.blocks if isinstance(block, Quote)]
    assert len(quotes) == 40
    assert quotes[0].label == "Writer 0, Monday 23 November 2026, 17:12 (HKT)"
    assert all(quote.text.startswith(f"Message {number} very") for number, quote in enumerate(quotes))
    assert {len(quote.text) for quote in quotes} <= set(range(290, 301))
    text = render(content, SAMPLE_INSTITUTION).text
    for said in ("45 more messages about this enquiry", "And 5 more.", "Long messages are shortened", "plan.pdf"):
        assert said in text
    assert text.count(f"{SAMPLE_INSTITUTION.public_url}/desk/enquiries/LD-7K3Q-9XWT") == 1
    short = [Written(NOW, "Writer", "Yes."), Written(NOW, "Writer", "x" * 300)]
    content = liaison_partner_wrote_again(case, SAMPLE_INSTITUTION, to=TO, written=short)
    assert "shortened" not in render(content, SAMPLE_INSTITUTION).text


@pytest.mark.parametrize("word", ["delegation ", "訪"])
def test_a_long_message_is_quoted_by_its_beginning_below_the_button(word: str) -> None:
    asked = replace(sample_enquiry(Kind.VISIT), message=word * 400)
    to = Addressee("Prof. Chan", "chan@example.org", Language.EN, decides=True)
    for mail in (
        liaison_received(asked, SAMPLE_INSTITUTION, to=to),
        liaison_handed_over(asked, SAMPLE_INSTITUTION, to=to, handover=HandOver()),
        liaison_partner_wrote(asked, SAMPLE_INSTITUTION, to=to, text=asked.message),
    ):
        parts = [type(block) for block in mail.blocks]
        assert parts.index(Button) < parts.index(Quote)
        (quote,) = (block for block in mail.blocks if isinstance(block, Quote))
        said = any("all of it is on the page" in block.text for block in mail.blocks if isinstance(block, Small))
        assert quote.text.removesuffix(" …") == (word * 400)[: len(quote.text.removesuffix(" …"))]
        assert said is (len(asked.message) > 600)
        assert quote.text.endswith("…") is said
        assert len(quote.text) <= 602
    html = render(mail, SAMPLE_INSTITUTION).html
    assert html.index("<h1") < html.index("Dear Prof. Chan,") < html.index("Answer from this email")
