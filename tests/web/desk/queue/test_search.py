"""The search at the top of the desk: what is typed there finds what was written, however either was typed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_enquiry, make_organisation, make_person
from webapp.config import Settings
from webapp.models import Enquiry
from webapp.vocabulary import Kind

Write = Callable[[Callable[[Any], Any]], Any]
ROW = re.compile(r"<tr data-row>.*?/desk/enquiries/(LD-[\w-]+)\"", re.S)
RECORD = re.compile(r'href="/desk/organisations/\d+"><strong dir="auto">([^<]+)<')
# Every enquiry has the name that it is called by here as its organisation, unless it says another.
SENT: dict[str, dict[str, str]] = {
    "wang": {"contact_name": "Wang Fang", "message": "An exchange in Shenzhen", "phone": "13800138000（微信同号）"},
    "research": {"subject": "Joint research", "message": "Service-learning in two terms.", "phone": "+44 20 7946 0018"},
    "muster": {"organisation": "Universität Müster", "message": "Straße der Bücher", "phone": "+852 2766 5111 內線 12"},
    "munoz": {"contact_name": "José Muñoz", "message": "Ελλάδα и Йошкар-Ола"},
    "istanbul": {"organisation": "İstanbul Örnek Üniversitesi", "contact_name": "Şule Işık"},
    "oexample": {"organisation": "O’Example", "contact_name": "Łukasz Øster", "contact_email": "lu-k@example.org"},
    "abc": {"organisation": "ＡＢＣ大學", "contact_name": "王　芳", "message": "頭髮及乾燥，請答覆。餘款於年底\n付清"},
    "hans": {"organisation": "某某网络学院", "message": "国际合作与交流，研究\u200b生项目"},
    "dao": {"contact_name": "Đào Thị Ánh", "message": "ﬁnal oﬀer № 5: “Shadow  plays” in Xi'an, 2027–2029"},
}  # fmt: skip
WORDS = {
    "research": "research", "exchange": "wang", "Shenzhen": "wang", "wang fang": "wang", "Fang Wang Shenzhen": "wang",
    "universitat": "muster", "UNIVERSITÄT": "muster", "Universita\u0308t": "muster", "muster universitat": "muster",
    "strasse": "muster", "munoz": "munoz", "MUÑOZ jose": "munoz", "ελλαδα": "munoz", "йошкар-ола": "munoz",
    "istanbul": "istanbul", "ISTANBUL": "istanbul", "sule isik": "istanbul", "ornek universitesi": "istanbul",
    "O'Example": "oexample", "OExample": "oexample", "oʼexample": "oexample", "o`example oster": "oexample",
    "lukasz oster": "oexample", "lu-k@example.org": "oexample", "ABC大学": "abc", "abc 大學": "abc",
    "ＡＢＣ": "abc", "王芳": "abc", "王 芳": "abc", "头发": "abc", "干燥": "abc", "覆": "abc", "余款于年底付清": "abc",
    "網絡學院": "hans", "国际交流": "", "國際 交流": "hans", "研究生": "hans", "研 究 生": "hans", "dao thi anh": "dao",
    "final offer no": "dao", '"shadow plays"': "dao", "“plays shadow”": "", "plays, shadow!": "dao", "xian": "dao",
    "Xi’an": "dao", "xi\u200b'an": "dao", "2027-2029": "dao", "service learning": "research",
    "service–learning": "research", "servicelearning": "research", "learning (service)": "research",
    "27665111": "muster", "+852 2766 5111": "muster", "(852) 2766-5111": "muster", "２７６６ ５１１１": "muster",
    "2766.5111 universitat": "muster", "+852 2766 5111 內線 12": "muster", "020 7946 0018": "research",
    "+44 (0)20 7946-0018": "research", "0044 20 79460018": "research", "138 0013 8000": "wang", "微信同號": "wang",
    "\u202d+44 20 7946 0018\u202c": "research", "research exchange": "", "100%_": "", "---": "", "’": "", "...!": "",
}  # fmt: skip


@pytest.fixture
def sent(client: FlaskClient, build: Write, settings: Settings, sign_in: Any) -> dict[str, str]:
    """References by the name that the enquiry is called by."""

    def fill(session: Any) -> tuple[str, dict[str, str]]:
        plain: dict[str, Any] = {"kind": Kind.QUESTION, "subject": "Hello", "message": "Good morning."}
        made = {
            name: make_enquiry(session, settings, **{**plain, "organisation": name, **given})
            for name, given in SENT.items()
        }
        return make_person(session).email, {name: enquiry.reference for name, enquiry in made.items()}

    email, found = build(fill)
    sign_in(client, email)
    return dict(found)


def hits(client: FlaskClient, text: str) -> set[str]:
    response = client.get("/desk/", query_string={"q": text})
    assert response.status_code == 200
    return set(ROW.findall(response.text))


def test_search_finds_what_holds_the_words(client: FlaskClient, sent: dict[str, str]) -> None:
    names = {reference: name for name, reference in sent.items()}
    found = {text: " ".join(sorted(names[reference] for reference in hits(client, text))) for text in WORDS}
    assert found == WORDS


PASTED = [
    "{0}", "{1}", "{2}", " {2} ", "{3}", "{4}", "Re: [{0}] Your enquiry", "AW: WG: [{1}] 關於您的查詢", "編號{0}。",
    "office+{1}.a1b2c3@example.org", "{0}\u200b", "{5}", "{6}", "{7}", "<{0}>", "LD {5}",
]  # fmt: skip


def test_reference_is_found_in_whatever_was_pasted(client: FlaskClient, sent: dict[str, str]) -> None:
    reference = sent["dao"]
    bare = reference.removeprefix("LD-")
    wide = "".join(chr(ord(char) + 0xFEE0) for char in reference)
    spellings = (
        *(reference, reference.lower(), reference.replace("-", ""), wide, reference.replace("-", "–"), bare),
        *(bare.replace("-", "").lower(), bare.split("-")[1]),
    )
    assert [form for form in PASTED if reference not in hits(client, form.format(*spellings))] == []


def test_reference_is_found_beside_the_words_and_never_instead(
    client: FlaskClient, sent: dict[str, str], write: Write, settings: Settings
) -> None:
    def prepare(session: Any) -> str:
        session.query(Enquiry).filter_by(reference=sent["hans"]).one().reference = "LD-RESE-ARCH"
        message = f"My colleague wrote before, {sent['dao']}."
        return make_enquiry(session, settings, kind=Kind.QUESTION, organisation="next", message=message).reference

    later = write(prepare)
    assert hits(client, "research") == {"LD-RESE-ARCH", sent["research"]}
    assert hits(client, sent["dao"]) == {sent["dao"], later}


def test_organisations_are_found_as_enquiries_are(client: FlaskClient, write: Write, sign_in: Any) -> None:
    def fill(session: Any) -> str:
        make_organisation(session, "Universität O’Example", aliases=("某某網絡學院",), domains=("uni-muster.example",))
        make_organisation(session, "Łódź-Centre (East)", domains=())
        return make_person(session).email

    sign_in(client, write(fill))
    wanted = {
        "universitat oexample": "Universität O’Example",
        "The University": "",
        "the universität": "Universität O’Example",
        "O'Example": "Universität O’Example",
        "网络": "Universität O’Example",
        "uni-muster.example": "Universität O’Example",
        "lodz east": "Łódź-Centre (East)",
        "ＬＯＤＺ centre": "Łódź-Centre (East)",
        "lodzcentre": "Łódź-Centre (East)",
        "—": "",
    }
    pages = {text: client.get("/desk/organisations", query_string={"q": text}).text for text in wanted}
    assert {text: " ".join(RECORD.findall(page)) for text, page in pages.items()} == wanted


def test_statements_do_not_grow_with_the_words(client: FlaskClient, sent: dict[str, str], count_queries: Any) -> None:
    hits(client, "shenzhen")
    with count_queries() as one:
        hits(client, "shenzhen")
    with count_queries() as many:
        hits(client, f"Wang 138 0013 8000 微信 shenzhen {'exc ex-change ' * 10} {sent['wang']}")
    assert len(one) == len(many)


def test_row_shows_where_it_was_found(client: FlaskClient, sent: dict[str, str]) -> None:
    assert sent
    page = client.get("/desk/", query_string={"q": "shenzhen"}).text
    assert '<small class="snippet" dir="auto">An exchange in <mark>Shenzhen</mark></small>' in page
    assert "<mark>" not in client.get("/desk/", query_string={"q": "istanbul"}).text
