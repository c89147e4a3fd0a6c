"""What is not drawn right yet, by specimen, with the reason; the list must shrink, and what is right must leave it."""

_BATCH = "the axis of the batch is taken to be the first, or the outer of two that are folded"
_HEADS_LAST = "heads after the keys are taken for queries"
_MIXED = "the softmax is drawn, not what is made of it before it sums the values"

NOT_YET: dict[str, str] = {
    "time_major": _BATCH,
    "time_major_summed": _BATCH,
    "heads_by_split_and_concat_into_the_batch": _BATCH,
    "heads_by_split_and_concat_of_keras": _BATCH,
    "heads_in_time_major_rank_four": _BATCH,
    "heads_last": _HEADS_LAST,
    "heads_last_of_keras": _HEADS_LAST,
    "talking_heads": _MIXED,
    "talking_heads_by_a_dense_layer": _MIXED,
    "averaged_heads": _MIXED,
}
