"""The page about performance is written by a command: what it writes is well formed, and what people wrote stays."""

from xml.etree import ElementTree

from benchmarks import desk, scale
from benchmarks.chart import drawn
from tests.servers import PostgreSQL
from webapp.db import db
from webapp.domain.triage.queue import PAGE


def test_figures_take_the_place_of_figures_and_nothing_else() -> None:
    document = scale.DOCUMENT.read_text(encoding="utf-8")
    other = scale.written("### Other\n", document)
    before, _, after = document.partition("<!-- figures -->")
    assert other.startswith(f"{before}<!-- figures -->\n\n### Other\n")
    assert other.endswith("<!-- end of figures -->\n")
    assert scale.written(after.partition("<!-- end")[0], other) == document


def test_what_a_page_lists_is_counted_and_nothing_beside_it() -> None:
    lists = "<nav><li>1</nav><table><thead><tr></thead><tbody><tr><tr></tbody></table><ul><li></ul>"
    page = f'<header><li></header><main>{lists}<a class="visit">{{}}</main><footer><li></footer>'
    assert desk.drawn(page) == 4
    walked = "<tr data-row><td><li class=card data-row>"
    assert desk.drawn(page.replace("{}", walked)) == 2, "rows that keys walk are all that is listed"


def test_pages_of_the_queue_are_full_at_a_thousand_enquiries(postgresql: PostgreSQL) -> None:
    """What grows from there to a million is not that fewer rows are drawn."""
    found = desk.Desk(desk.fill(postgresql.new_database(), 1000))
    lists = {name: address for name, address in desk.PAGES.items() if address.startswith(("/desk/?", "{second}"))}
    few = {"closed + kind without a row": 0, "search a reference": 1, "search, no hit": 0}
    assert {name: desk.drawn(found.page(address)) for name, address in lists.items()} == {
        **dict.fromkeys(lists, PAGE),
        **few,
    }
    with found.app.app_context():
        db.engine.dispose()


def test_chart_has_a_mark_for_each_page_and_size_and_says_what_it_is() -> None:
    pages = [("queue & <all>", [0.5, 40.0]), ("closed", [10.0, 1000.0])]
    tree = ElementTree.fromstring(drawn(pages, [1000, 20000], "Pages"))
    texts = ["".join(node.itertext()) for node in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert {"queue & <all>", "closed", "1,000 enquiries", "20,000 enquiries", "1,000 ms"} <= set(texts)
    assert tree.attrib["role"] == "img"
    assert tree.findtext("{http://www.w3.org/2000/svg}title") == "Pages"
    kinds = [node.tag.rpartition("}")[2] for node in tree]
    assert (kinds.count("circle"), kinds.count("rect")) == (3, 4)
    ends = [float(node.attrib["cx"]) for node in tree if node.tag.endswith("circle")][1:]
    assert ends == sorted(ends)
