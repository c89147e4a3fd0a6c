"""Models that attend in every way we know, with the weights that they used themselves, and models that do not attend.

`SPECIMENS` holds all of them by name: what must be drawn of each. Those in `written` are attention as public code writes it; the
others have their weights in numpy, call by call with the paths of their layers, and are `CASES` as well.
"""

from helpers.zoo import by_hand as zoo_by_hand
from helpers.zoo import computing as zoo_computing
from helpers.zoo import keras_layers as zoo_keras_layers
from helpers.zoo import structures as zoo_structures
from helpers.zoo import written as zoo_written
from helpers.zoo.case import CASES
from helpers.zoo.specimen import SPECIMENS, VARIANTS

__all__ = [
    "CASES",
    "SPECIMENS",
    "VARIANTS",
    "zoo_by_hand",
    "zoo_computing",
    "zoo_keras_layers",
    "zoo_structures",
    "zoo_written",
]
