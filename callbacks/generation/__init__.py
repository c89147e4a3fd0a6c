"""Generators: what any model writes behind a prompt."""
