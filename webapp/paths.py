"""Where files that are not code lie: in the checkout, or beside the package once it is installed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_CHECKOUT_TEMPLATES = PACKAGE.parent / "templates"
TEMPLATES = _CHECKOUT_TEMPLATES if _CHECKOUT_TEMPLATES.is_dir() else PACKAGE / "_templates"
DATA = PACKAGE / "data"
