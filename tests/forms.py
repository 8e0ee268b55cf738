"""Forms of a page, as a browser without JavaScript would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class SentForm:
    """One form: where it goes, and what its fields say; a field of several values has a list."""

    action: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[SentForm] = []
        self.select = self.area = ""
        self.options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.forms.append(SentForm(given.get("action") or ""))
        elif tag == "option":
            self.options.append((given.get("value") or "", "selected" in given))
        elif not self.forms or not name:
            return
        elif tag == "input":
            self._input(name, given)
        elif tag == "select":
            self.select, self.options = name, []
        elif tag == "textarea":
            self.area = name
            self._add(name, "")

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        self.forms[-1].names.add(name)
        if given.get("type") not in ("checkbox", "radio") or "checked" in given:
            self._add(name, given.get("value") or "")

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].names.add(name)
        self.forms[-1].values.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select:
            chosen = [value for value, selected in self.options if selected] or [self.options[0][0]]
            self._add(self.select, chosen[0])
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            last = self.forms[-1].values[self.area]
            last[-1] = (last[-1] + data).removeprefix("\n").removeprefix("\r\n")


def form_with(page: str, name: str, *, to: str = "") -> dict[str, list[str]]:
    """Return what the form of a page that has a field says; `to` is how its address ends, where several have it."""
    reader = _Reader()
    reader.feed(page)
    found = [form for form in reader.forms if name in form.names and form.action.endswith(to)]
    assert found, f"no form with {name}"
    return found[0].values
