"""The table of questions: its rows agree with each other, with the tables of the database and with the catalogues."""

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from tests import sources
from tests.factories import LANGUAGES
from webapp import questions
from webapp.domain.enquiries.submissions import Submission
from webapp.i18n import translations
from webapp.models import Enquiry
from webapp.questions import Question, Searched, Shape
from webapp.seeds.texts import TOPICS
from webapp.vocabulary import Kind, Language

ROOT = Path(__file__).resolve().parent.parent
ROWS = [(kind, question) for kind in Kind for question in questions.TABLE[kind].questions]
CHOSEN = {Shape.CHOICE, Shape.CHOICES, Shape.RANKED}
COUNTED = {Shape.NUMBER, Shape.DAYS, Shape.PEOPLE}


def named(row: object) -> str:
    return row.name if isinstance(row, Question) else str(row)


@pytest.mark.parametrize("kind", list(Kind))
def test_each_name_is_asked_once_and_in_a_section_of_its_form(kind: Kind) -> None:
    asks = questions.TABLE[kind]
    assert [name for name, count in Counter(each.name for each in asks.questions).items() if count > 1] == []
    placed = [each for section in asks.sections for each in asks.within(section)]
    assert sorted(map(id, placed)) == sorted(map(id, asks.questions))
    assert questions.asked(kind) == {each.name for each in asks.questions if not each.column}


def test_form_asks_by_section_and_everyone_else_reads_in_the_order_of_the_table() -> None:
    asks = questions.TABLE[Kind.COLLABORATION]
    details = [each.name for each in asks.within(asks.sections[-2])]
    assert details[:3] == ["disciplines", "levels", "numbers"]
    assert details[3:] == ["timeline", "funding", "university_contact", "rationale", "outcome"]
    assert [each.name for each in questions.own(Kind.VISIT)][:4] == ["mode", "windows", "days", "purposes"]


@pytest.mark.parametrize(("kind", "question"), ROWS, ids=named)
def test_row_has_what_its_shape_needs_and_nothing_else(kind: Kind, question: Question) -> None:
    assert bool(question.choices) == (question.shape in CHOSEN)
    assert (question.bounds != (0, 0)) == (question.shape in COUNTED)
    assert question.bounds[0] <= question.bounds[1]
    assert not (question.empty or question.default or question.radios) or question.shape is Shape.CHOICE
    assert question.limit is None or question.shape in (Shape.LINE, Shape.TEXT, Shape.EMAIL)
    assert question.searched is None or question.is_written
    assert question.shape is Shape.NETWORK or question.sample not in (None, "", [])
    assert question.default in ("", *question.choices)


@pytest.mark.parametrize(("one", "other"), list(combinations(Kind, 2)))
def test_what_two_kinds_ask_under_one_name_is_the_same_answer(one: Kind, other: Kind) -> None:
    ours, theirs = ({each.name: each for each in questions.TABLE[kind].questions} for kind in (one, other))
    assert ours.keys() & theirs.keys()
    for name in ours.keys() & theirs.keys():
        for fact in ("shape", "heading", "choices", "column", "searched", "sample" if ours[name].column else "name"):
            assert getattr(ours[name], fact) == getattr(theirs[name], fact), (name, fact)


@pytest.mark.parametrize("kind", list(Kind))
def test_columns_are_those_of_an_enquiry_and_of_what_is_sent(kind: Kind) -> None:
    columns = {question.name for question in questions.columns(kind)}
    assert columns == set(Submission.__dataclass_fields__) - {"kind", "consent_version", "answers"}
    assert all(hasattr(Enquiry, name) for name in columns)


def test_each_line_of_the_search_text_has_one_question() -> None:
    lines = Counter(question.searched for question in questions.everything() if question.searched)
    assert {place: lines[place] for place in Searched if place.has_line or place is Searched.MESSAGE} == dict.fromkeys(
        [*(place for place in Searched if place.has_line), Searched.MESSAGE], 1
    )


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_text_of_a_row_is_in_the_catalogues(language: Language) -> None:
    known = translations(language)._catalog  # type: ignore[attr-defined]
    texts = {text for _kind, row in ROWS for text in texts_of(row)}
    titles = {text for asks in questions.TABLE.values() for text in (asks.title, *(s.title for s in asks.sections))}
    hints = {section.hint for asks in questions.TABLE.values() for section in asks.sections if section.hint}
    assert {text for text in texts | titles | hints if not known.get(text)} == set()


def texts_of(row: Question) -> Iterator[str]:
    for text in (row.label, row.read, row.required, row.hint, row.empty, *row.notes.values(), *row.choices.values()):
        if text:
            yield text


# Samples are fictional answers to some questions, checked below; the component page has a form of its own. What an
# invitation letter must say is no answer, though some of it is called alike.
NOT_SEARCHED = (
    *("webapp/questions", "webapp/migrations", "webapp/seeds", "webapp/web/design.py", "webapp/documents/letters.py"),
    "webapp/web/desk/visits/letters.py",
)


def test_no_other_module_lists_what_is_asked() -> None:
    """Two names of one kind in one list, set or mapping are a second table, which a new question would not be in."""
    own = [questions.asked(kind) for kind in Kind]
    found = []
    for path in sorted((ROOT / "webapp").rglob("*.py")):
        where = str(path.relative_to(ROOT))
        if not where.startswith(NOT_SEARCHED):
            source = path.read_text(encoding="utf-8")
            written = [{name for name in names if f'"{name}"' in source} for names in own]
            nodes = ast.walk(ast.parse(source)) if any(len(names) > 1 for names in written) else ()
            found += [f"{where}:{node.lineno}" for node in nodes if any(len(listed(node) & names) > 1 for names in own)]
    assert found == []


def test_no_other_module_reads_an_answer_by_a_name_of_its_own() -> None:
    """`questions.MODE.of(answers)` is found when a question is renamed or removed, `answers["mode"]` is not."""
    found = []
    for path in sorted((ROOT / "webapp").rglob("*.py")):
        if "migrations" not in path.parts:
            for node in sources.nodes(path, "answers"):
                if isinstance(node, ast.Subscript | ast.Call) and reads_by_name(node):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def listed(node: ast.AST) -> set[object]:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        parts = node.elts
    elif isinstance(node, ast.Dict):
        parts = [key for key in node.keys if key]
    else:
        parts = []
    return {part.value for part in parts if isinstance(part, ast.Constant)}


def reads_by_name(node: ast.Subscript | ast.Call) -> bool:
    if isinstance(node, ast.Subscript):
        of, key = node.value, node.slice
    else:
        getter = isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args
        of, key = (node.func.value, node.args[0]) if getter else (None, None)  # type: ignore[attr-defined]
    name = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
    return name == "answers" and isinstance(key, ast.Constant)


@pytest.mark.parametrize("source", ["enquiry.answers.get('mode')", "answers['mode']", "f(x.answers['mode'])"])
def test_reading_by_name_is_seen(source: str) -> None:
    nodes = ast.walk(ast.parse(source))
    assert any(isinstance(node, ast.Subscript | ast.Call) and reads_by_name(node) for node in nodes)


@pytest.mark.parametrize("source", ["x = ('mode', 'payer')", "x = {'mode': 1, 'payer': 2}", "f({'mode', 'days'})"])
def test_second_list_is_seen(source: str) -> None:
    names = questions.asked(Kind.VISIT)
    assert any(len(listed(node) & names) > 1 for node in ast.walk(ast.parse(source)))


def test_templates_name_no_question_that_only_one_kind_asks() -> None:
    """A form, a check or an enquiry's page that names one would show it and not the next."""
    for name in ("public/enquiry.html", "public/check.html", "tracking/enquiry.html", "decisions/_asked.html"):
        text = (ROOT / "templates" / name).read_text(encoding="utf-8")
        for kind in Kind:
            assert [each for each in questions.asked(kind) if f"'{each}'" in text or f"form.{each}" in text] == [], name


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.subject)
def test_samples_answer_what_their_kind_asks(topic: object) -> None:
    kind, answers = topic.kind, topic.answers  # type: ignore[attr-defined]
    assert answers.keys() <= questions.asked(kind)
    for question in questions.own(kind):
        given = question.of(answers)
        if question.choices and given:
            assert set([given] if isinstance(given, str) else given) <= set(question.choices)
