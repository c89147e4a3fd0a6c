"""Vectors of one table."""
