"""Samples of what a model writes, logged while it trains."""
