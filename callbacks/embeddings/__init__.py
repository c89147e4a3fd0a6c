"""Tables of embeddings, logged for the Projector and for the page."""
