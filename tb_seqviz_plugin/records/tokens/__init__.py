"""How probable a model finds each token of a text, step by step."""
