"""What every page of the desk stands in: blueprint and menu, forms that know their version, and the words for what
changed. It knows no page."""
