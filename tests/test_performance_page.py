"""The page about performance is written by a command: what it writes is well formed, and what people wrote stays."""

from xml.etree import ElementTree

from benchmarks import scale
from benchmarks.chart import drawn


def test_figures_take_the_place_of_figures_and_nothing_else() -> None:
    document = scale.DOCUMENT.read_text(encoding="utf-8")
    other = scale.written("### Other\n", document)
    before, _, after = document.partition("<!-- figures -->")
    assert other.startswith(f"{before}<!-- figures -->\n\n### Other\n")
    assert other.endswith("<!-- end of figures -->\n")
    assert scale.written(after.partition("<!-- end")[0], other) == document


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
