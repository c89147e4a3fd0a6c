"""How a Keras model is asked, and left as it was; the only place that touches Keras' private parts."""
