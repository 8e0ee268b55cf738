"""What people type, taken as meant: pure functions that drop what no one sees and keep every letter."""

from webapp.tidying.characters import Fault, broken, folded, line, storable, text

__all__ = ["Fault", "broken", "folded", "line", "storable", "text"]
