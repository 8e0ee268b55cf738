"""Realistic enquiries from plainly fictional partners, for a first look at the desk."""


def add_samples(number: int) -> int:
    """Add `number` enquiries and return how many were added."""
    return number * 0
