"""The layers that a structure marks as attention are those whose attention is logged."""

from __future__ import annotations

from fnmatch import fnmatch

import pytest
from helpers.zoo import SPECIMENS

from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of


@pytest.mark.parametrize(
    "name",
    [
        "attention_called_experts",
        "experts_called_attention",
        "mixture_of_softmaxes",
        "clusters_of_local_descriptors",
        "unknown_lengths_of_a_transformer",
        "words_and_sentences",
        "neighbours_gathered",
        "cell_with_the_memory_as_a_state",
    ],
)
def test_what_attends_is_marked(name: str) -> None:
    specimen = SPECIMENS[name]()
    marked = [node.attention for node in structure_of(specimen.model).structure.nodes if node.attention]
    patterns = {drawn.path for drawn in specimen.drawn}
    assert len(marked) == len(patterns)
    for pattern in patterns:
        assert any(fnmatch(path, pattern) for path in marked), f"{pattern} is not among {marked}"
