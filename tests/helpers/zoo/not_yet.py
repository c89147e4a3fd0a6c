"""What is not drawn right yet, by specimen, with the reason; the list must shrink, and what is right must leave it."""

NOT_YET: dict[str, str] = {}
