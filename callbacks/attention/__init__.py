"""Attention of any model, logged while it trains."""
