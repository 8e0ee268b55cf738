"""Papers of visits stay when papers of no visit become possible; going back, those alone go."""

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.models.conftest import Installed
from tests.models.test_migrations import add
from webapp.db import db


def test_papers_of_visits_survive_both_ways(installed: Installed) -> None:
    with installed("0049"):
        with db.engine.begin() as connection:
            enquiry = add(connection, "enquiries")
            given = {"enquiry_id": enquiry, "name": "dossier", "sha256": "a", "content": b"\x00%PDF", "version": 1}
            add(connection, "visit_papers", **given)
            add(
                connection,
                "paper_orders",
                enquiry_id=enquiry,
                name="dossier",
                state="made",
                facts={"a": 1},
                problems=[],
            )
        upgrade()
        with db.engine.begin() as connection:
            none = {"enquiry_id": None, "name": "report-1-kind-2026-01-01-2026-12-31"}
            add(connection, "visit_papers", **{**given, **none})
            add(connection, "paper_orders", **none, state="waiting", facts={}, problems=[])
        assert _kept() == [(enquiry, "dossier", b"\x00%PDF"), (None, none["name"], b"\x00%PDF")]
        db.session.remove()
        downgrade(revision="0049")
        assert _kept() == [(enquiry, "dossier", b"\x00%PDF")]
        rows = db.session.execute(sa.text("SELECT enquiry_id, name, state FROM paper_orders")).all()
        assert [tuple(row) for row in rows] == [(enquiry, "dossier", "made")]
        names = {each["name"] for each in sa.inspect(db.engine).get_unique_constraints("paper_orders")}
        assert names == {"uq_paper_orders_enquiry_id_name"}
        db.session.remove()
        upgrade()


def _kept() -> list[tuple[int | None, str, bytes]]:
    rows = db.session.execute(sa.text("SELECT enquiry_id, name, content FROM visit_papers ORDER BY id"))
    return [(row[0], row[1], bytes(row[2])) for row in rows]
