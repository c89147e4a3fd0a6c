"""What notes in records of attention say."""

from __future__ import annotations

from tb_seqviz_plugin.schema.remarks.lists import LISTS

REMARKS = {
    **LISTS,
    "changed": "These are the weights that the model used; between its softmax and them lies {what}.",
    "mask": "a mask laid over it",
    "renormalised": "a division by its sum",
    "scaled": "a factor",
    "gated": "a gate",
    "mixed": "a mixing of heads",
    "convolved": "a convolution",
    "difference": "the difference of two",
    "sum": "the sum of two",
    "queries by position": "The {count} queries fit no token axis and are shown by position.",
    "keys by position": "The {count} keys fit no token axis and are shown by position.",
    "other lengths": "The axes that `layers` names have other lengths than the weights, which are shown by position.",
    "not finite": "{count} of {of} weights are NaN or infinite.",
    "pooled": (
        "To keep the run within its byte budget, of each {block} x {block} of the {queries} x {keys} weights of a head "
        "the strongest is kept; measures and alarms are of all."
    ),
    "pooled, strongest kept": (
        "To keep the run within its byte budget, of each {block} x {block} of the {queries} x {keys} weights of a head "
        "the strongest is kept, and of each query the {count} strongest, {held}% of its weight on average; measures and "
        "alarms are of all."
    ),
}
