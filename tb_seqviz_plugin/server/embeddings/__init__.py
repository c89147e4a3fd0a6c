"""Answers about embeddings that are computed on request."""
