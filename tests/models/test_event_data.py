"""What events know is typed, stored under the number of its shape, and read even where it cannot be."""

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic_core import PydanticSerializationError
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import sources
from tests.event_samples import SAMPLES, Sample
from tests.events_page import DOCUMENT, page
from tests.factories import NOW, make_enquiry
from webapp.config import Settings
from webapp.models import Event, event_codec
from webapp.models.event_codec import BY_ACTION, BY_KIND, class_of, decode, encode
from webapp.models.event_data import ActionTaken, Checked, Submitted, Tagged, Unknown
from webapp.vocabulary import Action, ActorKind, EventKind

ROOT = Path(__file__).resolve().parents[2]
Write = Callable[[Callable[[Session], Any]], Any]


def name(sample: Sample) -> str:
    return f"{sample.action or sample.kind}"


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_json_is_what_other_programs_rely_on_and_comes_back_as_it_went(sample: Sample) -> None:
    stored = encode(sample.kind, sample.action, sample.facts)
    assert stored == {"v": 1, **sample.stored}
    assert decode(sample.kind, sample.action, json.loads(json.dumps(stored))) == sample.facts


def test_every_sample_comes_back_from_the_database(write: Write, settings: Settings) -> None:
    def save(session: Session) -> None:
        enquiry = make_enquiry(session, settings)
        for sample in SAMPLES:
            stored = encode(sample.kind, sample.action, sample.facts)
            session.add(Event(enquiry_id=enquiry.id, at=NOW, kind=sample.kind, action=sample.action, stored=stored,
                              actor_kind=ActorKind.SYSTEM, actor_name=""))  # fmt: skip
            session.flush()

    write(save)
    found = write(lambda s: s.query(Event).order_by(Event.id).all())[1:]
    assert [event.facts for event in found] == [sample.facts for sample in SAMPLES]


def test_every_action_and_every_other_line_has_a_sample() -> None:
    assert {sample.action for sample in SAMPLES if sample.action} == set(Action) == set(BY_ACTION)
    assert {sample.kind for sample in SAMPLES if not sample.action} == set(BY_KIND)
    assert {sample.kind for sample in SAMPLES} == set(EventKind)
    assert all(class_of(sample.kind, sample.action) is type(sample.facts) for sample in SAMPLES)


_WRITERS = ("events.add", "events.begin", "outbox.note", "note")


def kinds_written() -> Iterator[str]:
    """Yield the kinds that calls name when they add a line; `act` alone is handed another one."""
    for path in (ROOT / "webapp").rglob("*.py"):
        for node in sources.nodes(path, r"EventKind\."):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in _WRITERS:
                yield from (found for given in node.args if (found := ast.unparse(given)).startswith("EventKind."))


def test_lines_that_no_action_writes_are_of_the_listed_kinds() -> None:
    assert set(kinds_written()) == {f"EventKind.{kind.name}" for kind in BY_KIND}


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"v": 2, "tag": "spring"},
        {"tag": "spring"},
        {"v": None, "tag": "spring"},
        {"v": 1},
        {"v": 1, "tag": ["spring"]},
        {"v": 1, "tag": "spring", "status": {"before": "received", "after": "nonsense"}},
        {"v": 1, "tag": "spring", "status": "received"},
        [],
        None,
        "spring",
    ],
)
def test_what_is_damaged_or_newer_is_unknown(stored: Any) -> None:
    assert decode(EventKind.CHANGED, Action.TAG, stored) == Unknown()


def test_what_was_stored_beside_is_not_read() -> None:
    assert decode(EventKind.CHANGED, Action.TAG, {"v": 1, "tag": "a", "into": "b"}) == Tagged(tag="a")


def test_a_kind_that_no_one_writes_without_an_action_is_unknown() -> None:
    assert decode(EventKind.STATUS, None, {"v": 1}) == Unknown()


def test_what_cannot_be_read_is_logged_once_and_not_shown(write: Write, settings: Settings) -> None:
    def damage(session: Session) -> int:
        enquiry = make_enquiry(session, settings)
        odd = {"v": event_codec.VERSION, "tag": {"secret": "Erika"}}
        row = Event(enquiry_id=enquiry.id, at=NOW, kind=EventKind.CHANGED, action=Action.TAG, stored=odd,
                    actor_kind=ActorKind.SYSTEM, actor_name="Erika")  # fmt: skip
        session.add(row)
        session.flush()
        return row.id

    event_codec.report_unknown.cache_clear()
    number = write(damage)
    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            assert write(lambda s: s.get_one(Event, number).facts) == Unknown()
        assert [event.facts for event in write(lambda s: s.query(Event).filter(Event.id != number).all())]
    known = {"event": "event.unknown", "event_id": number, "kind": "changed", "action": "tag", "log_level": "warning"}
    assert lines == [known]


def test_facts_of_another_kind_or_type_are_refused() -> None:
    with pytest.raises(TypeError):
        encode(EventKind.CHANGED, Action.TAG, Submitted())
    with pytest.raises(TypeError):
        encode(EventKind.STATUS, None, Unknown())
    with pytest.raises(TypeError):
        encode(EventKind.CHANGED, Action.TAG, ActionTaken())
    with pytest.raises(PydanticSerializationError):
        encode(EventKind.CHANGED, Action.CHECK, Checked(item="x", did="lost"))  # type: ignore[arg-type]


def test_history_cannot_be_stored_without_what_it_knows(write: Write, settings: Settings) -> None:
    def read(session: Session) -> Any:
        make_enquiry(session, settings)
        return session.execute(text("SELECT data FROM events")).scalars().one()

    stored = write(read)
    assert (json.loads(stored) if isinstance(stored, str) else stored) == {"v": event_codec.VERSION, "held": False}


def test_only_the_models_and_the_history_know_how_it_is_stored() -> None:
    """Everyone else reads `facts`: no key of stored data is named anywhere else."""
    allowed = {ROOT / "webapp/models/enquiry.py", ROOT / "webapp/models/event_codec.py"}
    # It replaces the names of former colleagues wherever they are stored.
    allowed.add(ROOT / "webapp/domain/privacy/former.py")
    files = [*(ROOT / "webapp").rglob("*.py"), *(ROOT / "templates").rglob("*.*"), *(ROOT / "tasks").rglob("*.py")]
    read = [str(path) for path in files if path not in allowed and ".stored" in path.read_text(encoding="utf-8")]
    assert read == []
    loose = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "webapp").rglob("*.py")
        for node in sources.nodes(path, r"event\s*\.data\b")
        if isinstance(node, ast.Attribute) and node.attr == "data" and ast.unparse(node.value).endswith("event")
    ]
    assert loose == []


def test_the_page_for_other_programs_says_every_kind_and_field() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == page(), "run: python -m tests.events_page"
