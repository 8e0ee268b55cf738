"""The steps of docs/deploy.md, as a test walks them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "deploy.md"
_BLOCK = re.compile(r"^```sh title=(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> dict[str, str]:
    """Return the commands of each step by its title, in the document's order."""
    return dict(_BLOCK.findall(DOCUMENT.read_text(encoding="utf-8")))
