"""Models that attend in every way we know, with the weights that numpy computes for them.

Each function with `@case` in these modules builds one; `CASES` holds them by name.
"""

from helpers.zoo import by_hand as zoo_by_hand
from helpers.zoo import computing as zoo_computing
from helpers.zoo import keras_layers as zoo_keras_layers
from helpers.zoo import no_attention as zoo_no_attention
from helpers.zoo import structures as zoo_structures
from helpers.zoo.case import CASES

__all__ = ["CASES", "zoo_by_hand", "zoo_computing", "zoo_keras_layers", "zoo_no_attention", "zoo_structures"]
