"""What is not drawn right yet, by specimen, with the reason; the list must shrink, and what is right must leave it."""

NOT_YET: dict[str, str] = {
    "neighbours_gathered": "queries whose values are gathered around them count as heads",
}
