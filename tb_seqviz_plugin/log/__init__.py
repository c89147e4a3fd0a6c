"""Event files: written by one channel per folder, and read back."""
