"""Models that attend in every way we know, with the weights that numpy computes for them.

Each function with `@case` in these modules builds one; `CASES` holds them by name.
"""

import zoo_by_hand
import zoo_computing
import zoo_keras_layers
import zoo_no_attention
import zoo_structures
from models import CASES

__all__ = ["CASES", "zoo_by_hand", "zoo_computing", "zoo_keras_layers", "zoo_no_attention", "zoo_structures"]
