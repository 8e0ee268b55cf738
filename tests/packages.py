"""Packages as their imports draw them. `python -m tests.packages` renews the drawings in the document."""

import re
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "architecture.md"
DRAWN = ("webapp.domain", "webapp.web.desk")


def imports_between_packages(part: str) -> dict[str, set[str]]:
    """Return which packages each package imports; a module beside the packages counts as one."""
    graph = grimp.build_graph("webapp", cache_dir=None)
    modules = graph.find_descendants(part)
    package = {module: module.removeprefix(f"{part}.").split(".")[0] for module in modules}
    found: dict[str, set[str]] = {name: set() for name in package.values()}
    for module in modules:
        for other in graph.find_modules_directly_imported_by(module) & modules:
            if package[module] != package[other]:
                found[package[module]].add(package[other])
    return found


def drawing(part: str) -> str:
    """Return the packages as a diagram of Mermaid; an arrow that a longer way implies is left out."""
    imports = imports_between_packages(part)
    below: dict[str, set[str]] = {}

    def reached(name: str) -> set[str]:
        if name not in below:
            below[name] = set()  # a circle ends here
            below[name] = imports[name].union(*map(reached, imports[name]))
        return below[name]

    lines = ["flowchart TD", f"    %% {part}"]
    for name in sorted(imports):
        implied = set().union(*map(reached, imports[name]))
        lines += [f"    {name} --> {other}" for other in sorted(imports[name] - implied)]
    return "\n".join(lines)


def renewed(text: str) -> str:
    """Return the document with its drawings as the imports are now."""
    for part in DRAWN:
        block = rf"flowchart TD\n    %% {re.escape(part)}\n(?:    .*\n)*"
        text = re.sub(block, f"{drawing(part)}\n", text)
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(renewed(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
