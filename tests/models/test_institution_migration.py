"""Words of the directory that were there before they could be edited: none of them counts as edited by staff."""

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.models.conftest import Installed
from tests.models.test_migrations import add
from webapp.db import db

LABEL = {"en": "Nordic countries", "nb": "Norden"}


def test_labels_are_as_the_last_import_wrote_them_and_survive_both_ways(installed: Installed) -> None:
    with installed("0037"):
        with db.engine.begin() as connection:
            add(connection, "terms", kind="region", tag="nordic", label=LABEL)
        for _again in range(2):
            upgrade(revision="0042")
            with db.engine.begin() as connection:
                terms = sa.Table("terms", sa.MetaData(), autoload_with=connection)
                row = connection.execute(sa.select(terms)).one()
                assert (row.label, row.imported, row.version) == (LABEL, LABEL, 1)
            downgrade(revision="0037")
        with db.engine.begin() as connection:
            terms = sa.Table("terms", sa.MetaData(), autoload_with=connection)
            assert connection.execute(sa.select(terms.c.label)).scalar_one() == LABEL
