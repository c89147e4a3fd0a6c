"""What is logged: a folder per kind, with its record, its blobs and its measures."""
