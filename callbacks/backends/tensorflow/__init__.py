"""TensorFlow: forward passes recorded, sampling loops compiled, statistics computed."""
