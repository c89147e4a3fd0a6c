"""Attention weights of one probe example."""
