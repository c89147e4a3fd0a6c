"""What a model is made of, and how it fares while it trains."""
