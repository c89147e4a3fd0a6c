"""The structure of a model as a picture, without TensorBoard."""
