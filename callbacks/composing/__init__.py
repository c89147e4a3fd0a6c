"""What `SeqViz` composes: which loggers there are for a model, what they share, and what is said of them."""
