"""Attention as public code and tutorials write it, a file per family; each function with `@specimen` or `@variant` builds one."""

from helpers.zoo.written import (
    cells,
    dot_products,
    encoder_decoders,
    functional,
    gates,
    loops,
    masked,
    mixed_heads,
    multi_head,
    no_attention,
    no_softmax,
    pointers,
    pooling,
    positions,
    spelled_out,
)

__all__ = [
    "cells",
    "dot_products",
    "encoder_decoders",
    "functional",
    "gates",
    "loops",
    "masked",
    "mixed_heads",
    "multi_head",
    "no_attention",
    "no_softmax",
    "pointers",
    "pooling",
    "positions",
    "spelled_out",
]
