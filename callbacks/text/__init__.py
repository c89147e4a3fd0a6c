"""Between ids and strings."""
