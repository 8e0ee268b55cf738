"""Tests of what people type, taken as meant."""
