"""How parameters, gradients and activations of each layer fare."""
