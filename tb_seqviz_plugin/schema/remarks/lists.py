"""How parts of a sentence are listed."""

from __future__ import annotations

LISTS = {"a, b": "{first}, {last}", "a and b": "{first} and {last}"}
