"""What only TensorBoard's process loads: reading from its data provider, and answering requests."""
