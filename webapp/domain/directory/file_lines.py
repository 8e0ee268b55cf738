"""Where in the networks' file something is said, so that each fault names its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

# Both are safe; the one in C, where PyYAML has it, is eight times as quick.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NAMES = ("slug", "tag", "order")


@dataclass
class Lines:
    """The line of each place of a file, by the words with which faults begin; keys that are there twice are faults."""

    known: dict[str, int] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)

    def of(self, fault: str) -> int:
        """Return the line of what a fault is about, or of the nearest thing around it."""
        twice = fault.removesuffix(" appears more than once")
        if twice != fault and twice in self.known:
            return self.known[twice]
        place = fault.partition(": ")[0]
        while place and place not in self.known:
            place = place.rpartition(".")[0]
        return self.known.get(place, 1)


def read(path: Path) -> tuple[Any, Lines]:
    """Return what a file says, and its lines. Raises ValueError where it is not YAML."""
    try:
        loader = _LOADER(path.read_text(encoding="utf-8"))
        node, lines = loader.get_single_node(), Lines()
        if node is None:
            return None, lines
        _walk(node, [""], lines)
        return loader.construct_document(node), lines
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise ValueError(f"{path.name} is not YAML: {fault}") from fault


def _walk(node: yaml.Node, places: list[str], lines: Lines) -> None:
    """Note the lines of what is below a node, whose place may have several names."""
    for names, line, below in _parts(node, places, lines):
        for name in names:
            lines.known[name] = line
        _walk(below, names, lines)


def _parts(node: yaml.Node, places: list[str], lines: Lines) -> Iterator[tuple[list[str], int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            names, line = [_below(place, str(key.value)) for place in places], key.start_mark.line + 1
            if key.value in seen:
                # Its own line, rather than that of the first.
                lines.known[f"{names[-1]}: the key"] = line
                lines.repeated.append(f"{names[-1]}: the key appears more than once")
            seen.add(key.value)
            yield names, line, value
    elif isinstance(node, yaml.SequenceNode):
        for number, each in enumerate(node.value):
            said = _said(each)
            for key, (value, line) in said.items():
                lines.known[f"{places[0]}: {key} {value}"] = line
            called = [value for key, (value, _line) in said.items() if key != "order"]
            ends = [str(number), *called[:1]]
            yield [_below(place, end) for place in places for end in ends], each.start_mark.line + 1, each


def _said(node: yaml.Node) -> dict[str, tuple[str, int]]:
    """Return by which words a thing of a list is known, with their lines."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return {
        key.value: (value.value, value.start_mark.line + 1)
        for key, value in pairs
        if key.value in _NAMES and isinstance(value, yaml.ScalarNode)
    }


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
