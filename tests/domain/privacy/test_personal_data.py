"""The table of personal data names every column of the models, once."""

from webapp.db import Base
from webapp.domain.privacy.personal_data import NOT_PERSONAL, TABLE
from webapp.labels import DATA_PLACE
from webapp.vocabulary import Afterwards

COLUMNS = {(table.name, column.name) for table in Base.metadata.sorted_tables for column in table.columns}
PERSONAL = {(table, column) for table, columns in TABLE.items() for column in columns}
OTHERS = {(table, column) for table, columns in NOT_PERSONAL.items() for column in columns}


def test_every_column_is_in_the_table_or_known_not_to_be_personal() -> None:
    assert set() == COLUMNS - PERSONAL - OTHERS, "name it in webapp/domain/privacy/personal_data.py"
    assert set() == (PERSONAL | OTHERS) - COLUMNS, "there is no such column"
    assert set() == PERSONAL & OTHERS


def test_a_row_is_deleted_as_a_whole_or_not_at_all() -> None:
    for table, columns in TABLE.items():
        ends = {keeping.then for keeping in columns.values()}
        assert ends == {Afterwards.DELETED} or Afterwards.DELETED not in ends, table


def test_every_table_with_personal_words_has_a_name_that_people_read() -> None:
    assert set(DATA_PLACE) == set(TABLE)
