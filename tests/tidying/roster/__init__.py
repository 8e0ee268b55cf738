"""Tests of lists of delegates as people send them."""
