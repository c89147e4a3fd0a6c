"""What differs from framework to framework; each folder in here is the only place that imports its own."""
