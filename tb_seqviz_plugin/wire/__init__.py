"""Bytes, whatever they hold: frames, payloads, summaries, TFRecord files."""
