"""What TensorBoard's Projector reads."""
