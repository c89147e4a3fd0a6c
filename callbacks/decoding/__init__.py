"""Sampling and beam search as rules over log-probabilities, without any model."""
