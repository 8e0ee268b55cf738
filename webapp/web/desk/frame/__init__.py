"""The frame of every page of the desk: blueprint and menu, forms that know their version, and the words for what
changed. It knows no page."""
